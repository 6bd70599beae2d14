package agent

import (
	"context"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// noteRecord is what the state file has of what the user has said of an access token.
type noteRecord struct {
	api.TokenNote
	Own  bool  `json:"own,omitempty"`  // no list tells this access token
	Told []int `json:"told,omitempty"` // reminders
}

// maxNotes is how many there may be.
const maxNotes = 1000

// doNote puts a note to the others, or takes one away.
func (c *core) doNote(action api.Action) error {
	if action.Verb == api.VerbUnnote {
		return c.unnote(action.ID)
	}
	if action.Note == nil {
		return &api.Error{Code: api.CodeUsage, Cause: "no note given"}
	}
	n, err := c.cleanNote(*action.Note)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.notes, func(old noteRecord) bool { return n.ID != "" && old.ID == n.ID })
	switch {
	case i >= 0:
		was := c.notes[i]
		fresh := noteRecord{TokenNote: n, Own: was.Own}
		if was.Ends.Equal(n.Ends) {
			fresh.Told = was.Told
		}
		c.notes[i] = fresh
	case len(c.notes) >= maxNotes:
		return &api.Error{Code: api.CodeUsage, Cause: "there are too many notes"}
	default:
		own := n.ID == ""
		if own {
			n.ID = c.a.opts.Random()
		}
		c.notes = append(c.notes, noteRecord{TokenNote: n, Own: own})
	}
	c.noted()
	return nil
}

func (c *core) unnote(id string) error {
	i := slices.IndexFunc(c.notes, func(n noteRecord) bool { return n.ID == id })
	if i < 0 {
		return &api.Error{Code: api.CodeNoToken}
	}
	c.notes = slices.Delete(c.notes, i, i+1)
	c.noted()
	return nil
}

func (c *core) noted() {
	c.remindAnew()
	c.touch()
}

// cleanNote makes a note fit to be kept. A secret has no place in one: notes stand in the clear.
func (c *core) cleanNote(n api.TokenNote) (api.TokenNote, error) {
	for _, text := range []string{n.ID, n.Name, n.Where} {
		if holdsSecret(text) {
			return n, &api.Error{Code: api.CodeUnsafe, Args: map[string]string{"Registry": plain(n.Registry)}, Cause: "a note is no place for a secret: it is kept in the clear"}
		}
	}
	n.ID, n.Name, n.Where = plain(n.ID), access.Clean(n.Name), access.Clean(n.Where)
	if n.Registry != "" {
		u, err := registry.Parse(n.Registry)
		if err != nil {
			return n, &api.Error{Code: api.CodeURL, Args: map[string]string{"URL": plain(n.Registry)}, Cause: err.Error()}
		}
		n.Registry = u.String()
	} else {
		n.Registry = c.defaultRegistry().String()
	}
	if n.ID == "" && n.Name == "" {
		return n, &api.Error{Code: api.CodeUsage, Cause: "an access token that no list tells needs a name"}
	}
	return n, nil
}

// holdsSecret reports whether a text holds what looks like an access token.
func holdsSecret(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'=:,;()<>", r) }), func(word string) bool {
		s := token.NewSecret(word)
		kind := token.Classify(s, token.Found)
		return token.LooksLikeNPM(s) || kind != token.KindUnknown && kind != token.KindClassic // the latter look like ids
	})
}

// noteWhere notes where an access token is kept.
func (a *Agent) noteWhere(ctx context.Context, u registry.URL, t access.Token, where string) error {
	n := api.TokenNote{ID: t.ID, Registry: u.String(), Name: t.Name, Where: where}
	_, err := ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.doNote(api.Action{Verb: api.VerbNote, Note: &n}) })
	return err
}

// viewNotes is what the user has said, as it was put in.
func (c *core) viewNotes() []api.TokenNote {
	out := []api.TokenNote{}
	for _, n := range c.notes {
		out = append(out, n.TokenNote)
	}
	return out
}
