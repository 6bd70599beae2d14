package timeline

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

var noon = time.Date(2026, 11, 21, 12, 20, 0, 0, time.UTC)

func sessions() []api.Session {
	return []api.Session{
		{Registry: "a", Name: "npm", Account: "alice", Kind: token.KindSession, State: api.StateRunning, Started: noon.Add(-time.Hour), Ends: noon.Add(72 * time.Minute)},
		{Registry: "b", Name: "Verdaccio", Kind: token.KindSession, State: api.StateEnded, Started: noon.Add(-4 * time.Hour), Ends: noon.Add(-2 * time.Hour)},
		{Registry: "c", Name: "CI", Kind: token.KindGranular, State: api.StateRunning, Started: noon.AddDate(0, -1, 0), Ends: noon.AddDate(0, 0, 20)},
		{Registry: "d", Name: "no end", Kind: token.KindSession, State: api.StateUnknown},
	}
}

func chart(t *testing.T, language string) (*Chart, fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, look.NewTheme())
	w := test.NewTempWindow(t, nil)
	c := New(&look.Hand{}, i18n.New(language))
	w.SetContent(container.NewVBox(c.Object()))
	w.Resize(fyne.NewSize(900, 400))
	c.Show(sessions(), noon)
	return c, w
}

// TestDetailsByPointerAndByKeys: both tell the exact date and what it is.
func TestDetailsByPointerAndByKeys(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"Verdaccio · session: ended Sat 21 Nov 2026, 10:20", "npm · alice · session: ends Sat 21 Nov 2026, 13:32, in 1 h 12 min", "CI · access token: ends Fri 11 Dec 2026, 12:20, in 20 days"},
		"ja": {"Verdaccio · セッション: 2026年11月21日 10:20 に終了", "npm · alice · セッション: 2026年11月21日 13:32 まで、残り 1 時間 12 分", "CI · アクセストークン: 2026年12月11日 12:20 まで、残り 20 日"},
	} {
		c, w := chart(t, language)
		w.Canvas().Focus(c.Row())
		for i, key := range []fyne.KeyName{fyne.KeyRight, fyne.KeyDown, fyne.KeyRight} {
			c.Row().TypedKey(&fyne.KeyEvent{Name: key})
			if got := c.detail.Text; got != want[i] {
				t.Errorf("by keys: %q, want %q", got, want[i])
			}
		}
		c.Row().TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // round
		if got := c.detail.Text; got != want[0] {
			t.Errorf("after the last: %q", got)
		}
		for i, m := range c.picture.now.Marks {
			at := fyne.NewPos(m.Row.X+m.Row.W/2, m.Row.Y+m.Row.H/2)
			c.picture.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
			if got := c.detail.Text; got != want[i] {
				t.Errorf("by pointer: %q, want %q", got, want[i])
			}
		}
		c.picture.MouseOut()
		if got := c.detail.Text; got != i18n.New(language).T("sessions.ends.hint") {
			t.Errorf("nothing is pointed at, and it says %q", got)
		}
		if got, all := c.picture.AccessibilityLabel(), strings.Join(want, "\n"); got != all {
			t.Errorf("who cannot see it hears %q, want %q", got, all)
		}
	}
}

// TestListTellsTheSame by its switch, which the keyboard reaches.
func TestListTellsTheSame(t *testing.T) {
	c, _ := chart(t, "en")
	grown := 0
	c.OnResize = func() { grown++ }
	c.switches[1].row.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if grown != 1 || len(c.lines) != 3 || c.lines[1].who.Text != "npm · alice · session" || c.lines[1].when.Text != "ends Sat 21 Nov 2026, 13:32, in 1 h 12 min" {
		t.Errorf("the list: %d lines, grown %d", len(c.lines), grown)
	}
	c.Show(sessions(), noon.Add(2*time.Minute))
	if got := c.lines[1].when.Text; !strings.HasSuffix(got, "in 1 h 10 min") {
		t.Errorf("two minutes later: %q", got)
	}
	c.Show(sessions()[:1], noon)
	if len(c.lines) != 1 {
		t.Errorf("%d lines for one session", len(c.lines))
	}
	c.switches[0].row.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if c.asList || c.picture.now.Height == 0 {
		t.Error("the picture does not come back")
	}
}

// TestDrawnAnewOnlyWhenSomethingMoves: the line of the present moves by whole pixels.
func TestDrawnAnewOnlyWhenSomethingMoves(t *testing.T) {
	c, _ := chart(t, "en")
	first := c.picture.objects
	for i := range 5 {
		c.Show(sessions(), noon.Add(time.Duration(i)*time.Second))
	}
	if &first[0] != &c.picture.objects[0] {
		t.Error("it is drawn anew within seconds")
	}
	c.Show(sessions(), noon.Add(10*time.Minute))
	if &first[0] == &c.picture.objects[0] {
		t.Error("ten minutes later nothing has moved")
	}
}

// TestStaysWithItsMark: the chosen one stays chosen when another comes before it.
func TestStaysWithItsMark(t *testing.T) {
	c, _ := chart(t, "en")
	c.step(-1)
	was, _ := c.picture.entry()
	c.Show(sessions()[1:], noon)
	if now, ok := c.picture.entry(); !ok || now.ID != was.ID || was.ID != "c" {
		t.Errorf("chosen was %q, is %q", was.ID, now.ID)
	}
	c.Show(nil, noon)
	if _, ok := c.picture.entry(); ok || !c.Empty() {
		t.Error("something is chosen where nothing is")
	}
}

// TestRingAndBar: what has ended is a ring, what lives has a bar.
func TestRingAndBar(t *testing.T) {
	c, _ := chart(t, "en")
	rings, bars := 0, 0
	for _, o := range c.picture.objects {
		switch o := o.(type) {
		case *canvas.Circle:
			if o.StrokeWidth > 0 {
				rings++
			}
		case *canvas.Rectangle:
			if o.CornerRadius > 0 && o != c.picture.back {
				bars++
			}
		}
	}
	if rings != 1 || bars != 2 {
		t.Errorf("%d rings, %d bars", rings, bars)
	}
}
