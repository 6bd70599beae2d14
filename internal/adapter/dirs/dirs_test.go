package dirs

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func TestOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the expected paths are unix paths") // TestOfWindows covers it
	}
	for _, c := range []struct {
		name, goos string
		env        func(string) string
		want       Dirs
	}{
		{"plain", "linux", env("HOME", "/home/a"), Dirs{"/home/a/.config/sandglass", "/home/a/.local/state/sandglass", "/home/a/.local/state/sandglass/run", "/home/a"}},
		{"XDG", "linux", env("HOME", "/home/a", "XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "/s/"), Dirs{"/c/sandglass", "/s/sandglass", "/s/sandglass/run", "/home/a"}},
		{"relative XDG is ignored", "linux", env("HOME", "/home/a", "XDG_CONFIG_HOME", "c", "XDG_STATE_HOME", "."), Dirs{"/home/a/.config/sandglass", "/home/a/.local/state/sandglass", "/home/a/.local/state/sandglass/run", "/home/a"}},
		{"K08 home is the root", "linux", env("HOME", "/"), Dirs{"/.config/sandglass", "/.local/state/sandglass", "/.local/state/sandglass/run", "/"}},
		{"K07 spaces and Japanese", "linux", env("HOME", "/home/山田 a"), Dirs{"/home/山田 a/.config/sandglass", "/home/山田 a/.local/state/sandglass", "/home/山田 a/.local/state/sandglass/run", "/home/山田 a"}},
		{"macOS", "darwin", env("HOME", "/Users/a", "TMPDIR", "/var/folders/x/T"), Dirs{"/Users/a/Library/Application Support/sandglass", "/Users/a/Library/Application Support/sandglass", "/Users/a/Library/Application Support/sandglass/run", "/Users/a"}},
		{"a runtime folder that is not there", "linux", env("HOME", "/home/a", "XDG_RUNTIME_DIR", "/nowhere/1000"), Dirs{"/home/a/.config/sandglass", "/home/a/.local/state/sandglass", "/home/a/.local/state/sandglass/run", "/home/a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Of(c.env, c.goos)
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestK08_NoHome(t *testing.T) {
	for _, home := range []string{"", "relative/home"} {
		if _, err := Of(env("HOME", home), "linux"); !errors.Is(err, ErrHome) {
			t.Errorf("HOME=%q: %v", home, err)
		}
	}
	if _, err := Of(env("HOME", "/home/a"), "windows"); !errors.Is(err, ErrHome) {
		t.Errorf("Windows without USERPROFILE: %v", err)
	}
}

// TestOfWindows gives Windows' variables unix paths, since filepath knows those of this system only.
func TestOfWindows(t *testing.T) {
	root, err := filepath.Abs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roaming, local := filepath.Join(root, "r"), filepath.Join(root, "l")
	got, err := Of(env("USERPROFILE", root, "APPDATA", roaming, "LOCALAPPDATA", local), "windows")
	want := Dirs{filepath.Join(roaming, name), filepath.Join(local, name), filepath.Join(local, name, "run"), root}
	if err != nil || got != want {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	got, err = Of(env("USERPROFILE", root), "windows")
	want = Dirs{filepath.Join(root, "AppData", "Roaming", name), filepath.Join(root, "AppData", "Local", name), filepath.Join(root, "AppData", "Local", name, "run"), root}
	if err != nil || got != want {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestPrivateTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		if err := Private(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o600); err != nil {
		t.Errorf("the user's own folder is closed to the user: %v", err)
	}
}
