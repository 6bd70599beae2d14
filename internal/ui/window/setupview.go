package window

import (
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// choicesWidth is the width of the left column.
const choicesWidth = 48 * grid

// build puts the page together: what was found and the choices at the left, what they lead to at the
// right, the buttons below.
func (s *setup) build() {
	c := current()
	part := func(b fyne.CanvasObject) fyne.CanvasObject { return panel(b, c.card, c.line) }
	s.choicesCard = part(s.choices)
	list := container.New(layout.NewCustomPaddedVBoxLayout(2*grid), part(s.facts), s.choicesCard)
	inset := func(o fyne.CanvasObject) fyne.CanvasObject { // room for the scroll bar
		return container.New(layout.NewCustomPaddedLayout(2, grid/2, 2, 12), container.NewVBox(o))
	}
	s.left.scroll = container.NewVScroll(inset(list))
	s.right.scroll = container.NewVScroll(inset(part(s.shown)))
	s.undoButton = s.bar.button(s.v.p.T("window.setup.undo"), false, func() { s.takeBack(true) })
	s.backButton = s.bar.button("", false, s.back)
	s.mainButton = s.bar.button("", true, s.main)
	bar := container.New(layout.NewCustomPaddedLayout(2*grid, grid/2, 2, 12), container.NewBorder(nil, nil, s.undoButton,
		container.NewHBox(s.backButton, space(grid/2), s.mainButton)))
	columns := container.New(sideBySide{}, s.left.scroll, s.right.scroll)
	s.view = container.NewBorder(nil, bar, nil, nil, columns)
}

// sideBySide gives the choices their width and the plan the rest.
type sideBySide struct{}

// MinSize implements fyne.Layout.
func (sideBySide) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(choicesWidth+grid+40*grid, 20*grid)
}

// Layout implements fyne.Layout.
func (sideBySide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(choicesWidth, size.Height))
	o[1].Move(fyne.NewPos(choicesWidth+grid, 0))
	o[1].Resize(fyne.NewSize(size.Width-choicesWidth-grid, size.Height))
}

// head is a heading on a card.
func head(s string) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, grid/2, 0, 0), text(s, sizeHead, current().ink, true))
}

// question is the heading of a group of choices.
func question(s string) fyne.CanvasObject {
	l := prose(s)
	l.TextStyle.Bold = true
	return container.New(layout.NewCustomPaddedLayout(0, -grid/2, -grid, 0), l)
}

// drawFacts says what was found.
func (s *setup) drawFacts() {
	s.facts.RemoveAll()
	s.facts.Add(head(s.v.p.T("window.setup.found")))
	if s.first.ID == "" {
		s.facts.Add(notice(s.v.p.T("window.setup.looking")))
		return
	}
	rows := container.New(layout.NewCustomPaddedVBoxLayout(-grid))
	for _, f := range found(s.first, s.v.snapshot, s.v.p) {
		value := prose(f.value)
		if f.alarm {
			value.Importance = widget.DangerImportance
		}
		name := caption(f.name)
		name.Wrapping = fyne.TextWrapOff
		rows.Add(container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(2, 0, -grid, 0), fixed(container.NewVBox(name), 19*grid)), nil, value))
	}
	s.facts.Add(rows)
}

// arrange makes the choices that this computer leaves.
func (s *setup) arrange() {
	p := s.v.p
	s.shells, s.modes = nil, nil
	s.choices.RemoveAll()
	s.choices.Add(head(p.T("window.setup.choose")))
	if len(s.first.Shells) > 0 {
		s.choices.Add(question(p.T("window.setup.shells.ask")))
		boxes := container.NewGridWrap(fyne.NewSize(12*grid, 4*grid))
		for _, name := range s.first.Shells {
			c := s.left.choice(choiceText{value: name, title: plain(name)}, true, s.changed)
			s.shells = append(s.shells, c)
			boxes.Add(c.row)
		}
		s.choices.Add(boxes)
	}
	var texts []choiceText
	for _, m := range injection.Modes {
		texts = append(texts, choiceText{string(m), p.T("window.mode." + string(m) + ".name"), p.T("window.mode." + string(m))})
	}
	s.choices.Add(question(p.T("window.setup.modes")))
	if modeNow(s.v.snapshot) == "" {
		s.choices.Add(caption(p.T("window.setup.modes.differ")))
	}
	s.modes = s.left.group(texts, string(modeNow(s.v.snapshot)), s.changed)
	rows := container.New(layout.NewCustomPaddedVBoxLayout(0))
	for _, c := range s.modes {
		rows.Add(c.row)
	}
	s.choices.Add(rows)
	s.helper = s.left.choice(choiceText{title: p.T("window.setup.helper"), text: p.T("window.setup.helper.text")}, false, s.changed)
	s.move = s.left.choice(choiceText{title: p.T("window.setup.move"), text: p.T("window.setup.move.text")}, true, s.changed)
	s.desktop = s.left.choice(choiceText{title: p.T("window.setup.desktop"), text: p.T("window.setup.desktop.text")}, s.v.snapshot.Settings.DesktopEnv, s.changed)
	s.choices.Add(question(p.T("window.setup.more")))
	for _, c := range []*choice{s.move, s.desktop, s.helper} {
		s.choices.Add(c.row)
	}
	s.settle()
}

// settle allows the choices that make sense now.
func (s *setup) settle() {
	if s.choicesCard.(*fyne.Container).Hidden = s.move == nil; s.move == nil {
		return
	}
	free := !s.undo && s.stage != stageApplying && s.stage != stageDone
	for _, c := range slices.Concat(s.shells, s.modes, []*choice{s.desktop, s.helper}) {
		c.allow(free)
	}
	// Another mode than the one in force means that lines are written.
	needed := s.mode() != "" && s.mode() != modeNow(s.v.snapshot)
	if needed {
		s.move.set(true)
	}
	s.move.allow(free && !needed)
	s.helper.row.Hidden = s.mode() != injection.ModeExec || !hasPnpm10(s.first.Managers)
	s.choices.Refresh()
}

// draw shows the stage.
func (s *setup) draw() {
	s.drawFacts()
	s.settle()
	s.shown.RemoveAll()
	s.drawShown()
	s.shown.Refresh()
	s.right.scroll.ScrollToTop()
	s.drawBar()
}

func (s *setup) drawShown() {
	p := s.v.p
	title := "window.setup.plan"
	if s.undo {
		title = "window.setup.plan.undo"
	}
	switch s.stage {
	case stageDone:
		s.drawDone()
		return
	case stageFailed:
		s.shown.Add(head(p.T(title)))
		s.shown.Add(s.v.failure(s.err))
		return
	case stageLooking:
		s.shown.Add(head(p.T(title)))
		s.shown.Add(notice(p.T("window.setup.planning")))
		return
	}
	s.shown.Add(head(p.T(title)))
	if s.stale {
		s.shown.Add(notice(p.T("window.setup.stale")))
	}
	if s.err != nil {
		s.shown.Add(s.v.failure(s.err))
	}
	if !s.worth() {
		nothing := "window.setup.nothing"
		if s.undo {
			nothing = "window.setup.nothing.undo"
		}
		s.shown.Add(notice(p.T(nothing)))
	}
	s.shown.Add(s.v.planView(s.right, s.plan, s.open))
}

// drawDone says what was done and what comes next.
func (s *setup) drawDone() {
	p := s.v.p
	if s.undo {
		s.shown.Add(head(p.T("window.setup.undone")))
		s.shown.Add(notice(p.T("window.setup.undone.next")))
	} else {
		s.shown.Add(head(p.T("window.setup.done")))
		commands, how := reloads(s.plan.Edits), "window.setup.done.shells"
		switch {
		case s.mode() == injection.ModeExec:
			commands, how = []string{"sandglass exec -- npm install"}, "window.setup.done.exec"
		case len(commands) == 0:
			how = "window.setup.done.plain"
		}
		s.shown.Add(notice(p.T(how)))
		for _, command := range commands {
			s.shown.Add(codeLine(command))
		}
		next := "window.setup.done.login"
		if signedIn(s.v.snapshot) {
			next = "window.setup.done.fine"
		}
		s.shown.Add(notice(p.T(next)))
	}
	var did []string
	for _, e := range s.plan.Edits {
		did = append(did, p.T(fileDone(e), i18n.Args{"File": plain(shortPath(e.File))}))
	}
	s.shown.Add(bullets(did))
}

func fileDone(e api.PlanEdit) string {
	switch {
	case e.Create:
		return "window.setup.did.create"
	case e.Delete:
		return "window.setup.did.delete"
	}
	return "window.setup.did.change"
}

// codeLine is a command to type.
func codeLine(s string) fyne.CanvasObject {
	c := current()
	l := widget.NewLabelWithStyle(s, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	l.Wrapping, l.Selectable = fyne.TextWrapBreak, true
	back := canvas.NewRectangle(c.code)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = grid, c.line, 1
	return container.NewStack(back, l)
}

// notice is a sentence on the page.
func notice(s string) fyne.CanvasObject {
	l := prose(s)
	return container.New(layout.NewCustomPaddedLayout(-grid/2, -grid/2, -grid, 0), l)
}

// failure shows an error in place: what is wrong, and what to do.
func (v *View) failure(err error) fyne.CanvasObject {
	title, hint := v.errorWords(err)
	what := prose("⚠ " + title)
	what.TextStyle.Bold, what.Importance = true, widget.DangerImportance
	todo := prose(hint)
	c := current()
	back := canvas.NewRectangle(c.delBack)
	back.CornerRadius = grid
	return container.NewStack(back, container.New(layout.NewCustomPaddedVBoxLayout(-grid), what, todo))
}

// errorWords are an error's texts from the catalogue.
func (v *View) errorWords(err error) (title, hint string) {
	var told *api.Error
	if !errors.As(err, &told) {
		told = &api.Error{Code: api.CodeInternal, Cause: err.Error()}
	}
	args := i18n.Args{"Cause": told.Cause}
	for k, value := range told.Args {
		args[k] = value
	}
	return v.p.T("error."+told.Code, args), v.p.T("error."+told.Code+".hint", args)
}

// drawBar gives the buttons what they do now.
func (s *setup) drawBar() {
	p := s.v.p
	main, back, may := "window.setup.apply", "window.setup.skip", s.stage == stagePlan && !s.busy && s.worth()
	switch {
	case s.stage == stageApplying:
		main, back = "window.setup.applying", "window.action.cancel"
	case s.stage == stageDone && !s.undo && !signedIn(s.v.snapshot):
		main, may = "window.action.login", true
	case s.stage == stageDone && s.undo:
		main, back, may = "window.setup.leave", "window.setup.back", true
	case s.stage == stageDone:
		main, may = "window.setup.leave", true
	case s.stage == stageFailed:
		main, may = "window.setup.again", true
	case s.undo:
		main = "window.setup.apply.undo"
	case s.stage == stagePlan && !s.busy && !s.worth():
		back = "window.setup.leave"
	}
	if s.undo && s.stage != stageDone && s.stage != stageApplying {
		back = "window.setup.back"
	}
	s.mainButton.SetText(p.T(main))
	s.backButton.SetText(p.T(back))
	s.backButton.Hidden = s.stage == stageDone && !s.undo && main == "window.setup.leave"
	s.undoButton.Hidden = s.undo || s.stage == stageApplying
	if may {
		s.mainButton.Enable()
	} else {
		s.mainButton.Disable()
	}
	s.view.Refresh()
	s.v.refresh()
}
