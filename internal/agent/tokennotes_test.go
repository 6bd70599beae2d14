package agent

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

// act makes a change of state.
func act(t *testing.T, a *Agent, action api.Action) {
	t.Helper()
	if err := a.Do(t.Context(), action); err != nil {
		t.Fatalf("%s: %v", action.Verb, err)
	}
}

// TestNotes: what the user says of an access token stands beside it, is kept across a restart, and makes it known as an
// automation's; one that no list tells is listed behind the others, and reminded of.
func TestNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		listed := granular(1, "ci", w.Now().AddDate(1, 0, 0))
		listed.Used, listed.Created = w.Now(), w.Now()
		a, stop := listOnce(t, w, listed)
		act(t, a, api.Action{Verb: api.VerbNote, Note: &api.TokenNote{ID: listed.ID, Registry: reg.String(), Where: "GitHub secret NPM_TOKEN\u202e of acme/site\n"}})
		act(t, a, api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Registry: "https://registry.example.com", Name: "at the customer's", Ends: w.Now().AddDate(0, 0, 10), Where: "their vault"}})
		stop()
		a, stop = w.run(t)
		defer stop()
		notes := snapshot(t, a).Notes
		if len(notes) != 2 || notes[0].Where != "GitHub secret NPM_TOKEN of acme/site" || notes[1].ID == "" || notes[1].Registry != reg.String() {
			t.Fatalf("notes: %+v", notes)
		}
		list := tokensOf(t, a, true)
		if len(list.Tokens) != 2 || list.Tokens[0].Note == "" || list.Tokens[1].Kind != access.Entered || list.Tokens[1].Note != "their vault" {
			t.Fatalf("list: %+v", list.Tokens)
		}
		if m := list.Tokens[0].Marks; len(m) != 1 || m[0].Code != access.MarkAnyAddr {
			t.Errorf("an automation's: %+v", m)
		}
		if n := w.reminded(); len(n) != 1 {
			t.Errorf("reminded: %+v", n)
		}
		if s := snapshot(t, a).Soon; len(s) != 1 || s[0].ID != notes[1].ID {
			t.Errorf("soon: %+v", s)
		}
		changed := notes[1]
		changed.Ends = w.Now().AddDate(0, 0, 30)
		act(t, a, api.Action{Verb: api.VerbNote, Note: &changed})
		<-time.After(16*24*time.Hour + time.Second)
		synctest.Wait()
		if n := w.reminded(); len(n) != 2 {
			t.Errorf("of the other end: %+v", n)
		}
		act(t, a, api.Action{Verb: api.VerbUnnote, ID: changed.ID})
		if s := snapshot(t, a); len(s.Notes) != 1 || len(s.Soon) != 0 {
			t.Errorf("after it was forgotten: %+v", s.Notes)
		}
	})
}

// TestNotesRefused: a note is kept in the clear, and so it is no place for a secret.
func TestNotesRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		secret, _ := someToken(1)
		for _, c := range []struct {
			action api.Action
			want   string
		}{
			{api.Action{Verb: api.VerbNote}, api.CodeUsage},
			{api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Where: "somewhere"}}, api.CodeUsage},
			{api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Name: "x", Registry: "ftp://x"}}, api.CodeURL},
			{api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Name: "x", Where: "it is: \"" + secret + "\""}}, api.CodeUnsafe},
			{api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Name: secret}}, api.CodeUnsafe},
			{api.Action{Verb: api.VerbUnnote, ID: "nothing"}, api.CodeNoToken},
		} {
			if err := a.Do(t.Context(), c.action); codeOf(err) != c.want {
				t.Errorf("%+v: %v, want %s", c.action.Verb, err, c.want)
			}
		}
		a.post(func() { a.core.notes = make([]noteRecord, maxNotes) })
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Name: "x"}}); codeOf(err) != api.CodeUsage {
			t.Errorf("one too many: %v", err)
		}
	})
}
