// Package bunfig reads bunfig.toml, the config file of bun: every text in it, with the keys that lead to it
// and its line. It is pure, and its errors hold nothing of the file's text.
package bunfig

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// ErrSyntax is returned for a file that is no TOML, or one too large or too deep. bun itself may make something of it.
var ErrSyntax = errors.New("bunfig.toml is no valid TOML")

// maxDepth is how deep tables may lie in each other.
const maxDepth = 64

// MaxSize is the size above which a file is not read, in bytes.
const MaxSize = 1 << 20

// Scalar is a text, a number or a truth value in the file.
type Scalar struct {
	Path  []string // the keys that lead to it; of a list, the number of the item
	Value string   // without quotes and escapes
	Line  int      // 1-based
}

// Scalars lists what stands in a file, in its order. Of a file that breaks off it lists what came before,
// with ErrSyntax.
func Scalars(src []byte) (list []Scalar, err error) {
	if len(src) > MaxSize {
		return nil, ErrSyntax
	}
	// The parser may panic on what nobody tried yet, and the files come from cloned repositories.
	defer func() {
		if recover() != nil {
			err = ErrSyntax
		}
	}()
	r := reader{add: func(s Scalar) { list = append(list, s) }}
	r.src, r.line = src, 1
	r.p.Reset(src)
	var table []string
	for r.p.NextExpression() {
		n := r.p.Expression()
		switch n.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = r.keys(nil, n.Key())
		case unstable.KeyValue:
			r.pair(table, n, 0)
		}
	}
	if r.p.Error() != nil || r.deep {
		return list, ErrSyntax
	}
	return list, nil
}

type reader struct {
	p    unstable.Parser
	add  func(Scalar)
	src  []byte
	at   int // up to where lines have been counted
	line int
	deep bool
}

// lineAt goes on to the line of an offset. The parser's own way counts from the file's beginning each time.
func (r *reader) lineAt(offset int) {
	if offset > r.at {
		r.line += bytes.Count(r.src[r.at:offset], []byte("\n"))
		r.at = offset
	}
}

func (r *reader) pair(path []string, n *unstable.Node, depth int) {
	path = r.keys(path, n.Key())
	for it := n.Key(); it.Next(); {
		if k := it.Node(); k.Raw.Length > 0 {
			r.lineAt(int(k.Raw.Offset))
		}
	}
	r.value(path, n.Value(), depth)
}

func (r *reader) value(path []string, n *unstable.Node, depth int) {
	if depth > maxDepth {
		r.deep = true
		return
	}
	switch n.Kind {
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			r.pair(path, it.Node(), depth+1)
		}
	case unstable.Array:
		i := 0
		for it := n.Children(); it.Next(); i++ {
			r.value(append(path[:len(path):len(path)], strconv.Itoa(i)), it.Node(), depth+1)
		}
	default:
		r.add(Scalar{path, string(n.Data), r.line})
	}
}

// keys adds to a path. One that is too deep ends early, for its copies would be many.
func (r *reader) keys(path []string, it unstable.Iterator) []string {
	path = path[:len(path):len(path)]
	for it.Next() {
		if len(path) > maxDepth {
			r.deep = true
			break
		}
		path = append(path, string(it.Node().Data))
	}
	return path
}
