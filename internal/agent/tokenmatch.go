package agent

import (
	"cmp"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// holding is a credential that this machine has.
type holding struct {
	places []api.Place
	kept   string // its name in Snapshot.Kept
	token  string // its id at the registry, where that is known
	inUse  bool   // tools are given it
}

// machine is what of a registry's access tokens lies on this machine, as of one moment, for use beside the loop.
type machine struct {
	u      registry.URL
	now    time.Time
	all    map[string]*holding // by fingerprint
	index  access.Index[*holding]
	byID   map[string]*holding
	scopes []string // whose packages come from the registry; nil: not known
	notes  []noteRecord
}

// machine looks at what this machine has. The fingerprint tells which places hold the same credential.
func (c *core) machine(u registry.URL) *machine {
	m := &machine{u: u, now: c.now(), byID: map[string]*holding{}, scopes: c.scopesOf(u), all: map[string]*holding{}}
	for _, e := range c.sessions {
		if !e.secret.IsZero() {
			c.holdSession(m, e)
		}
	}
	for _, f := range c.files {
		for _, cred := range slices.Concat(f.creds, f.hidden) {
			if cred.Literal && cred.Name == "_authToken" {
				h, fresh := m.holding(cred.Value.Fingerprint())
				h.places = append(h.places, api.Place{File: f.path, Line: cred.Line, Level: f.level, Literal: true})
				if fresh {
					m.index.Add(cred.Value, h)
				}
			}
		}
	}
	for _, k := range c.keptOnes() {
		c.holdKept(m, k)
	}
	for _, h := range m.all {
		slices.SortFunc(h.places, func(x, y api.Place) int { return cmp.Or(cmp.Compare(x.File, y.File), x.Line-y.Line) })
	}
	for _, n := range c.notes {
		if n.Registry == u.String() {
			m.notes = append(m.notes, n)
		}
	}
	return m
}

// holding is the credential with a fingerprint; fresh says that nothing was known of it.
func (m *machine) holding(print string) (h *holding, fresh bool) {
	if h = m.all[print]; h == nil {
		h, fresh = &holding{}, true
		m.all[print] = h
	}
	return h, fresh
}

func (c *core) holdSession(m *machine, e *entry) {
	h, fresh := m.holding(e.Fingerprint)
	if fresh {
		m.index.Add(e.secret, h)
	}
	h.inUse = h.inUse || e.alive(m.now)
	h.places = append(h.places, c.placeholders(func(cred npmrc.Credential) bool {
		return cred.RegistryKey == e.Registry.Key() && slices.Contains(e.names(), cred.Variable)
	})...)
}

func (c *core) holdKept(m *machine, k *kept) {
	h, fresh := m.holding(k.Fingerprint)
	if fresh {
		m.index.AddMasked(k.Masked, h)
	}
	if k.Registry.IsZero() || k.Registry == m.u { // no registry has a say in another one's
		h.kept, h.token = k.ID, k.Token
		if k.Token != "" {
			m.byID[k.Token] = h
		}
	}
	if k.Variable != "" {
		h.inUse = true
		h.places = append(h.places, api.Place{Variable: k.Variable})
		h.places = append(h.places, c.placeholders(func(cred npmrc.Credential) bool { return cred.Variable == k.Variable })...)
	}
}

// placeholders lists the lines with a variable that stands for a credential.
func (c *core) placeholders(stands func(npmrc.Credential) bool) (out []api.Place) {
	for _, f := range c.files {
		for _, cred := range f.creds {
			if cred.Variable != "" && stands(cred) {
				out = append(out, api.Place{File: f.path, Line: cred.Line, Level: f.level, Variable: cred.Variable})
			}
		}
	}
	return out
}

// scopesOf are the scopes whose packages projects here take from a registry. Where all packages come from it, nobody knows
// which scopes they have: nil.
func (c *core) scopesOf(u registry.URL) []string {
	scopes := []string{}
	for _, p := range slices.Concat(c.projects, c.foundProjects) {
		for _, s := range p.scopes {
			switch {
			case s.Registry != u.String():
			case s.Scope == "":
				return nil
			case !slices.Contains(scopes, s.Scope):
				scopes = append(scopes, s.Scope)
			}
		}
	}
	if len(scopes) == 0 || u == c.defaultRegistry() {
		return nil
	}
	return scopes
}

// holdings are the credentials here that an access token is, or could be.
func (m *machine) holdings(t access.Token) []*holding {
	if h := m.byID[t.ID]; h != nil && t.ID != "" {
		return []*holding{h}
	}
	var out []*holding
	for _, h := range m.index.Find(t.Masked) {
		if h.token == "" { // else it is another one
			out = append(out, h)
		}
	}
	return out
}

// tell puts to each access token what this machine knows of it, and those behind the list that no list tells.
func (m *machine) tell(list []access.Token) []api.AccessToken {
	notes := map[string]noteRecord{}
	for _, n := range m.notes {
		notes[n.ID] = n
	}
	out := make([]api.AccessToken, 0, len(list)+len(notes))
	for _, t := range list {
		out = append(out, m.one(t, notes[t.ID]))
		delete(notes, t.ID)
	}
	for _, n := range m.notes {
		if _, left := notes[n.ID]; left && n.Own {
			out = append(out, m.one(entered(n.TokenNote), n))
		}
	}
	return out
}

func (m *machine) one(t access.Token, n noteRecord) api.AccessToken {
	v := api.AccessToken{Token: t, Marks: []access.Mark{}, Places: []api.Place{}, Note: n.Where}
	for _, h := range m.holdings(t) {
		v.Places = append(v.Places, h.places...)
		v.InUse = v.InUse || h.inUse
		if h.kept != "" {
			v.Kept = h.kept
		}
	}
	v.Marks = append(v.Marks, m.marks(v)...)
	return v
}

func (m *machine) marks(v api.AccessToken) []access.Mark {
	return access.Audit(v.Token, access.Facts{
		Now: m.now, Here: len(v.Places) > 0 || v.Kept != "" || v.InUse, NeededScopes: m.scopes, Automation: access.SaysAutomation(v.Note),
	})
}

// entered is an access token that the user has told of.
func entered(n api.TokenNote) access.Token {
	return access.Token{ID: n.ID, Name: n.Name, Kind: access.Entered, Packages: []string{}, Scopes: []string{}, Orgs: []string{}, Addresses: []string{}, Ends: n.Ends}
}

// recognise notes with what is kept which access token it is, and when that ends: only a list tells. Where several could
// be it, it stays unsaid.
func (c *core) recognise(u registry.URL, list []access.Token) {
	if len(c.vault) == 0 {
		return
	}
	var index access.Index[int]
	at := map[string]int{}
	for i, t := range list {
		index.AddMasked(t.Masked, i)
		at[t.ID] = i
	}
	for _, k := range c.keptOnes() {
		if k.Registry != u || k.Kind == token.KindSession {
			continue
		}
		i, found := at[k.Token]
		if k.Token == "" {
			fits := index.Find(k.Masked)
			if found = len(fits) == 1; found {
				i = fits[0]
			}
		}
		if found {
			t := list[i]
			k.Token, k.Name, k.Ends = t.ID, t.Name, t.Ends
			c.touch()
		}
	}
}
