package leak

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// A line is the credential's alone if what stands before it is one of these to the letter, and behind it there is the
// quote that was opened, and at most a comment. What is commented out is taken like what is not.
const (
	off   = `^[ \t]*(?:[#;]+[ \t]*)?`
	name  = `([A-Za-z_][A-Za-z0-9_]*)`
	quote = `["']?$`
)

// Heads by form. A variable's name is the first group.
var (
	headNPM  = regexp.MustCompile(off + `["']?[^\s=;#"'\[\]]*(?:_authToken|_auth|_password)["']?(?:[ \t]*=[ \t]*|[ \t]+)` + quote)
	headTOML = regexp.MustCompile(off + `["']?(?:token|_auth|password)["']?[ \t]*=[ \t]*` + quote)
	headYAML = regexp.MustCompile(`^[ \t]*#+[ \t]*npmAuth(?:Token|Ident):[ \t]*` + quote)
	headOnly = regexp.MustCompile(off + `["']?[\w@./-]+["']?[ \t]*=[ \t]*\{[ \t]*(?:token|password)[ \t]*=[ \t]*` + quote)
	headEnv  = regexp.MustCompile(off + `(?:export[ \t]+)?` + name + `[ \t]*=[ \t]*` + quote)
	headPam  = regexp.MustCompile(off + name + `(?:[ \t]+(?:DEFAULT|OVERRIDE)[ \t]*)?=` + quote)
	headSh   = []*regexp.Regexp{
		regexp.MustCompile(off + `(?:(?:export|readonly|(?:declare|typeset)(?:[ \t]+-[a-z]+)+)[ \t]+)?` + name + `=` + quote),
		regexp.MustCompile(off + `setenv[ \t]+` + name + `[ \t]+` + quote),
	}
	headFish = regexp.MustCompile(off + `set(?:[ \t]+-[A-Za-z]+|[ \t]+--[a-z]+)*[ \t]+` + name + `[ \t]+` + quote)
	headPwsh = regexp.MustCompile(off + `(?i:\$env:)` + name + `[ \t]*=[ \t]*["']$`)
	headNu   = regexp.MustCompile(off + `\$env\.` + name + `[ \t]*=[ \t]*` + quote)
	headCmd  = regexp.MustCompile(`^[ \t]*@?(?i:set)[ \t]+"?` + name + `=$`)
)

// What may stand behind it.
var (
	tailHash  = regexp.MustCompile(`^[ \t]*(?:[ \t]#.*)?$`)
	tailNPM   = regexp.MustCompile(`^[ \t]*(?:[ \t][;#].*)?$`)
	tailShell = regexp.MustCompile(`^[ \t]*;?[ \t]*(?:[ \t]#.*)?$`)
	tailOnly  = regexp.MustCompile(`^[ \t]*\}[ \t]*(?:[ \t]#.*)?$`)
	tailNone  = regexp.MustCompile(`^[ \t]*$`)
)

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	withName     = regexp.MustCompile(`//[^/\s]+@`)
)

// alone reports whether a line in a file of some form is nothing but a credential's, by what stands before and behind
// it; variable is the name of the one that it sets.
func alone(form Form, file, head, tail string) (variable string, ok bool) {
	if strings.ContainsAny(head+tail, "\r\x00") {
		return "", false
	}
	opened := ""
	if n := len(head); n > 0 && strings.IndexByte(`"'`, head[n-1]) >= 0 {
		opened = head[n-1:]
	}
	behind, closed := strings.CutPrefix(tail, opened)
	if !closed {
		return "", false
	}
	for _, g := range grammars(form, slashes(file)) {
		if m := g.head.FindStringSubmatch(head); m != nil && g.tail.MatchString(behind) {
			return m[len(m)-1], true
		}
	}
	if form == FormShell && opened == "" && strings.HasSuffix(tail, `"`) { // set "NAME=value"
		if m := headCmd.FindStringSubmatch(head); m != nil && strings.Contains(head, `"`) && tail == `"` {
			return m[1], true
		}
	}
	return "", false
}

type grammar struct{ head, tail *regexp.Regexp }

// grammars are how a credential's line may look in a file.
func grammars(form Form, file string) []grammar {
	switch form {
	case FormNPMRC, FormBasic:
		return []grammar{{headNPM, tailNPM}}
	case FormYarn:
		return []grammar{{headYAML, tailHash}}
	case FormBun, FormUPM:
		return []grammar{{headTOML, tailHash}, {headOnly, tailOnly}}
	case FormEnv:
		return []grammar{{headEnv, tailShell}}
	case FormShell:
		return shellGrammars(file)
	}
	return nil
}

func shellGrammars(file string) []grammar {
	switch base := path.Base(file); {
	case base == ".pam_environment" || base == "environment":
		return []grammar{{headPam, tailHash}}
	case strings.HasSuffix(base, ".fish"):
		return []grammar{{headFish, tailShell}}
	case strings.HasSuffix(base, ".ps1") || strings.HasSuffix(base, ".psm1"):
		return []grammar{{headPwsh, tailShell}}
	case strings.HasSuffix(base, ".nu"):
		return []grammar{{headNu, tailHash}}
	case strings.HasSuffix(base, ".cmd") || strings.HasSuffix(base, ".bat"):
		return []grammar{{headCmd, tailNone}}
	}
	return []grammar{{headSh[0], tailShell}, {headSh[1], tailShell}}
}

func slashes(name string) string { return strings.ToLower(strings.ReplaceAll(name, `\`, "/")) }

// IsHistory reports whether a file is what a shell remembers.
func IsHistory(file string) bool {
	file = slashes(file)
	base := path.Base(file)
	return strings.HasSuffix(base, "_history") || slices.Contains([]string{".history", "history", ".zhistory", ".histfile", "consolehost_history.txt"}, base) ||
		strings.HasSuffix(file, "nushell/history.txt")
}

// Words that open what must hold a command, and those that close it.
var (
	opens  = regexp.MustCompile(`(?:^|[\s;])(?:then|do|else)[ \t]*$|[{(][ \t]*$`)
	closes = regexp.MustCompile(`^[ \t]*(?:fi|done|else|elif|\}|\))`)
	here   = regexp.MustCompile(`<<-?[ \t]*["'\\]?([A-Za-z_]\w*)`)
)

// within reports whether a line in a script is a part of what the lines around it are: continued, the only command of
// a block, which may not be empty, or the text of a here-document.
func within(above, below []string) bool {
	if n := len(above); n > 0 && strings.HasSuffix(plainLine(above[n-1]), `\`) {
		return true
	}
	says := func(line string) bool { l := strings.TrimSpace(line); return l != "" && l[0] != '#' }
	i, k := len(above)-1, 0
	for i >= 0 && !says(above[i]) {
		i--
	}
	for k < len(below) && !says(below[k]) {
		k++
	}
	if i >= 0 && k < len(below) && opens.MatchString(plainLine(above[i])) && closes.MatchString(below[k]) {
		return true
	}
	until := ""
	for _, line := range above {
		if until != "" {
			if strings.TrimSpace(line) == until {
				until = ""
			}
		} else if m := here.FindStringSubmatch(line); m != nil && says(line) {
			until = m[1]
		}
	}
	return until != ""
}
