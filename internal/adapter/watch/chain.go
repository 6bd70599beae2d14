package watch

import (
	"os"
	"path/filepath"
	"strings"
)

// maxHops is how many symbolic links one path may lead through, as in Linux.
const maxHops = 40

// walk resolves an absolute path one name at a time, as the system does, and returns where it ends. visit
// gets each name together with its folder, both free of links, before the name is looked up: a watch that
// is set there misses nothing that happens after the look. Not ok: the path ends nowhere.
func walk(path string, visit func(dir, name string)) (target string, ok bool) {
	const sep = string(filepath.Separator)
	root := filepath.VolumeName(path) + sep
	dir, rest, hops := root, path[len(filepath.VolumeName(path)):], 0
	for {
		rest = strings.TrimLeft(rest, sep)
		if rest == "" {
			return dir, true
		}
		var name string
		name, rest, _ = strings.Cut(rest, sep)
		switch name {
		case ".":
			continue
		case "..":
			dir = filepath.Dir(dir)
			continue
		}
		full := filepath.Join(dir, name)
		visit(dir, full)
		info, err := os.Lstat(full)
		if err != nil {
			return "", false
		}
		if info.Mode()&os.ModeSymlink == 0 {
			dir = full
			continue
		}
		link, err := os.Readlink(full)
		if hops++; err != nil || hops > maxHops {
			return "", false
		}
		if filepath.IsAbs(link) {
			dir, link = filepath.VolumeName(link)+sep, link[len(filepath.VolumeName(link)):]
		}
		rest = link + sep + rest
	}
}

// above tells whether dir is a true ancestor of home.
func above(dir, home string) bool {
	return home != "" && dir != home && within(home, dir)
}

// within tells whether path is dir or lies below it.
func within(path, dir string) bool {
	if path == dir {
		return true
	}
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (strings.HasSuffix(dir, string(filepath.Separator)) || strings.HasPrefix(rest, string(filepath.Separator)))
}
