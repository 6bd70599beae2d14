package managers

import (
	"path/filepath"
	"strings"
)

// kept are the user's variables that programs need to find their own files. None of them is known to hold a
// credential, and none makes Node.js or a shell run something.
var kept = []string{
	"HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
	"USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMFILES", "PROGRAMDATA", "TEMP", "TMP",
	"SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT",
	"COREPACK_HOME", "VOLTA_HOME", "ASDF_DIR", "ASDF_DATA_DIR", "ASDF_CONFIG_FILE", "MISE_DATA_DIR", "MISE_CONFIG_DIR",
	"MISE_CACHE_DIR", "NVM_DIR", "FNM_DIR", "N_PREFIX", "NODENV_ROOT", "PNPM_HOME", "BUN_INSTALL", "DENO_INSTALL", "DENO_DIR",
}

// quiet keeps managers and their shims from the network, from other versions of themselves, and from talk. The
// proxy is the port of nobody: what knows no switch meets it.
var quiet = []string{
	"LANG=C", "NO_COLOR=1", "TERM=dumb", "NO_UPDATE_NOTIFIER=1",
	"COREPACK_ENABLE_NETWORK=0", "COREPACK_ENABLE_DOWNLOAD_PROMPT=0", "COREPACK_ENABLE_AUTO_PIN=0",
	"COREPACK_ENABLE_PROJECT_SPEC=0", "COREPACK_DEFAULT_TO_LATEST=0",
	"MISE_OFFLINE=1", "MISE_AUTO_INSTALL=0", "MISE_NOT_FOUND_AUTO_INSTALL=0", "MISE_YES=0",
	"npm_config_update_notifier=false", "npm_config_offline=true", "npm_config_manage_package_manager_versions=false",
	"YARN_IGNORE_PATH=1", "YARN_ENABLE_TELEMETRY=0", "DENO_NO_UPDATE_CHECK=1",
	"http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9",
	"HTTPS_PROXY=http://127.0.0.1:9", "ALL_PROXY=http://127.0.0.1:9", "all_proxy=http://127.0.0.1:9",
}

// environment is all that a program that is asked gets.
func (f *Finder) environment(dirs []string) []string {
	env := append([]string{"PATH=" + strings.Join(dirs, string(filepath.ListSeparator))}, quiet...)
	for _, name := range kept {
		if v := f.env(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}
