package agent

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// importSource is a file that an import looks at.
type importSource struct {
	path string
	own  bool // it is the user's, and no project's
}

// importSources are the user's own files, and those of a folder that the user chose.
func (a *Agent) importSources(dir string) (list []importSource) {
	seen := map[string]bool{}
	add := func(path string, own bool) {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			real = filepath.Clean(path)
		}
		if !seen[real] {
			seen[real] = true
			list = append(list, importSource{path, own})
		}
	}
	for _, path := range a.ownFiles() {
		add(path, true)
	}
	if dir == "" {
		return list
	}
	names := slices.Concat(configNames, envNames)
	entries, _ := os.ReadDir(dir) // a folder that is not there has no files
	for _, e := range entries {
		names = append(names, e.Name())
	}
	for _, name := range names {
		if path := filepath.Join(dir, name); ownConfig(name) && !linked(path) {
			add(path, false)
		}
	}
	return list
}

// homeConfigs are config files below the home folder that are not watched.
var homeConfigs = []string{".upmconfig.toml", ".bunfig.toml", "bunfig.toml", ".config/.bunfig.toml", ".yarnrc"}

// ownFiles are the files of the user's own in which credentials may lie, whether they are there or not. Histories are
// not among them: they are not written by hand.
func (a *Agent) ownFiles() (paths []string) {
	for _, w := range a.opts.Files {
		if w.Level == api.LevelUser || w.Level == api.LevelPnpm || w.Level == api.LevelYarn {
			paths = append(paths, w.Path)
		}
	}
	if a.opts.Home == "" {
		return paths
	}
	for _, name := range slices.Concat(homeConfigs, shellFiles) {
		if !history(name) {
			paths = append(paths, filepath.Join(a.opts.Home, filepath.FromSlash(name)))
		}
	}
	for _, pattern := range [][]string{{".config", "fish", "conf.d", "*.fish"}, {".config", "environment.d", "*.conf"}} {
		more, _ := filepath.Glob(filepath.Join(append([]string{a.opts.Home}, pattern...)...)) // none, where there is no such folder
		paths = append(paths, more...)
	}
	return paths
}

// history reports whether a shell writes a file itself.
func history(name string) bool {
	low := strings.ToLower(filepath.Base(filepath.FromSlash(name)))
	return strings.Contains(low, "history") || low == ".histfile"
}

// grammar is the path by which a file's lines are read: those of environment.d are written as .env files are.
func grammar(path string) string {
	if filepath.Base(filepath.Dir(path)) == "environment.d" {
		return filepath.Join(filepath.Dir(path), ".env")
	}
	return path
}

// isWatched reports whether a file is one of the config files that the agent watches for the user.
func isWatched(files []ConfigFile, path string) bool {
	return slices.ContainsFunc(files, func(f ConfigFile) bool { return f.Path == path })
}
