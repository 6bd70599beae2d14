package findings

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon/glyph"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// verdict shows an answer: what it is, why, and what to do next.
func (x *explaining) verdict(a answer) {
	v, p, do := a.Verdict, x.d.P, x.doer(a)
	parts := []fyne.CanvasObject{look.Column(look.Grid, x.title(a), look.Prose(x.words(a, "verdict."+v.Code+".text", v.Args)))}
	if why := x.why(a); why != nil {
		parts = append(parts, why)
	}
	if v.Code != finding.Fine {
		parts = append(parts, x.next(a, do))
	}
	if len(v.Others) > 0 {
		lines := make([]string, len(v.Others))
		for i, code := range v.Others {
			lines[i] = x.words(a, "verdict."+code+".title", v.Args)
		}
		parts = append(parts, section(p.T("findings.explain.others"), look.Bullets(lines)))
	}
	parts = append(parts, x.rest(a))
	end := x.keys.Button(p.T("window.action.close"), do == nil, x.box.Hide)
	x.show(parts, end)
	look.Focus(end)
}

// words are a text of the catalogue about an answer.
func (x *explaining) words(a answer, key string, args map[string]string) string {
	filled := x.d.P.Fill(args, time.Now(), func(s string) string { return desk.Plain(desk.ShortPath(s)) })
	if _, ok := filled["Registry"]; !ok {
		filled["Registry"] = desk.Plain(a.Name)
	}
	return x.d.P.T(key, filled)
}

// section is a part of an answer below its heading.
func section(head string, body fyne.CanvasObject) fyne.CanvasObject {
	return look.Column(look.Grid/2, look.Prose(head).Bold(), body)
}

// title says what it is, with a shape for those who do not see the colour.
func (x *explaining) title(a answer) fyne.CanvasObject {
	shape, colour, tone := glyph.Warning, theme.ColorNameError, look.Warn
	switch a.Verdict.Code {
	case finding.Fine:
		shape, colour, tone = glyph.Check, theme.ColorNameSuccess, look.Good
	case finding.Unknown:
		shape, colour, tone = glyph.Search, theme.ColorNameForeground, look.Ink
	}
	sign := look.Sized(widget.NewIcon(theme.NewColoredResource(look.Icon(shape), colour)), 20, 20)
	words := look.NewLabel(x.words(a, "verdict."+a.Verdict.Code+".title", a.Verdict.Args), look.SizeHead, tone).Bold().Wrapped()
	return container.NewBorder(nil, nil, container.NewVBox(look.Beside(0, sign, look.Space(look.Grid))), nil, words)
}

// why lists the evidence, with the line that it is about. It is nil where there is none.
func (x *explaining) why(a answer) fyne.CanvasObject {
	body := look.Column(look.Grid / 2)
	if len(a.Verdict.Reasons) > 0 {
		lines := make([]string, len(a.Verdict.Reasons))
		for i, r := range a.Verdict.Reasons {
			lines[i] = x.words(a, "verdict.reason."+r.Code, r.Args)
		}
		body.Add(look.Bullets(lines))
	}
	if a.Verdict.File != "" {
		body.Add(plan.Place(x.d, x.hand, plan.Spot{File: a.Verdict.File, Line: a.Verdict.Line}))
	}
	if len(body.Objects) == 0 {
		return nil
	}
	return section(x.d.P.T("findings.explain.why"), body)
}

// next is the next step, with the button that does it, which may be nil.
func (x *explaining) next(a answer, do *look.Button) fyne.CanvasObject {
	v := a.Verdict
	key := "findings.explain.step." + string(v.Step) // where the window has another way than a command
	switch {
	case v.Code == finding.Unknown:
		key = "findings.explain.send"
	case !x.d.P.Has(key):
		key = "verdict.step." + string(v.Step)
	}
	body := look.Column(look.Grid, look.Prose(x.words(a, key, v.Args)))
	if do != nil {
		body.Add(container.NewHBox(do))
	}
	return look.Card(look.Pad(section(x.d.P.T("findings.explain.next"), body), 2*look.Grid, 2*look.Grid))
}

// doer does the next step. It is nil where that is not for this window to do.
func (x *explaining) doer(a answer) *look.Button {
	button := func(key string, do func()) *look.Button {
		return x.hand.Button(x.d.P.T(key), false, do)
	}
	var b *look.Button
	switch step := a.Verdict.Step; {
	case a.Finding != nil:
		b = plan.Button(x.d, x.hand, *a.Finding)
	case (step == finding.StepLogin || step == finding.StepToken) && a.Evidence.Registry != "":
		b = button("findings.verb.login", func() { x.d.Login(a.Evidence.Registry) })
	case step == finding.StepSetup:
		b = button("findings.verb.setup", func() { x.d.Open(api.RoomSetup, "") })
	}
	if b != nil {
		do := b.OnTapped
		b.Importance = widget.HighImportance
		b.OnTapped = func() { // what comes next has its own dialog or room
			x.box.Hide()
			do()
		}
	}
	return b
}

// rest says how sure it is and which log it is about, and offers it as a text to send.
func (x *explaining) rest(a answer) fyne.CanvasObject {
	p, facts := x.d.P, look.Column(2)
	if a.Verdict.Code != finding.Fine {
		facts.Add(look.Caption(p.T("verdict.confidence." + string(a.Verdict.Confidence))))
	}
	if a.Log != "" {
		facts.Add(look.Caption(p.T("findings.explain.from", i18n.Args{"File": desk.Plain(desk.ShortPath(a.Log))})))
	}
	copies := x.hand.Button(p.T("findings.explain.copy"), false, nil)
	copies.OnTapped = func() { x.copy(a, copies) }
	return look.Column(2*look.Grid, facts, look.Rule(), look.Column(look.Grid, look.Caption(p.T("findings.explain.report")), container.NewHBox(copies)))
}

// copy puts a report into the clipboard, and has the button say so: a word at the edge of the window would be behind
// the dialog.
func (x *explaining) copy(a answer, said *look.Button) {
	version, text := x.d.Snapshot.Agent.Version, ""
	x.d.Then(func(context.Context) (err error) {
		text, err = reportOf(a, version)
		return err
	}, func() {
		fyne.CurrentApp().Clipboard().SetContent(text)
		said.SetText(x.d.P.T("findings.explain.copied"))
	})
}
