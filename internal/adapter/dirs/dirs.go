// Package dirs says where Sandglass keeps its files, and makes folders that belong to the user alone.
// It decides from the environment it is given and keeps nothing: the same input gives the same answer.
package dirs

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Dirs are the folders of one user, absolute. None need exist; Private makes one.
type Dirs struct {
	Config  string // settings and shell hooks; no secret
	State   string // state file and log; no secret
	Runtime string // socket, locks, env files: private to the user
	Home    string
}

// ErrHome is returned when the environment names no home folder.
var ErrHome = errors.New("find the home folder: HOME is not set to an absolute path")

// name is the last part of every folder of ours.
const name = "sandglass"

// Of tells the folders for an operating system (a GOOS value). XDG variables count wherever they hold
// an absolute path; XDG_RUNTIME_DIR only if it is the user's own and closed to others (mode 0700).
// Errors wrap ErrHome.
func Of(getenv func(string) string, goos string) (Dirs, error) {
	abs := func(variable string) string {
		if v := getenv(variable); filepath.IsAbs(v) {
			return filepath.Clean(v)
		}
		return ""
	}
	if goos == "windows" {
		return ofWindows(abs)
	}
	home := abs("HOME")
	if home == "" {
		return Dirs{}, ErrHome
	}
	config, state := filepath.Join(home, ".config"), filepath.Join(home, ".local", "state")
	if goos == "darwin" {
		// Not $TMPDIR for the runtime folder: macOS empties it of files that nobody touched for three days.
		config = filepath.Join(home, "Library", "Application Support")
		state = config
	}
	d := Dirs{
		Config: filepath.Join(first(abs("XDG_CONFIG_HOME"), config), name),
		State:  filepath.Join(first(abs("XDG_STATE_HOME"), state), name),
		Home:   home,
	}
	d.Runtime = filepath.Join(d.State, "run")
	if r := abs("XDG_RUNTIME_DIR"); r != "" && own(r) {
		d.Runtime = filepath.Join(r, name)
	}
	return d, nil
}

func ofWindows(abs func(string) string) (Dirs, error) {
	home := abs("USERPROFILE")
	if home == "" {
		return Dirs{}, fmt.Errorf("%w (USERPROFILE)", ErrHome)
	}
	roaming := first(abs("APPDATA"), filepath.Join(home, "AppData", "Roaming"))
	local := first(abs("LOCALAPPDATA"), filepath.Join(home, "AppData", "Local"))
	state := filepath.Join(local, name)
	return Dirs{Config: filepath.Join(roaming, name), State: state, Runtime: filepath.Join(state, "run"), Home: home}, nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
