package effective

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// line is one setting in a file.
type line struct {
	file   *File
	number int
	key    string
	value  string
	rank   int // grows from what counts last to what counts first
}

// book holds the lines of many files by key, the one that counts first.
type book map[string][]line

// read makes a book of files, of which the first counts first.
func read(files []*File, sections bool) book {
	b := book{}
	for i, f := range files {
		here := map[string][]line{}
		for e := range npmrc.Parse(f.Text).Entries() {
			if e.Kind == npmrc.KindTrue || e.InSection && !sections {
				continue
			}
			here[e.Key] = append(here[e.Key], line{f, e.Line, e.Key, e.Value, (len(files)-i)<<32 + e.Line})
		}
		for key, lines := range here {
			slices.Reverse(lines) // of duplicates the last one counts
			b[key] = append(b[key], lines...)
		}
	}
	return b
}

func (l line) place() Place { return Place{File: l.file.Path, Line: l.number, Level: l.file.Level} }

// registries are those that the lines name, by scope.
func (d *dialect) registries(b book) map[string]origin {
	m := map[string]origin{}
	for key, lines := range b {
		if scope, ok := scopeOf(key); ok {
			for _, l := range lines {
				if v := d.value(l); v.state != dropped {
					m[scope] = origin{v.address(), l.place()}
					break
				}
			}
		}
	}
	return m
}

// address is the registry that a value names, none where variables decide.
func (v value) address() registry.URL {
	u, err := registry.Parse(v.text)
	if v.state != literal || err != nil {
		return registry.URL{}
	}
	return u
}
