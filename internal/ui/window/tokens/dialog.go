package tokens

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// dialog is a box over the window that asks the agent for something, says how far that is, and what came of it. It stays
// open until the user has seen that.
type dialog struct {
	r      *Room
	d      *desk.Desk
	hand   *look.Hand // of what scrolls
	bar    *look.Hand // of the buttons below it
	box    *desk.Box
	title  string
	body   *fyne.Container // what the dialog is about
	told   *fyne.Container // what is going on, or went wrong
	all    *fyne.Container // both
	foot   *fyne.Container
	no     *look.Button
	yes    *look.Button // nil: there is nothing to agree to
	closed []func()     // are told when the box goes

	proof *proof
	ctx   context.Context
	end   context.CancelFunc
	busy  bool
	asked bool // the agent was asked for a change
}

// dialog makes one. It is shown by open.
func (r *Room) dialog() *dialog {
	x := &dialog{r: r, d: r.d, body: look.Column(2 * look.Grid), told: look.Column(look.Grid)}
	x.hand, x.bar = &look.Hand{Typed: x.key}, &look.Hand{Typed: x.key}
	x.told.Hide()
	x.proof = newProof(x)
	x.no = x.bar.Button(r.d.P.T("window.action.close"), false, x.leave)
	x.ctx, x.end = context.WithCancel(r.d.Ctx)
	return x
}

// agree gives the dialog a button that does what it is for.
func (x *dialog) agree(words string, grave bool, do func()) {
	x.yes = x.bar.Button(words, true, do)
	if grave {
		x.yes.Importance = widget.DangerImportance
	}
	x.no.Text = x.d.P.T("window.action.cancel")
}

// open shows the dialog.
func (x *dialog) open(title string, body fyne.CanvasObject, more ...*look.Button) {
	x.title = title
	x.body.Objects = []fyne.CanvasObject{body}
	x.all = look.Column(2*look.Grid, x.body, x.proof.box, x.told)
	x.hand.Scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(look.Grid/2, look.Grid, 3, 2*look.Grid), x.all))
	buttons := []fyne.CanvasObject{look.Space(0), x.no}
	for _, b := range more {
		buttons = append(buttons, b)
	}
	if x.yes != nil {
		buttons = append(buttons, x.yes)
	}
	x.foot = container.New(layout.NewCustomPaddedLayout(0, 3, 3, 3), container.New(&across{}, buttons...))
	x.box = x.d.Box(title, container.New(over{}, x.hand.Scroll, x.foot))
	x.box.SetOnClosed(x.gone)
	x.box.Show()
	x.fit()
	look.Focus(x.no)
}

// width is how wide the dialog is within.
func (x *dialog) width() float32 {
	return min(look.Scaled(72*look.Grid), x.d.Win.Canvas().Size().Width-2*look.Grid) - 4*look.Grid
}

// fit makes the dialog as high as what it holds, if the window is.
func (x *dialog) fit() {
	width := x.width()
	head := look.Fitted(look.NewLabel(x.title, look.SizeHead, look.Ink).Bold().Wrapped(), width)
	high := look.Fitted(x.hand.Scroll.Content, width) + 2*look.Grid + look.Fitted(x.foot, width)
	whole := head + high + 8*look.Grid
	x.box.Resize(fyne.NewSize(width+4*look.Grid, min(whole, x.d.Win.Canvas().Size().Height-2*look.Grid)))
	x.hand.Scroll.Refresh()
}

// over gives the foot its height and what is above it the rest.
type over struct{}

// Layout implements fyne.Layout.
func (over) Layout(o []fyne.CanvasObject, size fyne.Size) {
	low := look.Fitted(o[1], size.Width)
	o[0].Resize(fyne.NewSize(size.Width, max(0, size.Height-low-2*look.Grid)))
	o[1].Move(fyne.NewPos(0, size.Height-low))
}

// MinSize implements fyne.Layout.
func (over) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(20*look.Grid, 6*look.Grid+o[1].MinSize().Height)
}

// key gets the keys that mean nothing to what has the focus.
func (x *dialog) key(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		x.leave()
		return
	}
	by := map[fyne.KeyName]float32{fyne.KeyUp: -4, fyne.KeyDown: 4, fyne.KeyPageUp: -16, fyne.KeyPageDown: 16}[e.Name] * look.Grid
	if s := x.hand.Scroll; s != nil && by != 0 {
		most := max(0, s.Content.MinSize().Height-s.Size().Height)
		s.ScrollToOffset(fyne.NewPos(0, max(0, min(s.Offset.Y+by, most))))
	}
}

// leave stops what is under way, or closes the dialog.
func (x *dialog) leave() {
	if x.busy {
		x.end()
		return
	}
	x.box.Hide()
}

// gone forgets what was typed, and reads the list anew if something was asked for.
func (x *dialog) gone() {
	x.end()
	x.proof.forget()
	for _, f := range x.closed {
		f()
	}
	if x.asked {
		x.r.Refresh()
	}
	if len(x.r.table.rows) > 0 && x.d.Win.Canvas().Overlays().Top() == nil {
		look.Focus(x.r.table)
	}
}

// show puts another text into the dialog.
func (x *dialog) show(body fyne.CanvasObject) {
	x.body.Objects = []fyne.CanvasObject{body}
	x.all.Refresh()
	x.fit()
	x.hand.Scroll.ScrollToTop()
}

// say tells what is going on, below everything else.
func (x *dialog) say(parts ...fyne.CanvasObject) {
	x.told.Objects, x.told.Hidden = parts, len(parts) == 0
	x.all.Refresh()
	x.fit()
	if len(parts) > 0 {
		x.hand.Scroll.ScrollToBottom()
	}
}

// call is what the agent is asked. It runs beside the window's goroutine.
type call func(ctx context.Context, report func(api.TokenStep)) error

// run asks the agent. then is called if all went well; what went wrong is told, and a second factor or a password is asked
// for where the registry wants one.
func (x *dialog) run(do call, then func()) {
	if x.busy {
		return
	}
	x.busy, x.asked = true, true
	x.ctx, x.end = context.WithCancel(x.d.Ctx)
	ctx := x.ctx
	if x.yes != nil {
		x.yes.Disable()
	}
	x.no.SetText(x.d.P.T("window.action.cancel"))
	x.say(look.Prose(x.d.P.T("tokens.step.asking", i18n.Args{"Registry": x.d.NameOf(x.r.registry)})))
	go func() {
		err := do(ctx, func(s api.TokenStep) {
			x.d.UI(func() {
				if ctx.Err() == nil && x.busy {
					x.step(s)
				}
			})
		})
		if x.d.Ctx.Err() != nil {
			return
		}
		x.d.UI(func() { x.answered(ctx, err, then) })
	}()
}

func (x *dialog) answered(ctx context.Context, err error, then func()) {
	stopped := ctx.Err() != nil
	x.end()
	x.busy = false
	if x.yes != nil {
		x.yes.Enable()
	}
	switch {
	case err == nil:
		x.proof.forget()
		x.say()
		then()
	case stopped || desk.Cancelled(err):
		x.say(look.Prose(x.d.P.T("tokens.stopped")))
	case x.proof.wants(err):
		x.say()
	default:
		x.say(x.failure(err))
	}
}

// failure is an error in words. A problem with what was asked for has its own.
func (x *dialog) failure(err error) fyne.CanvasObject {
	var told *api.Error
	if errors.As(err, &told) && told.Code == api.CodeSpec {
		args := i18n.Args{}
		for k, v := range told.Args {
			args[k] = desk.Plain(v)
		}
		if key := "access.problem." + told.Args["Problem"]; x.d.P.Has(key) {
			return desk.Trouble(x.d.P.T(key, args), "")
		}
	}
	return x.d.Failure(err)
}

// step says how far it is.
func (x *dialog) step(s api.TokenStep) {
	p := x.d.P
	args := i18n.Args{"Registry": x.d.NameOf(x.r.registry), "Host": desk.Plain(s.Host), "Done": s.Done, "Total": s.Total}
	words := look.Prose(p.T("tokens.step."+s.Step, args))
	if s.Step != api.StepPage {
		if s.Total > 1 {
			x.say(words, look.Caption(p.T("tokens.step.of", args)))
			return
		}
		x.say(words)
		return
	}
	parts := []fyne.CanvasObject{words.Bold(), look.Prose(p.T("tokens.step.page.text", args))}
	if x.d.Outside.Browse != nil {
		again := x.hand.Button(p.T("tokens.step.page.open"), false, func() {
			if err := x.d.Outside.Browse(s.URL); err != nil {
				x.d.Tell(&api.Error{Code: api.CodeInternal, Cause: err.Error()})
			}
		})
		parts = append(parts, container.NewHBox(again))
	}
	if !s.Browser {
		parts = append(parts, look.Caption(p.T("tokens.step.page.address")), look.Code(desk.Plain(s.URL)))
	}
	x.say(parts...)
}

// proof is what the registry asks for before it does something: the account's password, and a code.
type proof struct {
	x             *dialog
	box           *fyne.Container
	password, otp *look.Field
	passwordBox   *fyne.Container
	otpBox        *fyne.Container
	code          *look.Label
}

func newProof(x *dialog) *proof {
	p := &proof{x: x, code: look.Prose("")}
	done := func(string) {
		if x.yes != nil && !x.yes.Disabled() {
			x.yes.OnTapped()
		}
	}
	p.password = x.hand.Secret(x.d.P.T("tokens.password.hint"), func() {})
	p.otp = x.hand.Secret(x.d.P.T("tokens.otp.hint"), func() {})
	p.password.OnSubmitted, p.otp.OnSubmitted = done, done
	p.passwordBox = look.Column(look.Grid/2, look.Prose(x.d.P.T("tokens.password")).Bold(), look.Caption(x.d.P.T("tokens.password.text")), p.password)
	p.otpBox = look.Column(look.Grid/2, p.code.Bold(), p.otp)
	p.passwordBox.Hide()
	p.otpBox.Hide()
	p.box = look.Column(2*look.Grid, p.passwordBox, p.otpBox)
	p.box.Hide()
	return p
}

// wants shows the field for what err asks for, and reports whether it asks for any.
func (p *proof) wants(err error) bool {
	var told *api.Error
	if !errors.As(err, &told) {
		return false
	}
	switch told.Code {
	case api.CodePassword:
		p.ask()
		look.Focus(p.password)
	case api.CodeOTP:
		p.code.Say(p.x.d.P.T("tokens.otp."+way(told.Args["Way"]), i18n.Args{"Registry": p.x.d.NameOf(p.x.r.registry)}), look.Ink)
		p.otp.SetText("")
		p.otpBox.Show()
		p.box.Show()
		p.x.all.Refresh()
		p.x.fit()
		look.Focus(p.otp)
	default:
		return false
	}
	return true
}

// way is where the code comes from.
func way(told string) string {
	if told == "mail" {
		return told
	}
	return "digits"
}

// ask shows the field of the password.
func (p *proof) ask() {
	p.passwordBox.Show()
	p.box.Show()
	if p.x.all != nil {
		p.x.all.Refresh()
		p.x.fit()
	}
}

// forget empties the fields.
func (p *proof) forget() {
	p.password.SetText("")
	p.otp.SetText("")
}

func (p *proof) secrets() (password, otp token.Secret) {
	return secretOf(p.password.Text), secretOf(p.otp.Text)
}

func secretOf(text string) token.Secret {
	if text == "" {
		return token.Secret{}
	}
	return token.NewSecret(text)
}
