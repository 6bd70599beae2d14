package agent

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// names lists the variables that carry e's credential.
func (e *entry) names() []string {
	return append([]string{e.Own}, e.Names...)
}

// open reports whether the env files may hold secrets now.
func (c *core) open() bool {
	return !c.userLock && !c.screenLock && !c.asleep && !c.stopping
}

// variables says what the env files define: every name of every session that was ever held, empty
// where there is nothing to hand out. A name that two registries claim carries nothing: which of
// them a command will talk to is not ours to guess.
func (c *core) variables() (vars []Variable, shared []string) {
	now := c.now()
	claims := map[string][]*entry{}
	held := map[string]bool{}
	for _, e := range c.sessions {
		for _, n := range e.names() {
			claims[n] = append(claims[n], e)
			held[n] = held[n] || e.Held
		}
	}
	own := c.keptVariables()
	for name, k := range own {
		if _, both := claims[name]; !both {
			claims[name] = nil
		}
		held[name] = held[name] || k != nil
	}
	for _, name := range c.retired {
		if _, again := claims[name]; !again {
			vars = append(vars, Variable{Name: name})
		}
	}
	for name, who := range claims {
		v := Variable{Name: name}
		k, also := own[name]
		switch {
		case len(who) == 0 && k == nil, also && len(who) > 0 && !sameSecret(k, who):
			shared = append(shared, name)
		case len(who) == 0:
			if c.open() && c.keptMode(k.Registry) != injection.ModeExec {
				v.Value = k.secret
			}
		case !held[name]:
			continue // nothing of ours ever stood there
		case len(who) > 1:
			shared = append(shared, name)
		case c.open() && who[0].alive(now) && c.mode(who[0]) == injection.ModeEnv && c.referredName(who[0], name):
			v.Value = who[0].secret
		}
		vars = append(vars, v)
	}
	slices.SortFunc(vars, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(shared)
	return vars, shared
}

// keptVariables are the names that carry credentials which are no sessions: nil where two claim one.
func (c *core) keptVariables() map[string]*kept {
	own := map[string]*kept{}
	for _, k := range c.vault {
		if k.Variable == "" || k.Coming || k.Leaving {
			continue
		}
		if _, taken := own[k.Variable]; taken {
			own[k.Variable] = nil
			continue
		}
		own[k.Variable] = k
	}
	return own
}

// keptMode is how a credential that is no session may reach the tools: as its registry's sessions do, and as all do where
// nobody knows what it is for.
func (c *core) keptMode(u registry.URL) injection.Mode {
	if u.IsZero() {
		return c.settings.DefaultMode
	}
	return c.settings.Mode(u.String())
}

// sameSecret reports whether a credential that is kept is the session that claims its name, too.
func sameSecret(k *kept, who []*entry) bool {
	return k != nil && len(who) == 1 && who[0].Fingerprint == k.Fingerprint
}

// referredName reports whether a name still carries e's credential: our own always does, another one as
// long as a file of the user's refers to it. What was once defined stays defined, as empty.
func (c *core) referredName(e *entry, name string) bool {
	if name == e.Own || c.unread > 0 {
		return true
	}
	for _, f := range c.files {
		if f.layout != nil && f.layout.Names[e.Registry.Key()] == name {
			return true // npm's login stands there for the moment
		}
		for _, cred := range f.creds {
			if f.level != api.LevelProject && cred.Variable == name && cred.RegistryKey == e.Registry.Key() {
				return true
			}
		}
	}
	return false
}

// publishEnv writes the env files if what they should say has changed.
func (c *core) publishEnv() {
	vars, _ := c.variables()
	due := c.dueAt()
	same := due.At.Equal(c.publishedDue.At) && due.Over == c.publishedDue.Over && slices.EqualFunc(vars, c.published, func(a, b Variable) bool {
		return a.Name == b.Name && a.Value.Equal(b.Value)
	})
	if same && c.published != nil && c.envErr == nil {
		return
	}
	if vars == nil {
		vars = []Variable{}
	}
	empty := make([]Variable, len(vars))
	for i, v := range vars {
		empty[i].Name = v.Name
	}
	c.a.names.Store(&empty)
	err := c.a.ports.Env.Publish(vars, due)
	if (err == nil) != (c.envErr == nil) {
		c.dirty = true
		if err != nil {
			c.log.Error("Write env files", "error", err)
		}
	}
	c.envErr = err
	if err == nil {
		c.published, c.publishedDue = vars, due
		c.publishDesktop(vars)
		c.lint() // which variables are defined has changed
	} else {
		c.published = nil
	}
}

// readOrNil reads a file, nil if there is none.
func readOrNil(files Files, path string) ([]byte, error) {
	data, err := files.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// forget drops a session's secret from memory.
func (e *entry) forget() { e.secret = token.Secret{} }

// sumOf is a file content's identity.
func sumOf(data []byte) [sha256.Size]byte { return sha256.Sum256(data) }
