package npmrc

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// node is a JavaScript value. Objects keep the order in which their keys came, because npm's nesting
// of dotted sections depends on it.
type node struct {
	kind   Kind
	text   string // of scalars: what String(value) gives
	items  []*node
	order  []string
	fields map[string]*node
}

func object() *node { return &node{kind: KindObject, fields: map[string]*node{}} }

func (n *node) put(key string, v *node) {
	if _, ok := n.fields[key]; !ok {
		n.order = append(n.order, key)
	}
	n.fields[key] = v
}

func nodeOf(v any) *node {
	switch v := v.(type) {
	case string:
		return &node{text: v}
	case bool:
		return &node{kind: KindBool, text: strconv.FormatBool(v)}
	case json.Number:
		return &node{kind: KindNumber, text: jsNumber(v)}
	case []any:
		n := &node{kind: KindArray}
		for _, item := range v {
			n.items = append(n.items, nodeOf(item))
		}
		return n
	case map[string]any:
		n := object()
		for k, item := range v {
			n.put(k, nodeOf(item))
		}
		return n
	}
	return &node{kind: KindNull, text: "null"}
}

// jsNumber writes a number as JavaScript's String does.
func jsNumber(v json.Number) string {
	f, _ := strconv.ParseFloat(v.String(), 64) // out of range gives an infinity, as in JavaScript
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	b, err := json.Marshal(f) // the one encoder of the library that follows ECMAScript
	if err != nil {
		return v.String()
	}
	return string(b)
}

// property is the name under which JavaScript files a value that is used as a key. odd tells of
// objects, whose name can be anything.
func (n *node) property() (name string, odd bool) {
	switch n.kind {
	case KindObject:
		return "[object Object]", true
	case KindArray:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			if item.kind == KindNull {
				continue
			}
			var bad bool
			parts[i], bad = item.property()
			odd = odd || bad
		}
		return strings.Join(parts, ","), odd
	}
	return n.text, false
}

// plain is the value as a text: scalars as they are, the rest as JSON.
func (n *node) plain() string {
	if n.kind != KindArray && n.kind != KindObject {
		return n.text
	}
	return n.json()
}

func (n *node) json() string {
	switch n.kind {
	case KindArray:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = item.json()
		}
		return "[" + strings.Join(parts, ",") + "]"
	case KindObject:
		keys := slices.Sorted(slices.Values(n.order))
		for i, k := range keys {
			keys[i] = quote(k) + ":" + n.fields[k].json()
		}
		return "{" + strings.Join(keys, ",") + "}"
	case KindString:
		return quote(n.text)
	case KindNumber:
		return strings.Replace(n.text, "Infinity", "1e999", 1) // the one JSON number that reads back as such
	}
	return n.text
}

func (n *node) falsy() bool {
	return n.kind == KindNull || n.text == "" && n.kind == KindString ||
		n.text == "false" && n.kind == KindBool || n.text == "0" && n.kind == KindNumber
}

// evaluate does what npm's ini.parse does with the lines, its second pass over dotted sections included.
func evaluate(lines []line) (*node, error) {
	out := object()
	p := out
	for i := range lines {
		l := &lines[i]
		if l.kind == lineInert {
			continue
		}
		if l.badKey {
			return out, fmt.Errorf("%w: line %d has a key in quotes that is no text", ErrOdd, l.number)
		}
		if l.kind == lineSection {
			p = enter(out, l.section)
			continue
		}
		if l.key == protoKey {
			continue
		}
		if p.kind == KindArray {
			return out, fmt.Errorf("%w: line %d is below a section named like a list", ErrOdd, l.number)
		}
		if p.kind == KindObject { // npm drops what stands below a section that is named like a setting
			assign(p, l)
		}
	}
	return out, nest(out)
}

func enter(out *node, section string) *node {
	if section == protoKey {
		return object()
	}
	if p := out.fields[section]; p != nil && !p.falsy() {
		return p
	}
	p := object()
	out.put(section, p)
	return p
}

func assign(p *node, l *line) {
	old := p.fields[l.key]
	if l.array {
		if old == nil {
			old = &node{kind: KindArray}
		} else if old.kind != KindArray {
			old = &node{kind: KindArray, items: []*node{old}}
		}
	}
	if old != nil && old.kind == KindArray {
		// A list of its own: the one in the line may be shared with what was read before.
		p.put(l.key, &node{kind: KindArray, items: append(slices.Clone(old.items), l.val())})
		return
	}
	p.put(l.key, l.val().clone())
}

// clone copies a value deeply, so that evaluating twice gives the same twice.
func (n *node) clone() *node {
	if n.kind != KindObject {
		return n
	}
	c := object()
	for _, k := range n.order {
		c.put(k, n.fields[k].clone())
	}
	return c
}

// nest turns {"a.b":{}} into {"a":{"b":{}}}.
func nest(out *node) error {
	remove := map[string]bool{}
	for _, k := range slices.Clone(out.order) {
		v := out.fields[k]
		if v.kind != KindObject && v.kind != KindNull {
			continue
		}
		parts := splitSections(k)
		last := parts[len(parts)-1]
		name := strings.ReplaceAll(last, `\.`, ".")
		p := out
		for _, part := range parts[:len(parts)-1] {
			if part == protoKey {
				continue
			}
			next := p.fields[part]
			if next == nil || next.kind != KindObject && next.kind != KindArray && next.kind != KindNull {
				next = object()
				p.put(part, next)
			}
			if p = next; p.kind != KindObject {
				return fmt.Errorf("%w: section %q lies inside a setting", ErrOdd, k)
			}
		}
		if p == out && name == last {
			continue
		}
		p.put(name, v)
		remove[k] = true
	}
	for k := range remove {
		delete(out.fields, k)
	}
	out.order = slices.DeleteFunc(out.order, func(k string) bool { return remove[k] })
	return nil
}

// splitSections splits at dots that have no backslash before them.
func splitSections(s string) []string {
	var parts []string
	from, search := 0, 0
	for {
		i := strings.IndexByte(s[search:], '.')
		if i < 0 {
			return append(parts, s[from:])
		}
		i += search
		search = i + 1
		if i > 0 && s[i-1] == '\\' {
			continue
		}
		parts = append(parts, s[from:i])
		from = i + 1
	}
}
