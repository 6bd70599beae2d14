package sessions

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// exposure is where text stands in a window.
type exposure struct {
	drawn strings.Builder // on the screen, in canvas.Text outside of labels
	told  strings.Builder // labels, fields, and what a screen reader gets
}

// look walks through all objects, hidden ones too. held is whether one of those above tells its text.
func (e *exposure) look(o fyne.CanvasObject, held bool) {
	if o == nil || reflect.ValueOf(o).Kind() == reflect.Pointer && reflect.ValueOf(o).IsNil() {
		return
	}
	if a, ok := o.(fyne.Accessible); ok {
		if _, plain := o.(*fyne.Container); !plain {
			fmt.Fprintln(&e.told, a.AccessibilityLabel())
		}
	}
	switch o := o.(type) {
	case *canvas.Text:
		if held {
			fmt.Fprint(&e.told, o.Text)
		}
		fmt.Fprint(&e.drawn, o.Text)
	case *fyne.Container:
		for _, c := range o.Objects {
			e.look(c, held)
		}
	case *container.Scroll:
		e.look(o.Content, held)
	case *widget.Entry:
		fmt.Fprintln(&e.told, o.Text, o.PlaceHolder)
	case fyne.Widget:
		_, tells := o.(fyne.Accessible)
		for _, c := range test.WidgetRenderer(o).Objects() {
			e.look(c, tells)
		}
	}
}

func exposed(pg *windowkit.Page) (drawn, told string) {
	var e exposure
	e.look(pg.Win.Content(), false)
	for _, o := range pg.Win.Canvas().Overlays().List() {
		e.look(o, false)
	}
	fmt.Fprintln(&e.told, pg.Win.Title(), strings.Join(pg.Toasts, " "))
	return e.drawn.String(), e.told.String()
}

var canary = fakeagent.Canary.Reveal()

// details opens them and asks for the secret.
func details(t *testing.T, pg *windowkit.Page, r *Room) {
	t.Helper()
	r.openDetails(npm)
	if drawn, _ := exposed(pg); strings.Contains(drawn, canary) {
		t.Fatal("the secret is shown unasked")
	}
	pg.Tap(t, "Show for 10 s")
	pg.Until(t, "the secret", func() bool { drawn, _ := exposed(pg); return strings.Contains(drawn, canary) })
}

// TestJ01_SecretIsOnTheScreenAlone: while it is shown it is in no label, title, word or accessibility text, and
// afterwards nowhere; every way in which it can be hidden again.
func TestJ01_SecretIsOnTheScreenAlone(t *testing.T) {
	for name, hide := range map[string]func(*testing.T, *windowkit.Page, *Room){
		"by its button":          func(t *testing.T, pg *windowkit.Page, _ *Room) { pg.Tap(t, "Hide") },
		"the window lost focus":  func(_ *testing.T, _ *windowkit.Page, r *Room) { r.Cover() },
		"the box was closed":     func(t *testing.T, pg *windowkit.Page, _ *Room) { pg.Tap(t, "Close") },
		"the box was closed too": func(_ *testing.T, pg *windowkit.Page, _ *Room) { pg.Press(fyne.KeyEscape) },
	} {
		t.Run(name, func(t *testing.T) {
			pg, r, _ := open(t, windowkit.Way{Language: "en"}, only(nil))
			details(t, pg, r)
			if _, told := exposed(pg); strings.Contains(told, canary) {
				t.Errorf("the secret is in a text that other programs can read:\n%s", told)
			}
			c := r.curtain
			hide(t, pg, r)
			drawn, told := exposed(pg)
			if strings.Contains(drawn+told, canary) {
				t.Error("the secret is still in the window")
			}
			for _, o := range c.Lines.Objects {
				if strings.Contains(o.(*canvas.Text).Text, canary[:8]) {
					t.Error("the secret is still in the closed box")
				}
			}
			if c.Open() {
				t.Error("a timer is left")
			}
		})
	}
}

// TestJ10_SecretHidesItself after ten seconds.
func TestJ10_SecretHidesItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pg, r, _ := open(t, windowkit.Way{Language: "en"}, only(nil))
		details(t, pg, r)
		from := time.Now()
		pg.Until(t, "the dots", func() bool { drawn, _ := exposed(pg); return !strings.Contains(drawn, canary) })
		if d := time.Since(from); d != desk.ShowFor {
			t.Errorf("the secret was shown for %v", d)
		}
		pg.Desk.Active = false
		r.Cover()
	})
}

// TestJ10_LateSecret: an answer that comes when the box is closed, is not shown.
func TestJ10_LateSecret(t *testing.T) {
	pg, r, agent := open(t, windowkit.Way{Language: "en"}, only(nil))
	r.openDetails(npm)
	c := r.curtain
	pg.Tap(t, "Show for 10 s")
	pg.Tap(t, "Close")
	pg.Until(t, "the answer", func() bool { return !c.Asked() })
	if drawn, told := exposed(pg); strings.Contains(drawn+told, canary) || c.Open() {
		t.Error("the secret is shown though the box is closed")
	}
	if len(agent.Calls()) != 1 {
		t.Errorf("the agent was asked %d times", len(agent.Calls()))
	}
}

// TestJ10_SecretForNobody: an answer that comes when the user has looked away is not shown, now or later; the next one is.
func TestJ10_SecretForNobody(t *testing.T) {
	for name, away := range map[string]func(*windowkit.Page, *Room){
		"to another program and back": func(_ *windowkit.Page, r *Room) { r.Cover() },
		"to another program":          func(pg *windowkit.Page, _ *Room) { pg.Desk.Active = false },
		"the window was made anew":    func(pg *windowkit.Page, _ *Room) { New(pg.Desk).Cover() },
	} {
		t.Run(name, func(t *testing.T) {
			pg, r, _ := open(t, windowkit.Way{Language: "en"}, only(nil))
			r.openDetails(npm)
			c := r.curtain
			pg.Tap(t, "Show for 10 s")
			away(pg, r)
			pg.Until(t, "the answer", func() bool { return !c.Asked() })
			if drawn, told := exposed(pg); strings.Contains(drawn+told, canary) || c.Open() {
				t.Error("the secret is shown though nobody looks")
			}
			pg.Desk.Active = true
			pg.Tap(t, "Show for 10 s")
			pg.Until(t, "the secret", func() bool { drawn, _ := exposed(pg); return strings.Contains(drawn, canary) })
			New(pg.Desk).Cover() // another room of the same window
			if drawn, _ := exposed(pg); strings.Contains(drawn, canary) {
				t.Error("the secret stands open in a box that an older room has opened")
			}
		})
	}
}

// TestJ09_CopyShowsNothing: the secret goes to the clipboard and nowhere else.
func TestJ09_CopyShowsNothing(t *testing.T) {
	var got token.Secret
	w := windowkit.Way{Language: "en", Outside: desk.Outside{Copy: func(s token.Secret) error {
		got = s
		return nil
	}}}
	pg, r, agent := open(t, w, only(nil))
	r.d.CopySecret(desk.Held{Registry: npm})
	pg.Until(t, "the word", func() bool { return len(pg.Toasts) > 0 })
	if !got.Equal(fakeagent.Canary) {
		t.Error("something else is copied")
	}
	if drawn, told := exposed(pg); strings.Contains(drawn+told, canary) {
		t.Error("the secret is in the window")
	}
	if req := agent.Calls()[0].Params.(api.GrantRequest); req.Use != api.UseCopy || req.Registry != npm {
		t.Errorf("the agent was asked for %+v", req)
	}
}

// TestLongSecret: it takes as many lines as it needs, all inside the box.
func TestLongSecret(t *testing.T) {
	pg, r, agent := open(t, windowkit.Way{Language: "en", Width: 340, Scale: 1.6}, only(nil))
	long := strings.Repeat("Zx9", 300)
	agent.Items[0].Secret = token.NewSecret(long)
	r.openDetails(npm)
	pg.Tap(t, "Show for 10 s")
	pg.Until(t, "the secret", func() bool { drawn, _ := exposed(pg); return strings.Contains(drawn, long) })
	pg.Inside(t)
	r.Cover()
}
