package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// AreaMost is how long a text a field of many lines shows, in bytes: Fyne measures each of its letters whenever it
// changes.
const AreaMost = 8 << 10

// Area is a field of many lines to paste into. Tab leaves it, and Ctrl and Enter, or Cmd and Enter on a Mac, are its
// Done.
type Area struct {
	widget.Entry
	Done func()
	hand *Hand
	over func(text string)
}

// Area makes a field of many lines that calls changed when the user types. A text that is pasted and longer than it
// shows goes to over instead.
func (h *Hand) Area(hint string, changed func(), over func(text string)) *Area {
	a := &Area{hand: h, over: over}
	a.PlaceHolder, a.MultiLine, a.Wrapping = hint, true, fyne.TextWrapWord
	a.OnChanged = func(string) { changed() }
	a.ExtendBaseWidget(a)
	return a
}

// AcceptsTab implements fyne.Tabbable.
func (*Area) AcceptsTab() bool { return false }

// FocusGained implements fyne.Focusable.
func (a *Area) FocusGained() {
	a.Entry.FocusGained()
	a.hand.Reveal(a)
}

// TypedKey implements fyne.Focusable.
func (a *Area) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		a.hand.Key(e)
		return
	}
	a.Entry.TypedKey(e)
}

// TypedShortcut implements fyne.Shortcutable.
func (a *Area) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		text := s.Clipboard.Content()
		if len(a.Text)+len(text) > AreaMost {
			a.over(a.with(text))
			return
		}
	case *desktop.CustomShortcut:
		if s.Modifier == fyne.KeyModifierShortcutDefault && (s.KeyName == fyne.KeyReturn || s.KeyName == fyne.KeyEnter) && a.Done != nil {
			a.Done()
			return
		}
	}
	Shortcut(a, &a.Entry, s)
}

// with is what the field would hold with a text put where its cursor is.
func (a *Area) with(text string) string {
	if a.Text == "" || a.SelectedText() == a.Text {
		return text
	}
	return strings.TrimSuffix(a.Text, "\n") + "\n" + text
}
