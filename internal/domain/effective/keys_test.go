package effective

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// TestKeys: of what counts the setting is named as it stands in its file.
func TestKeys(t *testing.T) {
	w := World{Files: []File{
		file("/p/.npmrc", LevelProject, "registry=https://registry.example.com/", "//registry.example.com/:_authToken=x"),
		file("/home/.yarnrc.yml", LevelYarn, "npmRegistryServer: 'https://registry.example.com/'", "npmRegistries:", "  \"//registry.example.com\":", "    npmAuthToken: x", "    npmAlwaysAuth: true"),
		file("/home/auth.ini", LevelPnpm, "//registry.example.com/:tokenHelper=/bin/x"),
	}}
	for manager, want := range map[injection.Manager]string{
		{Name: "npm", Version: "11.0.0"}: "//registry.example.com/:_authToken",
		{Name: "yarn", Version: "4.0.0"}: "npmRegistries.//registry.example.com.npmAuthToken",
	} {
		w.Managers = []injection.Manager{manager}
		if got := Of(w)[0].Credentials[0]; got.Key != want {
			t.Errorf("%s: %q, want %q: %+v", manager.Name, got.Key, want, got)
		}
	}
}
