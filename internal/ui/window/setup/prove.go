package setup

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// proveStep has fresh shells say who is signed in.
type proveStep struct {
	r      *Room
	d      *desk.Desk
	box    *fyne.Container
	again  *look.Button
	shells []string // that are asked, in their order
	proofs map[string]*answer
	cancel context.CancelFunc
	turn   int
}

// answer is what came of asking one shell.
type answer struct {
	proof api.Proof
	err   error
}

func newProveStep(r *Room) *proveStep {
	s := &proveStep{r: r, d: r.d, box: look.Column(2 * look.Grid), proofs: map[string]*answer{}}
	s.again = r.hand.Button(r.d.P.T("setup.prove.again"), false, s.ask)
	return s
}

func (s *proveStep) content() fyne.CanvasObject { return s.box }
func (s *proveStep) back() bool                 { return false }
func (s *proveStep) tick(time.Time)             {}
func (s *proveStep) enter()                     { s.ask() }

// show asks when there is something to ask that was not there before: a shell was set up, or a login came.
func (s *proveStep) show() {
	if !slices.Equal(s.hooked(), s.shells) {
		s.ask()
	}
}

func (s *proveStep) leave() {
	if s.cancel != nil {
		s.cancel()
	}
	s.turn++
}

func (s *proveStep) offer() offer {
	return offer{done: len(s.shells) > 0 && !slices.ContainsFunc(s.shells, func(name string) bool { return s.proofs[name] == nil || !s.proofs[name].proof.OK })}
}

// hooked are the shells that can be asked now.
func (s *proveStep) hooked() (names []string) {
	if !signedIn(s.d.Snapshot) || modeNow(s.d.Snapshot) == injection.ModeExec {
		return nil
	}
	for _, shell := range s.d.Snapshot.Shells {
		if shell.Hooked {
			names = append(names, shell.Name)
		}
	}
	return names
}

// ask asks one shell after the other.
func (s *proveStep) ask() {
	s.leave()
	turn := s.turn
	ctx, cancel := context.WithCancel(s.d.Ctx)
	s.cancel, s.shells, s.proofs = cancel, s.hooked(), map[string]*answer{}
	shells := s.shells
	s.draw()
	go func() {
		defer cancel()
		for _, name := range shells {
			proof, err := s.d.Agent.Prove(ctx, api.ProveRequest{Shell: name})
			if ctx.Err() != nil {
				return
			}
			s.d.UI(func() {
				if turn == s.turn {
					s.proofs[name] = &answer{proof, err}
					s.draw()
				}
			})
		}
	}()
}

func (s *proveStep) draw() {
	p := s.d.P
	rows := look.Column(2 * look.Grid)
	head := func(title, text string) {
		rows.Add(look.Column(look.Grid/2, look.NewLabel(p.T(title), look.SizeHead, look.Ink).Bold().Wrapped(), look.NewLabel(p.T(text), look.SizeText, look.Dim).Wrapped()))
	}
	switch {
	case len(s.shells) > 0:
		head("setup.prove", "setup.prove.text")
		for _, name := range s.shells {
			rows.Add(look.Rule())
			rows.Add(s.row(name))
		}
		s.conclude(rows)
	case !signedIn(s.d.Snapshot):
		head("setup.prove.login", "setup.prove.login.hint")
	case modeNow(s.d.Snapshot) == injection.ModeExec:
		head("setup.prove.exec", "setup.prove.exec.hint")
		rows.Add(look.Code("sandglass exec -- npm whoami"))
	default:
		head("setup.prove.none", "setup.prove.none.hint")
		rows.Add(look.Code("sandglass exec -- npm whoami"))
	}
	s.box.Objects = []fyne.CanvasObject{look.Panel(rows)}
	s.box.Refresh()
	s.r.update()
}

// conclude says what all answers come to, once they are there.
func (s *proveStep) conclude(rows *fyne.Container) {
	if len(s.proofs) < len(s.shells) {
		return
	}
	rows.Add(look.Rule())
	if s.offer().done {
		rows.Add(look.NewLabel(s.d.P.T("setup.prove.all"), look.SizeText, look.Good).Bold().Wrapped())
		return
	}
	rows.Add(look.Prose(s.d.P.T("setup.prove.hint")))
	rows.Add(container.New(look.Flow(0), s.again))
}

// row is one shell: the command that was typed there, and the answer.
func (s *proveStep) row(name string) fyne.CanvasObject {
	p := s.d.P
	a := s.proofs[name]
	state := look.NewLabel(p.T("setup.prove.asking"), look.SizeText, look.Dim)
	switch {
	case a == nil:
	case a.err == nil && a.proof.OK:
		state = look.NewLabel(p.T("setup.prove.fine", i18n.Args{"Account": desk.Plain(a.proof.Account)}), look.SizeText, look.Good).Bold()
	default:
		state = look.NewLabel(p.T("setup.prove.wrong"), look.SizeText, look.Warn).Bold()
	}
	row := look.Column(look.Grid, container.New(look.Flow(2*look.Grid), look.NewLabel(desk.Plain(name), look.SizeText, look.Ink).Bold(), state))
	switch {
	case a == nil:
	case a.err != nil:
		row.Add(s.d.Failure(a.err))
	default:
		said := a.proof.Account
		if !a.proof.OK {
			said = a.proof.Answer
		}
		row.Add(look.Code("$ " + desk.Plain(a.proof.Command) + "\n" + lines(said)))
	}
	return row
}
