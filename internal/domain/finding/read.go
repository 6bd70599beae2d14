package finding

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxText is how much of a text Read looks at, in bytes. Of a longer one it takes the beginning and the end.
const MaxText = 1 << 20

// maxTried is how many of the last errors in a text are looked at in search of one that says something.
const maxTried = 64

// Read finds the failure of a package manager in what a user pasted or piped: output of npm, pnpm, Yarn or bun,
// one of npm's debug logs, or a part of either, with whatever colours, time stamps and quote marks are around it.
// Where the text holds several, it is the one that ended the last run, and no field comes from another run. ok is
// false where nothing in the text is a failure of a package manager.
//
// The text may come from anybody: no field holds a control character, a password of an address, or what has the
// shape of a credential.
func Read(text []byte) (Failure, bool) {
	runs := runsOf(linesOf(decode(clip(text))))
	tried := 0
	var spare *Failure // an error that only says that something else failed
	for i := len(runs) - 1; i >= 0; i-- {
		for k := len(runs[i].blocks) - 1; k >= 0 && tried < maxTried; k-- {
			tried++
			f, weight := assemble(&runs[i], k)
			switch {
			case weight == weighty:
				return f, true
			case weight == light && spare == nil:
				spare = &f
			}
		}
	}
	if spare != nil {
		return *spare, true
	}
	return Failure{}, false
}

// clip takes the two ends of a text that is too long, each to a whole line where it has lines.
func clip(text []byte) []byte {
	if len(text) <= MaxText {
		return text
	}
	head, tail := text[:MaxText/2], text[len(text)-MaxText/2:]
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	if i := bytes.IndexByte(tail, '\n'); i >= 0 {
		tail = tail[i+1:]
	}
	return append(append(append(make([]byte, 0, MaxText+1), head...), '\n'), tail...)
}

// decode makes UTF-8 of a text. The shell of Windows redirects output as UTF-16.
func decode(text []byte) string {
	var order func([]byte) uint16
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 }
	default:
		return strings.ToValidUTF8(string(bytes.TrimPrefix(text, []byte("\ufeff"))), string(utf8.RuneError))
	}
	var units []uint16
	for b := text[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order(b))
	}
	return string(utf16.Decode(units))
}
