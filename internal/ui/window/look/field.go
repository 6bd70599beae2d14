package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Field is a line to type into. Keys that mean nothing to it go to its hand; Enter is its own.
type Field struct {
	widget.Entry
	hand *Hand
}

// Field makes a field that calls changed when the user types.
func (h *Hand) Field(hint string, changed func()) *Field {
	f := &Field{hand: h}
	f.PlaceHolder = hint
	f.OnChanged = func(string) { changed() }
	f.ExtendBaseWidget(f)
	return f
}

// Secret makes a field that shows points for what is typed.
func (h *Hand) Secret(hint string, changed func()) *Field {
	f := h.Field(hint, changed)
	f.Password = true
	return f
}

// FocusGained implements fyne.Focusable.
func (f *Field) FocusGained() {
	f.Entry.FocusGained()
	f.hand.Reveal(f)
}

// TypedShortcut implements fyne.Shortcutable.
func (f *Field) TypedShortcut(s fyne.Shortcut) { Shortcut(f, &f.Entry, s) }

// Shortcut gives a shortcut to the entry that o is made of, and to the window: Fyne's entry keeps from it also
// those that mean nothing to it.
func Shortcut(o fyne.CanvasObject, entry *widget.Entry, s fyne.Shortcut) {
	entry.TypedShortcut(s)
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// TypedKey implements fyne.Focusable.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.hand.Key(e)
		return
	}
	f.Entry.TypedKey(e)
}
