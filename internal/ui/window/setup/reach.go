package setup

import (
	"context"
	"errors"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// stage is where the step stands.
type stage int

const (
	stageLooking  stage = iota // what is there is not known yet
	stagePlan                  // a plan is on the screen
	stageApplying              // it is being carried out
	stageDone
	stageFailed // there is no plan to show
)

// reach is the step in which the user sees what setup would change, and agrees. Nothing is asked of the
// agent but plans, until Apply is pressed.
type reach struct {
	r              *Room
	d              *desk.Desk
	box            fyne.CanvasObject
	choices, shown *fyne.Container
	undoButton     *look.Button

	shells                []*look.Choice
	modes                 []*look.Choice
	move, desktop, helper *look.Choice

	stage stage
	lost  bool // the agent was gone
	busy  bool // a newer plan is on its way
	undo  bool // the plan takes back what setup has written
	first api.Plan
	plan  api.Plan
	err   error // the last call's
	stays bool  // the store that was chosen did not come to be
	stale bool  // the plan is a new one, since files had changed
	kept  api.Store
	basis basis
	open  plan.Folds

	pause  time.Duration // after a choice, before a new plan is asked for
	timer  *time.Timer
	cancel context.CancelFunc
	turn   int // of the newest call: answers to others are dropped
}

// basis is what a plan depends on.
type basis struct {
	settings api.Settings
	files    []api.WatchedFile
	places   [][]api.Place
}

func basisOf(s api.Snapshot) basis {
	b := basis{settings: s.Settings, files: s.Files}
	b.settings.Welcomed, b.settings.Store = false, ""
	for _, one := range s.Sessions {
		b.places = append(b.places, one.Places)
	}
	return b
}

func (s *reach) content() fyne.CanvasObject { return s.box }
func (s *reach) leave()                     {}
func (s *reach) tick(time.Time)             {}

// enter looks again at what is to be shown: another step may have changed it.
func (s *reach) enter() { s.draw() }

// chosen is told that the user chose a store.
func (s *reach) chosen() { s.stays, s.kept = false, "" }

// begin looks at what is there and makes a first plan.
func (s *reach) begin() {
	s.stage, s.busy, s.undo, s.err, s.stale, s.open = stageLooking, true, false, nil, false, plan.Folds{}
	s.basis, s.first, s.plan, s.stays, s.kept = basisOf(s.d.Snapshot), api.Plan{}, api.Plan{}, false, ""
	s.draw()
	s.ask(func(ctx context.Context) (api.Plan, error) { return s.d.Agent.Plan(ctx, api.SetupRequest{}) }, func(p api.Plan, err error) {
		if err != nil {
			s.fail(err)
			return
		}
		s.first = p
		s.arrange()
		s.replan()
	})
}

// ask makes one call beside the window's goroutine. An earlier one ends, and its answer is dropped.
func (s *reach) ask(call func(context.Context) (api.Plan, error), then func(api.Plan, error)) {
	s.stop()
	ctx, cancel := context.WithCancel(s.d.Ctx)
	s.cancel = cancel
	s.turn++
	turn := s.turn
	go func() {
		p, err := call(ctx)
		cancel()
		s.d.UI(func() {
			if turn == s.turn {
				then(p, err)
			}
		})
	}()
}

// stop ends the call that is under way.
func (s *reach) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.cancel != nil {
		s.cancel()
	}
}

// changed asks for a new plan when the user has stopped pressing.
func (s *reach) changed() {
	s.busy, s.err, s.stale = true, nil, false
	s.settle()
	s.r.update()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = time.AfterFunc(s.pause, func() { s.d.UI(s.replan) })
}

// show plans anew if the snapshot tells of something that the plan on the screen depends on.
func (s *reach) show() {
	b := basisOf(s.d.Snapshot)
	same := reflect.DeepEqual(b, s.basis)
	s.basis = b
	switch {
	case s.stage == stageFailed && s.lost:
		s.again()
	case !same && s.stage == stagePlan:
		s.settle()
		s.replan()
	}
	s.lost = false
}

// replan asks for the plan that the choices on the screen ask for.
func (s *reach) replan() {
	if s.stage == stageApplying || s.stage == stageDone {
		return
	}
	s.busy = true
	s.r.update()
	req := s.request()
	s.ask(func(ctx context.Context) (api.Plan, error) { return s.d.Agent.Plan(ctx, req) }, s.planned)
}

func (s *reach) planned(p api.Plan, err error) {
	if err != nil {
		s.fail(err)
		return
	}
	same := s.stage == stagePlan && s.err == nil && !s.stale && reflect.DeepEqual(p, s.plan)
	s.stage, s.busy, s.plan = stagePlan, false, p
	if same {
		s.r.update()
		return
	}
	s.draw()
}

// fail shows an error where the plan would be.
func (s *reach) fail(err error) {
	s.stage, s.busy, s.err = stageFailed, false, err
	s.draw()
}

// request is what the choices on the screen ask for. A mode that is in force is not asked for again: with
// one, the agent takes it that lines may be written.
func (s *reach) request() api.SetupRequest {
	if s.undo {
		return api.SetupRequest{Undo: true, Shells: allShells}
	}
	desktop := s.desktop.On
	req := api.SetupRequest{Move: s.move.On, Helper: s.helperAsked(), Desktop: &desktop}
	for _, c := range s.shells {
		if c.On {
			req.Shells = append(req.Shells, c.Value)
		}
	}
	if m := s.mode(); m != "" && (m != modeNow(s.d.Snapshot) || s.move.On) {
		req.Mode = m
	}
	return req
}

// mode is the one chosen, "" where the registries differ and none was.
func (s *reach) mode() injection.Mode {
	for _, c := range s.modes {
		if c.On {
			return injection.Mode(c.Value)
		}
	}
	return ""
}

func (s *reach) helperAsked() bool {
	return s.helper.On && s.mode() == injection.ModeExec && hasPnpm10(s.first.Managers)
}

// worth reports whether applying would change anything.
func (s *reach) worth() bool { return s.plans() || s.keeps() }

// plans reports whether the plan on the screen changes anything.
func (s *reach) plans() bool {
	return len(s.plan.Edits) > 0 || s.plan.Move || s.plan.Mode || s.plan.Desktop
}

// keeps reports whether another store was chosen, and is still to be carried out. The news of one that came to be
// may be on its way.
func (s *reach) keeps() bool { return !s.undo && s.r.form.Changes() && s.r.form.Store() != s.kept }

// keepFailed says that the store could not be changed.
type keepFailed struct{ error }

// Unwrap is why.
func (e keepFailed) Unwrap() error { return e.error }

// keep changes the store, if another was chosen. It may run beside the window's goroutine.
func (s *reach) keep() func(context.Context) error {
	req, fine := s.r.form.Request()
	if !s.keeps() || !fine {
		return func(context.Context) error { return nil }
	}
	return func(ctx context.Context) error {
		if err := s.d.Agent.Keep(ctx, req); err != nil {
			return keepFailed{err}
		}
		return nil
	}
}

// apply carries out what is on the screen: first the store, so that what the plan moves comes to lie there.
func (s *reach) apply() {
	if s.stage != stagePlan || s.busy || !s.worth() {
		return
	}
	id, plans := s.plan.ID, s.plans()
	s.carryOut(func(ctx context.Context) error {
		if !plans {
			return nil
		}
		return s.d.Agent.Apply(ctx, id)
	}, func() {
		s.stage = stageDone
		s.draw()
		s.r.start() // a button that could not be pressed has lost the keyboard
	})
}

// keepOnly changes the store and nothing else, then goes on.
func (s *reach) keepOnly(then func()) {
	if !s.keeps() {
		s.r.form.Reset()
		then()
		return
	}
	was := s.stage
	s.carryOut(func(context.Context) error { return nil }, func() {
		s.stage = was
		s.r.form.Reset()
		s.draw()
		then()
	})
}

// carryOut changes the store, does what is to be done, and says what came of it.
func (s *reach) carryOut(do func(context.Context) error, then func()) {
	s.stage, s.err, s.stale, s.stays = stageApplying, nil, false, false
	keep, store, change := s.keep(), s.r.form.Store(), s.keeps()
	s.draw()
	var kept bool
	s.ask(func(ctx context.Context) (api.Plan, error) {
		if err := keep(ctx); err != nil {
			return api.Plan{}, err
		}
		kept = change
		return api.Plan{}, do(ctx)
	}, func(_ api.Plan, err error) {
		if kept {
			s.kept = store
		}
		if err == nil {
			then()
			return
		}
		s.failed(err)
	})
}

// failed says what went wrong. The plan is made anew: a part may be done.
func (s *reach) failed(err error) {
	s.stage = stagePlan
	var told *api.Error
	var store keepFailed
	switch {
	case errors.As(err, &store) && !desk.Cancelled(err):
		s.r.form.Reset()
		s.err, s.stays = err, true
	case errors.As(err, &told) && told.Code == api.CodeStale:
		s.stale = true
	case !desk.Cancelled(err):
		s.err = err
	}
	s.draw()
	if s.first.ID == "" {
		s.stage = stageLooking
		return
	}
	s.replan()
}

// takeBack shows what undo would do, or goes back from there.
func (s *reach) takeBack(undo bool) {
	s.undo, s.err, s.stale, s.plan, s.open = undo, nil, false, api.Plan{}, plan.Folds{}
	s.stage = stageLooking
	s.settle()
	s.draw()
	s.replan()
	look.Focus(s.r.backing)
}

// again tries anew what did not work.
func (s *reach) again() {
	if s.first.ID == "" {
		s.begin()
		return
	}
	s.stage, s.err = stageLooking, nil
	s.draw()
	s.replan()
}

// back cancels what is under way, and leads out of the undo.
func (s *reach) back() bool {
	switch {
	case s.stage == stageApplying:
		s.cancel() // the answer says how far it got
	case s.undo && s.stage == stageDone:
		s.begin()
	case s.undo:
		s.takeBack(false)
	default:
		return false
	}
	return true
}

// offer says what the buttons do now.
func (s *reach) offer() offer {
	p := s.d.P
	ready := s.stage == stagePlan && !s.busy
	switch {
	case s.stage == stageApplying:
		return offer{main: p.T("setup.applying"), off: true, runs: true}
	case s.stage == stageDone && s.undo:
		return offer{main: p.T("setup.close"), do: s.r.finish}
	case s.stage == stageDone:
		return offer{done: true}
	case s.stage == stageFailed:
		return offer{main: p.T("setup.again"), do: s.again, skip: true}
	case s.undo:
		return offer{main: p.T("setup.apply.undo"), do: s.apply, off: !ready || !s.worth()}
	case ready && !s.worth():
		return offer{done: true}
	}
	return offer{main: p.T("setup.apply"), do: s.apply, off: !ready, skip: true}
}
