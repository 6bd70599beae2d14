package window

import (
	"context"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// asked is an agent that notes what it is asked.
type asked struct {
	api.Agent
	mu    sync.Mutex
	calls []string
	done  chan struct{}
	fail  error
}

func (a *asked) note(call string) error {
	a.mu.Lock()
	a.calls = append(a.calls, call)
	a.mu.Unlock()
	a.done <- struct{}{}
	return a.fail
}

func (a *asked) Login(_ context.Context, r api.LoginRequest, _ func(api.Login)) error {
	return a.note("login " + r.Registry)
}
func (a *asked) Do(_ context.Context, x api.Action) error {
	return a.note(string(x.Verb) + " " + x.Registry)
}

func (a *asked) wait(t *testing.T, want string) {
	t.Helper()
	select {
	case <-a.done:
	case <-time.After(10 * time.Second):
		t.Fatalf("the agent was not asked to %s", want)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if got := a.calls[len(a.calls)-1]; got != want {
		t.Errorf("asked to %q, want %q", got, want)
	}
}

func sample(now time.Time) api.Snapshot {
	return api.Snapshot{
		Version: 1, At: now, Agent: api.AgentInfo{Store: api.StoreKeyring},
		Sessions: []api.Session{
			{Registry: "https://npm.example.com/", Name: "npm", Account: "alice", Kind: token.KindSession, State: api.StateRunning, Started: now.Add(-48 * time.Minute), Ends: now.Add(72*time.Minute + time.Second),
				Lifetime: api.LifetimeLearned, Length: 7140, Learned: 6, Variables: []string{"NPM_TOKEN"}, Places: []api.Place{{File: "/home/alice/.npmrc", Line: 4, Level: api.LevelUser, Variable: "NPM_TOKEN"}}},
			{Registry: "https://art.example.com/", Name: "Acme Artifactory", Account: "alice", Kind: token.KindSession, State: api.StateEnding, Started: now.Add(-111 * time.Minute), Ends: now.Add(9*time.Minute + time.Second),
				Lifetime: api.LifetimeTold, Length: 7200, Variables: []string{"SG_1"}},
			{Registry: "https://eu.example.com/", Name: "Verdaccio (team-eu)", Account: "alice.k", Kind: token.KindSession, State: api.StateEnded, Started: now.Add(-5 * time.Hour), Ends: now.Add(-3 * time.Hour), Lifetime: api.LifetimeAssumed, Length: 7200, Variables: []string{"SG_2"}},
		},
		Findings: []api.Finding{{Code: api.FindingLiteral, Severity: api.SeverityWarning, Registry: "https://npm.example.com/", File: "/home/alice/.npmrc", Line: 4,
			Args: map[string]string{"Registry": "npm", "Key": "//npm.example.com/"}, Action: &api.Action{Verb: api.VerbMove, Registry: "https://npm.example.com/"}}},
	}
}

func open(t *testing.T, lang string) (*View, *asked, fyne.Window) {
	t.Helper()
	return openWith(t, lang, NewTheme())
}

func openWith(t *testing.T, lang string, look fyne.Theme) (*View, *asked, fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, look)
	w := test.NewTempWindow(t, nil)
	agent := &asked{done: make(chan struct{}, 8)}
	v := New(t.Context(), agent, w, i18n.New(lang))
	w.SetContent(v.Content())
	w.Resize(fyne.NewSize(1180, 760))
	return v, agent, w
}

// texts collects all that can be read in an object.
func texts(o fyne.CanvasObject) (out []string) {
	if !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *canvas.Text:
		out = append(out, o.Text)
	case *widget.Label:
		out = append(out, o.Text)
	case *button:
		out = append(out, o.Text)
	case *row:
		out = append(out, texts(o.content)...)
	case *container.Scroll:
		out = append(out, texts(o.Content)...)
	case *fyne.Container:
		for _, child := range o.Objects {
			out = append(out, texts(child)...)
		}
	}
	return out
}

func TestSessionsRoom(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"1 h 12 min", "alice · session · lifetime learned (1 h 59 min, 6 logins)", "9 min", "Ended", "2 logins kept alive, 1 ended", "Renew", "Log in", "Move to keyring"},
		"ja": {"1 時間 12 分", "9 分", "終了", "更新", "ログイン"},
	} {
		t.Run(lang, func(t *testing.T) {
			v, _, _ := open(t, lang)
			v.Show(sample(time.Now()))
			all := "\n" + strings.Join(texts(v.Content()), "\n") + "\n"
			for _, w := range want {
				if !strings.Contains(all, "\n"+w+"\n") {
					t.Errorf("%q is not in the window:%s", w, all)
				}
			}
			if strings.Contains(all, "window.") || strings.Contains(all, "finding.") {
				t.Errorf("a text is missing:%s", all)
			}
		})
	}
}

func TestButtonsAskTheAgent(t *testing.T) {
	v, agent, _ := open(t, "en")
	s := sample(time.Now())
	v.Show(s)
	test.Tap(v.cards["https://art.example.com/"].button)
	agent.wait(t, "login https://art.example.com/")
	s.Sessions[1].Login = &api.Login{State: api.LoginWaiting, Host: "art.example.com"}
	v.Show(s)
	if got := v.cards["https://art.example.com/"].button.Text; got != "Cancel" {
		t.Errorf("button during a login: %q", got)
	}
	test.Tap(v.cards["https://art.example.com/"].button)
	agent.wait(t, "cancel https://art.example.com/")
}

// TestNothingIsDrawnTwice: showing the same state again refreshes no text and no picture.
func TestNothingIsDrawnTwice(t *testing.T) {
	v, _, _ := open(t, "en")
	s := sample(time.Now())
	v.Show(s)
	c := v.cards["https://npm.example.com/"]
	before, chips := c.glass.Image, c.chips.Objects
	v.refresh()
	if c.glass.Image != before || len(chips) == 0 || c.chips.Objects[0] != chips[0] {
		t.Error("the card was drawn again though nothing changed")
	}
}

func TestEmptyAndGone(t *testing.T) {
	v, _, _ := open(t, "en")
	v.Show(api.Snapshot{Version: 1, Settings: api.Settings{Move: true}})
	if all := strings.Join(texts(v.Content()), "\n"); !strings.Contains(all, "No logins yet") {
		t.Errorf("empty: %s", all)
	}
	v.gone = true
	v.refresh()
	if !strings.Contains(v.sub.Text, "does not answer") {
		t.Errorf("agent gone: %q", v.sub.Text)
	}
}

// TestPictures writes the window as pictures for people to look at: go test -artifacts.
func TestPictures(t *testing.T) {
	for name, variant := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		v, _, w := openWith(t, "en", fixedVariant{NewTheme(), variant})
		v.Show(sample(time.Now()))
		f, err := os.Create(filepath.Join(t.ArtifactDir(), name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, w.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}

// fixedVariant shows one variant, whatever the system's is.
type fixedVariant struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

func (f fixedVariant) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return f.Theme.Color(name, f.variant)
}
