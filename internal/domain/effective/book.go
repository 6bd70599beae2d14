package effective

import (
	"slices"
	"strings"

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

// What a project could else keep us busy with: each line is read for every scope and every manager.
const (
	maxValue = 16 << 10 // bytes of a value that are looked at; no server takes a longer credential
	maxSame  = 16       // lines of one key in one file
	maxParts = 64       // variables in one value
)

// read makes a book of files, of which the first counts first.
func read(files []*File, sections bool) book {
	b := book{}
	for i, f := range files {
		here := map[string][]line{}
		for e := range npmrc.Parse(f.Text).Entries() {
			if e.Kind == npmrc.KindTrue || e.InSection && !sections {
				continue
			}
			here[e.Key] = append(here[e.Key], line{f, e.Line, e.Key, e.Value[:min(len(e.Value), maxValue)], (len(files)-i)<<32 + e.Line})
		}
		for key, lines := range here {
			slices.Reverse(lines) // of duplicates the last one counts
			b[key] = append(b[key], lines[:min(len(lines), maxSame)]...)
		}
	}
	return b
}

func (l line) place() Place { return Place{File: l.file.Path, Line: l.number, Level: l.file.Level} }

// name is the setting's name as people write it.
func (l line) name() string { return told(strings.ReplaceAll(l.key, joint, ".")) }

// told is as much of a setting's name as is told.
func told(key string) string { return key[:min(len(key), maxName)] }

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

// longest is the longest address that is followed, in bytes. Every folder of its path is looked up in every file.
const longest = 512

// address is the registry that a text names, none where it names none or is longer than any.
func address(text string) registry.URL {
	if len(text) > longest {
		return registry.URL{}
	}
	u, err := registry.Parse(text)
	if err != nil {
		return registry.URL{}
	}
	return u
}

// address is the registry that a value names, none where variables decide.
func (v value) address() registry.URL {
	if v.state != literal {
		return registry.URL{}
	}
	return address(v.text)
}
