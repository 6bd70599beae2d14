package findings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

const art = "https://art.example.com/npm/"

// said is what npm prints, with a secret that does not belong there.
func said() string {
	return "$ cat .npmrc\n//art.example.com/npm/:_authToken=" + fakeagent.Canary.Reveal() + `
$ npm install @acme/button
npm error code E404
npm error 404 Not Found - GET https://art.example.com/npm/@acme%2fbutton - Not found
npm error 404
npm error 404  The requested resource '@acme/button@*' could not be found or you do not have permission to access it.
`
}

// ended is the verdict that a session is over.
func ended() api.Diagnosis {
	return api.Diagnosis{
		Name: "Acme Artifactory",
		Verdict: finding.Verdict{
			Code: finding.SessionEnded, Confidence: finding.Certain, Step: finding.StepLogin,
			Args: map[string]string{"Registry": "Acme Artifactory", "Clock": time.Now().Format(time.RFC3339), "URL": art},
			Reasons: []finding.Reason{
				{Code: "whoami-refused", Args: map[string]string{"Registry": "Acme Artifactory"}},
				{Code: "with-missing", Args: map[string]string{"Package": "@acme/button", "Status": "404"}},
			},
		},
		Evidence: finding.Evidence{Registry: art},
	}
}

// overridden is the verdict that a project's line beats the user's, with other verdicts and a line to look at.
func overridden() api.Diagnosis {
	d := ended()
	d.Log = "/home/alice/.npm/_logs/2026-11-21T09_12_44_120Z-debug-0.log"
	d.Verdict.Code, d.Verdict.Confidence, d.Verdict.Step = finding.Overridden, finding.Likely, finding.StepEditLine
	d.Verdict.File, d.Verdict.Line = "/home/alice/src/shop/.npmrc", 3
	d.Verdict.Args = map[string]string{"Registry": "Acme Artifactory", "File": "/home/alice/src/shop/.npmrc", "Line": "3", "HidesFile": "/home/alice/.npmrc", "HidesLine": "4", "Package": "@acme/button"}
	d.Verdict.Reasons = append(d.Verdict.Reasons, finding.Reason{Code: "line-beats", Args: map[string]string{"File": "/home/alice/src/shop/.npmrc", "Line": "3", "HidesFile": "/home/alice/.npmrc", "HidesLine": "4"}})
	d.Verdict.Others = []string{finding.Revoked, finding.Absent}
	d.Finding = &some()[3]
	return d
}

// asked is what the agent was asked to explain.
func asked(agent *fakeagent.Agent) (all []api.DiagnoseRequest) {
	for _, c := range agent.Calls() {
		if c.Method == "diagnose" {
			all = append(all, c.Params.(api.DiagnoseRequest))
		}
	}
	return all
}

// put pastes a text where the keyboard is.
func put(t *testing.T, pg *windowkit.Page, text string) {
	t.Helper()
	board := fyne.CurrentApp().Clipboard()
	board.SetContent(text)
	in, ok := pg.Win.Canvas().Focused().(fyne.Shortcutable)
	if !ok {
		t.Fatalf("there is no field to paste into:%s", pg.Read())
	}
	in.TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
}

// closed reports whether no dialog is open.
func closed(pg *windowkit.Page) bool { return pg.Win.Canvas().Overlays().Top() == nil }

// waits runs the window until something can be read.
func waits(t *testing.T, pg *windowkit.Page, text string) {
	t.Helper()
	pg.Until(t, fmt.Sprintf("%q", text), func() bool { return strings.Contains(pg.Read(), text) })
}

// TestJ01_PastedSecretsStayInTheWindow: what was pasted is explained, by hand and by keys, and its secret goes nowhere.
func TestJ01_PastedSecretsStayInTheWindow(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		for _, keys := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", language, keys), func(t *testing.T) {
				pg, agent := open(t, windowkit.Way{Language: language}, some())
				agent.Diagnosis = ended()
				p, secret := pg.Desk.P, fakeagent.Canary.Reveal()
				pg.Choose(t, keys, p.T("findings.explain.paste"))
				put(t, pg, said())
				pg.Choose(t, keys, p.T("findings.explain.do"))
				waits(t, pg, p.T("findings.explain.copy"))
				pg.Wants(t, p.T("verdict.session-ended.text"), p.T("findings.explain.next"), p.T("verdict.confidence.certain"), "404", "Acme Artifactory")
				if strings.Contains(pg.Read(), secret) {
					t.Error("the verdict shows what was pasted")
				}
				pg.Choose(t, keys, p.T("findings.explain.copy"))
				pg.Until(t, "the copy", func() bool { return pg.Button(p.T("findings.explain.copied")) != nil })
				board := fyne.CurrentApp().Clipboard().Content()
				for _, want := range []string{`"code": "session-ended"`, `"schema_version": 1`, "npm error code E404"} {
					if !strings.Contains(board, want) {
						t.Errorf("the report lacks %q: %s", want, board)
					}
				}
				if strings.Contains(board, secret) {
					t.Error("the report holds the secret")
				}
				x := pg.Room.(*Room).asked
				pg.Choose(t, keys, p.T("window.action.close"))
				if !closed(pg) {
					t.Fatal("it is still open")
				}
				all := asked(agent)
				if len(all) != 1 || all[0].Latest || all[0].Failure == nil || all[0].Failure.Package != "@acme/button" {
					t.Errorf("the agent was asked %+v", all)
				}
				if got := fmt.Sprintf("%+v", agent.Calls()); strings.Contains(got, secret) {
					t.Error("the agent was told the secret")
				}
				if strings.Contains(pg.Read(), secret) || x.area.Text+x.held+x.path.Text != "" || pg.Room.(*Room).asked != nil {
					t.Error("the secret is still there")
				}
			})
		}
	}
}

// TestExplainSteps: the next step is done by a button, after which the dialog is gone.
func TestExplainSteps(t *testing.T) {
	mend := ended()
	mend.Finding = &some()[2]
	move := ended()
	move.Finding = &some()[3]
	narrow := ended()
	narrow.Verdict.Code, narrow.Verdict.Step = finding.TokenTooNarrow, finding.StepToken
	unset := ended()
	unset.Verdict.Code, unset.Verdict.Step = finding.Unexpanded, finding.StepSetup
	for _, c := range []struct {
		name   string
		what   api.Diagnosis
		button string
		does   func(*windowkit.Page, []fakeagent.Call) bool
	}{
		{"login", ended(), "findings.verb.login", called("login", api.LoginRequest{Registry: art})},
		{"token", narrow, "findings.verb.login", called("login", api.LoginRequest{Registry: art})},
		{"move", move, "window.verb.move", called("do", *some()[3].Action)},
		{"mend", mend, "window.verb.fix", func(pg *windowkit.Page, all []fakeagent.Call) bool {
			return called("plan", nil)(pg, all) && strings.Contains(pg.Read(), pg.Desk.P.T("window.setup.apply"))
		}},
		{"setup", unset, "findings.verb.setup", func(pg *windowkit.Page, _ []fakeagent.Call) bool {
			return slices.Equal(pg.Opened, []string{string(api.RoomSetup)})
		}},
	} {
		for _, language := range []string{"en", "ja"} {
			t.Run(c.name+"/"+language, func(t *testing.T) {
				pg, agent := open(t, windowkit.Way{Language: language}, nil)
				agent.Diagnosis = c.what
				p := pg.Desk.P
				pg.Choose(t, true, p.T("findings.explain.latest"))
				waits(t, pg, p.T("findings.explain.copy"))
				x := pg.Room.(*Room).asked
				pg.Choose(t, language == "ja", p.T(c.button))
				pg.Until(t, "the step", func() bool { return x.ctx.Err() != nil && c.does(pg, agent.Calls()) })
				if all := asked(agent); len(all) != 1 || !all[0].Latest || all[0].Failure != nil {
					t.Errorf("the agent was asked %+v", all)
				}
			})
		}
	}
}

// called reports whether the agent got a call; params nil are any.
func called(method string, params any) func(*windowkit.Page, []fakeagent.Call) bool {
	return func(_ *windowkit.Page, all []fakeagent.Call) bool {
		return slices.ContainsFunc(all, func(c fakeagent.Call) bool {
			return c.Method == method && (params == nil || fmt.Sprint(c.Params) == fmt.Sprint(params))
		})
	}
}

// TestExplainLog: a log is opened by its path or dropped, and what cannot be one is said where it was typed.
func TestExplainLog(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			log, poem := filepath.Join(dir, "debug.log"), filepath.Join(dir, "poem.txt")
			for name, text := range map[string]string{log: said(), poem: "the boy stood on the burning deck\n"} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			pg, agent := open(t, windowkit.Way{Language: language}, some())
			agent.Diagnosis = ended()
			p := pg.Desk.P
			says := func(what, path string) string {
				return p.T("findings.explain."+what, i18n.Args{"File": desk.ShortPath(path)})
			}
			pg.Choose(t, true, p.T("findings.explain.log"))
			for _, c := range []struct{ path, says string }{
				{dir, says("not-file", dir)},
				{filepath.Join(dir, "none"), says("no-file", filepath.Join(dir, "none"))},
				{os.DevNull, says("not-file", os.DevNull)},
				{poem, p.T("findings.explain.no-failure.hint")},
			} {
				x := pg.Room.(*Room).asked
				x.path.SetText(c.path)
				pg.Press(fyne.KeyReturn)
				waits(t, pg, "⚠ ")
				pg.Wants(t, c.says)
				if x.path.Text != c.path || pg.Win.Canvas().Focused() != x.path {
					t.Error("what was typed is gone, or the keyboard is")
				}
				x.form(nil)
			}
			if len(asked(agent)) != 0 {
				t.Error("the agent was asked about what is no log")
			}
			x := pg.Room.(*Room).asked
			x.path.SetText(log)
			x.dir.SetText(poem)
			pg.Press(fyne.KeyReturn)
			waits(t, pg, "⚠ ")
			pg.Wants(t, says("not-folder", poem))
			x.dir.SetText(dir)
			pg.Room.(desk.Dropper).Drop(log) // on the open dialog
			waits(t, pg, p.T("findings.explain.copy"))
			pg.Press(fyne.KeyEscape)
			pg.Room.(desk.Dropper).Drop(log) // on the room
			waits(t, pg, p.T("findings.explain.copy"))
			pg.Press(fyne.KeyEscape)
			all := asked(agent)
			if len(all) != 2 || all[0].Dir != dir || all[1].Dir != "" || !closed(pg) {
				t.Errorf("the agent was asked %+v, the dialog is closed: %v", all, closed(pg))
			}
			pg.Desk.Tell(errors.New("something else"))
			pg.Room.(desk.Dropper).Drop(log)
			if strings.Contains(pg.Read(), p.T("findings.explain.wait")) {
				t.Error("it covers a question that was not answered")
			}
		})
	}
}

// slow is an agent that says nothing before it is cancelled.
type slow struct {
	*fakeagent.Agent
	ended chan error
}

func (s *slow) Diagnose(ctx context.Context, _ api.DiagnoseRequest) (api.Diagnosis, error) {
	<-ctx.Done()
	s.ended <- ctx.Err()
	return api.Diagnosis{}, &api.Error{Code: api.CodeCancelled}
}

// TestExplainCancel: the wait can be stopped, and then what was pasted is still there; Escape ends all.
func TestExplainCancel(t *testing.T) {
	pg, agent := open(t, windowkit.Way{Language: "en"}, nil)
	never := &slow{agent, make(chan error, 3)}
	pg.Desk.Agent = never
	p := pg.Desk.P
	pg.Choose(t, true, p.T("findings.explain.paste"))
	put(t, pg, said())
	area := pg.Win.Canvas().Focused().(*look.Area)
	area.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault})
	pg.Wants(t, p.T("findings.explain.wait"))
	pg.Inside(t)
	pg.Shot(t, "explain-wait")
	pg.Press(fyne.KeyReturn) // the keyboard is at Cancel
	<-never.ended
	if pg.Win.Canvas().Focused() != area || area.Text != said() {
		t.Errorf("what was pasted is gone:%s", pg.Read())
	}
	pg.Choose(t, true, p.T("findings.explain.do"))
	pg.Press(fyne.KeyEscape)
	<-never.ended
	pg.Choose(t, true, p.T("findings.explain.latest"))
	pg.Choose(t, false, p.T("window.action.cancel"))
	<-never.ended
	if !closed(pg) || area.Text != "" {
		t.Errorf("it is still open:%s", pg.Read())
	}
}

// TestExplainErrors: where there is no verdict it says why, and what to do instead.
func TestExplainErrors(t *testing.T) {
	for code, says := range map[string]string{api.CodeNoLog: "findings.explain.no-log.hint", api.CodeNoAgent: "error.no-agent.hint"} {
		for _, language := range []string{"en", "ja"} {
			t.Run(code+"/"+language, func(t *testing.T) {
				pg, agent := open(t, windowkit.Way{Language: language}, nil)
				agent.Errors = map[string]error{"diagnose": &api.Error{Code: code}}
				p := pg.Desk.P
				pg.Tap(t, p.T("findings.explain.latest"))
				waits(t, pg, "⚠ ")
				pg.Wants(t, p.T("error."+code), p.T(says))
				pg.Inside(t)
				pg.Shot(t, "explain-"+code+"-"+language)
				pg.TabTo(t, p.T("findings.explain.paste"))
				pg.Press(fyne.KeyReturn)
				put(t, pg, said())
				pg.Choose(t, true, p.T("findings.explain.do"))
				waits(t, pg, "⚠ ")
				if pg.Room.(*Room).asked.area.Text != said() {
					t.Error("what was pasted is gone")
				}
			})
		}
	}
}

// TestJ08_LongPastesDoNotStall: a megabyte is held beside the field, and read beside the window's goroutine.
func TestJ08_LongPastesDoNotStall(t *testing.T) {
	pg, agent := open(t, windowkit.Way{Language: "en"}, nil)
	agent.Diagnosis = ended()
	p := pg.Desk.P
	pg.Choose(t, true, p.T("findings.explain.paste"))
	long := strings.Repeat("npm http fetch GET 200 https://art.example.com/npm/left-pad 12ms\n", 1<<20/64) + said()
	put(t, pg, long)
	pg.Wants(t, p.N("findings.explain.held", strings.Count(long, "\n")))
	pg.Inside(t)
	pg.Shot(t, "explain-held")
	if strings.Contains(pg.Read(), "left-pad") {
		t.Error("it shows what is too long to be shown")
	}
	pg.Choose(t, true, p.T("findings.explain.clear"))
	put(t, pg, long[len(long)-2*longestReport:]) // more than a report holds, and soon read by the race detector, too
	pg.Press(fyne.KeyReturn)                     // the keyboard is at Explain
	pg.Wants(t, p.T("findings.explain.wait"))
	waits(t, pg, p.T("findings.explain.copy"))
	pg.Tap(t, p.T("findings.explain.copy"))
	pg.Until(t, "the copy", func() bool { return pg.Button(p.T("findings.explain.copied")) != nil })
	board := fyne.CurrentApp().Clipboard().Content()
	if strings.Contains(board, fakeagent.Canary.Reveal()) || !strings.Contains(board, "npm error code E404") || len(board) > 2*longestReport {
		t.Errorf("a report of %d bytes", len(board))
	}
	x := pg.Room.(*Room).asked
	pg.Press(fyne.KeyEscape)
	if x.held != "" || pg.Room.(*Room).asked != nil {
		t.Error("the text is still held")
	}
}

// TestExplainLooks: everything can be read, whatever the width, the type and the colours.
func TestExplainLooks(t *testing.T) {
	fine := ended()
	fine.Verdict = finding.Verdict{Code: finding.Fine, Confidence: finding.Certain, Step: finding.StepNone, Reasons: fine.Verdict.Reasons[:0], Args: fine.Verdict.Args}
	fine.Verdict.Reasons = append(fine.Verdict.Reasons, finding.Reason{Code: "works-now", Args: map[string]string{"Registry": "npm"}})
	unknown := ended()
	unknown.Verdict = finding.Verdict{Code: finding.Unknown, Confidence: finding.Possible, Step: finding.StepReport, Reasons: []finding.Reason{{Code: "nothing"}}}
	ways := []windowkit.Way{{Language: "en", Width: 1400}, {Language: "ja", Dark: true}, {Language: "en", Width: 340, Height: 700}, {Language: "en", Width: 340, Scale: 1.6, Height: 760, Dark: true}, {Language: "ja", Width: 340, Scale: 1.6, Height: 480}}
	for i, w := range ways {
		for name, d := range map[string]api.Diagnosis{"ended": ended(), "overridden": overridden(), "fine": fine, "unknown": unknown} {
			if i%2 == 0 && name != "overridden" { // the same parts, fewer of them
				continue
			}
			name := fmt.Sprintf("explain-%s-%s-%.0f-%.1f", name, w.Name(), w.Width, w.Scale)
			t.Run(name, func(t *testing.T) {
				pg, agent := open(t, w, some())
				agent.Diagnosis = d
				p := pg.Desk.P
				pg.Tap(t, p.T("findings.explain.paste"))
				pg.Inside(t)
				put(t, pg, said())
				pg.Inside(t)
				pg.Tap(t, p.T("findings.explain.do"))
				waits(t, pg, p.T("findings.explain.copy"))
				pg.Wants(t, p.T("findings.explain.copy"))
				pg.Inside(t)
				pg.Shot(t, name)
				if all := pg.Read(); strings.Contains(all, "<no value>") || strings.Contains(all, "{{") || strings.Contains(all, "\nverdict.") {
					t.Errorf("a text has a hole:%s", all)
				}
			})
		}
	}
}
