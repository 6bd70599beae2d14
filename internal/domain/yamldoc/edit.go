package yamldoc

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Set gives the setting at path a text. A text that stands there keeps its line, its quotes and its
// comment; a new one gets a line behind its siblings, with the parents that it lacks. The error wraps one
// of the package's errors and then nothing was done.
func Set(src []byte, path []string, text string) ([]byte, error) {
	d, err := editable(src, path, text)
	if err != nil {
		return nil, err
	}
	want, ok := withValue(d.tree(), path, text)
	if !ok {
		return nil, fmt.Errorf("%w: a list or a text stands in its way", ErrConflict)
	}
	if reflect.DeepEqual(d.tree(), want) {
		return slices.Clone(src), nil
	}
	found, err := d.find(path)
	if err != nil {
		return nil, err
	}
	candidates, err := d.setCandidates(found, path, text)
	if err != nil {
		return nil, err
	}
	return first(candidates, want)
}

// Remove takes the setting at path out, and the parents that hold nothing but it, not even a comment.
// Errors are those of Set.
func Remove(src []byte, path []string) ([]byte, error) {
	d, err := editable(src, path, "")
	if err != nil {
		return nil, err
	}
	found, err := d.find(path)
	if err != nil {
		return nil, err
	}
	if len(found) < len(path) {
		return slices.Clone(src), nil
	}
	top := len(found) - 1
	for top > 0 && len(found[top].in.Content) == 2 && !d.comments(found[top-1], found[top]) {
		top--
	}
	p := found[top]
	if p.in.Style&yaml.FlowStyle != 0 || !d.leads(p) {
		return nil, fmt.Errorf("%w: line %d holds other settings too", ErrConflict, p.key.Line)
	}
	want := without(d.tree(), path[:top+1])
	if len(p.in.Content) == 2 && top > 0 { // only a comment keeps the parent: nothing stands behind its key
		want, _ = withValue(d.tree(), path[:top], nil)
	}
	from := d.start(p.key.Line)
	return first([][]byte{
		splice(src, from, d.start(d.end(p)), ""),
		splice(src, from, d.start(p.limit), ""),
	}, want)
}

func editable(src []byte, path []string, text string) (*Doc, error) {
	size := len(src) + len(text)
	for _, key := range path {
		size += len(key)
		if key == "" || key == "__proto__" || !utf8.ValidString(key) || strings.ContainsAny(key, "\x00\r\n") {
			return nil, ErrPath
		}
	}
	switch {
	case size > MaxSize:
		return nil, ErrTooLarge
	case len(path) == 0 || len(path) > maxDepth/2:
		return nil, ErrPath
	case !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		return nil, fmt.Errorf("%w: the new value", ErrEncoding)
	}
	return Parse(src)
}

// first returns the first candidate that reads back as want.
func first(candidates [][]byte, want map[string]any) ([]byte, error) {
	for _, c := range candidates {
		if d, err := Parse(c); err == nil && reflect.DeepEqual(d.tree(), want) {
			return c, nil
		}
	}
	return nil, fmt.Errorf("%w: it would not read back", ErrConflict)
}

func splice(src []byte, from, to int, text string) []byte {
	return slices.Concat(src[:from], []byte(text), src[to:])
}

// withValue is a tree with a text, or nothing, at path; ok is false where something else than settings is on the way.
func withValue(tree map[string]any, path []string, v any) (changed map[string]any, ok bool) {
	out := maps.Clone(tree)
	old := tree[path[0]]
	if len(path) == 1 {
		switch old.(type) {
		case map[string]any, []any:
			if v != nil {
				return nil, false
			}
		}
		out[path[0]] = v
		return out, true
	}
	below, isMap := old.(map[string]any)
	if !isMap && old != nil {
		return nil, false
	}
	if below == nil {
		below = map[string]any{}
	}
	next, ok := withValue(below, path[1:], v)
	out[path[0]] = next
	return out, ok
}

func without(tree map[string]any, path []string) map[string]any {
	out := maps.Clone(tree)
	if len(path) == 1 {
		delete(out, path[0])
	} else if below, ok := tree[path[0]].(map[string]any); ok {
		out[path[0]] = without(below, path[1:])
	}
	return out
}

// setting is a key and its value, and where in the file they may be.
type setting struct {
	in, key, val *yaml.Node
	limit        int // the first line that is something else's
}

// find follows path as far as the file has it.
func (d *Doc) find(path []string) ([]setting, error) {
	var found []setting
	in, limit := d.root, len(d.lines)+1
	for _, key := range path {
		if in == nil || in.Kind != yaml.MappingNode {
			break
		}
		at := -1
		for i := 0; i < len(in.Content); i += 2 {
			if in.Content[i].Value != key {
				continue
			}
			if at >= 0 {
				return nil, fmt.Errorf("%w: line %d repeats a key", ErrConflict, in.Content[i].Line)
			}
			at = i
		}
		if at < 0 {
			break
		}
		if at+2 < len(in.Content) {
			limit = in.Content[at+2].Line
		}
		s := setting{in, in.Content[at], in.Content[at+1], limit}
		if s.val.Kind == yaml.AliasNode || s.val.Kind == yaml.ScalarNode && s.val.Anchor != "" || s.key.Anchor != "" {
			return nil, fmt.Errorf("%w: line %d has an anchor or an alias", ErrConflict, s.key.Line)
		}
		found, in = append(found, s), s.val
	}
	return found, nil
}

func (d *Doc) setCandidates(found []setting, path []string, text string) ([][]byte, error) {
	if len(found) == 0 {
		return d.beneath(d.root, path, text)
	}
	last, rest := found[len(found)-1], path[len(found):]
	switch {
	case last.val.Kind == yaml.MappingNode && len(rest) > 0:
		return d.beneathLimited(last.val, last.limit, rest, text)
	case isNull(last.val) && len(rest) > 0 && last.in.Style&yaml.FlowStyle == 0 && d.leads(last):
		indent := d.indent(last.key) + d.step()
		return d.inserted(d.block(rest, text, indent), last.key.Line+1, d.end(last)), nil
	case isNull(last.val):
		return d.behindColon(last, rest, text)
	}
	from := d.offset(last.val)
	to, ok := d.scalarEnd(last.val, from)
	if !ok {
		return nil, fmt.Errorf("%w: the value in line %d goes over several lines", ErrConflict, last.val.Line)
	}
	return [][]byte{
		splice(d.src, from, to, spell(text, last.val.Style)),
		splice(d.src, from, to, quote(text)),
	}, nil
}

// behindColon gives a value to a key that has none.
func (d *Doc) behindColon(s setting, rest []string, text string) ([][]byte, error) {
	end, ok := d.scalarEnd(s.key, d.offset(s.key))
	colon := bytes.IndexByte(d.src[min(end, len(d.src)):], ':')
	if !ok || colon < 0 {
		return nil, fmt.Errorf("%w: the key in line %d", ErrConflict, s.key.Line)
	}
	at := end + colon + 1
	if len(rest) > 0 {
		return [][]byte{splice(d.src, at, at, " {"+flow(rest, quote(text))+"}")}, nil
	}
	return [][]byte{splice(d.src, at, at, " "+spell(text, 0)), splice(d.src, at, at, " "+quote(text))}, nil
}

func (d *Doc) beneath(in *yaml.Node, path []string, text string) ([][]byte, error) {
	if in != nil {
		return d.beneathLimited(in, len(d.lines)+1, path, text)
	}
	lines := d.block(path, text, "")
	return d.inserted(lines, len(d.lines)+1), nil
}

// beneathLimited adds a setting to others. limit is the first line that is not theirs.
func (d *Doc) beneathLimited(in *yaml.Node, limit int, path []string, text string) ([][]byte, error) {
	if in.Style&yaml.FlowStyle != 0 {
		at := d.offset(in)
		if at >= len(d.src) || d.src[at] != '{' {
			return nil, fmt.Errorf("%w: line %d", ErrConflict, in.Line)
		}
		next := flow(path, quote(text))
		if len(in.Content) > 0 {
			next += ", "
		}
		return [][]byte{splice(d.src, at+1, at+1, next)}, nil
	}
	n := len(in.Content)
	last := setting{in, in.Content[n-2], in.Content[n-1], limit}
	if !d.leads(last) {
		return nil, fmt.Errorf("%w: line %d begins with something else than its key", ErrConflict, last.key.Line)
	}
	lines := d.block(path, text, d.indent(last.key))
	return d.inserted(lines, d.behind(last), limit), nil
}

// inserted are the ways to put whole lines in, each before one of the given lines.
func (d *Doc) inserted(lines string, before ...int) [][]byte {
	var out [][]byte
	for _, line := range before {
		at, lead := d.start(line), ""
		if at > d.mark && !bytes.ContainsRune([]byte("\r\n"), rune(d.src[at-1])) {
			lead = d.eol()
		}
		out = append(out, splice(d.src, max(at, d.mark), max(at, d.mark), lead+lines))
	}
	return out
}

// end is the line behind the last one of a setting. Blank lines and comments that follow are not its own.
func (d *Doc) end(s setting) int {
	line, own := s.limit, d.lastLine(s.key, s.val)
	for line-1 > own {
		if t := strings.TrimSpace(d.text(line - 1)); t != "" && t[0] != '#' && t != "..." {
			break
		}
		line--
	}
	return line
}

// behind is the line behind a setting and the comments that are indented as if they were in it.
func (d *Doc) behind(s setting) int {
	at := d.end(s)
	for line := at; line < s.limit; line++ {
		text := d.text(line)
		trimmed := strings.TrimLeft(text, " \t")
		if strings.HasPrefix(trimmed, "#") {
			if len(text)-len(trimmed) <= len(d.indent(s.key)) {
				break
			}
			at = line + 1
		} else if trimmed != "" {
			break
		}
	}
	return at
}

// comments reports whether a parent holds a comment beside the one setting in it.
func (d *Doc) comments(parent, child setting) bool {
	from, to := child.key.Line, d.end(child)
	for line := parent.key.Line; line < parent.limit; line++ {
		text := d.text(line)
		if line == parent.key.Line {
			text = text[min(len(text), d.offset(parent.key)+len(parent.key.Value)-d.start(line)):]
			if strings.Contains(text, " #") || strings.Contains(text, "\t#") {
				return true
			}
			continue
		}
		own := line >= from && line < to
		trimmed := strings.TrimLeft(text, " \t")
		deep := line < from || len(text)-len(trimmed) > len(d.indent(parent.key))
		if !own && deep && strings.HasPrefix(trimmed, "#") {
			return true
		}
	}
	return false
}

// leads reports whether a setting's key is the first thing in its line.
func (d *Doc) leads(s setting) bool { return strings.Trim(d.indent(s.key), " ") == "" }

// indent is what stands before a key.
func (d *Doc) indent(key *yaml.Node) string {
	return string(d.src[d.start(key.Line):d.offset(key)])
}

// step is the file's own indentation: that of the first setting that lies in another.
func (d *Doc) step() string {
	if d.root != nil {
		for i := 1; i < len(d.root.Content); i += 2 {
			v := d.root.Content[i]
			if v.Kind == yaml.MappingNode && v.Style&yaml.FlowStyle == 0 && v.Column > 1 {
				return strings.Repeat(" ", min(v.Column-d.root.Column, 8))
			}
		}
	}
	return "  "
}

// eol is the file's own line end: that of its first line.
func (d *Doc) eol() string {
	if i := bytes.IndexByte(d.src, '\n'); i > 0 && d.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
