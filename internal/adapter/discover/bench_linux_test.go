package discover

import (
	"bytes"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// way is one way to find the projects, or to do a part of it. It tells how many it found.
type way struct {
	name string
	run  func() int
	took []float64 // ms
}

// summary is in milliseconds.
func (w *way) summary() (median, least float64) {
	slices.Sort(w.took)
	return w.took[len(w.took)/2], w.took[0]
}

// BenchmarkFind finds 300 projects among a million entries, ours and others' ways in turn, warm:
//
//	go test -run '^$' -bench Find -benchtime 11x ./internal/adapter/discover
//
// Others run as processes, whose start they cannot avoid and which costs about a millisecond. Of fd there are
// three: with its own skips (hidden files on, as .npmrc is one), with node_modules and .git, and with all of
// ours. reads is open, getdents and close of the folders that ours reads, with as many threads.
func BenchmarkFind(b *testing.B) {
	home := aHome(b)
	f := finder(b, Options{Home: home, Names: []string{".npmrc"}})
	_, ix, _ := find(b, f, home)
	var folders []string
	ix.each(func(n *node) { folders = append(folders, n.path()) })
	for ix.anyYoung() { // an Index that is made right after the tree doubts the youngest folders
		age(b, slack)
		_, ix, _ = find(b, f, home)
	}
	ways := append(ourWays(b, f, ix, home), readWays(folders)...)
	ways = append(ways, walkWays(b, home)...)
	ways = append(ways, programWays(b, home)...)
	for _, w := range ways {
		if n := w.run(); n != benchProjects && !strings.HasPrefix(w.name, "reads") {
			b.Logf("%s finds %d", w.name, n)
		}
	}
	for b.Loop() {
		for i := range ways {
			start := time.Now()
			ways[i].run()
			ways[i].took = append(ways[i].took, float64(time.Since(start).Microseconds())/1000)
		}
	}
	ours, best := ways[0].summary()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(folders)), "folders")
	for i := range ways {
		median, least := ways[i].summary()
		b.ReportMetric(median, ways[i].name+"-ms")
		b.ReportMetric(median/ours, ways[i].name+"/find")
		b.ReportMetric(least/best, ways[i].name+"/find-least")
	}
}

func (ix *Index) anyYoung() (any bool) {
	ix.each(func(n *node) { any = any || n.young })
	return any
}

func ourWays(b *testing.B, f *Finder, ix *Index, home string) []way {
	one := finder(b, Options{Home: home, Names: []string{".npmrc"}, Threads: 1})
	scan := func(r Result, _ *Index, err error) int {
		must(b, err)
		return len(r.Projects)
	}
	roots := []string{home}
	return []way{
		{name: "find", run: func() int { return scan(f.Find(b.Context(), roots, nil)) }},
		{name: "find1", run: func() int { return scan(one.Find(b.Context(), roots, nil)) }},
		{name: "again", run: func() int { return scan(f.Again(b.Context(), ix, roots, nil)) }},
		{name: "again1", run: func() int { return scan(one.Again(b.Context(), ix, roots, nil)) }},
		{name: "look", run: func() int { return scan(f.Look(b.Context(), ix, roots)) }},
	}
}

// readWays do only the system calls that reading these folders takes.
func readWays(folders []string) []way {
	bare := func(list []string) int {
		buf := make([]byte, bufferSize)
		for _, dir := range list {
			fd, err := unix.Open(dir, openFlags, 0)
			if err != nil {
				continue
			}
			for n := 1; n > 0 && err == nil; {
				n, err = unix.Getdents(fd, buf)
			}
			_ = unix.Close(fd)
		}
		return len(list)
	}
	return []way{
		{name: "reads1", run: func() int { return bare(folders) }},
		{name: "reads", run: func() int {
			var wg sync.WaitGroup
			for half := range slices.Chunk(folders, (len(folders)+1)/threads) {
				wg.Go(func() { bare(half) })
			}
			wg.Wait()
			return len(folders)
		}},
		{name: "stats1", run: func() int {
			var st unix.Stat_t
			for _, dir := range folders {
				_ = unix.Lstat(dir, &st)
			}
			return benchProjects
		}},
	}
}

// walkWays use the standard library.
func walkWays(b *testing.B, home string) []way {
	walk := func(skip func(path, name string) bool) func() int {
		return func() int {
			n := 0
			must(b, filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
				switch {
				case err != nil:
					return err
				case d.IsDir() && path != home && skip(path, d.Name()):
					return fs.SkipDir
				case d.Name() == ".npmrc":
					n++
				}
				return nil
			}))
			return n
		}
	}
	places := map[string]bool{}
	for _, p := range Places {
		places[filepath.Join(home, p)] = true
	}
	return []way{
		{name: "walkdir", run: walk(func(_, name string) bool { return name == "node_modules" || name == ".git" })},
		{name: "walkdir-ours", run: walk(func(path, name string) bool { return slices.Contains(Names, name) || places[path] })},
	}
}

// programWays are other programs, as far as they are here.
func programWays(b *testing.B, home string) (out []way) {
	program := func(name string, argv ...string) {
		path, err := exec.LookPath(argv[0])
		if err != nil {
			b.Logf("there is no %s", argv[0])
			return
		}
		out = append(out, way{name: name, run: func() int {
			text, err := exec.Command(path, argv[1:]...).Output()
			must(b, err)
			return bytes.Count(text, []byte("\n"))
		}})
	}
	fd := []string{"fdfind", "-H", "-t", "f", `^\.npmrc$`, home}
	two := append(slices.Clone(fd), "-I", "-E", "node_modules", "-E", ".git")
	all := append(slices.Clone(fd), "-I")
	for _, name := range Names {
		all = append(all, "-E", name)
	}
	for _, place := range Places {
		all = append(all, "-E", "/"+place)
	}
	program("fd", fd...)
	program("fd-two", two...)
	program("fd-ours", all...)
	program("find-two", "find", home, "(", "-name", "node_modules", "-o", "-name", ".git", ")", "-prune", "-o", "-name", ".npmrc", "-print")
	program("rg-two", "rg", "--files", "--hidden", "--no-ignore", "-g", ".npmrc", "-g", "!node_modules", "-g", "!.git", home)
	return out
}
