package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// maxDepth is how many folders up a project's config is looked for.
const maxDepth = 64

// nearDir is a folder with config files of package managers in it.
type nearDir struct {
	dir   string
	names []string
	stamp string // of all of them together
}

// nearFile is a config file near a folder.
type nearFile struct {
	dir, name string
	data      []byte
}

func (f nearFile) path() string { return filepath.Join(f.dir, f.name) }

// around finds the config files in dir and the folders above it, the nearest first, but not those of the home
// folder, which are the user's own.
func (a *Agent) around(dir string) (found []nearDir) { return around(dir, a.opts.Home, a.folder) }

// folder finds the config files in one folder.
func (a *Agent) folder(dir string) nearDir {
	near := nearDir{dir: dir}
	for _, name := range hostile.Names {
		if stamp, err := a.ports.Files.Stamp(filepath.Join(dir, name)); err == nil {
			near.names = append(near.names, name)
			near.stamp += name + "\x00" + stamp + "\x00"
		}
	}
	return near
}

// folders is folder for a round over many projects, which looks at none twice.
func (a *Agent) folders() func(dir string) nearDir {
	seen := map[string]nearDir{}
	return func(dir string) nearDir {
		near, ok := seen[dir]
		if !ok {
			near = a.folder(dir)
			seen[dir] = near
		}
		return near
	}
}

func around(dir, home string, folder func(dir string) nearDir) (found []nearDir) {
	for range maxDepth {
		if dir == home {
			return found
		}
		near := folder(dir)
		if len(near.names) > 0 {
			found = append(found, near)
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return found
}

// linesAround reads the files whose lines name registries and credentials.
func (a *Agent) linesAround(near []nearDir) (files []nearFile) {
	for _, n := range near {
		for _, name := range n.names {
			if _, ok := lintLevels[name]; !ok {
				continue
			}
			if data, err := a.ports.Files.Read(filepath.Join(n.dir, name)); err == nil {
				files = append(files, nearFile{n.dir, name, data})
			}
		}
	}
	return files
}

// verdict is what a folder's files would do, as long as they are what they were.
type verdict struct {
	stamp, known string
	dangers      []hostile.Danger
	sums         map[string]string // content of each file, by name
}

// verdicts remembers what was found in folders: a lock file is long, and shells ask often.
type verdicts struct {
	mu  sync.Mutex
	all map[string]verdict
}

// keepVerdicts is how many folders are remembered.
const keepVerdicts = 2048

// judge says what a folder's files would do. A file that is there and cannot be read whole is told to
// the rules as such: its program may well read it.
func (a *Agent) judge(n nearDir, known []registry.URL) verdict {
	key := knownKey(known)
	a.verdicts.mu.Lock()
	v, ok := a.verdicts.all[n.dir]
	a.verdicts.mu.Unlock()
	if ok && v.stamp == n.stamp && v.known == key {
		return v
	}
	v = verdict{stamp: n.stamp, known: key, sums: map[string]string{}}
	p := hostile.Project{Files: map[string][]byte{}, Known: known}
	for _, name := range n.names {
		data, err := a.ports.Files.Read(filepath.Join(n.dir, name))
		switch {
		case err == nil:
			p.Files[name] = data
			v.sums[name] = contentSum(n.dir, name, data)
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EISDIR):
			// Nobody else who is this user can read it either.
		case lockFiles[name]:
			// Those of large projects are longer than what is read here.
		default:
			p.Unread = append(p.Unread, name)
			v.sums[name] = contentSum(n.dir, name, []byte(n.stamp))
		}
	}
	v.dangers = hostile.Scan(p)
	a.verdicts.mu.Lock()
	defer a.verdicts.mu.Unlock()
	if len(a.verdicts.all) >= keepVerdicts || a.verdicts.all == nil {
		a.verdicts.all = map[string]verdict{}
	}
	a.verdicts.all[n.dir] = v
	return v
}

// lockFiles are written by package managers and may be very long.
var lockFiles = map[string]bool{"package-lock.json": true, "npm-shrinkwrap.json": true, "pnpm-lock.yaml": true, "yarn.lock": true, "bun.lock": true}

func knownKey(known []registry.URL) string {
	var b strings.Builder
	for _, u := range known {
		b.WriteString(u.String() + " ")
	}
	return b.String()
}

// contentSum names a file with its content.
func contentSum(dir, name string, data []byte) string {
	h := sha256.New()
	h.Write([]byte(filepath.Join(dir, name) + "\x00"))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)[:12])
}
