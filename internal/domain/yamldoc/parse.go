package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const byteOrderMark = "\ufeff"

// The limits of what is read. A config file comes nowhere near them.
const (
	maxDepth = 64
	maxNodes = 100_000 // aliases counted as often as they are used
)

// Doc is a config file that has been read.
type Doc struct {
	src   []byte
	mark  int        // length of the byte order mark
	lines []int      // where each line starts
	root  *yaml.Node // a mapping, or nil for an empty file
}

// Parse reads a config file. An empty file is fine. The error wraps one of the package's errors.
func Parse(src []byte) (*Doc, error) {
	if err := readable(src); err != nil {
		return nil, err
	}
	d := &Doc{src: src, lines: lineStarts(src)}
	if bytes.HasPrefix(src, []byte(byteOrderMark)) {
		d.mark = len(byteOrderMark)
		d.lines[0] = d.mark
	}
	// js-yaml ends the last line where a file does not; a text in "|" shows it.
	text := src[d.mark:]
	if len(text) > 0 && !bytes.ContainsAny(text[len(text)-1:], "\r\n") {
		text = slices.Concat(text, []byte("\n"))
	}
	root, err := decode(text)
	if err != nil {
		return nil, err
	}
	if root == nil || isNull(root) {
		return d, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%w: line %d begins no setting", ErrSyntax, root.Line)
	}
	d.root = root
	left := maxNodes
	return d, d.check(root, 0, &left)
}

// readable refuses texts that the readers of YAML do not agree about before any of them begins.
func readable(src []byte) error {
	switch {
	case len(src) > MaxSize:
		return ErrTooLarge
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}) || bytes.HasPrefix(src, []byte{0xfe, 0xff}):
		return fmt.Errorf("%w: the file is UTF-16", ErrEncoding)
	}
	line := 1
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		switch {
		case r == utf8.RuneError && n < 2, r == 0:
			return fmt.Errorf("%w: line %d", ErrEncoding, line)
		case r == '\u0085' || r == '\u2028' || r == '\u2029':
			return fmt.Errorf("%w: line %d holds the line separator %U", ErrOdd, line, r)
		case r == '\ufeff' && i > 0:
			return fmt.Errorf("%w: line %d holds a byte order mark", ErrOdd, line)
		case r == '\n', r == '\r' && (i+1 >= len(src) || src[i+1] != '\n'):
			line++
		}
		i += n
	}
	return nil
}

// lineStarts finds where lines start: LF, CRLF and a lone CR each end one.
func lineStarts(src []byte) []int {
	starts := []int{0}
	for i, c := range src {
		if c == '\n' || c == '\r' && (i+1 >= len(src) || src[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// decode lets the library read the one document of a file.
func decode(src []byte) (root *yaml.Node, err error) {
	// The library has panicked on files before. The files come from cloned repositories.
	defer func() {
		if recover() != nil {
			root, err = nil, fmt.Errorf("%w: it cannot be read", ErrSyntax)
		}
	}()
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(src))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, complaint(err)
	}
	if err := dec.Decode(&more); err == nil {
		return nil, fmt.Errorf("%w: line %d begins a second document", ErrSyntax, more.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, complaint(err)
	}
	return doc.Content[0], nil
}

var (
	complaintLine = regexp.MustCompile(`line (\d+)`)
	complaintWhy  = regexp.MustCompile(`^yaml: (?:line \d+: )?([a-z ,-]+)$`)
)

// complaint tells line and reason of a library's error, and nothing of the file's text.
func complaint(err error) error {
	text, where := err.Error(), ""
	if m := complaintLine.FindStringSubmatch(text); m != nil {
		where = ": near line " + m[1]
	}
	if m := complaintWhy.FindStringSubmatch(text); m != nil {
		where += ": " + m[1]
	}
	return fmt.Errorf("%w%s", ErrSyntax, where)
}

// blockHeader finds a comment that js-yaml does not take for one.
var blockHeader = regexp.MustCompile(`[|>][0-9+-]*#`)

// check refuses what other readers understand otherwise, and what would never end.
func (d *Doc) check(n *yaml.Node, depth int, left *int) error {
	odd := func(what string) error { return fmt.Errorf("%w: line %d has %s", ErrOdd, n.Line, what) }
	if *left--; *left < 0 || depth > maxDepth {
		return odd("too much in it")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return odd("a tag")
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && blockHeader.Match(d.src[d.offset(n):d.start(n.Line+1)]) {
		return fmt.Errorf("%w: line %d has no space before its comment", ErrSyntax, n.Line)
	}
	if n.Kind == yaml.AliasNode {
		if n.Alias == nil {
			return odd("an alias of nothing")
		}
		return d.check(n.Alias, depth+1, left)
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if c.Kind != yaml.ScalarNode || isNull(c) || c.Value == "__proto__" {
				n = c
				return odd("a key that is no text")
			}
		}
		if err := d.check(c, depth+1, left); err != nil {
			return err
		}
	}
	return nil
}

// isNull reports whether nothing stands where a value should. The words null and ~ are texts.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0
}

// resolve follows aliases; check has seen that they end.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Scalar is a text in a config file.
type Scalar struct {
	Path  []string // the keys that lead to it; of a list, the number of the item
	Value string   // without quotes and escapes
	Line  int      // 1-based: where its key stands, of an item the item
	Set   bool     // false where nothing stands behind the key
}

// Scalars lists the texts of a file that count, in the file's order. What an alias brings stands at the
// alias's line, and what "<<" brings below the key "<<".
func (d *Doc) Scalars() []Scalar {
	if d.root == nil {
		return nil
	}
	var list []Scalar
	walk(d.root, nil, 0, func(s Scalar) { list = append(list, s) })
	return list
}

// walk visits the texts below n. line is that of the alias that led here, 0 if none did.
func walk(n *yaml.Node, path []string, line int, visit func(Scalar)) {
	below := func(key string) []string { return append(path[:len(path):len(path)], key) }
	each := func(c *yaml.Node, key string, at int) {
		from := line
		if c.Kind == yaml.AliasNode && from == 0 {
			from = at
		}
		if from != 0 {
			at = from
		}
		if v := resolve(c); v.Kind == yaml.ScalarNode {
			visit(Scalar{Path: below(key), Value: v.Value, Line: at, Set: !isNull(v)})
		} else {
			walk(v, below(key), from, visit)
		}
	}
	if n.Kind == yaml.SequenceNode {
		for i, c := range n.Content {
			each(c, strconv.Itoa(i), c.Line)
		}
		return
	}
	last := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		last[n.Content[i].Value] = i
	}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i]; last[k.Value] == i {
			each(n.Content[i+1], k.Value, k.Line)
		}
	}
}

// tree is what the file says: maps, lists, texts and nil.
func (d *Doc) tree() map[string]any {
	if d.root == nil {
		return map[string]any{}
	}
	return value(d.root).(map[string]any)
}

func value(n *yaml.Node) any {
	n = resolve(n)
	switch {
	case n.Kind == yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = value(n.Content[i+1])
		}
		return m
	case n.Kind == yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = value(c)
		}
		return list
	case isNull(n):
		return nil
	}
	return n.Value
}

// offset is where a node begins in the file.
func (d *Doc) offset(n *yaml.Node) int {
	at := d.start(n.Line)
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(d.src[at:])
		at += size
	}
	return at
}

// start is where a line begins, of a line behind the last one the end of the file.
func (d *Doc) start(line int) int {
	if line > len(d.lines) {
		return len(d.src)
	}
	return d.lines[line-1]
}

// text is a line without its line end.
func (d *Doc) text(line int) string {
	return strings.TrimRight(string(d.src[d.start(line):d.start(line+1)]), "\r\n")
}
