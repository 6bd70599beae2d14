package setup

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// choicesWidth is the width of the left column.
const choicesWidth = 46 * look.Grid

// newReach puts the step together: the choices at the left, what they lead to at the right.
func newReach(r *Room) *reach {
	s := &reach{r: r, d: r.d, pause: 200 * time.Millisecond, open: plan.Folds{}}
	s.choices, s.shown = look.Column(2*look.Grid), look.Column(look.Grid+look.Grid/2)
	s.undoButton = r.hand.Button(r.d.P.T("setup.undo"), false, func() { s.takeBack(true) })
	left := look.Column(2*look.Grid, look.Panel(s.choices), container.New(look.Flow(0), s.undoButton))
	scale := theme.Size(theme.SizeNameText) / look.SizeText
	s.box = container.New(look.Either(94*look.Grid*scale, columns(choicesWidth*scale), layout.NewCustomPaddedVBoxLayout(2*look.Grid)), left, look.Panel(s.shown))
	return s
}

// columns gives the choices their width and the plan the rest, each as high as it is.
type columns float32

// MinSize implements fyne.Layout.
func (c columns) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(c)+2*look.Grid+o[1].MinSize().Width, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

// Layout implements fyne.Layout.
func (c columns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	widths := []float32{float32(c), size.Width - float32(c) - 2*look.Grid}
	var x float32
	for i, one := range o {
		one.Move(fyne.NewPos(x, 0))
		one.Resize(fyne.NewSize(widths[i], one.MinSize().Height))
		one.Resize(fyne.NewSize(widths[i], one.MinSize().Height)) // only now does wrapped text know its height
		x += widths[i] + 2*look.Grid
	}
}

// question is a group of choices below its heading.
func question(s string, rows ...fyne.CanvasObject) *fyne.Container {
	box := look.Column(look.Grid/2, look.Prose(s).Bold())
	for _, row := range rows {
		box.Add(row)
	}
	return box
}

// arrange makes the choices that this computer leaves.
func (s *reach) arrange() {
	p := s.d.P
	s.shells, s.modes = nil, nil
	s.choices.Objects = []fyne.CanvasObject{look.Head(p.T("setup.choose"))}
	if len(s.first.Shells) > 0 {
		boxes := container.New(look.Flow(look.Grid))
		for _, name := range s.first.Shells {
			c := s.r.hand.Choice(look.ChoiceText{Value: name, Title: desk.Plain(name)}, true, s.changed)
			s.shells = append(s.shells, c)
			scale := theme.Size(theme.SizeNameText) / look.SizeText
			boxes.Add(look.Wide(c.Row, 12*look.Grid*scale))
		}
		s.choices.Add(question(p.T("setup.shells.ask"), boxes))
	}
	var texts []look.ChoiceText
	for _, m := range injection.Modes {
		texts = append(texts, look.ChoiceText{Value: string(m), Title: p.T("window.mode." + string(m) + ".name"), Text: p.T("window.mode." + string(m))})
	}
	s.modes = s.r.hand.Group(texts, string(modeNow(s.d.Snapshot)), s.changed)
	modes := question(p.T("setup.modes"))
	if modeNow(s.d.Snapshot) == "" {
		modes.Add(look.Caption(p.T("setup.modes.differ")))
	}
	for _, c := range s.modes {
		modes.Add(c.Row)
	}
	s.choices.Add(modes)
	s.helper = s.r.hand.Choice(look.ChoiceText{Title: p.T("setup.helper"), Text: p.T("setup.helper.text")}, false, s.changed)
	s.move = s.r.hand.Choice(look.ChoiceText{Title: p.T("setup.move"), Text: p.T("setup.move.text")}, true, s.changed)
	s.desktop = s.r.hand.Choice(look.ChoiceText{Title: p.T("setup.desktop"), Text: p.T("setup.desktop.text")}, s.d.Snapshot.Settings.DesktopEnv, s.changed)
	s.choices.Add(question(p.T("setup.more"), s.move.Row, s.desktop.Row, s.helper.Row))
	s.settle()
}

// settle allows the choices that make sense now.
func (s *reach) settle() {
	s.undoButton.Hidden = s.undo || s.stage == stageApplying
	if s.move == nil {
		s.choices.Objects = []fyne.CanvasObject{look.Head(s.d.P.T("setup.choose")), look.Prose(s.d.P.T("setup.looking"))}
		return
	}
	free := !s.undo && s.stage != stageApplying && s.stage != stageDone
	for _, c := range slices.Concat(s.shells, s.modes, []*look.Choice{s.desktop, s.helper}) {
		c.Allow(free)
	}
	// Another mode than the one in force means that lines are written.
	needed := s.mode() != "" && s.mode() != modeNow(s.d.Snapshot)
	if needed {
		s.move.Set(true)
	}
	s.move.Allow(free && !needed)
	s.helper.Row.Hidden = s.mode() != injection.ModeExec || !hasPnpm10(s.first.Managers)
	s.choices.Refresh()
}

// draw shows the stage.
func (s *reach) draw() {
	s.r.found.draw(s.first)
	s.settle()
	s.shown.Objects = nil
	s.drawShown()
	s.shown.Refresh()
	s.box.Refresh()
	if s.r.at == stepReach {
		s.r.hand.Scroll.ScrollToTop()
	}
	s.r.update()
}

func (s *reach) drawShown() {
	p := s.d.P
	title := "setup.plan"
	if s.undo {
		title = "setup.plan.undo"
	}
	if s.stage == stageDone {
		s.drawDone()
		return
	}
	s.shown.Add(look.Head(p.T(title)))
	switch s.stage {
	case stageFailed:
		s.shown.Add(s.d.Failure(s.err))
		return
	case stageLooking:
		s.shown.Add(look.Prose(p.T("setup.planning")))
		return
	}
	if s.stale {
		s.shown.Add(look.Prose(p.T("setup.stale")))
	}
	if s.err != nil {
		s.shown.Add(s.d.Failure(s.err))
	}
	if s.stays {
		s.shown.Add(look.Prose(p.T("setup.keep.stays")))
	}
	if s.keeps() {
		s.shown.Add(look.Bullets([]string{p.T("setup.keep.sets." + string(s.r.form.Store()))}))
	}
	if !s.worth() {
		nothing := "setup.nothing"
		if s.undo {
			nothing = "setup.nothing.undo"
		}
		s.shown.Add(look.Prose(p.T(nothing)))
	}
	s.shown.Add(plan.View(s.d, s.r.hand, s.plan, s.open))
}

// drawDone says what was done and what comes next.
func (s *reach) drawDone() {
	p := s.d.P
	if s.undo {
		s.shown.Add(look.Head(p.T("setup.undone")))
		s.shown.Add(look.Prose(p.T("setup.undone.next")))
	} else {
		s.shown.Add(look.Head(p.T("setup.done")))
		commands, how := reloads(s.plan.Edits), "setup.done.shells"
		switch {
		case s.mode() == injection.ModeExec:
			commands, how = []string{"sandglass exec -- npm install"}, "setup.done.exec"
		case len(commands) == 0:
			how = "setup.done.plain"
		}
		s.shown.Add(look.Prose(p.T(how)))
		for _, command := range commands {
			s.shown.Add(look.Code(command))
		}
		next := "setup.done.login"
		if signedIn(s.d.Snapshot) {
			next = "setup.done.fine"
		}
		s.shown.Add(look.Prose(p.T(next)))
	}
	var did []string
	if s.kept != "" && !s.undo {
		did = append(did, p.T("setup.keep.sets."+string(s.kept)))
	}
	for _, e := range s.plan.Edits {
		did = append(did, p.T(fileDone(e), i18n.Args{"File": desk.Plain(desk.ShortPath(e.File))}))
	}
	s.shown.Add(look.Bullets(did))
}
