package agent

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// credential says what the package manager would send to the registry, and keeps it to ask with.
func (q *inquiry) credential(defined map[string]bool) {
	c := &q.ev.Credential
	if e := q.kept.entry; e != nil {
		c.Kept, c.Alive, c.Began, c.Before = e.life().End, finding.No, e.Started, e.Before
		if q.kept.alive {
			c.Alive = finding.Yes
		}
		q.ev.Offset = e.Offset
	}
	cred, ok := q.counts()
	if !ok {
		return
	}
	c.Source, c.File, c.Line, c.Level = string(cred.Source), cred.File, cred.Line, string(levelShown(cred.Level))
	c.Variable, c.Unset = cred.Variable, cred.Unset
	if h := cred.Hides; h != nil {
		c.HidesFile, c.HidesLine = h.File, h.Line
	}
	switch cred.Source {
	case effective.SourceLiteral:
		q.literal(cred)
	case effective.SourcePlaceholder:
		q.variable(cred, defined)
	case effective.SourceHelper:
		q.session()
	case effective.SourceNone:
		q.beside()
	}
}

// counts is the credential that the package manager takes for the registry from here, as far as a scope of the folder's
// leads there.
func (q *inquiry) counts() (effective.Credential, bool) {
	near, _ := scopeOf(q.asked, q.ev.Scope)
	for _, s := range append([]effective.Scope{near}, q.scopes...) {
		for _, cred := range s.Credentials {
			if parsed(cred.Registry) == q.reg || cred.Registry == "" && parsed(s.Registry) == q.reg {
				return cred, true
			}
		}
	}
	return effective.Credential{}, false
}

// literal reads the secret that stands in a line.
func (q *inquiry) literal(cred effective.Credential) {
	c := &q.ev.Credential
	c.Session = finding.No
	if e := q.kept.entry; e != nil && cred.Fingerprint == e.Fingerprint {
		q.session()
		return
	}
	i := slices.IndexFunc(q.files, func(f effective.File) bool { return f.Path == cred.File })
	if i < 0 {
		return
	}
	for _, line := range linesOf(q.files[i]) {
		if line.Line != cred.Line || line.Value.Fingerprint() != cred.Fingerprint {
			continue // several may stand in one line
		}
		c.Kind = string(token.ClassifyLine(line.Name, line.Value, token.Found))
		c.Malformed = line.Value.Check() != nil
		if t, ok := token.JWTTimes(line.Value); ok {
			c.Ends = t.Expires
		}
		if line.Name == "_authToken" && !c.Malformed && bound(line, q.reg) {
			q.secret = line.Value
		}
	}
}

// bound reports whether a line's own file says that its credential is for a registry. A package manager that has one for
// whatever registry there is sends it to the one that a project names, too; nothing is asked with that.
func bound(line npmrc.Credential, reg registry.URL) bool {
	u, err := registry.FromKey(line.RegistryKey)
	return err == nil && !u.IsZero() && strings.HasPrefix(reg.Key(), u.Key())
}

// variable tells whether a placeholder stands for the session that is kept. Of another variable's value nothing is known here.
func (q *inquiry) variable(cred effective.Credential, defined map[string]bool) {
	q.ev.Credential.Unset = cred.Unset || !defined[cred.Variable]
	if e := q.kept.entry; e != nil && slices.Contains(e.names(), cred.Variable) {
		q.session()
	}
}

// session notes that it is the session that is kept.
func (q *inquiry) session() {
	c, e := &q.ev.Credential, q.kept.entry
	if e == nil {
		return
	}
	c.Session, c.Kind, c.Ends = finding.Yes, string(e.Kind), e.life().End
	q.secret = e.secret
}

// linesOf are a file's credentials, by the rules of those who read it.
func linesOf(f effective.File) []npmrc.Credential {
	d := ini
	if filepath.Base(f.Path) == ".yarnrc.yml" {
		d = yaml
	}
	what, err := d.parse(f.Text)
	if err != nil {
		return nil
	}
	return what.creds
}

// beside looks for a line that was meant for this registry and is another's.
func (q *inquiry) beside() {
	host, _, _ := strings.Cut(q.reg.Host(), ":")
	for _, f := range q.files {
		for _, line := range linesOf(f) {
			u, err := registry.FromKey(line.RegistryKey)
			name, _, _ := strings.Cut(u.Host(), ":")
			if err == nil && line.RegistryKey != q.reg.Key() && (name == host || strings.HasSuffix(name, "."+host) || strings.HasSuffix(host, "."+name)) {
				q.ev.Credential.Other, q.ev.Credential.OtherFile, q.ev.Credential.OtherLine = line.RegistryKey, f.Path, line.Line
				return
			}
		}
	}
}
