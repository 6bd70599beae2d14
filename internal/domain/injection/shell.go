// Package injection holds the rules by which a credential reaches a shell: how a value is quoted in
// each shell's language, what the env file of each shell says, and which names a variable may have.
//
// Everything here is pure and keeps nothing. EnvFile is called at every publication; the same input
// gives the same bytes. Values are refused rather than mended: what a shell cannot hold is an error.
package injection

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Shell is a family of shells that read the same language.
type Shell string

// The shells.
const (
	Posix      Shell = "posix" // sh, bash, zsh, dash, ksh
	Fish       Shell = "fish"
	PowerShell Shell = "pwsh"
	Nu         Shell = "nu"
	Cmd        Shell = "cmd"
)

// Errors that callers tell apart with errors.Is.
var (
	ErrShell = errors.New("no such shell")
	ErrQuote = errors.New("the shell cannot hold this value")
	ErrName  = errors.New("not a name for a managed variable")
)

// ShellNamed tells the family of a program as users and /etc/passwd call it: "bash", "/usr/bin/fish",
// "pwsh.exe". ok is false for a shell whose language is not known here.
func ShellNamed(program string) (shell Shell, ok bool) {
	name := program[strings.LastIndexAny(program, `/\`)+1:]
	name = strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(name), ".exe"), "-")
	switch name {
	case "posix", "sh", "bash", "zsh", "dash", "ash", "ksh", "ksh93", "mksh":
		return Posix, true
	case "fish":
		return Fish, true
	case "pwsh", "powershell":
		return PowerShell, true
	case "nu", "nushell":
		return Nu, true
	case "cmd":
		return Cmd, true
	}
	return "", false
}

// Quote writes value as one literal word of the shell's language: nothing in it is expanded or run.
// It wraps ErrQuote where that cannot be done: NUL in any shell, invalid UTF-8 in PowerShell,
// nushell and fish, and in cmd.exe whatever is not plainly inert, since cmd.exe has no quoting that holds.
func Quote(shell Shell, value string) (string, error) {
	if strings.IndexByte(value, 0) >= 0 {
		return "", fmt.Errorf("%w: it holds a NUL byte", ErrQuote)
	}
	if shell != Posix && !utf8.ValidString(value) {
		return "", fmt.Errorf("%w: it is not valid UTF-8", ErrQuote)
	}
	switch shell {
	case Posix:
		return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'", nil
	case Fish:
		return quoteFish(value)
	case PowerShell:
		return "'" + powerShellQuotes.Replace(value) + "'", nil
	case Nu:
		return quoteNu(value), nil
	case Cmd:
		return quoteCmd(value)
	}
	return "", fmt.Errorf("%w: %q", ErrShell, string(shell))
}

// powerShellQuotes doubles everything that PowerShell takes for a single quote: the typographic ones too.
var powerShellQuotes = strings.NewReplacer(
	"'", "''",
	"\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019",
	"\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b",
)

var fishEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// quoteFish refuses the code points that fish uses inside for its own marks (wildcards, expansions,
// raw bytes): it reads them from a file as if they were such marks.
func quoteFish(value string) (string, error) {
	for _, r := range value {
		if 0xfdd0 <= r && r <= 0xfdef || 0xf600 <= r && r <= 0xf73f {
			return "", fmt.Errorf("%w: fish reserves the character %U", ErrQuote, r)
		}
	}
	return "'" + fishEscapes.Replace(value) + "'", nil
}

// quoteNu uses double quotes with escapes: they hold in scripts and in NUON alike, raw strings do not.
func quoteNu(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// quoteCmd lets through what means nothing to cmd.exe, inside or outside of quotes.
func quoteCmd(value string) (string, error) {
	for i := range len(value) {
		if !inert(value[i]) {
			return "", fmt.Errorf("%w: cmd.exe has no quoting for byte %#x", ErrQuote, value[i])
		}
	}
	return value, nil
}

func inert(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("._~+/=:-", c) >= 0
}
