package projects

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
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
	choose := h.Button(p.T("projects.choose"), false, func() { r.choose(field) })
	body := look.Column(2*look.Grid, container.New(look.Either(narrow, look.Ends(look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid)), field, container.NewHBox(choose)))
	search := h.Button(p.T("projects.find"), false, func() {
		box.Hide()
		r.find(cmp.Or(folder(field.Text), folder("~")))
	})
	body.Add(look.Column(look.Grid/2, look.Caption(p.T("projects.find.text")), container.NewHBox(search)))
	if failed != nil {
		body.Add(r.d.Failure(failed))
	}
	add := func() {
		if dir := folder(field.Text); dir != "" {
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

// choose lets the user pick the folder from a list.
func (r *Room) choose(field *look.Field) {
	pick := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
		switch {
		case err != nil:
			r.d.Tell(err)
		case dir != nil:
			field.SetText(dir.Path())
		}
		look.Focus(field)
	}, r.d.Win)
	pick.Show() // before the size, which it has no place for until then
	pick.Resize(r.d.Win.Canvas().Size().SubtractWidthHeight(4*look.Grid, 4*look.Grid))
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

// folder is the path that the user means by what was typed.
func folder(typed string) string {
	typed = strings.TrimSpace(typed)
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(typed, "~"); ok && err == nil && (rest == "" || os.IsPathSeparator(rest[0])) {
		typed = filepath.Join(home, rest)
	}
	if typed == "" {
		return ""
	}
	return filepath.Clean(typed)
}
