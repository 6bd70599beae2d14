package desk

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// program is what the records of the agent call the window.
const program = "Sandglass"

// Held says which secret is meant: that of a registry's session, or one that is kept. It names it, and holds none.
type Held struct{ Registry, Kept string }

// grant gets the secret and hands it to use, on the window's goroutine. The agent hands it out each time, and records
// that. then is called first, whatever comes.
func (d *Desk) grant(req api.GrantRequest, then func(), use func(token.Secret)) {
	go func() {
		req.Program = program
		g, err := d.Agent.Grant(d.Ctx, req)
		if d.Ctx.Err() != nil {
			return
		}
		d.UI(func() {
			then()
			secret := among(g, req)
			switch {
			case Cancelled(err):
			case err != nil:
				d.Tell(err)
			case secret.IsZero():
				d.Tell(&api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": req.Registry}})
			default:
				use(secret)
			}
		})
	}()
}

// among finds the secret that was asked for in what was handed out.
func among(g api.Grant, req api.GrantRequest) (s token.Secret) {
	for _, item := range g.Items {
		if req.Kept != "" || item.Registry == req.Registry {
			return item.Secret
		}
	}
	return s
}

// CopySecret puts a secret into the clipboard for CopyFor, and says so.
func (d *Desk) CopySecret(s Held) {
	d.grant(api.GrantRequest{Use: api.UseCopy, Registry: s.Registry, Kept: s.Kept}, func() {}, func(secret token.Secret) {
		if err := d.Outside.Copy(secret); err != nil {
			d.Tell(&api.Error{Code: api.CodeInternal, Cause: err.Error()})
			return
		}
		d.Toast(d.P.T("sessions.copied"))
	})
}

// Curtain hides a secret behind dots, and shows it for ShowFor when that is asked for. What it shows is in no label:
// canvas.Text has no text for screen readers, which other programs could read out.
type Curtain struct {
	Lines  *fyne.Container
	Button *look.Button
	d      *Desk
	s      Held
	timer  *time.Timer // nil while hidden
	width  float32     // of a line
	asked  bool        // the agent was asked and has not answered
	turn   int         // counts what makes an answer come too late
}

// dots stand for a secret, whatever its length.
const dots = "••••••••••••••••"

// Curtain makes a curtain before a secret, with lines of this width.
func (d *Desk) Curtain(h *look.Hand, s Held, width float32) *Curtain {
	c := &Curtain{d: d, s: s, Lines: look.Column(0), width: width}
	c.Button = h.Button(d.P.T("sessions.show"), false, c.press)
	c.write(dots)
	return c
}

func (c *Curtain) press() {
	if c.timer != nil {
		c.hide()
		return
	}
	if c.asked {
		return
	}
	c.asked = true
	c.d.Bare(c.Draw)
	turn := c.turn
	c.d.grant(api.GrantRequest{Use: api.UseShow, Registry: c.s.Registry, Kept: c.s.Kept}, func() { c.asked = false }, func(secret token.Secret) {
		if turn == c.turn && c.d.Active {
			c.show(secret)
		}
	})
}

// Open reports whether the secret stands open.
func (c *Curtain) Open() bool { return c.timer != nil }

// Asked reports whether the agent was asked for the secret and has not answered.
func (c *Curtain) Asked() bool { return c.asked }

// Draw draws the curtain, and lets no answer open it that has not come yet.
func (c *Curtain) Draw() {
	c.turn++
	c.hide()
}

// show opens the curtain, and draws it again by itself.
func (c *Curtain) show(secret token.Secret) {
	c.write(secret.Reveal())
	c.Button.SetText(c.d.P.T("sessions.hide"))
	var timer *time.Timer
	timer = time.AfterFunc(ShowFor, func() {
		c.d.UI(func() {
			if c.timer == timer {
				c.hide()
			}
		})
	})
	c.timer = timer
}

// hide draws the curtain. Nothing of the secret is left in the window.
func (c *Curtain) hide() {
	if c.timer == nil {
		return
	}
	c.timer.Stop()
	c.timer = nil
	c.write(dots)
	c.Button.SetText(c.d.P.T("sessions.show"))
}

// write puts text into lines that fit.
func (c *Curtain) write(text string) {
	style := fyne.TextStyle{Monospace: true}
	size := theme.TextSize()
	n := max(8, int(c.width/fyne.MeasureText("0", size, style).Width))
	for _, o := range c.Lines.Objects {
		o.(*canvas.Text).Text = ""
	}
	c.Lines.Objects = nil
	for line := range strings.Lines(text) {
		for runes := []rune(strings.TrimRight(line, "\n")); len(runes) > 0; runes = runes[min(n, len(runes)):] {
			t := canvas.NewText(string(runes[:min(n, len(runes))]), look.Current().Ink)
			t.TextSize, t.TextStyle = size, style
			c.Lines.Objects = append(c.Lines.Objects, t)
		}
	}
	c.Lines.Refresh()
}
