package leak

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// Hole is what is left of a line that a credential was taken out of: enough to put it back, and nothing of the
// credential, nor of any other. Of the lines around it there are short digests of how they begin, names and no values.
type Hole struct {
	Line int    `json:"line"`           // where it stood, 1-based
	Form Form   `json:"form"`           // of its line
	Key  string `json:"key,omitempty"`  // as the file's own reader names it, "" where none reads it
	Head string `json:"head"`           // of what was taken out, up to the credential
	Tail string `json:"tail,omitempty"` // and behind it, with the end of its line
	// From is the first line that was taken out: in YAML what led to the setting may go with it.
	From int `json:"from"`
	// Before and After are the lines around it, the nearest first.
	Before []string `json:"before"`
	After  []string `json:"after"`
	// Section is the heading that it stood under, as a digest, and Heading its text where that may be kept.
	Section string `json:"section,omitempty"`
	Heading string `json:"heading,omitempty"`
	// Same is how many such lines were left in the file, and Twice says that the setting still stood in it.
	Same  int  `json:"same,omitempty"`
	Twice bool `json:"twice,omitempty"`
}

// LeftError says why a credential cannot be taken out of its line. Code is for the catalogues: import.left.<code>.
type LeftError struct{ Code string }

// Error implements error.
func (e *LeftError) Error() string { return "the credential stays in its line: " + e.Code }

// Is makes those of one code the same.
func (e *LeftError) Is(err error) bool {
	o, ok := err.(*LeftError)
	return ok && o.Code == e.Code
}

// Why a credential stays where it is.
var (
	ErrShared   = &LeftError{"shared-line"}   // the line, or what it is a part of, does more than that
	ErrHistory  = &LeftError{"history"}       // a shell's history
	ErrCI       = &LeftError{"ci"}            // a file of a CI service, which needs a secret of that service
	ErrForm     = &LeftError{"unknown-form"}  // nobody knows what reads the line
	ErrEncoding = &LeftError{"encoding"}      // the file is not in UTF-8
	ErrOwned    = &LeftError{"readonly-form"} // a program keeps the file, and nobody else may write it
)

// Errors of Take and Fill that have nothing to do with the form.
var (
	ErrGone     = errors.New("the credential does not stand there any more")
	ErrOccupied = errors.New("another credential stands there by now")
	ErrPlace    = errors.New("the file is not as it was, and cannot be edited")
)

// around is how many lines above and below a hole are noted, and start and end stand for those of the file.
const (
	around = 3
	start  = "^"
	end    = "$"
)

// neighbours are the digests around the lines from..to.
func neighbours(lines []string, from, to int) (before, after []string) {
	for k := 1; k <= around; k++ {
		if before = append(before, digestAt(lines, from-k)); from-k < 0 {
			break
		}
	}
	for k := range around {
		if after = append(after, digestAt(lines, to+k)); to+k >= len(lines) {
			break
		}
	}
	return before, after
}

func digestAt(lines []string, i int) string {
	switch {
	case i < 0:
		return start
	case i >= len(lines):
		return end
	}
	return digest(lines[i])
}

// digest names a line by how it begins, up to where a value could: a new value does not make another line of it, and
// nobody can try values against it. It is short, so that it is no proof of anything.
func digest(line string) string {
	line = strings.TrimSpace(line)
	n := len(line)
	for _, stop := range []string{"=", ": "} {
		if i := strings.Index(line, stop); i >= 0 {
			n = min(n, i)
		}
	}
	if words := strings.Fields(line[:n]); n == len(line) && len(words) > 3 {
		line = strings.Join(words[:3], " ")
		n = len(line)
	}
	line = line[:min(n, 96)]
	if line == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(line))
	return hex.EncodeToString(sum[:3])
}

// linesOf cuts a text into lines with their ends.
func linesOf(text string) []string { return slices.Collect(strings.Lines(text)) }

// heading is a line that begins a section.
var heading = regexp.MustCompile(`^[ \t]*\[.*\][ \t]*([;#].*)?\r?\n?$`)

// sections tells for each gap between lines under which heading it is, by the heading's line, -1 for none. Only npm's
// config and TOML have any.
func sections(form Form, lines []string) []int {
	out := make([]int, len(lines)+1)
	at := -1
	for i := range out {
		out[i] = at
		if i < len(lines) && sectioned(form) && heading.MatchString(lines[i]) {
			at = i
		}
	}
	return out
}

func sectioned(form Form) bool {
	return form == FormNPMRC || form == FormBasic || form == FormBun || form == FormUPM
}

// headed names a section.
func headed(lines []string, at int) string {
	if at < 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(lines[at])))
	return hex.EncodeToString(sum[:3])
}

// mark is the beginning of a text that is no part of its first line.
const mark = "\ufeff"

func unmark(text []byte) (bom, rest string) {
	rest, ok := strings.CutPrefix(string(text), mark)
	if ok {
		bom = mark
	}
	return bom, rest
}

// plainLine is a line without its end, for comparing.
func plainLine(line string) string { return strings.TrimRight(line, "\r\n") }

// countBlock counts where some lines stand, by sections if in is not nil.
func countBlock(lines, block []string, in func(i int) bool) (n int) {
	for i := range len(lines) - len(block) + 1 {
		if in(i) && slices.EqualFunc(lines[i:i+len(block)], block, func(a, b string) bool { return plainLine(a) == plainLine(b) }) {
			n++
		}
	}
	return n
}
