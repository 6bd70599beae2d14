package discover

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Index is what a scan knows of the folders that it read.
type Index struct {
	print uint64
	tops  []node // by path
}

// Folders is how many folders are in it.
func (ix *Index) Folders() int {
	n := 0
	ix.each(func(*node) { n++ })
	return n
}

// each visits every folder, a folder before those in it.
func (ix *Index) each(visit func(*node)) {
	var down func(kids []node)
	down = func(kids []node) {
		for i := range kids {
			visit(&kids[i])
			down(kids[i].kids)
		}
	}
	down(ix.tops)
}

func (ix *Index) roots() []string {
	var out []string
	for _, n := range ix.tops {
		out = append(out, n.name)
	}
	return out
}

// top is what is known of a root. Of no Index it is nothing.
func (ix *Index) top(path string) *node {
	if ix == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(ix.tops, path, func(n node, path string) int { return cmp.Compare(n.name, path) })
	if !ok {
		return nil
	}
	return &ix.tops[i]
}

// find gives the folders of some paths. Of one that is not known it is the nearest above it: there it will be found.
func (ix *Index) find(dirs []string) map[*node]bool {
	out := map[*node]bool{}
	for _, dir := range dirs {
		for i := range ix.tops {
			n := &ix.tops[i]
			rel, err := filepath.Rel(n.name, dir)
			if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+separator) {
				continue
			}
			for name := range strings.SplitSeq(rel, separator) {
				next := n.kid(name)
				if next == nil {
					break
				}
				n = next
			}
			out[n] = true
		}
	}
	return out
}

// fingerprint is of all that decides which folders are read and what is looked for.
func (f *Finder) fingerprint() uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", [][]string{f.opts.Names, {f.opts.Home}, Names, Places, kernel}))
	return binary.LittleEndian.Uint64(sum[:])
}

// fits tells whether an Index is of these options and roots.
func (f *Finder) fits(ix *Index, tops []string) bool {
	return ix != nil && keeps && ix.print == f.print && slices.Equal(ix.roots(), tops)
}
