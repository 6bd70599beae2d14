// Package setup is the first run in five steps: what is there, where logins are kept, how the tools get
// them, the first login, and the proof. Each can be skipped, and nothing is written before the third is applied
// or passed. From the settings it is opened again, at any of its steps.
package setup

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/keep"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// The steps, in their order. Their names are what Enter understands.
const (
	stepLook = iota
	stepKeep
	stepReach
	stepLogin
	stepProve
)

var stepNames = []string{"look", "keep", "reach", "login", "prove"}

// step is what one step shows and does.
type step interface {
	content() fyne.CanvasObject
	enter() // it comes onto the screen
	leave() // and goes from it: what it began ends
	show()  // there is a newer snapshot
	tick(now time.Time)
	offer() offer
	back() bool // a way back inside the step
}

// offer is what the buttons say about a step.
type offer struct {
	main string // what the main button says; "" is Next
	do   func() // nil goes on
	off  bool   // it cannot be pressed now
	skip bool   // there is something to skip
	runs bool   // something is under way, and the button for back ends it
	done bool   // the step has done what it is for
}

// Room is the first run.
type Room struct {
	desk.Quiet
	d                             *desk.Desk
	hand, bar                     *look.Hand
	view                          fyne.CanvasObject
	stage                         *fyne.Container
	marks                         *marks
	leaving, backing, skip, forth *look.Button

	steps []step
	at    int
	from  int // where it was entered: Escape leads no further back
	done  [5]bool
	found *found
	form  *keep.Form
	reach *reach
}

// New makes the room. It asks for nothing before Enter.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, bar: d.Hand(), stage: container.NewStack(), at: -1}
	r.hand = d.Scrolled(r.stage)
	r.found = &found{d: d, box: look.Column(2 * look.Grid)}
	r.reach = newReach(r)
	r.steps = []step{&lookStep{found: r.found}, newKeepStep(r), r.reach, newLoginStep(r), newProveStep(r)}
	r.marks = newMarks(d)
	r.leaving = r.bar.Button("", false, r.finish)
	r.backing = r.bar.Button(d.P.T("setup.back"), false, r.back)
	r.skip = r.bar.Button(d.P.T("setup.skip"), false, r.skipStep)
	r.forth = r.bar.Button("", true, r.main)
	buttons := container.New(&barLayout{}, r.leaving, r.backing, r.skip, r.forth)
	inset := func(o fyne.CanvasObject, above, below float32) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(above, below, 3, 12), o)
	}
	r.view = container.NewBorder(inset(r.marks.box, 0, look.Grid), inset(buttons, 12, look.Grid/2), nil, nil, r.hand.Scroll)
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.view }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(time.Time) desk.Header {
	if r.at <= stepReach && !r.done[stepReach] {
		return desk.Header{Sub: r.d.P.T("setup.sub")}
	}
	return desk.Header{Sub: r.d.P.T("setup.sub.later")}
}

// Enter begins anew, at the step that about names.
func (r *Room) Enter(about string) {
	r.from = max(0, slices.Index(stepNames, about))
	r.done = [5]bool{}
	r.form.Reset()
	r.reach.begin()
	r.turn(r.from)
}

// Show implements desk.Room.
func (r *Room) Show() {
	r.reach.show()
	r.found.draw(r.reach.first)
	if r.at >= 0 && r.at != stepReach {
		r.steps[r.at].show()
	}
	r.update()
}

// Tick implements desk.Room.
func (r *Room) Tick(now time.Time) {
	r.reach.lost = r.reach.lost || r.d.Gone
	if r.at >= 0 {
		r.steps[r.at].tick(now)
	}
}

// Cover lets nothing move that nobody sees.
func (r *Room) Cover() {
	if r.at == stepLogin {
		r.steps[r.at].leave()
	}
}

// Escape goes back one step, and from the first out of here. The next start asks again.
func (r *Room) Escape() bool {
	switch {
	case r.at < 0:
		return false
	case r.steps[r.at].back():
	case r.at > r.from:
		r.back()
	default:
		r.away()
	}
	return true
}

// turn shows a step.
func (r *Room) turn(to int) {
	if r.at >= 0 {
		r.steps[r.at].leave()
	}
	r.at = to
	s := r.steps[to]
	r.stage.Objects = []fyne.CanvasObject{s.content()}
	r.hand.Scroll.ScrollToTop()
	s.enter()
	r.update()
	r.stage.Refresh()
	r.start()
}

// start gives the keyboard to what goes on, or to what skips where that cannot be pressed.
func (r *Room) start() {
	if r.forth.Disabled() && !r.skip.Hidden {
		look.Focus(r.skip)
		return
	}
	look.Focus(r.forth)
}

// update gives the buttons what they do now.
func (r *Room) update() {
	if r.at < 0 {
		return
	}
	p := r.d.P
	o := r.steps[r.at].offer()
	r.done[r.at] = r.done[r.at] || o.done
	main := o.main
	switch {
	case main != "":
	case r.at == stepProve:
		main = p.T("setup.finish")
	default:
		main = p.T("setup.next")
	}
	leave := "setup.leave"
	if r.d.Snapshot.Settings.Welcomed {
		leave = "setup.close"
	}
	r.forth.SetText(main)
	r.leaving.SetText(p.T(leave))
	back := "setup.back"
	if o.runs {
		back = "window.action.cancel"
	}
	r.backing.SetText(p.T(back))
	allow(r.forth, !o.off)
	r.skip.Hidden = !o.skip
	r.backing.Hidden = r.at == stepLook
	r.leaving.Hidden = r.at == stepProve && !o.skip
	r.marks.update(r.at, r.done)
	r.view.Refresh()
}

func allow(b *look.Button, may bool) {
	if may {
		b.Enable()
		return
	}
	b.Disable()
}

// main is the button in the accent colour.
func (r *Room) main() {
	if do := r.steps[r.at].offer().do; do != nil {
		do()
		return
	}
	r.next()
}

// next goes on. A step that is passed counts as gone through where there was nothing else to do.
func (r *Room) next() {
	if r.at == stepKeep {
		if _, fine := r.form.Request(); !fine && r.form.Changes() {
			r.form.Complain()
			return
		}
	}
	if r.at <= stepKeep {
		r.done[r.at] = true
	}
	r.onward()
}

// skipStep leaves a step as if nothing had been chosen there.
func (r *Room) skipStep() {
	if r.at == stepKeep {
		r.form.Reset()
	}
	r.onward()
}

// onward shows the next step. The store that was chosen comes to be before anything is logged in.
func (r *Room) onward() {
	if r.at == stepReach && r.form.Changes() {
		r.reach.keepOnly(r.onward)
		return
	}
	to := r.at + 1
	if to == stepLogin && signedIn(r.d.Snapshot) {
		r.done[stepLogin] = true
		to++
	}
	if to > stepProve {
		r.finish()
		return
	}
	r.turn(to)
}

// back shows the step before.
func (r *Room) back() {
	if r.steps[r.at].back() {
		return
	}
	to := r.at - 1
	if to == stepLogin && signedIn(r.d.Snapshot) {
		to--
	}
	r.turn(max(0, to))
}

// finish notes that the first run was gone through, and leads to the sessions.
func (r *Room) finish() {
	d := r.d
	if !d.Snapshot.Settings.Welcomed {
		d.Set(func(s *api.Settings) { s.Welcomed = true })
	}
	r.away()
}

// away leaves the room: to the settings if it was opened there.
func (r *Room) away() {
	r.steps[r.at].leave()
	r.reach.stop()
	r.form.Reset()
	to := api.RoomSessions
	if r.from > 0 {
		to = api.RoomSettings
	}
	r.d.Open(to, "")
}
