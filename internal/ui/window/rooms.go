package window

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
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

// rail is the left side: the program's name, the room, and what keeps the secrets.
func (v *View) rail() fyne.CanvasObject {
	c := current()
	mark := canvas.NewImageFromImage(icon.Render(icon.Spec{State: icon.Running, Share: 0.6, Size: glassSize / 2, Dark: c == night}))
	mark.SetMinSize(fyne.NewSquareSize(3 * grid))
	mark.FillMode = canvas.ImageFillContain
	brand := container.New(layout.NewCustomPaddedLayout(0, grid, grid, 0), container.NewHBox(mark, space(grid/2), text("Sandglass", sizeHead, c.ink, true)))
	back := canvas.NewRectangle(c.chosen)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = grid, c.line, 1
	room := container.NewStack(back, container.New(layout.NewCustomPaddedLayout(grid, grid, 12, grid), text(v.p.T("window.room.sessions"), sizeText, c.ink, true)))
	return container.NewBorder(container.NewVBox(brand, room), v.foot, nil, nil)
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
	hint := widget.NewLabel(v.p.T("window.empty.hint"))
	hint.Wrapping, hint.Alignment = fyne.TextWrapWord, fyne.TextAlignCenter
	return panel(container.NewVBox(space(2*grid), container.NewCenter(glass), container.NewCenter(text(v.p.T("window.empty"), sizeHead, c.ink, true)), hint,
		container.NewCenter(action(v.p.T("window.action.add"), true, v.askRegistry)), space(2*grid)), c.card, c.line)
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

func (v *View) findingRow(f api.Finding) fyne.CanvasObject {
	args := i18n.Args{"File": shortPath(f.File), "Line": f.Line}
	for k, value := range f.Args {
		args[k] = value
	}
	hint := widget.NewLabel(v.p.T("finding."+f.Code+".text", args) + " " + v.p.T("finding."+f.Code+".hint", args))
	hint.Wrapping, hint.Importance = fyne.TextWrapWord, widget.MediumImportance
	title := widget.NewLabelWithStyle(v.p.T("finding."+f.Code+".title", args), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	if f.Severity == api.SeverityError {
		title.Importance = widget.DangerImportance
	}
	var button fyne.CanvasObject
	if f.Action != nil && v.p.Has("window.verb."+string(f.Action.Verb)) {
		do := *f.Action
		button = container.NewCenter(action(v.p.T("window.verb."+string(do.Verb)), false, func() {
			v.do(func(ctx context.Context) error { return v.agent.Do(ctx, do) })
		}))
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

// keys are the window's shortcuts: F5 looks again, Ctrl+N logs in.
func (v *View) keys() {
	look := func(fyne.Shortcut) {
		v.do(func(ctx context.Context) error {
			if err := v.agent.Do(ctx, api.Action{Verb: api.VerbRescan}); err != nil {
				return err
			}
			return v.agent.Do(ctx, api.Action{Verb: api.VerbProbe})
		})
	}
	c := v.win.Canvas()
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyR, Modifier: fyne.KeyModifierShortcutDefault}, look)
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyN, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { v.askRegistry() })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyF5 {
			look(nil)
		}
	})
}
