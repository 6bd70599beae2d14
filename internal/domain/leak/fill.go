package leak

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/bunfig"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// Fill puts a credential back: byte for byte what Take took, where nothing else has changed since. If the file has, it
// goes where its neighbours are, or, where they are gone, to the end of its section or of the file. A placeholder that
// was put up for its setting since gives way. Where its line stands already nothing is done. Holes in one file are
// filled in the opposite order of that in which they were made. Errors are ErrOccupied and ErrPlace; then nothing was
// done.
func Fill(text []byte, h Hole, s token.Secret) (fresh []byte, err error) {
	bom, body := unmark(text)
	p := filling{h: h, secret: s.Reveal(), lines: linesOf(body)}
	p.block = linesOf(h.Head + p.secret + h.Tail)
	if p.there() {
		return bytes.Clone(text), nil
	}
	if have := standing(h, body); !h.Twice && len(have) > 0 {
		switch {
		case slices.ContainsFunc(have, func(s stood) bool { return s.value == p.secret }):
			return bytes.Clone(text), nil
		case slices.ContainsFunc(have, func(s stood) bool { return s.literal }):
			return nil, ErrOccupied
		case h.Form == FormYarn:
			return p.set(text)
		case !assigned(h.Form): // what a user's shell does now is the user's, and stays
			out, err := p.instead(have[0].line)
			if err != nil {
				return nil, err
			}
			return p.checked(text, bom+out)
		}
	}
	return p.checked(text, bom+p.at(p.gap()))
}

// filling is a credential on its way back.
type filling struct {
	h            Hole
	secret       string
	lines, block []string
	more         string // a heading that is gone
}

// there reports whether the line stands there already.
func (p *filling) there() bool {
	under := sections(p.h.Form, p.lines)
	return countBlock(p.lines, p.block, func(i int) bool { return headed(p.lines, under[i]) == p.h.Section }) > p.h.Same
}

// at is the text with the block before line i.
func (p *filling) at(i int) string {
	block, eol := strings.Join(p.block, ""), "\n"
	if len(p.lines) > 0 && strings.HasSuffix(p.lines[0], "\r\n") {
		eol = "\r\n"
	}
	if i > 0 && !strings.HasSuffix(p.lines[i-1], "\n") {
		block = eol + block
	}
	if p.more != "" {
		block = strings.TrimSuffix(block, "\n")
		block = strings.TrimSuffix(block, "\r")
		block = eol + p.more + eol + strings.TrimLeft(block, "\r\n") + eol
		if i > 0 && !strings.HasSuffix(p.lines[i-1], "\n") {
			block = eol + block
		}
	}
	if i < len(p.lines) && !strings.HasSuffix(block, "\n") {
		block += eol
	}
	return strings.Join(p.lines[:i], "") + block + strings.Join(p.lines[i:], "")
}

// gap finds the place: where most of the neighbours are, and of several such the one nearest to where it was.
func (p *filling) gap() int {
	under := sections(p.h.Form, p.lines)
	digests := make([]string, len(p.lines))
	for i, l := range p.lines {
		digests[i] = digest(l)
	}
	best, most, last := -1, p.enough()-1, -1
	for i := range len(p.lines) + 1 {
		if headed(p.lines, under[i]) != p.h.Section {
			continue
		}
		last = i
		n := p.signs(digests, i)
		if n > most || n == most && best >= 0 && distance(i, p.h.From-1) < distance(best, p.h.From-1) {
			best, most = i, n
		}
	}
	if best >= 0 {
		return best
	}
	if last < 0 {
		p.more = p.h.Heading
		return len(p.lines)
	}
	for last > 0 && strings.TrimSpace(p.lines[last-1]) == "" {
		last--
	}
	return last
}

// What signs weigh. Empty lines and the ends of a file are in every file, and only say which of several places it is.
const (
	weak   = 1
	strong = 8
)

func weightOf(want string) int {
	if want == start || want == end || want == "" {
		return weak
	}
	return strong
}

// enough is what a place must weigh: one neighbour, or all that there was where there was none.
func (p *filling) enough() (n int) {
	for _, want := range slices.Concat(p.h.Before, p.h.After) {
		n += weightOf(want)
	}
	return min(n, strong)
}

// signs weighs how much of what was around the hole is around line i.
func (p *filling) signs(digests []string, i int) (n int) {
	weight := func(at int, want string) int {
		switch {
		case at < 0 && want == start, at == len(digests) && want == end, at >= 0 && at < len(digests) && digests[at] == want:
			return weightOf(want)
		}
		return 0
	}
	for k, want := range p.h.Before {
		n += weight(i-1-k, want)
	}
	for k, want := range p.h.After {
		n += weight(i+k, want)
	}
	return n
}

func distance(a, b int) int { return max(a-b, b-a) }

// instead puts the block where a placeholder stands for its setting.
func (p *filling) instead(line int) (string, error) {
	name := func(text string) string {
		n, _, _ := strings.Cut(strings.TrimSpace(text), "=")
		return strings.TrimSpace(n)
	}
	if name(p.lines[line-1]) != name(p.h.Head) || strings.Contains(p.lines[line-1], "{ ") {
		return "", ErrPlace
	}
	p.lines = slices.Delete(p.lines, line-1, line)
	return p.at(line - 1), nil
}

// set has yarn's editor put the setting back, in its own layout.
func (p *filling) set(text []byte) ([]byte, error) {
	fresh, err := yarnrc.Set(text, p.h.Key, p.secret)
	if err != nil {
		return nil, errors.Join(ErrPlace, err)
	}
	return fresh, nil
}

// checked returns the fresh text if what reads such files finds the credential in it.
func (p *filling) checked(text []byte, fresh string) ([]byte, error) {
	if p.h.Section != "" && p.more == "" && !slices.ContainsFunc(p.lines, func(l string) bool { return heading.MatchString(l) && headed([]string{l}, 0) == p.h.Section }) {
		return nil, ErrPlace // what it stood under is gone, and nobody knows its name
	}
	read := func(s stood) bool { return s.value == p.secret }
	switch {
	case p.h.Key == "" || slices.ContainsFunc(standing(p.h, strings.TrimPrefix(fresh, mark)), read):
		return []byte(fresh), nil
	case p.h.Form == FormYarn:
		return p.set(text)
	case p.h.Form == FormBun || p.h.Form == FormUPM:
		if _, err := bunfig.Scalars(text); err == nil {
			return nil, ErrPlace
		}
	}
	return []byte(fresh), nil
}

// stood is a value that a setting has.
type stood struct {
	line    int
	value   string
	literal bool
}

// assigned reports whether a form is that of variables.
func assigned(form Form) bool { return form == FormEnv || form == FormShell }

// assignments lists what a variable gets in lines that are written as that of a hole was.
func assignments(h Hole, text string) (list []stood) {
	head := strings.TrimRight(strings.TrimSpace(h.Head), `"'`)
	if head == "" || strings.HasPrefix(head, "#") {
		return nil
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), head)
		if !ok || strings.HasSuffix(h.Head, " ") && !strings.HasPrefix(rest, " ") {
			continue
		}
		rest = strings.TrimLeft(rest, ` "'`)
		if end := strings.IndexAny(rest, " \t;\"'"); end >= 0 {
			rest = rest[:end]
		}
		list = append(list, stood{n, rest, rest != "" && !strings.ContainsAny(rest, "$`%(")})
	}
	return list
}

// standing lists what the setting of a hole has in a text, as the reader of such files sees it.
func standing(h Hole, text string) (list []stood) {
	var all []npmrc.Credential
	switch h.Form {
	case FormEnv, FormShell:
		return assignments(h, text)
	case FormNPMRC, FormBasic:
		if len(text) <= npmrc.MaxSize && h.Section == "" {
			f := npmrc.Parse([]byte(text))
			all = append(f.Credentials(), f.Hidden()...)
		}
	case FormYarn:
		if f, err := yarnrc.Parse([]byte(text)); err == nil {
			all = f.Credentials()
		}
	case FormBun, FormUPM:
		scalars, _ := bunfig.Scalars([]byte(text)) // of a file that breaks off what came before
		for _, v := range scalars {
			if strings.Join(v.Path, ".") == h.Key {
				list = append(list, stood{v.Line, v.Value, v.Value != "" && !strings.HasPrefix(v.Value, "$")})
			}
		}
	}
	for _, c := range all {
		if c.Key == h.Key && (h.Form == FormYarn || !c.Dead) {
			v := c.Value.Reveal()
			list = append(list, stood{c.Line, v, c.Literal || h.Form != FormYarn && v != "" && len(npmrc.Variables(v)) == 0}) // of hidden ones that is not told
		}
	}
	return list
}
