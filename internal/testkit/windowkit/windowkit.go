// Package windowkit opens rooms of the window in a test, without a display. The test's goroutine is the
// window's: what other goroutines send to it is run by Until.
package windowkit

import (
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Way is how a room is looked at.
type Way struct {
	Language      string // "en" or "ja"
	Dark          bool
	Width, Height float32 // of the room alone; 0: as in the window's first size
	Scale         float32 // of the type; 0 is 1
	Outside       desk.Outside
}

// Ways are the languages, each in light and dark.
var Ways = []Way{{Language: "en"}, {Language: "en", Dark: true}, {Language: "ja"}, {Language: "ja", Dark: true}}

// Name is w in a file's name.
func (w Way) Name() string {
	if w.Dark {
		return w.Language + "-dark"
	}
	return w.Language + "-light"
}

// Theme is w's theme, whatever the system prefers.
func (w Way) Theme() fyne.Theme {
	t := look.NewTheme()
	t.Scale = w.Scale
	v := theme.VariantLight
	if w.Dark {
		v = theme.VariantDark
	}
	return variant{t, v}
}

type variant struct {
	*look.Theme
	is fyne.ThemeVariant
}

// Page is an open room.
type Page struct {
	Desk   *desk.Desk
	Room   desk.Room
	Win    fyne.Window
	Toasts []string
	Opened []string // the rooms that were asked for, as "room about"
	queue  chan func()
}

// Open opens the room that make makes, with s as the snapshot on its desk.
func Open(t testing.TB, w Way, agent api.Agent, s api.Snapshot) *Page {
	t.Helper()
	app := test.NewTempApp(t)
	if real, ok := t.(*testing.T); ok {
		test.ApplyTheme(real, w.Theme())
	} else {
		app.Settings().SetTheme(w.Theme()) // a benchmark
	}
	pg := &Page{Win: test.NewTempWindow(t, nil), queue: make(chan func(), 256)}
	pg.Desk = &desk.Desk{
		Agent: agent, P: i18n.New(w.Language), Win: pg.Win, Ctx: t.Context(), UI: func(f func()) { pg.queue <- f }, Outside: w.Outside, Snapshot: s, Active: true,
		Typed: func(e *fyne.KeyEvent) { pg.typed(e) },
		Toast: func(text string) { pg.Toasts = append(pg.Toasts, text) },
		Open: func(room api.Room, about string) {
			pg.Opened = append(pg.Opened, strings.TrimSpace(string(room)+" "+about))
		},
	}
	size := fyne.NewSize(908, 640)
	if w.Width > 0 {
		size.Width = w.Width
	}
	if w.Height > 0 {
		size.Height = w.Height
	}
	pg.Win.SetPadded(false)
	pg.Win.Resize(size)
	return pg
}

// Enter puts the room on the screen.
func (pg *Page) Enter(room desk.Room, about string) *Page {
	pg.Room = room
	size := pg.Win.Canvas().Size()
	pg.Win.SetContent(container.NewStack(canvas.NewRectangle(look.Current().Back), look.Pad(room.Content(), 2*look.Grid, 2*look.Grid)))
	pg.Win.Resize(size)
	room.Show()
	room.Enter(about)
	room.Tick(time.Now())
	return pg
}

// Show puts a newer snapshot on the desk.
func (pg *Page) Show(s api.Snapshot) {
	pg.Desk.Snapshot = s
	pg.Room.Show()
	pg.Room.Tick(time.Now())
}

func (pg *Page) typed(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		pg.Room.Escape()
	}
}

// Until runs what comes to the window's goroutine until ok holds.
func (pg *Page) Until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for !ok() {
		select {
		case f := <-pg.queue:
			f()
		case <-limit:
			t.Fatalf("waited in vain for %s; the window says:\n%s", what, pg.Read())
		}
	}
}

// Press types a key where the keyboard is.
func (pg *Page) Press(keys ...fyne.KeyName) {
	for _, key := range keys {
		switch o := pg.Win.Canvas().Focused(); {
		case key == fyne.KeyTab:
			pg.Win.Canvas().FocusNext()
		case o != nil:
			o.TypedKey(&fyne.KeyEvent{Name: key})
		default:
			pg.typed(&fyne.KeyEvent{Name: key})
		}
	}
}

// Read is all that can be read, overlays included, a line each.
func (pg *Page) Read() string {
	all := Texts(pg.Win.Content())
	for _, o := range pg.Win.Canvas().Overlays().List() {
		all = append(all, Texts(o)...)
	}
	return "\n" + strings.Join(all, "\n") + "\n"
}

// Wants fails the test where one of the texts cannot be read, or a text has no words in the catalogue.
func (pg *Page) Wants(t *testing.T, texts ...string) {
	t.Helper()
	all := pg.Read()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("%q is not in the window:%s", text, all)
		}
	}
	for _, room := range []string{"window", "finding", "error", "sessions", "tokens", "projects", "publish", "findings", "settings", "setup", "unit"} {
		if strings.Contains(all, "\n"+room+".") {
			t.Errorf("a text is missing:%s", all)
		}
	}
}

// Button is the button or row that reads like this and can be seen, nil if there is none.
func (pg *Page) Button(label string) fyne.Tappable {
	roots := append([]fyne.CanvasObject{pg.Win.Content()}, pg.Win.Canvas().Overlays().List()...)
	for i := len(roots) - 1; i >= 0; i-- {
		if found := Find(roots[i], label); found != nil {
			return found
		}
	}
	return nil
}

// Tap presses the button or row that reads like this.
func (pg *Page) Tap(t *testing.T, label string) {
	t.Helper()
	b := pg.Button(label)
	if b == nil {
		t.Fatalf("there is no button %q:%s", label, pg.Read())
	}
	b.Tapped(&fyne.PointEvent{})
}

// Shot writes the window as a picture for people to look at: go test -artifacts.
func (pg *Page) Shot(t *testing.T, name string) {
	t.Helper()
	pg.Settle()
	f, err := os.Create(filepath.Join(t.ArtifactDir(), name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, pg.Win.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
}

// children are the visible objects that o is made of.
func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case fyne.Widget:
		return test.WidgetRenderer(o).Objects()
	}
	return nil
}

// Texts collects all that can be read in an object.
func Texts(o fyne.CanvasObject) (out []string) {
	if o == nil || reflect.ValueOf(o).Kind() == reflect.Pointer && reflect.ValueOf(o).IsNil() || !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *canvas.Text:
		return []string{o.Text}
	case *look.Label:
		return []string{o.Text}
	case *look.Button:
		return []string{o.Text}
	case *widget.Label:
		return []string{o.Text}
	case *widget.Entry:
		return []string{o.Text, o.PlaceHolder}
	case *widget.Select:
		return []string{o.Selected}
	}
	for _, child := range children(o) {
		out = append(out, Texts(child)...)
	}
	return out
}

// Find is the button or row in o that reads like this and can be seen, nil if there is none.
func Find(o fyne.CanvasObject, label string) fyne.Tappable {
	if o == nil || !o.Visible() {
		return nil
	}
	switch b := o.(type) {
	case *look.Button:
		if b.Text == label || b.Text == "" && b.Label == label {
			return b
		}
		return nil
	case *look.Row:
		if b.AccessibilityLabel() == label || strings.HasPrefix(b.AccessibilityLabel(), label+" ") {
			return b
		}
	}
	for _, child := range children(o) {
		if found := Find(child, label); found != nil {
			return found
		}
	}
	return nil
}

// Color implements fyne.Theme.
func (v variant) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return v.Theme.Color(name, v.is)
}
