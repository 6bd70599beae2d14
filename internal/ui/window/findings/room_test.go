package findings

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

const npmrc = "/home/alice/.npmrc"

// some are findings of each severity, the worst not first.
func some() []api.Finding {
	npm := registry.Public.String()
	return []api.Finding{
		{Code: api.FindingNoHook, Severity: api.SeverityInfo},
		{Code: api.FindingNoLine, Severity: api.SeverityWarning, Registry: npm, Args: map[string]string{"Registry": "npm"}, Action: &api.Action{Verb: api.VerbMove, Registry: npm}},
		{Code: api.FindingLintSlash, Severity: api.SeverityWarning, File: npmrc, Line: 7, Args: map[string]string{"Key": "//npm.example.com", "Registry": "npm", "Managers": "npm, pnpm", "Right": "//npm.example.com/:_authToken"}, Action: &api.Action{Verb: api.VerbFix, Path: npmrc}},
		{Code: api.FindingStaleLiteral, Severity: api.SeverityError, Registry: npm, File: "/home/alice/src/shop/.npmrc", Line: 3, Args: map[string]string{"Registry": "npm"}, Action: &api.Action{Verb: api.VerbMove, Registry: npm}},
		{Code: api.FindingFileUnreadable, Severity: api.SeverityError, File: "/etc/npmrc", Args: map[string]string{"Cause": "permission denied"}},
		{Code: api.FindingNoTray, Severity: api.SeverityInfo},
	}
}

func open(t testing.TB, w windowkit.Way, found []api.Finding) (*windowkit.Page, *fakeagent.Agent) {
	t.Helper()
	agent := fakeagent.New(time.Now())
	s, err := agent.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s.Findings = found
	w.Outside = desk.Outside{OpenPath: func(string) error { return nil }}
	pg := windowkit.Open(t, w, agent, s)
	return pg.Enter(New(pg.Desk), ""), agent
}

// TestShows: the worst stands first, and each says what is wrong, where, and what to do.
func TestShows(t *testing.T) {
	ways := slices.Concat(windowkit.Ways, []windowkit.Way{{Language: "en", Width: 284, Height: 1600}, {Language: "ja", Width: 284, Height: 1600, Dark: true}, {Language: "en", Scale: 1.6, Height: 1400}, {Language: "ja", Width: 500, Height: 1600, Scale: 1.6}})
	for _, w := range ways {
		name := fmt.Sprintf("%s-%.0f-%.1f", w.Name(), w.Width, w.Scale)
		t.Run(name, func(t *testing.T) {
			w.Height = max(w.Height, 1000)
			pg, _ := open(t, w, some())
			p := pg.Desk.P
			pg.Wants(t, p.T("finding.lint-slash.title"), p.T("finding.no-hook.text"), p.T("window.verb.move"), p.T("window.verb.fix"), p.T("findings.verb.setup"), "permission denied")
			all, last := pg.Read(), -1
			for _, key := range []string{"findings.error", "finding.file-unreadable.title", "findings.warning", "finding.no-line.title", "findings.info", "finding.no-tray.title"} {
				at := strings.Index(all, "\n"+p.T(key)+"\n")
				if at <= last {
					t.Errorf("%q does not stand where it should:%s", p.T(key), all)
				}
				last = at
			}
			if h := pg.Room.Header(time.Now()); h.Sub != p.N("findings.sub", 6) || !h.Searchable {
				t.Errorf("the header says %+v", h)
			}
			pg.Inside(t)
			pg.Shot(t, "findings-"+name)
		})
	}
}

// TestEmpty: where nothing is to be done it says so, and can look again.
func TestEmpty(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		for _, keyboard := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", language, keyboard), func(t *testing.T) {
				pg, agent := open(t, windowkit.Way{Language: language}, nil)
				p := pg.Desk.P
				pg.Wants(t, p.T("findings.none"), p.T("findings.none.hint"))
				pg.Inside(t)
				pg.Shot(t, "findings-none-"+language)
				if keyboard {
					pg.TabTo(t, p.T("findings.look"))
					pg.Press(fyne.KeyReturn)
				} else {
					pg.Tap(t, p.T("findings.look"))
				}
				pg.Until(t, "the look", func() bool { return slices.Equal(pg.Toasts, []string{p.T("findings.done")}) })
				if !slices.ContainsFunc(agent.Calls(), func(c fakeagent.Call) bool {
					return c.Method == "do" && reflect.DeepEqual(c.Params, api.Action{Verb: api.VerbRescan})
				}) {
					t.Error("it did not look again")
				}
			})
		}
	}
}

func TestSearchAndEnter(t *testing.T) {
	pg, _ := open(t, windowkit.Way{Language: "en", Height: 300}, some())
	pg.Room.Search("SLASH")
	if all := pg.Read(); !strings.Contains(all, "A slash is missing") || strings.Contains(all, "Needs fixing") {
		t.Errorf("found:%s", all)
	}
	pg.Room.Search("nothing of the kind")
	pg.Wants(t, "Nothing matches")
	pg.Room.Enter(api.FindingNoTray)
	if pg.Room.Hand().Scroll.Offset.Y == 0 {
		t.Error("it does not scroll to what it was opened for")
	}
	pg.Wants(t, "This desktop shows no tray icons")
}

// TestStays: a snapshot with the same findings leaves the keyboard where it is.
func TestStays(t *testing.T) {
	pg, _ := open(t, windowkit.Way{Language: "en"}, some())
	pg.Press(fyne.KeyTab, fyne.KeyTab)
	was := pg.Win.Canvas().Focused()
	s := pg.Desk.Snapshot
	s.Version++
	s.Findings = some()
	pg.Show(s)
	pg.Press(fyne.KeyTab)
	now := pg.Win.Canvas().Focused()
	if pg.Win.Canvas().FocusPrevious(); was == nil || pg.Win.Canvas().Focused() != was || now == was {
		t.Error("the keyboard has lost its place")
	}
}

// BenchmarkShow lists 1,000 findings.
func BenchmarkShow(b *testing.B) {
	var found []api.Finding
	for i := range 1000 {
		f := some()[i%6]
		f.Line = i
		found = append(found, f)
	}
	pg, _ := open(b, windowkit.Way{Language: "en"}, found)
	for i := 0; b.Loop(); i++ {
		s := pg.Desk.Snapshot
		s.Findings = found[i%2:]
		pg.Show(s)
	}
}
