package findings

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// way is how a failure is told.
type way string

// The ways. Each has its texts in the catalogue.
const (
	byPaste  way = "paste"
	byLog    way = "log"
	byLatest way = "latest"
)

// explaining is the dialog that says what is behind a failure: it takes a text or a path, waits for the answer, and
// shows it. What was pasted stays in this window, and goes with the dialog.
type explaining struct {
	d     *desk.Desk
	way   way
	hand  *look.Hand      // through what the scroll holds
	keys  *look.Hand      // through the buttons below it
	inner *fyne.Container // what the scroll holds
	shown *fyne.Container
	foot  *fyne.Container
	box   *desk.Box

	area   *look.Area
	path   *look.Field
	dir    *look.Field // where it failed
	held   string      // pasted, and too long for the area
	submit *look.Button
	ctx    context.Context
	end    context.CancelFunc
	stop   context.CancelFunc // of the question that is on its way
	turn   int                // of the questions
	bar    *widget.ProgressBarInfinite
}

// explain opens the dialog.
func explain(d *desk.Desk, w way) *explaining {
	x := &explaining{d: d, way: w, shown: look.Column(2 * look.Grid), foot: look.Beside(look.Grid), stop: func() {}}
	x.ctx, x.end = context.WithCancel(d.Ctx)
	x.inner = container.New(layout.NewCustomPaddedLayout(3, look.Grid, 3, 12), x.shown)
	x.hand, x.keys = &look.Hand{Scroll: container.NewVScroll(x.inner)}, &look.Hand{Typed: func(e *fyne.KeyEvent) { x.hand.Key(e) }}
	x.area = x.hand.Area(d.P.T("findings.explain.paste.hint"), x.changed, x.hold)
	x.area.Done = x.send
	x.area.SetMinRowsVisible(8)
	x.path = x.hand.Field(d.P.T("findings.explain.log.hint"), x.changed)
	x.dir = x.hand.Field(d.P.T("findings.explain.dir.hint"), x.changed)
	x.path.OnSubmitted, x.dir.OnSubmitted = func(string) { x.send() }, func(string) { x.send() }
	x.box = d.Box(d.P.T("findings.explain"), x.hand.Scroll, x.foot)
	x.box.Lead(x.hand)
	x.box.SetOnClosed(x.forget)
	x.box.Show()
	if w == byLatest {
		x.ask(failure{latest: true})
	} else {
		x.form(nil)
	}
	return x
}

// forget lets go of all that was told to the dialog.
func (x *explaining) forget() {
	x.end()
	x.turn++
	x.still()
	x.held = ""
	x.area.SetText("")
	x.path.SetText("")
	x.dir.SetText("")
	x.shown.Objects = nil
}

// take explains a log whose file was dropped on the window.
func (x *explaining) take(path string) {
	x.way = byLog
	x.path.SetText(path)
	x.send()
}

// form asks for the text or the path. err says why the one that was given is of no use.
func (x *explaining) form(err error) {
	p := x.d.P
	x.submit = x.keys.Button(p.T("findings.explain.do"), true, x.send)
	parts := []fyne.CanvasObject{look.Prose(p.T("findings.explain." + string(x.way) + ".text"))}
	if err != nil {
		parts = append(parts, x.trouble(err))
	}
	var first fyne.CanvasObject = x.area
	switch {
	case x.way == byLog:
		first = x.path
	case x.held != "":
		again := x.hand.Button(p.T("findings.explain.clear"), false, func() {
			x.held = ""
			x.form(nil)
		})
		note := look.Prose(p.N("findings.explain.held", strings.Count(strings.TrimSpace(x.held), "\n")+1))
		first = look.Panel(look.Column(look.Grid, note, container.NewHBox(again)))
	}
	parts = append(parts, first, look.Column(look.Grid/2, look.Caption(p.T("findings.explain.dir")), x.dir))
	x.changed()
	x.show(parts, x.cancel(x.box.Hide), x.submit)
	switch {
	case x.way == byLog:
		look.Focus(x.path)
	case x.held != "":
		look.Focus(x.submit)
	default:
		look.Focus(x.area)
	}
}

func (x *explaining) cancel(do func()) *look.Button {
	return x.keys.Button(x.d.P.T("window.action.cancel"), false, do)
}

// changed lets through what says something.
func (x *explaining) changed() {
	if x.submit == nil {
		return
	}
	if !x.failure().told() {
		x.submit.Disable()
	} else {
		x.submit.Enable()
	}
}

// hold keeps a text that is too long to be shown.
func (x *explaining) hold(text string) {
	x.held = text[max(0, len(text)-longestLog):]
	x.area.SetText("")
	x.form(nil)
}

// failure is what the form holds.
func (x *explaining) failure() failure {
	f := failure{dir: pathOf(x.dir.Text)}
	switch {
	case x.way == byLog:
		f.path = pathOf(x.path.Text)
	case x.held != "":
		f.text = x.held
	default:
		f.text = x.area.Text
	}
	return f
}

// send asks about what the form holds.
func (x *explaining) send() {
	if f := x.failure(); f.told() {
		x.ask(f)
	}
}

// ask finds out what is behind a failure, beside the window's goroutine: reading a long text takes a while, and the
// registry may take longer.
func (x *explaining) ask(f failure) {
	x.stop()
	ctx, stop := context.WithCancel(x.ctx)
	x.turn++
	turn := x.turn
	x.stop = stop
	x.wait()
	go func() {
		defer stop()
		a, err := explained(ctx, x.d.Agent, f)
		x.d.UI(func() {
			if turn != x.turn {
				return
			}
			x.still()
			if err != nil {
				x.fail(err)
			} else {
				x.verdict(a)
			}
		})
	}()
}

// wait says that the answer takes a moment, and lets it be stopped.
func (x *explaining) wait() {
	parts := []fyne.CanvasObject{look.Prose(x.d.P.T("findings.explain.wait"))}
	if x.still(); x.d.Moves() {
		x.bar = widget.NewProgressBarInfinite()
		parts = append(parts, x.bar)
	}
	cancel := x.cancel(x.back)
	x.show(parts, cancel)
	look.Focus(cancel)
}

// still ends what moves.
func (x *explaining) still() {
	if x.bar != nil {
		x.bar.Stop()
		x.bar = nil
	}
}

// back stops the question and shows the form with what it held.
func (x *explaining) back() {
	x.turn++
	x.stop()
	x.still()
	if x.way == byLatest {
		x.box.Hide()
		return
	}
	x.form(nil)
}

// fail says why there is no verdict. What was told stays, so that it can be put right.
func (x *explaining) fail(err error) {
	if x.way != byLatest {
		x.form(err)
		return
	}
	end := x.keys.Button(x.d.P.T("window.action.close"), true, x.box.Hide)
	x.show([]fyne.CanvasObject{x.trouble(err)}, x.keys.Button(x.d.P.T("findings.explain.paste"), false, func() {
		x.way = byPaste
		x.form(nil)
	}), end)
	look.Focus(end)
}

// trouble is an error in place, with what can be done about it in this window.
func (x *explaining) trouble(err error) fyne.CanvasObject {
	var path *unusable
	if errors.As(err, &path) {
		file := i18n.Args{"File": desk.Plain(desk.ShortPath(path.path))}
		return desk.Trouble(x.d.P.T("findings.explain."+path.what, file), x.d.P.T("findings.explain.path.hint"))
	}
	title, hint := x.d.ErrorWords(err)
	var told *api.Error
	if errors.As(err, &told) {
		if key := "findings.explain." + told.Code + ".hint"; x.d.P.Has(key) {
			hint = x.d.P.T(key)
		}
	}
	return desk.Trouble(title, hint)
}

// show puts parts on the dialog, which becomes as high as they are if the window is.
func (x *explaining) show(parts []fyne.CanvasObject, buttons ...fyne.CanvasObject) {
	x.shown.Objects, x.foot.Objects = parts, buttons
	room := x.d.Win.Canvas().Size()
	wide := min(76*look.Grid, room.Width-6*look.Grid)
	x.inner.Resize(fyne.NewSize(wide, 0))
	for range 3 { // only at its width does wrapped text know its height
		x.shown.Refresh()
	}
	high := min(x.inner.MinSize().Height, max(12*look.Grid, room.Height-22*look.Grid))
	x.hand.Scroll.SetMinSize(fyne.NewSize(wide, high))
	x.hand.Scroll.ScrollToTop()
	x.foot.Refresh()
	for range 2 { // the title, too
		x.box.Resize(fyne.Size{})
	}
}
