package window

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// railRow is a room's name in the rail.
type railRow struct {
	*row
	back *canvas.Rectangle
	name *canvas.Text
}

// choose marks the room that is open: by its ground and by its weight.
func (r *railRow) choose(open bool) {
	r.back.Hidden, r.name.TextStyle.Bold = !open, open
	r.name.Refresh()
	r.back.Refresh()
}

// rail is the left side: the program's name, the rooms, and what keeps the secrets.
func (v *View) rail() fyne.CanvasObject {
	c := current()
	mark := canvas.NewImageFromImage(icon.Render(icon.Spec{State: icon.Running, Share: 0.6, Size: glassSize / 2, Dark: c == night}))
	mark.SetMinSize(fyne.NewSquareSize(3 * grid))
	mark.FillMode = canvas.ImageFillContain
	brand := container.New(layout.NewCustomPaddedLayout(0, grid, grid, 0), container.NewHBox(mark, space(grid/2), text("Sandglass", sizeHead, c.ink, true)))
	list := container.NewVBox(brand)
	v.rails = map[string]*railRow{}
	h := &hand{typed: v.typed}
	for _, name := range []string{roomSessions, roomSetup} {
		r := &railRow{back: canvas.NewRectangle(c.chosen), name: text(v.p.T("window.room."+name), sizeText, c.ink, false)}
		r.back.CornerRadius, r.back.StrokeColor, r.back.StrokeWidth = grid, c.line, 1
		r.row = h.row(r.name.Text, container.NewStack(r.back, container.New(layout.NewCustomPaddedLayout(grid, grid, 12, grid), r.name)), func() { v.enter(name) })
		r.choose(name == v.room)
		v.rails[name] = r
		list.Add(r.row)
	}
	return container.NewBorder(list, v.foot, nil, nil)
}

// keys are the window's shortcuts: the rooms by their number, a login, and what typed does.
func (v *View) keys() {
	c := v.win.Canvas()
	for name, key := range map[string]fyne.KeyName{roomSessions: fyne.Key1, roomSetup: fyne.Key2} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { v.enter(name) })
	}
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyR, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { v.look() })
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyN, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { v.askRegistry() })
	c.SetOnTypedKey(v.typed)
}

// typed gets the keys that mean nothing to what has the focus.
func (v *View) typed(e *fyne.KeyEvent) {
	scroll := v.hand.scroll
	if v.room == roomSetup {
		scroll = v.setup.right.scroll
	}
	to, step := scroll.Offset, scroll.Size().Height-4*grid
	switch e.Name {
	case fyne.KeyF5:
		v.look()
	case fyne.KeyEscape:
		if v.room == roomSetup {
			v.setup.back()
		}
	case fyne.KeyPageDown:
		to.Y += step
	case fyne.KeyPageUp:
		to.Y -= step
	}
	if to != scroll.Offset {
		to.Y = max(0, min(to.Y, scroll.Content.MinSize().Height-scroll.Size().Height))
		scroll.ScrollToOffset(to)
	}
}

// look reads every file and asks every registry now.
func (v *View) look() {
	v.do(func(ctx context.Context) error {
		if err := v.agent.Do(ctx, api.Action{Verb: api.VerbRescan}); err != nil {
			return err
		}
		return v.agent.Do(ctx, api.Action{Verb: api.VerbProbe})
	})
}
