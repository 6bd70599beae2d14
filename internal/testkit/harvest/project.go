package harvest

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// manners are what is particular to a package manager. Whatever the registry of the tests has is minutes
// old: the managers that wait a day before they take a new version are told not to.
type manners struct {
	runs     bool              // runs install scripts of dependencies that nobody allowed
	manifest map[string]any    // lines of package.json that allow the script
	files    map[string]string // beside package.json
	allowed  map[string]string // the same files where the script is allowed
}

// quick keeps pnpm from putting back what an earlier run of the script had made, instead of running it.
const quick = "minimumReleaseAge: 0\nsideEffectsCache: false\n"

const yarnrc = "nodeLinker: node-modules\nnpmMinimalAgeGate: 0\n"

var managers = map[string]manners{
	"npm10": {runs: true},
	"npm11": {runs: true},
	"npm12": {manifest: map[string]any{"allowScripts": map[string]bool{Package: true}}},
	"pnpm10": {
		files:   map[string]string{"pnpm-workspace.yaml": quick},
		allowed: map[string]string{"pnpm-workspace.yaml": quick + "onlyBuiltDependencies:\n  - \"" + Package + "\"\n"},
	},
	"pnpm11": pnpmBuilds,
	"pnpm12": pnpmBuilds,
	"yarn1":  {runs: true},
	"yarn4": {
		files:   map[string]string{".yarnrc.yml": yarnrc, "yarn.lock": ""},
		allowed: map[string]string{".yarnrc.yml": yarnrc + "enableScripts: true\n", "yarn.lock": ""},
	},
	"bun": {manifest: map[string]any{"trustedDependencies": []string{Package}}},
	"deno": {
		files:   map[string]string{"deno.json": `{"minimumDependencyAge":0}`},
		allowed: map[string]string{"deno.json": `{"minimumDependencyAge":0,"allowScripts":["npm:` + Package + `"]}`},
	},
}

// pnpmBuilds is how pnpm from 11 on is told which scripts may run.
var pnpmBuilds = manners{
	files:   map[string]string{"pnpm-workspace.yaml": quick},
	allowed: map[string]string{"pnpm-workspace.yaml": quick + "allowBuilds:\n  \"" + Package + "\": true\n"},
}

// Managers are the names of all package managers that a project can be written for, as clients.Need has them.
func Managers() []string { return slices.Sorted(maps.Keys(managers)) }

// Runs reports whether a manager runs the script of a dependency that nobody allowed.
func Runs(client clients.Client) bool { return managers[client.Name].runs }

// Project writes a project to dir that depends on Package, for "install" by the client. The script is
// allowed to run, by the manager's own way to allow it, or left to what the manager does by itself.
func Project(t testing.TB, client clients.Client, dir string, allowed bool) {
	t.Helper()
	m, known := managers[client.Name]
	if !known {
		t.Fatalf("no project can be written for %s", client.Name)
	}
	manifest := map[string]any{
		"name": "consumer", "version": "1.0.0", "private": true, "license": "MIT",
		"dependencies": map[string]string{Package: "1.0.0"},
	}
	files := m.files
	if allowed {
		maps.Copy(manifest, m.manifest)
		files = m.allowed
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "package.json"), string(text))
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
}

// UserFile is the file below the home in which a client looks for a user's credential for the registry at
// url, an address on loopback that ends in "/", and what it says where the credential is value: a literal,
// or the client's way to write a variable.
func UserFile(client clients.Client, url, value string) (name, content string) {
	host := strings.TrimPrefix(url, "http:")
	if client.Name != "yarn4" {
		return ".npmrc", "registry=" + url + "\n" + host + ":_authToken=" + value + "\n"
	}
	return ".yarnrc.yml", "npmRegistryServer: \"" + url + "\"\nunsafeHttpWhitelist: [127.0.0.1]\nnpmRegistries:\n  \"" +
		strings.TrimSuffix(host, "/") + "\":\n    npmAuthToken: \"" + value + "\"\n    npmAlwaysAuth: true\n"
}
