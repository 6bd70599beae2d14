package npmrc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Restore undoes what npm's rewrite did to a file's looks: comments, blank lines, order and spacing
// come from t, values from after, and the keys in set take the values given there. Keys that are new
// in after are added; keys that are gone from it stay gone. The result says what after says, with set
// applied. Where t does not allow that, after itself is edited instead, as Set would.
// Restoring a restored file again changes nothing. Errors are those of Set.
func Restore(t Template, after []byte, set map[string]string) ([]byte, error) {
	edited := slices.Clone(after)
	for _, key := range slices.Sorted(maps.Keys(set)) {
		var err error
		if edited, err = Set(edited, key, set[key]); err != nil {
			return nil, err
		}
	}
	f := Parse(edited)
	if len(edited) > MaxSize {
		return nil, ErrTooLarge
	}
	if err := f.Err(); err != nil {
		return nil, fmt.Errorf("restore layout: %w", err)
	}
	if len(t.rows) == 0 {
		return edited, nil
	}
	for _, gentle := range []bool{true, false} {
		if out := newLayout(t, f).write(gentle); len(out) <= MaxSize && says(out, f.tree()) {
			return out, nil
		}
	}
	return edited, nil
}

// place is where an entry belongs: below which header, under which key.
type place struct {
	inside       bool
	section, key string
}

func placeOf(l *line) place { return place{l.inSection, l.section, l.key} }

// layout puts the entries of a file into the rows of a template.
type layout struct {
	rows    []row
	file    *File
	waiting map[place][]*line // entries of the file that no row has taken yet, in order
	lastRow map[place]int     // the row that counts, of those with the same key
	headers map[string]bool   // headers that the file has
	out     []chunk
}

// chunk is a piece of the result. Its home tells which section it stands in.
type chunk struct {
	inside  bool
	section string
	entry   bool
	text    string
	end     string
}

func newLayout(t Template, f *File) *layout {
	y := &layout{
		rows: t.rows, file: f, waiting: map[place][]*line{}, lastRow: map[place]int{},
		headers: map[string]bool{},
	}
	for i := range f.lines {
		switch l := &f.lines[i]; l.kind {
		case lineSection:
			y.headers[l.section] = true
		case lineEntry:
			p := placeOf(l)
			if last := y.waiting[p]; len(last) > 0 && !l.array && !last[0].array {
				last[0] = l // of duplicates the last one counts
				continue
			}
			y.waiting[p] = append(y.waiting[p], l)
		}
	}
	for i, r := range t.rows {
		if r.Kind == lineEntry {
			y.lastRow[place{r.Inside, r.Section, r.Key}] = i
		}
	}
	return y
}

// write makes the file. If gentle, values keep the spelling that they had in the template where they
// did not change; else every value is written as the file has it.
func (y *layout) write(gentle bool) []byte {
	for i, r := range y.rows {
		switch r.Kind {
		case lineInert:
			y.out = append(y.out, chunk{inside: r.Inside, section: r.Section, text: string(r.Before), end: r.End})
		case lineSection:
			if y.headers[r.Section] {
				y.out = append(y.out, chunk{true, r.Section, true, string(r.Before), r.End})
			}
		case lineEntry:
			y.entry(i, r, gentle)
		}
	}
	y.leftovers()
	return y.join()
}

// entry writes the row's key with the value that the file has for it now.
func (y *layout) entry(i int, r row, gentle bool) {
	p := place{r.Inside, r.Section, r.Key}
	lines := y.waiting[p]
	last := y.lastRow[p] == i
	if len(lines) == 0 || !r.Array && !last {
		return
	}
	take := 1
	if last {
		take = len(lines) // a list that has grown, or a setting that became a list
	}
	y.waiting[p] = lines[take:]
	for n, l := range lines[:take] {
		c := chunk{r.Inside, r.Section, true, y.file.text(l), r.End}
		if n == 0 && gentle && l.array == r.Array {
			c.text = fit(r, l, c.text)
		}
		y.out = append(y.out, c)
	}
}

// fit writes the value of l into the row's own spacing, or returns the text of what the row was if
// the value is still the same. Where the spacing cannot hold the value the line is plain.
func fit(r row, l *line, plain string) string {
	before, value, after := string(r.Before), string(r.Value), string(r.After)
	if !r.Hidden {
		old := &node{kind: KindBool, text: "true"}
		if !r.Bare {
			old = scalar(unsafe(decode(value)))
		}
		if old.json() == l.val().json() {
			return before + value + after
		}
	}
	if r.Bare {
		before += "="
	}
	for _, s := range valueSpellings(l.val()) {
		text := before + s + after
		if got := scan(text); len(got) == 1 && got[0].kind == lineEntry && got[0].val().json() == l.val().json() {
			return text
		}
	}
	return plain
}

func valueSpellings(v *node) []string {
	if v.kind == KindString {
		return spellings(v.text)
	}
	return []string{v.plain(), "'" + v.json() + "'"}
}

// text is the entry's line as it stands in the file. Byte order marks in front go, which npm takes for
// blanks, but where one hides a header.
func (f *File) text(l *line) string {
	text := string(f.src[l.start:l.end])
	if bare := strings.TrimLeft(text, byteOrderMark); !strings.HasPrefix(bare, "[") {
		return bare
	}
	return text
}

// leftovers adds what no row has taken: top-level keys behind the last one, keys of a section behind
// that section's last one, new sections at the end.
func (y *layout) leftovers() {
	left := map[*line]bool{}
	for _, lines := range y.waiting {
		for _, l := range lines {
			left[l] = true
		}
	}
	type home struct {
		inside  bool
		section string
	}
	last := map[home]int{{false, ""}: -1}
	for j, o := range y.out {
		if o.entry {
			last[home{o.inside, o.section}] = j
		}
	}
	behind, tail := map[int][]chunk{}, map[home][]chunk{}
	var fresh []home
	for i := range y.file.lines {
		l := &y.file.lines[i]
		h := home{l.inSection, l.section}
		c := chunk{l.inSection, l.section, true, y.file.text(l), ""}
		j, known := last[h]
		switch {
		case l.kind == lineSection && !known && tail[h] == nil:
			fresh = append(fresh, h)
			tail[h] = []chunk{c}
		case l.kind == lineEntry && left[l] && known:
			behind[j] = append(behind[j], c)
		case l.kind == lineEntry && left[l]:
			tail[h] = append(tail[h], c)
		}
	}
	// No top-level key was left to stand behind: the new ones go above the first header.
	at := slices.IndexFunc(y.out, func(o chunk) bool { return o.inside })
	if at < 0 {
		at = len(y.out)
	}
	if first := behind[-1]; at > 0 && first != nil {
		delete(behind, -1)
		behind[at-1] = first
	}
	y.out = merge(y.out, behind)
	for _, h := range fresh {
		y.out = append(y.out, tail[h]...)
	}
}

// merge puts the pieces behind the chunks that they are filed under; -1 is the front.
func merge(out []chunk, behind map[int][]chunk) []chunk {
	merged := slices.Clone(behind[-1])
	for j, o := range out {
		merged = append(append(merged, o), behind[j]...)
	}
	return merged
}

// join puts the chunks together. Only the last one may lack a line end.
func (y *layout) join() []byte {
	eol := "\n"
	for _, r := range y.rows {
		if strings.HasSuffix(r.End, "\n") {
			eol = r.End
			break
		}
	}
	open := len(y.rows) > 0 && y.rows[len(y.rows)-1].End == ""
	var b strings.Builder
	for i, c := range y.out {
		b.WriteString(c.text)
		switch {
		case i == len(y.out)-1 && open && c.end == "":
		case c.end == "":
			b.WriteString(eol)
		default:
			b.WriteString(c.end)
		}
	}
	return []byte(b.String())
}
