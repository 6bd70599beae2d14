package window

import (
	"context"
	"errors"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// stage is where the page stands.
type stage int

const (
	stageLooking  stage = iota // what is there is not known yet
	stagePlan                  // a plan is on the screen
	stageApplying              // it is being carried out
	stageDone
	stageFailed // there is no plan to show
)

// setup is the page on which the user sees what setup would change, and agrees. Nothing is asked of the
// agent but plans, until Apply is pressed.
type setup struct {
	v                *View
	left, right, bar *hand
	view             fyne.CanvasObject
	facts, choices   *fyne.Container // left
	choicesCard      fyne.CanvasObject
	shown            *fyne.Container // right
	undoButton       *button
	backButton       *button
	mainButton       *button

	shells                []*choice
	modes                 []*choice
	move, desktop, helper *choice

	stage stage
	busy  bool // a newer plan is on its way
	undo  bool // the plan takes back what setup has written
	first api.Plan
	plan  api.Plan
	err   error // the last call's
	stale bool  // the plan is a new one, since files had changed
	basis basis
	open  folds

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
	for _, one := range s.Sessions {
		b.places = append(b.places, one.Places)
	}
	return b
}

// begin looks at what is there and makes a first plan.
func (s *setup) begin() {
	s.stage, s.busy, s.undo, s.err, s.stale, s.open = stageLooking, true, false, nil, false, folds{}
	s.basis, s.first, s.plan = basisOf(s.v.snapshot), api.Plan{}, api.Plan{}
	s.draw()
	s.ask(func(ctx context.Context) (api.Plan, error) { return s.v.agent.Plan(ctx, api.SetupRequest{}) }, func(p api.Plan, err error) {
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
func (s *setup) ask(call func(context.Context) (api.Plan, error), then func(api.Plan, error)) {
	s.stop()
	ctx, cancel := context.WithCancel(s.v.ctx)
	s.cancel = cancel
	s.turn++
	turn := s.turn
	go func() {
		p, err := call(ctx)
		cancel()
		s.v.ui(func() {
			if turn == s.turn {
				then(p, err)
			}
		})
	}()
}

// stop ends the call that is under way.
func (s *setup) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.cancel != nil {
		s.cancel()
	}
}

// changed asks for a new plan when the user has stopped pressing.
func (s *setup) changed() {
	s.busy, s.err, s.stale = true, nil, false
	s.settle()
	s.drawBar()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = time.AfterFunc(s.pause, func() { s.v.ui(s.replan) })
}

// notice plans anew if a snapshot tells of something that the plan on the screen depends on.
func (s *setup) notice(snapshot api.Snapshot, returned bool) {
	b := basisOf(snapshot)
	same := reflect.DeepEqual(b, s.basis)
	s.basis = b
	switch {
	case s.v.room != roomSetup:
	case s.stage == stageFailed && returned:
		s.again()
	case !same && s.stage == stagePlan:
		s.drawFacts()
		s.settle()
		s.replan()
	}
}

// replan asks for the plan that the choices on the screen ask for.
func (s *setup) replan() {
	if s.stage == stageApplying || s.stage == stageDone {
		return
	}
	s.busy = true
	s.drawBar()
	req := s.request()
	s.ask(func(ctx context.Context) (api.Plan, error) { return s.v.agent.Plan(ctx, req) }, s.planned)
}

func (s *setup) planned(p api.Plan, err error) {
	if err != nil {
		s.fail(err)
		return
	}
	same := s.stage == stagePlan && s.err == nil && !s.stale && reflect.DeepEqual(p, s.plan)
	s.stage, s.busy, s.plan = stagePlan, false, p
	if same {
		s.drawBar()
		return
	}
	s.draw()
}

// fail shows an error where the plan would be.
func (s *setup) fail(err error) {
	s.stage, s.busy, s.err = stageFailed, false, err
	s.draw()
}

// request is what the choices on the screen ask for. A mode that is in force is not asked for again: with
// one, the agent takes it that lines may be written.
func (s *setup) request() api.SetupRequest {
	if s.undo {
		return api.SetupRequest{Undo: true, Shells: allShells}
	}
	desktop := s.desktop.on
	req := api.SetupRequest{Move: s.move.on, Helper: s.helperAsked(), Desktop: &desktop}
	for _, c := range s.shells {
		if c.on {
			req.Shells = append(req.Shells, c.value)
		}
	}
	if m := s.mode(); m != "" && (m != modeNow(s.v.snapshot) || s.move.on) {
		req.Mode = m
	}
	return req
}

// mode is the one chosen, "" where the registries differ and none was.
func (s *setup) mode() injection.Mode {
	for _, c := range s.modes {
		if c.on {
			return injection.Mode(c.value)
		}
	}
	return ""
}

func (s *setup) helperAsked() bool {
	return s.helper.on && s.mode() == injection.ModeExec && hasPnpm10(s.first.Managers)
}

// worth reports whether applying the plan would change anything.
func (s *setup) worth() bool {
	return len(s.plan.Edits) > 0 || s.plan.Move || s.plan.Mode || s.plan.Desktop
}

// apply carries out the plan on the screen.
func (s *setup) apply() {
	if s.stage != stagePlan || s.busy || !s.worth() {
		return
	}
	s.stage, s.err, s.stale = stageApplying, nil, false
	id := s.plan.ID
	s.draw()
	s.ask(func(ctx context.Context) (api.Plan, error) { return api.Plan{}, s.v.agent.Apply(ctx, id) }, func(_ api.Plan, err error) {
		s.applied(err)
	})
}

// applied says what came of it. Whatever went wrong, the plan is made anew: a part may be done.
func (s *setup) applied(err error) {
	if err == nil {
		s.stage = stageDone
		s.draw()
		focus(s.mainButton) // a button that could not be pressed has lost the keyboard
		return
	}
	s.stage = stagePlan
	var told *api.Error
	if errors.As(err, &told) && told.Code == api.CodeStale {
		s.stale = true
	} else if !errors.As(err, &told) || told.Code != api.CodeCancelled {
		s.err = err
	}
	s.draw()
	s.replan()
}

// takeBack shows what undo would do, or goes back from there.
func (s *setup) takeBack(undo bool) {
	s.undo, s.err, s.stale, s.plan, s.open = undo, nil, false, api.Plan{}, folds{}
	s.stage = stageLooking
	s.settle()
	s.draw()
	s.replan()
	focus(s.backButton)
}

// main does what the button in the accent colour says.
func (s *setup) main() {
	switch s.stage {
	case stageDone:
		s.v.enter(roomSessions)
		if !s.undo && !signedIn(s.v.snapshot) {
			s.v.login("")
		}
	case stageFailed:
		s.again()
	default:
		s.apply()
	}
}

// again tries anew what did not work.
func (s *setup) again() {
	if s.first.ID == "" {
		s.begin()
		return
	}
	s.stage, s.err = stageLooking, nil
	s.draw()
	s.replan()
}

// back is the Escape key and the button beside the main one.
func (s *setup) back() {
	switch {
	case s.stage == stageApplying:
		s.cancel() // the answer says how far it got
	case s.undo && s.stage == stageDone:
		s.begin()
	case s.undo:
		s.takeBack(false)
	default:
		s.stop()
		s.v.enter(roomSessions)
	}
}

// newSetup makes the page. It asks for nothing before begin.
func newSetup(v *View) *setup {
	s := &setup{v: v, pause: 200 * time.Millisecond, open: folds{}}
	s.left, s.right, s.bar = &hand{typed: v.typed}, &hand{typed: v.typed}, &hand{typed: v.typed}
	s.facts, s.choices, s.shown = container.NewVBox(), container.NewVBox(), container.NewVBox()
	s.build()
	return s
}
