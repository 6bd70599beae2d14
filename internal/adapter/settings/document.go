package settings

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a settings file with the places of its values.
type document struct {
	data    []byte
	entries []entry
	top     int // where the first table begins, which is where top-level lines end
	broken  int // line of the syntax error, 0 if there is none
}

// entry is one "name = value" of the file.
type entry struct {
	name     string // dotted, with its table
	line     int
	from, to int // the value's bytes
	value    any // string, bool, []any, ...
	raw      string
}

var errSyntax = errors.New("not valid TOML")

// parse reads a document. Where it fails, document.broken is the line.
func parse(data []byte) (document, error) {
	doc := document{data: data, top: len(data)}
	data = blank(data)
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		doc.broken = 1
		var at *toml.DecodeError
		if errors.As(err, &at) {
			doc.broken, _ = at.Position()
		}
		return doc, fmt.Errorf("%w: %s", errSyntax, err)
	}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		node := p.Expression()
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = strings.Join(names(node.Key()), ".")
			doc.top = min(doc.top, lineStart(data, firstKey(node)))
			doc.entries = append(doc.entries, entry{name: table, line: line(data, firstKey(node)), raw: "[" + table + "]"})
			table += "."
		case unstable.KeyValue:
			doc.entries = append(doc.entries, keyValue(data, node, table))
		}
	}
	if err := p.Error(); err != nil { // Unmarshal was content, so this cannot be; the file stays untouched
		doc.broken = 1
		return doc, fmt.Errorf("%w: %w", errSyntax, err)
	}
	for i, e := range doc.entries {
		if e.to > 0 { // a [table] is no value: settings are written on one line
			doc.entries[i].value = whole[e.name]
		}
	}
	return doc, nil
}

// blank puts spaces in place of a byte order mark, which TOML does not know but editors write.
func blank(data []byte) []byte {
	rest, ok := bytes.CutPrefix(data, []byte("\ufeff"))
	if !ok {
		return data
	}
	return append([]byte("   "), rest...)
}

// keyValue finds the bytes of a value: from behind the "=" to the end of the expression.
func keyValue(data []byte, node *unstable.Node, table string) entry {
	parts := names(node.Key())
	from := lastKeyEnd(node)
	for from < len(data) && data[from] != '=' {
		from++
	}
	from++
	for from < len(data) && (data[from] == ' ' || data[from] == '\t') {
		from++
	}
	to := int(node.Raw.Offset + node.Raw.Length)
	return entry{
		name: table + strings.Join(parts, "."),
		line: line(data, int(node.Raw.Offset)),
		from: from,
		to:   to,
		raw:  string(data[from:to]),
	}
}

func names(keys unstable.Iterator) []string {
	var parts []string
	for keys.Next() {
		parts = append(parts, string(keys.Node().Data))
	}
	return parts
}

func firstKey(node *unstable.Node) int {
	keys := node.Key()
	keys.Next()
	return int(keys.Node().Raw.Offset)
}

func lastKeyEnd(node *unstable.Node) int {
	end := 0
	for keys := node.Key(); keys.Next(); {
		raw := keys.Node().Raw
		end = int(raw.Offset + raw.Length)
	}
	return end
}

// line is the number of the line that holds the byte at offset.
func line(data []byte, offset int) int { return 1 + strings.Count(string(data[:offset]), "\n") }

// lineStart is where the line begins that holds the byte at offset.
func lineStart(data []byte, offset int) int {
	return 1 + strings.LastIndexByte(string(data[:offset]), '\n')
}
