package managers

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// names are the programs that are looked for, in the order in which they are told.
var names = []string{"npm", "pnpm", "yarn", "bun", "deno"}

const (
	askTime   = 3 * time.Second
	askOutput = 4 << 10
)

// Options say whose managers are looked for.
type Options struct {
	// Env is the user's environment: PATH above all.
	Env func(name string) string
}

// Finder finds the managers in a user's PATH. It keeps nothing: each Find looks again.
type Finder struct{ env func(string) string }

// New returns a Finder.
func New(o Options) *Finder { return &Finder{env: o.Env} }

// Find names the first npm, pnpm, yarn, bun and deno of the PATH, each with its version, or without one
// where the program tells none. It may take a little over three seconds, and starts programs only to ask for
// what cannot be read.
func (f *Finder) Find(ctx context.Context) []injection.Manager {
	dirs := folders(f.env("PATH"))
	found := make([]injection.Manager, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { found[i] = f.one(ctx, name, dirs) })
	}
	wg.Wait()
	var all []injection.Manager
	for _, m := range found {
		if m.Path != "" {
			all = append(all, m)
		}
	}
	return all
}

func (f *Finder) one(ctx context.Context, name string, dirs []string) injection.Manager {
	path := f.look(name, dirs)
	if path == "" {
		return injection.Manager{}
	}
	m, _ := Identify(path)
	if m.Name != name { // unknown, or one manager under the name of another: it answers to this one
		m = injection.Manager{Name: name, Path: path}
	}
	if m.Version == "" && !perProject(path) { // corepack litters its cache when it may not fetch
		m.Version = f.ask(ctx, name, path, dirs)
	}
	return m
}

// folders are the entries of a PATH that lie at a place of their own: not those relative to the current
// folder, and not those of a project's programs, which npm puts there for its scripts.
func folders(path string) []string {
	var dirs []string
	for _, dir := range filepath.SplitList(path) {
		if filepath.IsAbs(dir) && !strings.HasSuffix(filepath.Clean(dir), filepath.Join("node_modules", ".bin")) {
			dirs = append(dirs, filepath.Clean(dir))
		}
	}
	return dirs
}

// look finds the first program of that name.
func (f *Finder) look(name string, dirs []string) string {
	for _, dir := range dirs {
		for _, ext := range extensions(f.env) {
			if path := filepath.Join(dir, name+ext); executable(path) {
				return path
			}
		}
	}
	return ""
}

// ask starts a program for its version, "" if it tells none in time.
func (f *Finder) ask(ctx context.Context, name, path string, dirs []string) string {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var out beginning
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Dir, cmd.Env, cmd.Stdout = neutral(f.env), f.environment(dirs), &out
	cmd.WaitDelay = 200 * time.Millisecond // for a grandchild that holds on to the output
	group(cmd)
	if err := cmd.Run(); err != nil {
		reap(cmd)
		if !errors.Is(err, exec.ErrWaitDelay) { // which is a good end but for a grandchild
			return ""
		}
	}
	return versionIn(string(out.text), name)
}

// beginning keeps the first bytes of an output and passes over the rest.
type beginning struct{ text []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), askOutput-len(b.text))]...)
	return len(p), nil
}
