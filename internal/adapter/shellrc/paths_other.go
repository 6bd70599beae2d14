//go:build !windows

package shellrc

import (
	"path/filepath"
	"runtime"
)

// profiles are PowerShell's: the one for all hosts of this user.
func profiles(o Options) []string {
	return []string{filepath.Join(o.folder("XDG_CONFIG_HOME", filepath.Join(o.Home, ".config")), "powershell", "profile.ps1")}
}

// nuRC is a file in the folder of which nushell reads every one.
func nuRC(o Options) []string {
	config := filepath.Join(o.Home, ".config")
	if runtime.GOOS == "darwin" {
		config = filepath.Join(o.Home, "Library", "Application Support")
	}
	return []string{filepath.Join(o.folder("XDG_CONFIG_HOME", config), "nushell", "autoload", "sandglass.nu")}
}
