package desk

import (
	"errors"
	"os"
	"strings"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// ErrorWords are an error's texts from the catalogue: what is wrong, and what to do.
func (d *Desk) ErrorWords(err error) (title, hint string) {
	var told *api.Error
	if !errors.As(err, &told) {
		told = &api.Error{Code: api.CodeInternal, Cause: err.Error()}
	}
	args := i18n.Args{"Cause": oneLine(told.Cause)}
	for k, value := range told.Args {
		args[k] = oneLine(value)
	}
	title, hint = d.P.T("error."+told.Code, args), d.P.T("error."+told.Code+".hint", args)
	if why := "import.left." + told.Args["Why"]; told.Code == api.CodeMove && d.P.Has(why) {
		hint = d.P.T(why)
	}
	return title, hint
}

// FindingText is what a finding says.
type FindingText struct{ Title, Text, Hint string }

// FindingWords are a finding's texts from the catalogue.
func (d *Desk) FindingWords(f api.Finding) FindingText {
	args := i18n.Args{"File": Plain(ShortPath(f.File)), "Line": f.Line}
	for k, value := range f.Args {
		args[k] = Plain(value)
	}
	key := "finding." + f.Code
	return FindingText{d.P.T(key+".title", args), d.P.T(key+".text", args), d.P.T(key+".hint", args)}
}

// NameOf is what a person calls a registry.
func (d *Desk) NameOf(address string) string {
	for _, one := range d.Snapshot.Sessions {
		if one.Registry == address && one.Name != "" {
			return Plain(one.Name)
		}
	}
	if u, err := registry.Parse(address); err == nil {
		return u.Name()
	}
	return Plain(address)
}

// ShortPath writes a path below the home folder with "~".
func ShortPath(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(os.PathSeparator)); err == nil && ok {
		return "~" + string(os.PathSeparator) + rest
	}
	return path
}

// oneLine is Plain for a text that may have several lines, as errors of several things have.
func oneLine(s string) string {
	return Plain(strings.Join(strings.Split(strings.TrimSpace(s), "\n"), "; "))
}

// longest is how much is shown of a text from elsewhere, in bytes: more than any path has.
const longest = 4096

// Plain takes out of a text from a file what would draw something else than it says, and cuts what nobody reads.
func Plain(s string) string {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Matches reports whether what is searched for stands in one of the texts, whatever its case.
func Matches(search string, texts ...string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(search)) {
		found := false
		for _, t := range texts {
			found = found || strings.Contains(strings.ToLower(t), word)
		}
		if !found {
			return false
		}
	}
	return true
}
