package lint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// span is one physical line: its text, and where the next one starts. LF, CRLF and a lone CR each end one.
type span struct{ start, end, next int }

func spans(src []byte) (list []span) {
	for pos := 0; pos < len(src); {
		s := span{pos, len(src), len(src)}
		if i := bytes.IndexAny(src[pos:], "\r\n"); i >= 0 {
			s.end, s.next = pos+i, pos+i+1
			if src[s.end] == '\r' && s.next < len(src) && src[s.next] == '\n' {
				s.next++
			}
		}
		list = append(list, s)
		pos = s.next
	}
	return list
}

// rename gives the line's key another name, and nil where the key is spelled in an unusual way, where the
// other name is taken, or where npm would read anything else differently than before.
func rename(src []byte, line int, from, to string) []byte {
	all := spans(src)
	if line > len(all) {
		return nil
	}
	text := string(src[all[line-1].start:all[line-1].end])
	before, _, ok := strings.Cut(text, "=")
	i := strings.Index(before, from)
	if !ok || i < 0 || strings.TrimSpace(before) != from {
		return nil
	}
	at := all[line-1].start + i
	out := slices.Concat(src[:at], []byte(to), src[at+len(from):])
	was, is := entries(src), entries(out)
	if len(was) != len(is) {
		return nil
	}
	for n := range was {
		if was[n].Line == line {
			was[n].Key = to
		} else if was[n].Key == to {
			return nil
		}
		if was[n] != is[n] {
			return nil
		}
	}
	return out
}

func entries(src []byte) []npmrc.Entry { return slices.Collect(npmrc.Parse(src).Entries()) }

// raise moves lines above the first [section], in their order, and is nil where their keys stand there
// already or where anything else would change.
func raise(src []byte, numbers []int) []byte {
	all, was := spans(src), entries(src)
	first := slices.IndexFunc(was, func(e npmrc.Entry) bool { return e.InSection })
	if first < 0 || len(numbers) > maxKeys || doubles(was, numbers) {
		return nil
	}
	header := was[first].Line - 1
	for header > 0 && !strings.HasPrefix(strings.TrimLeft(string(src[all[header-1].start:all[header-1].end]), "\ufeff"), "[") {
		header--
	}
	if header == 0 {
		return nil
	}
	var moved, rest []byte
	at := all[header-1].start
	rest = append(rest, src[:at]...)
	for n := header; n <= len(all); n++ {
		l := all[n-1]
		if !slices.Contains(numbers, n) {
			rest = append(rest, src[l.start:l.next]...)
			continue
		}
		text := src[l.start:l.next]
		if l.end == l.next { // the file's last line has no end
			text = append(bytes.Clone(text), '\n')
		}
		moved = append(moved, text...)
	}
	out := slices.Concat(rest[:at], moved, rest[at:])
	type line struct {
		key, value string
		inSection  bool
	}
	there := map[line]bool{}
	is := entries(out)
	for _, e := range is {
		there[line{e.Key, e.Value, e.InSection}] = true
	}
	for _, e := range was {
		if !there[line{e.Key, e.Value, e.InSection && !slices.Contains(numbers, e.Line)}] {
			return nil
		}
	}
	if npmrc.Parse(out).Err() != nil || len(is) != len(was) {
		return nil
	}
	return out
}

// doubles reports whether a key of the lines stands at the top level too, or twice among them.
func doubles(all []npmrc.Entry, numbers []int) bool {
	seen := map[string]int{}
	for _, e := range all {
		if e.Top() || slices.Contains(numbers, e.Line) {
			seen[e.Key]++
		}
	}
	return slices.ContainsFunc(all, func(e npmrc.Entry) bool {
		return slices.Contains(numbers, e.Line) && seen[e.Key] > 1
	})
}
