// Package bunfig reads bunfig.toml, the config file of bun: every text in it, with the keys that lead to it
// and its line. It is pure, and its errors hold nothing of the file's text.
package bunfig

import (
	"errors"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// ErrSyntax is returned for a file that is no TOML. bun itself may make something of it.
var ErrSyntax = errors.New("bunfig.toml is no valid TOML")

// maxDepth is how deep tables in one line may lie in each other.
const maxDepth = 64

// Scalar is a text, a number or a truth value in the file.
type Scalar struct {
	Path  []string // the keys that lead to it; of a list, the number of the item
	Value string   // without quotes and escapes
	Line  int      // 1-based
}

// Scalars lists what stands in a file, in its order. Of a file that breaks off it lists what came before,
// with ErrSyntax.
func Scalars(src []byte) (list []Scalar, err error) {
	// The parser may panic on what nobody tried yet, and the files come from cloned repositories.
	defer func() {
		if recover() != nil {
			err = ErrSyntax
		}
	}()
	r := reader{add: func(s Scalar) { list = append(list, s) }}
	r.p.Reset(src)
	var table []string
	for r.p.NextExpression() {
		n := r.p.Expression()
		switch n.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = keys(nil, n.Key())
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
	line int
	deep bool
}

func (r *reader) pair(path []string, n *unstable.Node, depth int) {
	path = keys(path, n.Key())
	for it := n.Key(); it.Next(); {
		if k := it.Node(); k.Raw.Length > 0 {
			r.line = r.p.Shape(k.Raw).Start.Line
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

func keys(path []string, it unstable.Iterator) []string {
	path = path[:len(path):len(path)]
	for it.Next() {
		path = append(path, string(it.Node().Data))
	}
	return path
}
