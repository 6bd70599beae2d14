package npmrc

import (
	"iter"
	"sync"
)

// Kind is what npm makes of a value.
type Kind int

// The kinds of a value.
const (
	KindString Kind = iota // a text
	KindTrue               // a key without "=": npm takes it as true
	KindBool               // true or false
	KindNull               // null
	KindNumber             // a number in single quotes, as in '123'
	KindArray              // a JSON array in single quotes
	KindObject             // a JSON object in single quotes
)

// Entry is one line with a key.
type Entry struct {
	Line      int    // 1-based; LF, CRLF and a lone CR each end a line
	Section   string // the name in the [header] above
	InSection bool   // a [header] stands above: to npm this is no top-level key
	Key       string // without the [] of an array
	Value     string // without quotes and escapes
	Kind      Kind   // what npm makes of the value
	Array     bool   // the key ends in []
}

// Top reports whether the entry stands at the top level, where npm looks for settings.
func (e Entry) Top() bool { return !e.InSection }

// File is a config file that has been read.
type File struct {
	src   []byte
	lines []line
	once  sync.Once
	root  *node
	err   error
}

// Parse reads a config file. Every input is a config file to npm, so there is no error; Err tells of
// the few that make npm itself fail.
func Parse(src []byte) *File {
	return &File{src: src, lines: scan(string(src))}
}

// Bytes returns the file as it came.
func (f *File) Bytes() []byte { return f.src }

// Err returns an error that wraps ErrOdd if npm fails to read the file, or makes something of it that
// cannot be edited safely.
func (f *File) Err() error {
	f.tree()
	return f.err
}

// Entries yields the lines with keys, in the file's order.
func (f *File) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range f.lines {
			if f.lines[i].kind == lineEntry && f.lines[i].key != protoKey && !yield(f.lines[i].entry()) {
				return
			}
		}
	}
}

func (f *File) tree() *node {
	f.once.Do(func() { f.root, f.err = evaluate(f.lines) })
	return f.root
}

// effective returns the top-level entries that decide, by key: the last one of each.
func (f *File) effective() map[string]*line {
	last := map[string]*line{}
	for i := range f.lines {
		if l := &f.lines[i]; l.kind == lineEntry && !l.inSection {
			last[l.key] = l
		}
	}
	return last
}
