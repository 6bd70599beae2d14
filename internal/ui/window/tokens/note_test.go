package tokens

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// done is the last small change that was asked for.
func (pg *testPage) done() api.Action {
	all := pg.asked("do")
	if len(all) == 0 {
		return api.Action{}
	}
	return all[len(all)-1].(api.Action)
}

// TestNote: where an access token is kept is noted, changed and forgotten; one that no list tells of is added.
func TestNote(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "en", Width: 340}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			p, save := pg.Desk.P, pg.Desk.P.T("tokens.note.save")
			pg.room.note(pg.room.table.rows[pg.row(t, "ci-publish")])
			pg.Inside(t)
			where := pg.field(t, p.T("tokens.note.where.hint"))
			if where.Text != "GitHub secret NPM_TOKEN" {
				t.Errorf("the note says %q", where.Text)
			}
			where.SetText("GitLab variable")
			pg.Tap(t, save)
			pg.Until(t, "the change", func() bool { return pg.Win.Canvas().Overlays().Top() == nil })
			if a := pg.done(); a.Verb != api.VerbNote || *a.Note != (api.TokenNote{ID: "11111111-ci", Registry: npm, Where: "GitLab variable"}) {
				t.Errorf("asked for %+v", a)
			}
			pg.room.note(pg.room.table.rows[pg.row(t, "by-hand")])
			pg.Tap(t, p.T("tokens.note.remove"))
			pg.Until(t, "the end", func() bool { return pg.done().Verb == api.VerbUnnote })
			if pg.done().ID != "note-1" {
				t.Errorf("asked for %+v", pg.done())
			}
			pg.Until(t, "the box to go", func() bool { return pg.Win.Canvas().Overlays().Top() == nil })
			pg.room.note(nil)
			pg.Tap(t, save)
			pg.Wants(t, p.T("tokens.note.noname"))
			pg.field(t, p.T("tokens.note.name.hint")).SetText("docs")
			ends := pg.field(t, dayForm)
			ends.SetText("tomorrow")
			pg.Tap(t, save)
			pg.Wants(t, p.T("tokens.note.noday"))
			pg.Inside(t)
			pg.Shot(t, fmt.Sprintf("note-%s-%.0f", w.Name(), w.Width))
			ends.SetText("2027-03-31")
			pg.Tap(t, save)
			pg.Until(t, "the new one", func() bool { return pg.done().Verb == api.VerbNote && pg.done().Note.Name == "docs" })
			if n := pg.done().Note; n.ID != "" || n.Registry != npm || !n.Ends.Equal(time.Date(2027, 3, 31, 23, 59, 59, 0, time.Local)) {
				t.Errorf("noted %+v", n)
			}
		})
	}
}

// file is what was written, and whether it was closed.
type file struct {
	bytes.Buffer
	closed bool
	broken bool
}

func (f *file) Write(b []byte) (int, error) {
	if f.broken {
		return 0, io.ErrShortWrite
	}
	return f.Buffer.Write(b)
}

func (f *file) Close() error {
	f.closed = true
	return nil
}

// TestExport: each form has what the list has, and no secret.
func TestExport(t *testing.T) {
	now := time.Now()
	for _, w := range windowkit.Ways {
		pg := open(t, w, few(now), local(now))
		pg.room.Header(now).DoAlso()
		pg.Inside(t)
		pg.Shot(t, "export-"+w.Name())
		pg.Press(fyne.KeyEscape)
		for form, want := range map[string]string{"ics": "BEGIN:VEVENT", "csv": "ci-publish", "json": `"ci-publish"`} {
			var f file
			pg.room.write(form, "/home/alice/out", &f)
			pg.Toasts = nil
			pg.Until(t, "the file", func() bool { return len(pg.Toasts) > 0 })
			if text := f.String(); !f.closed || !strings.Contains(text, want) || strings.Contains(text, fakeagent.Canary.Reveal()) {
				t.Errorf("%s: %s", form, text)
			}
		}
	}
	pg := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	raw, err := pg.room.exported("json", now)
	var rows []access.Row
	if err != nil || json.Unmarshal(raw, &rows) != nil || len(rows) != 6 || rows[0].Where != "GitHub secret NPM_TOKEN" || rows[0].Marks[0] != access.MarkBypass {
		t.Errorf("%v %s", err, raw)
	}
	pg.room.write("csv", "/home/alice/out", &file{broken: true})
	pg.Until(t, "the error", pg.says("/home/alice/out"))
}

// TestSeveralRegistries: one is chosen, and its list is read.
func TestSeveralRegistries(t *testing.T) {
	now := time.Now()
	s := local(now)
	other := s.Sessions[0]
	other.Registry, other.Name, other.Account = "https://npm.corp.example.com/", "npm.corp.example.com", "alice.corp"
	s.Sessions = append(s.Sessions, other)
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "en", Width: 340}) {
		pg := open(t, w, few(now), s)
		p := pg.Desk.P
		pg.Tap(t, p.T("tokens.registry", map[string]any{"Registry": "npm"}))
		pg.Shot(t, fmt.Sprintf("registries-%s-%.0f", w.Name(), w.Width))
		pg.Press(fyne.KeyDown, fyne.KeyReturn)
		pg.Until(t, "the other list", func() bool { return len(pg.asked("tokens")) == 2 && !pg.room.now().asking })
		if r := pg.asked("tokens")[1].(api.TokensRequest); r.Registry != other.Registry {
			t.Errorf("asked for %+v", r)
		}
		pg.Wants(t, p.T("tokens.registry", map[string]any{"Registry": "npm.corp.example.com"}))
		pg.Inside(t)
	}
}

// TestJ09_CopyOfKept: what is kept goes to the clipboard and nowhere else.
func TestJ09_CopyOfKept(t *testing.T) {
	now := time.Now()
	var got token.Secret
	pg := open(t, windowkit.Way{Language: "en", Outside: desk.Outside{Copy: func(s token.Secret) error {
		got = s
		return nil
	}}}, few(now), local(now))
	pg.room.table.choose(pg.row(t, "laptop-read"))
	pg.Tap(t, "More actions")
	pg.Tap(t, "Copy for 30 s")
	pg.Until(t, "the word", func() bool { return len(pg.Toasts) > 0 })
	if g := pg.asked("grant")[0].(api.GrantRequest); !got.Equal(fakeagent.Canary) || g.Use != api.UseCopy || g.Kept != "kept-1" {
		t.Errorf("the agent was asked for %+v", g)
	}
	if strings.Contains(pg.Read(), fakeagent.Canary.Reveal()) {
		t.Error("the secret is in the window")
	}
}
