package window

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// glassSize is how many pixels the sandglass is drawn with: twice its size on a common screen.
const glassSize = 128

// glasses are the icon's states for a session's.
var glasses = map[api.State]icon.State{
	api.StateRunning: icon.Running, api.StateEnding: icon.Ending, api.StateEnded: icon.Ended,
	api.StateUnknown: icon.Unknown, api.StateOffline: icon.Offline, api.StateLocked: icon.Locked, api.StateNone: icon.Idle,
}

// glassSpec is how a session's sandglass looks at now.
func glassSpec(s api.Session, now time.Time) icon.Spec {
	return icon.Spec{State: glasses[s.StateAt(now)], Exact: true, Share: s.Share(now), Size: glassSize, Dark: current() == night}
}

// empty is what stands where no login is known yet.
func (v *View) empty() fyne.CanvasObject {
	c := current()
	if v.snapshot.Version == 0 {
		return space(1)
	}
	glass := canvas.NewImageFromImage(icon.Render(icon.Spec{State: icon.Idle, Size: glassSize, Dark: c == night}))
	glass.FillMode = canvas.ImageFillContain
	glass.SetMinSize(fyne.NewSquareSize(8 * grid))
	hint := prose(v.p.T("window.empty.hint"))
	hint.Alignment = fyne.TextAlignCenter
	return panel(container.NewVBox(space(2*grid), container.NewCenter(glass), container.NewCenter(text(v.p.T("window.empty"), sizeHead, c.ink, true)), hint,
		container.NewCenter(v.hand.button(v.p.T("window.action.add"), true, v.askRegistry)), space(2*grid)), c.card, c.line)
}

// arrangeFindings shows what is wrong and the button that does something about it.
func (v *View) arrangeFindings() {
	if reflect.DeepEqual(v.snapshot.Findings, v.told) {
		return
	}
	v.told, v.moved = v.snapshot.Findings, true
	v.body.RemoveAll()
	if len(v.snapshot.Findings) == 0 {
		return
	}
	c := current()
	head := container.New(layout.NewCustomPaddedLayout(0, grid/2, grid, 0), text(v.p.T("window.findings"), sizeHead, c.ink, true))
	rows := container.NewVBox(head)
	for _, f := range v.snapshot.Findings {
		rows.Add(v.findingRow(f))
	}
	v.body.Add(panel(rows, c.card, c.line))
}

// findingText is what a finding says.
type findingText struct{ title, text, hint string }

func (v *View) findingWords(f api.Finding) findingText {
	args := i18n.Args{"File": shortPath(f.File), "Line": f.Line}
	for k, value := range f.Args {
		args[k] = value
	}
	key := "finding." + f.Code
	return findingText{v.p.T(key+".title", args), v.p.T(key+".text", args), v.p.T(key+".hint", args)}
}

func (v *View) findingRow(f api.Finding) fyne.CanvasObject {
	w := v.findingWords(f)
	hint := prose(w.text + " " + w.hint)
	title := prose(w.title)
	title.TextStyle.Bold = true
	if f.Severity == api.SeverityError {
		title.Importance = widget.DangerImportance
	}
	var button fyne.CanvasObject
	if f.Action != nil && v.p.Has("window.verb."+string(f.Action.Verb)) {
		do := *f.Action
		tapped := func() { v.do(func(ctx context.Context) error { return v.agent.Do(ctx, do) }) }
		if do.Verb == api.VerbFix {
			tapped = func() { v.showFix(f) }
		}
		button = container.NewCenter(v.hand.button(v.p.T("window.verb."+string(do.Verb)), false, tapped))
	}
	return container.NewBorder(nil, nil, nil, button, container.New(layout.NewCustomPaddedVBoxLayout(-grid), title, hint))
}

// askRegistry asks for an address and logs in there.
func (v *View) askRegistry() {
	address := widget.NewEntry()
	address.SetPlaceHolder("https://registry.example.com/")
	item := widget.NewFormItem(v.p.T("window.add.address"), address)
	item.HintText = v.p.T("window.add.hint")
	d := dialog.NewForm(v.p.T("window.action.add"), v.p.T("window.action.login"), v.p.T("window.action.cancel"), []*widget.FormItem{item}, func(ok bool) {
		if ok {
			v.login(address.Text)
		}
	}, v.win)
	d.Resize(fyne.NewSize(60*grid, 24*grid))
	d.Show()
	v.win.Canvas().Focus(address)
}
