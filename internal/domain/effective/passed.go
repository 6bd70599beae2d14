package effective

import (
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// standing are the lines with credentials in any of the files, by the key of their registry, whoever reads them.
type standing map[string][]claim

func (w World) standing() standing {
	m, all := standing{}, &dialect{set: func(string) bool { return true }}
	for _, f := range w.Files {
		for _, c := range credentials(&f) {
			p := Place{File: f.Path, Line: c.Line, Level: f.Level, Literal: c.Literal, Variable: c.Variable}
			m[c.RegistryKey] = append(m[c.RegistryKey], claim{source: SourceIgnored, key: told(c.RegistryKey + ":" + c.Name), place: p})
		}
		if kindOf(&f) == kindBun {
			for _, t := range bunTables(&f) {
				m[t.url.url.Key()] = append(m[t.url.url.Key()], t.claims(all)...)
			}
		}
	}
	return m
}

// about lists those that stand for a registry.
func (m standing) about(u registry.URL) (list []claim) {
	for _, key := range climb(u, false) {
		list = append(list, m[key]...)
	}
	return list
}

// credentials are the lines of a file that somebody may take credentials from.
func credentials(f *File) []npmrc.Credential {
	switch kindOf(f) {
	case kindNpm, kindPnpmAuth, kindPnpmRC:
		return npmrc.Parse(f.Text).Credentials()
	case kindYarn:
		if y, err := yarnrc.Parse(f.Text); err == nil {
			return y.Credentials()
		}
	}
	return nil
}
