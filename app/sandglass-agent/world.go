package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
)

// needsDisplay reports whether a window needs a display that may be absent.
const needsDisplay = runtime.GOOS == "linux"

// world is whose agent this is: the user's, or the demo's.
type world struct {
	getenv   func(string) string
	environ  []string // for children; nil: this process's own
	dirs     dirs.Dirs
	files    []agent.ConfigFile
	policies map[registry.URL]time.Duration
	demo     bool
	language func() string // that the settings ask for now; set by wire
}

// userWorld is the world of the user who runs this.
func userWorld() (world, error) {
	w, err := newWorld(os.Environ())
	if err != nil {
		return world{}, err
	}
	w.watch(npmrc.GlobalPath(w.getenv, nodePath(), runtime.GOOS), api.LevelGlobal)
	w.policies = map[registry.URL]time.Duration{registry.Public: session.PublicLifetime}
	return w, nil
}

// newWorld finds folders and the user's config files by an environment as os.Environ gives it.
func newWorld(environ []string) (world, error) {
	getenv := npmrc.Environ(environ)
	d, err := dirs.Of(getenv, runtime.GOOS)
	if err != nil {
		return world{}, err
	}
	w := world{getenv: getenv, dirs: d}
	w.watch(npmrc.UserPath(getenv, d.Home, runtime.GOOS), api.LevelUser)
	w.watch(npmrc.PnpmAuthPath(getenv, d.Home, runtime.GOOS), api.LevelPnpm)
	w.watch(filepath.Join(d.Home, ".yarnrc.yml"), api.LevelYarn)
	return w, nil
}

// watch adds a config file.
func (w *world) watch(path string, level api.Level) {
	if filepath.IsAbs(path) {
		w.files = append(w.files, agent.ConfigFile{Path: path, Level: level})
	}
}

// nodePath is where node really lies, "" if there is none: npm's global config lies beside it.
func nodePath() string {
	path, err := exec.LookPath("node")
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
