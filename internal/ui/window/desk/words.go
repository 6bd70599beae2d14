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
	args := i18n.Args{"Cause": told.Cause}
	for k, value := range told.Args {
		args[k] = value
	}
	return d.P.T("error."+told.Code, args), d.P.T("error."+told.Code+".hint", args)
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

// Plain takes out of a text from a file what would draw something else than it says.
func Plain(s string) string {
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
