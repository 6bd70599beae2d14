package discover

import (
	"path/filepath"
	"strings"
)

// separator stands between the names of a path.
const separator = string(filepath.Separator)

// table finds names quickly among very many that are not in it.
type table struct {
	first [256]bool
	index map[string]int
}

func newTable(names []string) table {
	t := table{index: map[string]int{}}
	for i, n := range names {
		t.first[n[0]] = true
		t.index[n] = i
	}
	return t
}

func (t *table) find(name []byte) (int, bool) {
	if !t.first[name[0]] {
		return 0, false
	}
	i, ok := t.index[string(name)]
	return i, ok
}

// Names are the folders that are skipped wherever they are.
var Names = []string{
	"node_modules", ".git", ".hg", ".svn",
	"_cacache", ".pnpm-store", ".yarn-cache",
	".Trash", "$RECYCLE.BIN", "System Volume Information",
}

var skippedNames = newTable(Names)

// Places are the folders below the home that are skipped, slash-separated.
var Places = []string{
	".cache", ".local/share/Trash", ".Trash-1000", "Library/Caches", "AppData/Local/Temp",
	".npm", "AppData/Local/npm-cache", "AppData/Roaming/npm-cache",
	".local/share/pnpm", "Library/pnpm", "AppData/Local/pnpm", "AppData/Local/pnpm-cache",
	".yarn/berry", ".yarn/cache", "AppData/Local/Yarn",
	".bun/install", ".deno", "AppData/Local/deno",
	"go/pkg", ".cargo/registry", ".cargo/git", ".rustup", ".m2/repository", ".gradle/caches", ".nuget/packages",
	".gem", ".bundle/cache", ".conda/pkgs",
}

// kernel are folders whose files are made up by the kernel, wherever a scan starts.
var kernel = []string{"/proc", "/sys", "/dev"}

// within tells whether path is dir or lies below it.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || strings.HasPrefix(rest, separator))
}

// mark says what is special about a place.
type mark uint8

const (
	cache mark = 1 << iota
	mounted
	top
)

// place is a step on the way to folders that are skipped by where they are. Off these ways it is nil, so that
// most folders cost nothing.
type place struct {
	mark mark
	kids map[string]*place
}

// newPlaces lays the ways out from the file system's root.
func newPlaces(home string, tops []string) *place {
	p := &place{}
	for _, dir := range kernel {
		p.add(dir, cache)
	}
	if home != "" {
		for _, rel := range Places {
			p.add(filepath.Join(home, filepath.FromSlash(rel)), cache)
		}
	}
	for _, dir := range mounts() {
		p.add(dir, mounted)
	}
	for _, dir := range tops {
		p.add(dir, top)
	}
	return p
}

func (p *place) add(path string, m mark) {
	for name := range strings.SplitSeq(path, separator) {
		if name == "" {
			continue
		}
		if p.kids == nil {
			p.kids = map[string]*place{}
		}
		next := p.kids[name]
		if next == nil {
			next = &place{}
			p.kids[name] = next
		}
		p = next
	}
	p.mark |= m
}

// at goes the way to a path.
func (p *place) at(path string) *place {
	for name := range strings.SplitSeq(path, separator) {
		if name != "" {
			p = p.step(name)
		}
	}
	return p
}

func (p *place) step(name string) *place {
	if p == nil {
		return nil
	}
	return p.kids[name]
}

func (p *place) stepBytes(name []byte) *place {
	if p == nil {
		return nil
	}
	return p.kids[string(name)]
}

func (p *place) is(m mark) bool { return p != nil && p.mark&m != 0 }
