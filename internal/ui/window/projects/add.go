package projects

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// ask asks for a folder. path stands in the field already, and failed says why it was not taken.
func (r *Room) ask(path string, failed error) {
	p := r.d.P
	var box *desk.Box
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			box.Hide()
		}
	}}
	field := h.Field(p.T("projects.add.example"), func() {})
	field.SetText(path)
	choose := h.Button(p.T("projects.choose"), false, func() { r.d.ChooseFolder(field) })
	body := look.Column(2*look.Grid, container.New(look.Either(narrow, look.Ends(look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid)), field, container.NewHBox(choose)))
	search := h.Button(p.T("projects.find"), false, func() {
		box.Hide()
		r.find(cmp.Or(desk.Folder(field.Text), desk.Folder("~")))
	})
	body.Add(look.Column(look.Grid/2, look.Caption(p.T("projects.find.text")), container.NewHBox(search)))
	if failed != nil {
		body.Add(r.d.Failure(failed))
	}
	add := func() {
		if dir := desk.Folder(field.Text); dir != "" {
			r.add(dir)
			return
		}
		r.ask("", nil)
	}
	box = r.d.Ask(desk.Question{Title: p.T("projects.add"), Text: p.T("projects.add.text"), Body: body, Hand: h, Yes: p.T("projects.watch"), No: p.T("window.action.cancel"), Do: add})
	field.OnSubmitted = func(string) {
		box.Hide()
		add()
	}
	look.Focus(field)
}

// add watches a folder. Where it cannot be, the question comes again, with what was typed.
func (r *Room) add(dir string) {
	go func() {
		err := r.d.Agent.Do(r.d.Ctx, api.Action{Verb: api.VerbWatch, Path: dir})
		if r.d.Ctx.Err() != nil {
			return
		}
		r.d.UI(func() {
			if err != nil {
				r.ask(dir, err)
				return
			}
			r.d.Toast(r.d.P.T("projects.added", i18n.Args{"Folder": desk.Plain(desk.ShortPath(dir))}))
		})
	}()
}
