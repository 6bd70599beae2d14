package window

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// shortcuts are what keys do together with Ctrl, or Cmd on a Mac: the rooms by their number, the search, the
// main action, and to look again.
func (v *View) shortcuts() map[fyne.KeyName]func() {
	c := v.desk.Win.Canvas()
	all := map[fyne.KeyName]func(){
		fyne.KeyComma: func() { v.Enter(api.RoomSettings, "") },
		fyne.KeyF: func() {
			if v.header.shown.Searchable {
				c.Focus(v.header.search)
			}
		},
		fyne.KeyN: func() {
			if v.header.shown.Do != nil {
				v.header.shown.Do()
			}
		},
		fyne.KeyR: v.look,
		fyne.KeyW: v.desk.Win.Close,
	}
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6} {
		all[key] = func() { v.Enter(api.Rooms[i], "") }
	}
	return all
}

// keys gives the window its shortcuts, and the keys that mean nothing to what has the focus.
func (v *View) keys() {
	c := v.desk.Win.Canvas()
	for key, do := range v.shortcuts() {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
			if c.Overlays().Top() == nil || key == fyne.KeyW { // a question is answered first
				do()
			}
		})
	}
	c.SetOnTypedKey(v.typed)
}

// typed gets the keys that mean nothing to what has the focus.
func (v *View) typed(e *fyne.KeyEvent) {
	if c := v.desk.Win.Canvas(); c.Overlays().Top() != nil { // nothing of it has the focus: a click beside took it
		if c.FocusNext(); c.Focused() != nil {
			c.Focused().TypedKey(e)
		}
		return
	}
	room := v.rooms[v.room]
	switch e.Name {
	case fyne.KeyF5:
		v.look()
		return
	case fyne.KeyEscape:
		if !room.Escape() {
			v.desk.Win.Canvas().Unfocus()
		}
		return
	}
	scroll := room.Hand().Scroll
	if scroll == nil {
		return
	}
	bottom := max(0, scroll.Content.MinSize().Height-scroll.Size().Height)
	to, page := scroll.Offset, scroll.Size().Height-4*look.Grid
	switch e.Name {
	case fyne.KeyPageDown:
		to.Y += page
	case fyne.KeyPageUp:
		to.Y -= page
	case fyne.KeyHome:
		to.Y = 0
	case fyne.KeyEnd:
		to.Y = bottom
	}
	if to.Y = max(0, min(to.Y, bottom)); to != scroll.Offset {
		scroll.ScrollToOffset(to)
	}
}

// look reads every file and asks every registry now.
func (v *View) look() {
	v.desk.Then(func(ctx context.Context) error {
		if err := v.desk.Agent.Do(ctx, api.Action{Verb: api.VerbRescan}); err != nil {
			return err
		}
		return v.desk.Agent.Do(ctx, api.Action{Verb: api.VerbProbe})
	}, func() { v.desk.Toast(v.desk.P.T("window.looked")) })
	if room, ok := v.rooms[v.room].(desk.Refresher); ok {
		room.Refresh()
	}
}
