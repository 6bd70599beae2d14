package tokens

import (
	"context"
	"io"
	"time"

	"fyne.io/fyne/v2"
	files "fyne.io/fyne/v2/dialog"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// forms are how a list can be written down, by the end of the file's name.
var forms = []string{"ics", "csv", "json"}

// export asks for a form, and then for a file.
func (r *Room) export() {
	p, x := r.d.P, r.dialog()
	var texts []look.ChoiceText
	for _, form := range forms {
		texts = append(texts, look.ChoiceText{Value: form, Title: p.T("tokens.export." + form), Text: p.T("tokens.export." + form + ".text")})
	}
	group := x.hand.Group(texts, forms[0], func() {})
	body := look.Column(look.Grid/2, look.Prose(p.T("tokens.export.text")))
	for _, c := range group {
		body.Add(c.Row)
	}
	x.agree(p.T("tokens.export.choose"), false, func() {
		form := chosen(group)
		x.box.Hide()
		r.save(form)
	})
	x.open(p.T("tokens.export.title"), body)
	look.Focus(group[0].Row)
}

// chosen is the value of the choice that is on, "" if none is.
func chosen(group []*look.Choice) string {
	for _, c := range group {
		if c.On {
			return c.Value
		}
	}
	return ""
}

// save asks for a file, and writes the list there.
func (r *Room) save(form string) {
	pick := files.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			r.d.Tell(&api.Error{Code: api.CodeInternal, Cause: err.Error()})
		case to != nil:
			r.write(form, to.URI().Path(), to)
		}
	}, r.d.Win)
	pick.SetFileName("sandglass-access-tokens." + form)
	pick.Show() // before the size, which it has no place for until then
	pick.Resize(r.d.Win.Canvas().Size().SubtractWidthHeight(4*look.Grid, 4*look.Grid))
}

// write writes the list into a file that the user has chosen.
func (r *Room) write(form, path string, to io.WriteCloser) {
	text, err := r.exported(form, time.Now())
	r.d.Then(func(context.Context) error {
		if err == nil {
			_, err = to.Write(text)
		}
		if closed := to.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": desk.ShortPath(path)}, Cause: err.Error()}
		}
		return nil
	}, func() { r.d.Toast(r.d.P.T("tokens.export.done", i18n.Args{"File": desk.Plain(desk.ShortPath(path))})) })
}

// exported is the list in a form. It holds no secret.
func (r *Room) exported(form string, now time.Time) ([]byte, error) {
	p, l := r.d.P, r.now().list
	if form == "ics" {
		var all []access.Event
		for _, t := range l.Tokens {
			if t.Dead(now) {
				continue
			}
			args := i18n.Args{"Name": t.Name, "Registry": r.d.NameOf(r.registry), "Masked": t.Masked}
			all = append(all, access.Event{Registry: r.registry, ID: orName(t), Ends: t.Ends, Summary: p.T("access.remind.summary", args), Description: p.T("access.remind.text", args)})
		}
		return access.Calendar(all, now), nil
	}
	rows := make([]access.Row, 0, len(l.Tokens))
	for _, t := range l.Tokens {
		one := access.Row{Registry: r.registry, Token: t.Token, Where: t.Note, Marks: []string{}}
		for _, m := range t.Marks {
			one.Marks = append(one.Marks, m.Code)
		}
		rows = append(rows, one)
	}
	if form == "csv" {
		return access.CSV(rows), nil
	}
	return access.JSON(rows)
}

// orName is what distinguishes an access token: its id, or the name that the user gave it.
func orName(t api.AccessToken) string {
	if t.ID != "" {
		return t.ID
	}
	return t.Name
}
