package discover

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var configs = []string{".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml", "pnpm-workspace.yaml", ".env.yarn"}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// plant makes empty files, and folders where a name ends with a slash.
func plant(tb testing.TB, dir string, names ...string) {
	tb.Helper()
	for _, n := range names {
		path := filepath.Join(dir, n)
		if strings.HasSuffix(n, "/") {
			must(tb, os.MkdirAll(path, 0o755))
			continue
		}
		must(tb, os.MkdirAll(filepath.Dir(path), 0o755))
		must(tb, os.WriteFile(path, nil, 0o600))
	}
}

func finder(tb testing.TB, o Options) *Finder {
	tb.Helper()
	if o.Names == nil {
		o.Names = configs
	}
	f, err := New(o)
	must(tb, err)
	return f
}

// find scans and gives the folders that were found, relative to the first root.
func find(tb testing.TB, f *Finder, roots ...string) (Result, *Index, []string) {
	tb.Helper()
	r, ix, err := f.Find(tb.Context(), roots, nil)
	must(tb, err)
	return r, ix, dirs(tb, roots[0], r)
}

func dirs(tb testing.TB, root string, r Result) (out []string) {
	tb.Helper()
	root = settled(root)
	for _, p := range r.Projects {
		rel, err := filepath.Rel(root, p.Dir)
		must(tb, err)
		out = append(out, rel)
	}
	return out
}

func want(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		tb.Errorf("found %q, want %q", got, want)
	}
}

// shortSlack is enough for file systems whose clock steps with the kernel's.
const shortSlack = 20 * time.Millisecond

// age waits until what was changed so far is older than slack by the file system's own clock.
func age(tb testing.TB, slack time.Duration) {
	tb.Helper()
	probe := filepath.Join(tb.TempDir(), "probe")
	must(tb, os.WriteFile(probe, nil, 0o600))
	first, err := os.Stat(probe)
	must(tb, err)
	for {
		must(tb, os.WriteFile(probe, []byte("x"), 0o600))
		now, err := os.Stat(probe)
		must(tb, err)
		if now.ModTime().Sub(first.ModTime()) > slack+time.Millisecond {
			return
		}
	}
}
