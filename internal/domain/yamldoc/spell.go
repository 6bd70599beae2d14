package yamldoc

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// plainWord is what needs no quotes with any reader: a word that is no number, and none of typed.
var plainWord = regexp.MustCompile(`^[A-Za-z@][A-Za-z0-9_./+-]*$`)

// typed are the words that YAML 1.1 or 1.2 takes for something else than a text.
var typed = map[string]bool{"true": true, "false": true, "null": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true}

// spell writes a text so that every reader of YAML reads it back, in the style of what stood there before.
func spell(text string, style yaml.Style) string {
	if style&yaml.SingleQuotedStyle != 0 && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	if style&yaml.DoubleQuotedStyle == 0 && text != "" && text[0] != '@' && plainWord.MatchString(text) && !typed[strings.ToLower(text)] {
		return text
	}
	return quote(text)
}

// quote writes JSON, which YAML reads too, with everything escaped that is not plainly printable.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= 0x20 && r < 0x7f, r >= 0xa1 && r < 0x2000, r >= 0x3000 && r < 0xd800, r > 0xffff:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// scalarEnd finds the end of a scalar that begins at offset at and stays on its line.
func (d *Doc) scalarEnd(n *yaml.Node, at int) (end int, ok bool) {
	rest := d.text(n.Line)[at-d.start(n.Line):]
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		end, ok := quotedEnd(rest, n.Style)
		return at + end, ok
	}
	// A plain scalar on one line is written as it reads.
	return at + len(n.Value), n.Style == 0 && strings.HasPrefix(rest, n.Value)
}

// lastLine is a line that surely belongs to a setting: what looks like a comment in a text up to there is
// none.
func (d *Doc) lastLine(key, n *yaml.Node) int {
	for len(n.Content) > 0 {
		if n.Kind == yaml.MappingNode {
			key = n.Content[len(n.Content)-2]
		}
		n = n.Content[len(n.Content)-1]
	}
	switch {
	case n.Kind != yaml.ScalarNode || isNull(n):
		return key.Line
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		at := d.offset(n)
		end, _ := quotedEnd(string(d.src[at:]), n.Style)
		return n.Line + len(lineStarts(d.src[at:at+end])) - 1
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.lastOfBlock(key, n)
	}
	return n.Line
}

// blockDepth finds the number by which a header tells how much deeper than its key a text begins.
var blockDepth = regexp.MustCompile(`[|>][+-]?([1-9])`)

// lastOfBlock is the last line of a text in "|" or ">" that is not blank: as deep as its first one, or as
// its header says.
func (d *Doc) lastOfBlock(key, n *yaml.Node) int {
	last, depth := n.Line, -1
	if m := blockDepth.FindSubmatch(d.src[d.offset(n):d.start(n.Line+1)]); m != nil {
		depth = key.Column - 1 + int(m[1][0]-'0')
	}
	for line := n.Line + 1; line <= len(d.lines); line++ {
		text := d.text(line)
		indent := len(text) - len(strings.TrimLeft(text, " "))
		switch {
		case indent == len(text):
			continue
		case depth < 0:
			depth = indent
		}
		if indent < depth || indent == 0 {
			break
		}
		last = line
	}
	return last
}

// quotedEnd finds the end of a text in quotes.
func quotedEnd(s string, style yaml.Style) (end int, ok bool) {
	for i := 1; i < len(s); i++ {
		switch {
		case style&yaml.DoubleQuotedStyle != 0:
			if s[i] == '\\' {
				i++
			} else if s[i] == '"' {
				return i + 1, true
			}
		case s[i] == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		case s[i] == '\'':
			return i + 1, true
		}
	}
	return 0, false
}

// block writes settings that lie in one another, one line each. first is what stands before the first key.
func (d *Doc) block(path []string, text, first string) string {
	var b strings.Builder
	for i, key := range path {
		b.WriteString(first + strings.Repeat(d.step(), i) + spell(key, 0) + ":")
		if i == len(path)-1 {
			b.WriteString(" " + spell(text, 0))
		}
		b.WriteString(d.eol())
	}
	return b.String()
}

// flow writes the same on one line, for between braces.
func flow(path []string, val string) string {
	var b strings.Builder
	for i, key := range path {
		b.WriteString(quote(key) + ": ")
		if i < len(path)-1 {
			b.WriteByte('{')
		}
	}
	return b.String() + val + strings.Repeat("}", len(path)-1)
}
