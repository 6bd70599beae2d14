package agent

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// How long a list of access tokens is taken for what it is, and how often it is read without anybody asking.
const (
	listYoung = 5 * time.Minute
	listAgain = 24 * time.Hour
)

// maxLines is how many access tokens of a registry are remembered, those first that end first: npm's public registry has no
// more than access.LimitAll.
const maxLines = 2 * access.LimitAll

// tokenBook is what is known of an account's access tokens at a registry. There is one as soon as a list was read because
// somebody asked for it: a registry whose list nobody has asked for is never asked by itself, be it npm's public one.
type tokenBook struct {
	Registry registry.URL `json:"registry"`
	Account  string       `json:"account,omitempty"`
	Asked    time.Time    `json:"asked"`           // when the list was read last
	Tried    time.Time    `json:"tried,omitzero"`  // and when that was last begun
	Tokens   []tokenLine  `json:"tokens,omitzero"` // those that reminders and timelines tell of

	list  []access.Token // nil after a restart
	print string         // of the session that read it
}

// tokenLine is what is kept of an access token across restarts.
type tokenLine struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Masked string    `json:"masked,omitempty"`
	Ends   time.Time `json:"ends,omitzero"`
	Marks  int       `json:"marks,omitempty"` // that are serious
	Told   []int     `json:"told,omitempty"`  // reminders
}

// Tokens implements api.Agent.
func (a *Agent) Tokens(ctx context.Context, req api.TokensRequest) (api.TokenList, error) {
	s, err := a.sessionFor(ctx, req.Registry)
	if err != nil {
		return api.TokenList{}, err
	}
	read := make(chan error, 1)
	if _, err := ask(ctx, a, func() (struct{}, error) {
		a.core.wantList(s, req.Fresh, func(err error) { read <- err })
		return struct{}{}, nil
	}); err != nil {
		return api.TokenList{}, err
	}
	select {
	case err = <-read:
	case <-ctx.Done():
		return api.TokenList{}, &api.Error{Code: api.CodeCancelled}
	case <-a.ended:
		return api.TokenList{}, errNoAgent
	}
	if err != nil {
		return api.TokenList{}, a.tokenError(s, err)
	}
	return a.toldList(ctx, s.u)
}

// toldList is the list that was read, with what this machine knows.
func (a *Agent) toldList(ctx context.Context, u registry.URL) (api.TokenList, error) {
	var list []access.Token
	var m *machine
	out, err := ask(ctx, a, func() (api.TokenList, error) {
		b := a.core.books[u]
		if b == nil {
			return api.TokenList{}, &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
		}
		list, m = b.list, a.core.machine(u)
		return api.TokenList{Registry: u.String(), Name: u.Name(), Account: b.Account, At: b.Asked}, nil
	})
	if err == nil {
		out.Tokens = m.tell(list)
	}
	return out, err
}

// listing is a list that is being read, and who waits for it.
type listing struct {
	u     registry.URL
	print string // of the session that reads it
}

// wantList calls then, on the loop, once the list of a registry is known: at once where it is young enough.
func (c *core) wantList(s signedInTo, fresh bool, then func(error)) {
	b := c.books[s.u]
	if !fresh && b != nil && b.list != nil && b.print == s.secret.Fingerprint() {
		if age := c.now().Sub(b.Asked); 0 <= age && age < listYoung {
			then(nil)
			return
		}
	}
	of := listing{s.u, s.secret.Fingerprint()}
	c.listings[of] = append(c.listings[of], then)
	if len(c.listings[of]) > 1 {
		return
	}
	if b != nil {
		b.Tried = c.now()
	}
	m := c.machine(s.u)
	c.a.spawn(func(ctx context.Context) func() {
		list, err := c.a.ports.Tokens.List(ctx, s.u, s.secret)
		lines := m.lines(list)
		return func() {
			if err == nil {
				err = c.listed(of, list, lines)
			}
			if err != nil {
				c.log.Info("Read access tokens", "registry", s.u.String(), "error", err)
			}
			waiting := c.listings[of]
			delete(c.listings, of)
			for _, then := range waiting {
				then(err)
			}
		}
	})
}

// listed takes in what a registry told.
func (c *core) listed(of listing, list []access.Token, lines []tokenLine) error {
	e := c.sessions[of.u]
	if e == nil || e.Fingerprint != of.print { // somebody else has signed in meanwhile, or nobody is any more
		return &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": of.u.Name(), "URL": of.u.String()}, Cause: "the session changed meanwhile"}
	}
	if list == nil {
		list = []access.Token{}
	}
	b := c.books[of.u]
	if b == nil {
		b = &tokenBook{Registry: of.u}
		c.books[of.u] = b
	}
	told := map[string]tokenLine{}
	for _, l := range b.Tokens {
		told[l.ID] = l
	}
	for i := range lines {
		if before := told[lines[i].ID]; before.Ends.Equal(lines[i].Ends) {
			lines[i].Told = before.Told
		}
	}
	now := c.now()
	b.Account, b.Asked, b.Tried, b.list, b.print, b.Tokens = e.Account, now, now, list, of.print, lines
	c.recognise(of.u, list)
	c.remindAnew()
	c.touch()
	return nil
}

// lines are what is remembered of a list.
func (m *machine) lines(list []access.Token) (lines []tokenLine) {
	for _, t := range m.tell(list)[:len(list)] {
		l := tokenLine{ID: cmp.Or(t.ID, t.Masked), Name: access.Clean(t.Name), Masked: t.Masked, Ends: t.Ends}
		for _, mark := range t.Marks {
			if mark.Serious {
				l.Marks++
			}
		}
		if l.Marks > 0 || l.Ends.After(m.now) {
			lines = append(lines, l)
		}
	}
	slices.SortStableFunc(lines, func(x, y tokenLine) int { return soonest(x.Ends, y.Ends) })
	return slices.Clip(lines[:min(len(lines), maxLines)])
}

// soonest orders by end, those without one last.
func soonest(x, y time.Time) int {
	switch {
	case x.IsZero() == y.IsZero():
		return x.Compare(y)
	case x.IsZero():
		return 1
	}
	return -1
}

// listAgain reads the list of a registry once more, where one was read because somebody asked for it.
func (c *core) listAgain(u registry.URL) {
	if c.books[u] == nil || c.stopping {
		return
	}
	if s, err := c.sessionFor(u.String()); err == nil {
		c.wantList(s, true, func(error) {})
	}
}

// listsDue reads lists again that are a day old, while there is a session that can.
func (c *core) listsDue(now time.Time) {
	for u, b := range c.books {
		if e := c.sessions[u]; e != nil && e.alive(now) && !e.offline && !e.probing && c.open() && !now.Before(b.Tried.Add(listAgain)) {
			c.listAgain(u)
			b.Tried = now
			c.touch()
		}
	}
}

// listOver says that a registry's list is no longer what it was: something was made or revoked.
func (c *core) listOver(u registry.URL) {
	if b := c.books[u]; b != nil {
		b.print = ""
	}
	c.remindAnew()
}

// soonDays is how long before its end an access token is told to the timeline.
const soonDays = 90

// viewSoon lists the access tokens that a timeline shows. It is put together anew when something of it changed, and
// otherwise once an hour: they may be many, and the state is shown often.
func (c *core) viewSoon() []api.TokenSoon {
	r, now := &c.reminding, c.now()
	if age := now.Sub(r.soonAt); r.soon == nil || age < 0 || age >= time.Hour {
		r.soon, r.soonAt = c.soonAt(now), now
	}
	return r.soon
}

func (c *core) soonAt(now time.Time) []api.TokenSoon {
	out := []api.TokenSoon{}
	until := now.AddDate(0, 0, soonDays)
	for _, b := range c.books {
		for _, l := range b.Tokens {
			near := !l.Ends.IsZero() && l.Ends.Before(until) && (l.Ends.After(now) || l.Ends.After(b.Asked))
			if near || l.Marks > 0 {
				out = append(out, api.TokenSoon{Registry: b.Registry.String(), ID: l.ID, Name: l.Name, Ends: l.Ends, Marks: l.Marks})
			}
		}
	}
	for _, n := range c.notes {
		if n.Own && !n.Ends.IsZero() && n.Ends.Before(until) {
			out = append(out, api.TokenSoon{Registry: n.Registry, ID: n.ID, Name: n.Name, Ends: n.Ends})
		}
	}
	slices.SortFunc(out, func(x, y api.TokenSoon) int {
		return cmp.Or(soonest(x.Ends, y.Ends), cmp.Compare(x.Registry, y.Registry), cmp.Compare(x.ID, y.ID))
	})
	return out
}
