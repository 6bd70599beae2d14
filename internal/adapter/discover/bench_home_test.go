package discover

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// What the benchmark's home holds.
const (
	benchEntries  = 1_000_000
	benchProjects = 300
)

// benchHome is built once, for all benchmarks of a run.
var benchHome struct {
	once sync.Once
	dir  string
}

// TestMain takes the benchmark's home away again.
func TestMain(m *testing.M) {
	code := m.Run()
	if benchHome.dir != "" {
		_ = os.RemoveAll(benchHome.dir)
	}
	os.Exit(code)
}

// aHome is a home folder like a JavaScript developer's: projects with packages and a repository, repositories
// of many packages, npm's and Go's caches, documents. Files are empty, the same on every machine.
func aHome(tb testing.TB) string {
	benchHome.once.Do(func() {
		dir, err := os.MkdirTemp("", "sandglass-discover-")
		must(tb, err)
		benchHome.dir = dir
		m := &maker{tb: tb, rng: rand.New(rand.NewPCG(1, benchEntries))}
		m.home(dir)
		tb.Logf("%d entries in %d folders, %d projects, %d config files inside packages", m.entries, m.folders, m.projects, m.decoys)
	})
	return benchHome.dir
}

type maker struct {
	tb                                 testing.TB
	rng                                *rand.Rand
	entries, folders, projects, decoys int
}

func (m *maker) dir(parts ...string) string {
	path := filepath.Join(parts...)
	must(m.tb, os.Mkdir(path, 0o755))
	m.entries++
	m.folders++
	return path
}

func (m *maker) files(dir string, names ...string) {
	for _, n := range names {
		f, err := os.OpenFile(dir+"/"+n, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		must(m.tb, err)
		must(m.tb, f.Close())
		m.entries++
	}
}

func (m *maker) many(dir, pattern string, n int) {
	for i := range n {
		m.files(dir, fmt.Sprintf(pattern, i))
	}
}

func (m *maker) config(dir string) {
	if m.projects < benchProjects {
		m.files(dir, ".npmrc")
		m.projects++
	}
}

func (m *maker) home(home string) {
	m.config(home)
	m.config(m.dir(home, "dotfiles"))
	m.npmCache(home, benchEntries/40)
	modules := m.dir(m.dir(m.dir(home, "go"), "pkg"), "mod")
	for i := range benchEntries / 4000 {
		m.source(m.dir(modules, fmt.Sprintf("module%d@v1.0.0", i)), 25, 8)
	}
	documents := m.dir(home, "Documents")
	for i := range benchEntries / 2000 {
		m.many(m.dir(documents, fmt.Sprintf("folder%d", i)), "note%d.txt", 20)
	}
	code := m.dir(home, "code")
	for i := 0; m.entries < benchEntries-4*benchProjects; i++ {
		if i%24 == 7 {
			m.monorepo(filepath.Join(code, fmt.Sprintf("mono%d", i)))
		} else {
			m.project(filepath.Join(code, fmt.Sprintf("app%d", i)), 250)
		}
	}
	small := m.dir(code, "small")
	for i := 0; m.projects < benchProjects; i++ {
		m.config(m.dir(small, fmt.Sprintf("lib%d", i)))
	}
	for i := 0; m.entries < benchEntries; i++ {
		m.files(small, fmt.Sprintf("rest%d", i))
	}
}

func (m *maker) project(dir string, packages int) {
	m.dir(dir)
	m.files(dir, "package.json", "package-lock.json")
	must(m.tb, os.WriteFile(dir+"/.gitignore", []byte("node_modules/\n"), 0o600)) // fd goes by it
	m.entries++
	m.config(dir)
	m.git(dir)
	m.source(dir, 50, 6)
	m.modules(dir, packages)
}

func (m *maker) monorepo(dir string) {
	m.project(dir, 350)
	all := m.dir(dir, "packages")
	for i := range 50 {
		d := m.dir(all, fmt.Sprintf("ws%d", i))
		m.files(d, "package.json")
		if i%2 == 0 {
			m.config(d)
		}
		m.source(d, 12, 6)
		m.modules(d, 4)
	}
}

func (m *maker) modules(dir string, n int) {
	all := m.dir(dir, "node_modules")
	for i := range n {
		d := filepath.Join(all, fmt.Sprintf("package-%d", i))
		if m.rng.IntN(4) == 0 {
			scope := filepath.Join(all, fmt.Sprintf("@scope%d", m.rng.IntN(12)))
			if _, err := os.Lstat(scope); err != nil {
				m.dir(scope)
			}
			d = filepath.Join(scope, fmt.Sprintf("package-%d", i))
		}
		m.packaged(d, 2)
	}
}

func (m *maker) packaged(dir string, depth int) {
	m.dir(dir)
	m.files(dir, "package.json", "README.md", "LICENSE", "index.js", "index.d.ts")
	if m.rng.IntN(100) == 0 {
		m.files(dir, ".npmrc")
		m.decoys++
	}
	m.many(m.dir(dir, "lib"), "part%d.js", 3+m.rng.IntN(10))
	if m.rng.IntN(2) == 0 {
		dist := m.dir(dir, "dist")
		m.many(m.dir(dist, "cjs"), "m%d.js", 2+m.rng.IntN(8))
		m.many(m.dir(dist, "esm"), "m%d.mjs", 2+m.rng.IntN(8))
	}
	if depth > 0 && m.rng.IntN(10) == 0 {
		inner := m.dir(dir, "node_modules")
		for i := range 1 + m.rng.IntN(3) {
			m.packaged(filepath.Join(inner, fmt.Sprintf("inner%d", i)), depth-1)
		}
	}
}

func (m *maker) git(dir string) {
	g := m.dir(dir, ".git")
	m.files(g, "HEAD", "config", "index", "packed-refs", "description")
	m.many(m.dir(g, "hooks"), "hook%d.sample", 13)
	m.many(m.dir(m.dir(g, "refs"), "heads"), "branch%d", 8)
	m.fan(m.dir(g, "objects"), 150, 1)
}

func (m *maker) source(dir string, folders, files int) {
	at := []string{m.dir(dir, "src")}
	for i := range folders {
		d := m.dir(at[m.rng.IntN(len(at))], fmt.Sprintf("area%d", i))
		at = append(at, d)
		m.many(d, "file%d.ts", files)
	}
}

// npmCache has nearly one short path of folders for each blob.
func (m *maker) npmCache(home string, blobs int) {
	c := m.dir(m.dir(home, ".npm"), "_cacache")
	m.fan(m.dir(c, "content-v2"), blobs, 2)
	m.fan(m.dir(c, "index-v5"), blobs, 2)
}

// fan spreads files over folders that are called by two digits, some levels deep.
func (m *maker) fan(dir string, n, levels int) {
	made := map[string]bool{}
	for i := range n {
		at := dir
		for range levels {
			at = fmt.Sprintf("%s/%02x", at, m.rng.IntN(256))
			if !made[at] {
				made[at] = true
				m.dir(at)
			}
		}
		m.files(at, fmt.Sprintf("%038x", i))
	}
}
