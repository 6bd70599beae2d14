package corpus

import (
	"fmt"
	"regexp"
	"strings"
)

// Spoiling is a way in which a text changes before somebody asks about it.
type Spoiling struct {
	Name string
	// Lossy: it takes away some of what the text says.
	Lossy bool
	Spoil func(text string) string
}

// Spoilings are all of them.
var Spoilings = []Spoiling{
	{"crlf", false, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
	{"coloured", false, coloured},
	{"colour-lines", false, eachLine(func(_ int, l string) string { return "\x1b[31m\x1b[1m" + l + "\x1b[22m\x1b[39m" })},
	{"dated", false, eachLine(func(i int, l string) string {
		return fmt.Sprintf("2026-11-21T12:%02d:%02d.1234567Z %s", i/60%60, i%60, l)
	})},
	{"job", false, eachLine(func(i int, l string) string {
		return fmt.Sprintf("build\tRun npm ci\t2026-11-21T12:%02d:%02d.1234567Z %s", i/60%60, i%60, l)
	})},
	{"layer", false, eachLine(func(i int, l string) string { return fmt.Sprintf("#12 %d.%03d %s", i/10, i*97%1000, l) })},
	{"quoted", false, eachLine(func(_ int, l string) string { return "> " + l })},
	{"other-prefix", false, exchanged},
	{"translated", false, func(s string) string { return prefix.ReplaceAllString(s, "npm エラー ") }},
	{"tail", true, func(s string) string { return s[len(s)*6/10:] }},
	{"no-last-line", true, noLastLine},
}

// eachLine changes all lines but those without text.
func eachLine(change func(i int, line string) string) func(string) string {
	return func(s string) string {
		lines := strings.Split(s, "\n")
		for i, l := range lines {
			if strings.TrimSpace(l) != "" {
				lines[i] = change(i, l)
			}
		}
		return strings.Join(lines, "\n")
	}
}

var words = regexp.MustCompile(`[A-Za-z0-9_@/.:-]+`)

// coloured puts colours round words.
func coloured(s string) string {
	if strings.HasPrefix(strings.TrimSpace(s), "{") {
		return s // nobody colours JSON so
	}
	n := 0
	return words.ReplaceAllStringFunc(s, func(w string) string {
		n++
		if n%3 != 0 {
			return w
		}
		return fmt.Sprintf("\x1b[%d;1m%s\x1b[0m", 31+n%6, w)
	})
}

// prefix is what npm begins the lines of an error with.
var prefix = regexp.MustCompile(`(?m)^npm (?:error|ERR!) ?`)

// exchanged gives the lines the prefix of the other versions.
func exchanged(s string) string {
	if strings.Contains(s, "npm ERR!") {
		return prefix.ReplaceAllString(s, "npm error ")
	}
	return prefix.ReplaceAllString(s, "npm ERR! ")
}

func noLastLine(s string) string {
	s = strings.TrimRight(s, "\n")
	i := strings.LastIndexByte(s, '\n')
	return s[:max(i, 0)]
}
