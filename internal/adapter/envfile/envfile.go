// Package envfile publishes variables to shells: one env file for each family of shells, and beside
// them one empty file gen.N whose name is the generation.
//
// One Files belongs to the agent and may be called from any goroutine; a second process that publishes
// to the same folder waits at a lock file. A shell remembers the gen.N that it saw and reads its env
// file again when gen.N is gone. So a new generation appears before the env files that name it, and
// the old one goes after them: a process killed at any point leaves old or new files, and every
// generation that an env file names exists. Publishing the same variables twice changes nothing.
//
// The folder is the user's alone (0700, in folders that nobody else can exchange) and is checked anew at
// every publication, since a runtime folder may vanish and come back. Nothing is synced: the files mean
// nothing after a crash of the system, and on Linux they lie in memory.
package envfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// ErrFolder is wrapped by errors about a folder that is not safe to keep secrets in.
var ErrFolder = errors.New("the folder for env files is not private")

// ErrBusy is wrapped when another process holds the lock for two seconds.
var ErrBusy = errors.New("another process is writing the env files")

// published are the env files, one for each family of shells that has a hook.
var published = []struct {
	name  string
	shell injection.Shell
}{
	{"env.sh", injection.Posix},
	{"env.fish", injection.Fish},
	{"env.ps1", injection.PowerShell},
	{"env.nu", injection.Nu},
}

// Files are the env files in one folder. It implements agent.EnvFiles.
type Files struct {
	dir  string
	uses func(injection.Shell) bool // nil: all
	mu   sync.Mutex
}

// Only lets the env files of shells for which uses is false define every variable as empty: a secret need
// not lie where nobody reads it. It is asked at each publication, and must be set before the first one.
func (f *Files) Only(uses func(injection.Shell) bool) { f.uses = uses }

var _ agent.EnvFiles = (*Files)(nil)

// New makes dir, an absolute path, and clears away what a killed process left there: unfinished files
// and generations that no env file names. Errors wrap ErrFolder where the folder or one above it is
// open to others or belongs to somebody else, and ErrBusy.
func New(dir string) (*Files, error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("%w: %q is no absolute path", ErrFolder, dir)
	}
	f := &Files{dir: filepath.Clean(dir)}
	err := f.locked(func(r *room) error { return r.sweep() })
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Dir is the folder.
func (f *Files) Dir() string { return f.dir }

// Publish replaces every env file and raises the generation, unless all say that already. A variable
// whose name or value is refused by package injection leaves everything as it was, and so does a full disk.
func (f *Files) Publish(vars []agent.Variable, due injection.Due) error {
	env := injection.Env{Due: due}
	for _, v := range vars {
		env.Variables = append(env.Variables, injection.Variable(v))
	}
	all := f.rendering(env)
	if _, err := all(1); err != nil {
		return err
	}
	return f.locked(func(r *room) error { return r.publish(all) })
}

// locked runs do in the folder while no other process does.
func (f *Files) locked(do func(*room) error) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	root, err := openFolder(f.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	lock, err := root.OpenFile("env.lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open lock of env files: %w", err)
	}
	defer lock.Close() // closing gives the lock back
	if err := acquire(lock); err != nil {
		return err
	}
	r, err := survey(root)
	if err != nil {
		return err
	}
	return do(r)
}

// rendering returns what makes the env files of a generation.
func (f *Files) rendering(env injection.Env) func(gen uint64) ([][]byte, error) {
	empty := env
	empty.Variables = make([]injection.Variable, len(env.Variables))
	for i, v := range env.Variables {
		empty.Variables[i].Name = v.Name
	}
	says := make([]injection.Env, len(published))
	for i, p := range published {
		says[i] = env
		if f.uses != nil && !f.uses(p.shell) {
			says[i] = empty
		}
	}
	return func(gen uint64) ([][]byte, error) {
		out := make([][]byte, len(published))
		for i, p := range published {
			says[i].Gen = gen
			data, err := injection.EnvFile(p.shell, says[i])
			if err != nil {
				return nil, fmt.Errorf("render %s: %w", p.name, err)
			}
			out[i] = data
		}
		return out, nil
	}
}

// publish is Publish under the lock.
func (r *room) publish(rendered func(gen uint64) ([][]byte, error)) error {
	if r.newest > 0 {
		now, err := rendered(r.newest)
		if err != nil {
			return err
		}
		if r.says(now) {
			if len(r.generations) == 1 && len(r.unfinished) == 0 {
				return nil
			}
			return r.sweep()
		}
	}
	gen := r.next()
	data, err := rendered(gen)
	if err != nil {
		return err
	}
	return r.replace(gen, data)
}

// says reports whether the env files hold exactly data, each closed to others.
func (r *room) says(data [][]byte) bool {
	for i, p := range published {
		info, err := r.root.Lstat(p.name)
		if err != nil || !private(info) {
			return false
		}
		have, err := r.root.ReadFile(p.name)
		if err != nil || !bytes.Equal(have, data[i]) {
			return false
		}
	}
	return true
}
