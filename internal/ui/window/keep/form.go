// Package keep is the choice of where secrets are kept: the first run asks it, and so do the settings.
// Nothing changes before the one who asked carries the request out.
package keep

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Form is the stores, of which one is chosen, and the passphrase of the encrypted file.
type Form struct {
	d             *desk.Desk
	box           *fyne.Container
	choices       []*look.Choice
	typed, repeat *look.Field
	secret        *fyne.Container
	wrong         *look.Label
	changed       func()
}

// New makes a form on which the store in force is chosen. changed may be nil.
func New(d *desk.Desk, h *look.Hand, changed func()) *Form {
	f := &Form{d: d, wrong: look.NewLabel("", look.SizeText, look.Warn).Wrapped(), changed: changed}
	f.choices = h.Group(f.texts(), string(Chosen(d.Snapshot)), f.press)
	f.typed = h.Secret(d.P.T("setup.keep.passphrase"), f.press)
	f.repeat = h.Secret(d.P.T("setup.keep.again"), f.press)
	f.secret = container.New(layout.NewCustomPaddedLayout(look.Grid/2, look.Grid/2, 4*look.Grid, look.Grid),
		look.Column(look.Grid, f.typed, f.repeat, f.wrong, look.Caption(d.P.T("setup.keep.lost"))))
	f.box = look.Column(look.Grid / 2)
	for _, c := range f.choices {
		f.box.Add(c.Row)
		if c.Value == string(api.StoreFile) {
			f.box.Add(f.secret)
		}
	}
	f.settle()
	return f
}

func (f *Form) texts() (all []look.ChoiceText) {
	for _, store := range []api.Store{api.StoreKeyring, api.StoreFile, api.StoreMemory} {
		key := "setup.keep." + string(store)
		text := key + ".text"
		if store == api.StoreKeyring && Absent(f.d.Snapshot) {
			text = key + ".absent"
		}
		all = append(all, look.ChoiceText{Value: string(store), Title: f.d.P.T(key), Text: f.d.P.T(text)})
	}
	return all
}

// Content is the form.
func (f *Form) Content() fyne.CanvasObject { return f.box }

// First is where the keyboard starts: the choice that is made.
func (f *Form) First() *look.Row {
	for _, c := range f.choices {
		if c.On {
			return c.Row
		}
	}
	return f.choices[0].Row
}

// Fields are where the passphrase is typed: once and again.
func (f *Form) Fields() [2]*look.Field { return [2]*look.Field{f.typed, f.repeat} }

// Store is what is chosen.
func (f *Form) Store() api.Store {
	for _, c := range f.choices {
		if c.On {
			return api.Store(c.Value)
		}
	}
	return ""
}

// Changes reports whether what is chosen is another store than the one in force.
func (f *Form) Changes() bool { return f.Store() != Chosen(f.d.Snapshot) }

// Request is what to ask of the agent, and whether it can be asked: the passphrase is there, and twice the same.
func (f *Form) Request() (req api.KeepRequest, fine bool) {
	req.Store = f.Store()
	if req.Store != api.StoreFile {
		return req, true
	}
	req.Passphrase = token.NewSecret(f.typed.Text)
	return req, f.typed.Text != "" && f.typed.Text == f.repeat.Text
}

// Reset chooses the store in force again, and forgets what was typed.
func (f *Form) Reset() {
	for _, c := range f.choices {
		c.Set(c.Value == string(Chosen(f.d.Snapshot)))
	}
	f.typed.SetText("")
	f.repeat.SetText("")
	f.settle()
}

// Complain says what is missing, in place.
func (f *Form) Complain() {
	f.settle()
	if f.typed.Text == "" {
		f.wrong.Say(f.d.P.T("setup.keep.empty"), look.Warn)
		f.wrong.Hidden = false
		f.refresh()
	}
	look.Focus(f.typed)
}

func (f *Form) press() {
	f.settle()
	if f.changed != nil {
		f.changed()
	}
}

// settle shows the fields where they are needed, and what is wrong with what stands in them.
func (f *Form) settle() {
	f.secret.Hidden = f.Store() != api.StoreFile || !f.Changes()
	differ := f.repeat.Text != "" && f.typed.Text != f.repeat.Text
	f.wrong.Say("", look.Warn)
	if differ {
		f.wrong.Say(f.d.P.T("setup.keep.differ"), look.Warn)
	}
	f.wrong.Hidden = !differ
	f.refresh()
}

// refresh gives room to what has come, and takes it from what has gone.
func (f *Form) refresh() {
	for _, o := range f.secret.Objects {
		o.Refresh()
	}
	f.secret.Refresh()
	f.box.Refresh()
}
