package sessions

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// program is what the records of the agent call the window.
const program = "Sandglass"

// grant asks the agent for the secret of a session and hands it to use, on the window's goroutine.
func (r *Room) grant(s api.Session, why api.GrantUse, use func(token.Secret)) {
	var secret token.Secret
	r.d.Then(func(ctx context.Context) error {
		g, err := r.d.Agent.Grant(ctx, api.GrantRequest{Use: why, Registry: s.Registry, Program: program})
		if err != nil {
			return err
		}
		for _, item := range g.Items {
			if item.Registry == s.Registry {
				secret = item.Secret
				return nil
			}
		}
		return &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": s.Registry}}
	}, func() { use(secret) })
}

// copySecret puts the secret into the clipboard for a while.
func (r *Room) copySecret(s api.Session) {
	r.grant(s, api.UseCopy, func(secret token.Secret) {
		if err := r.d.Outside.Copy(secret); err != nil {
			r.d.Tell(&api.Error{Code: api.CodeInternal, Cause: err.Error()})
			return
		}
		r.d.Toast(r.d.P.T("sessions.copied"))
	})
}

// curtain hides a secret behind dots, and shows it for a short while when that is asked for. What it shows is in
// no label: canvas.Text has no text for screen readers, which other programs could read out.
type curtain struct {
	r      *Room
	s      api.Session
	lines  *fyne.Container
	button *look.Button
	timer  *time.Timer // nil while hidden
	width  float32     // of a line
	asked  bool        // the agent was asked and has not answered
	turn   int         // counts what makes an answer come too late
}

// dots stand for a secret, whatever its length.
const dots = "••••••••••••••••"

func (r *Room) newCurtain(h *look.Hand, s api.Session) *curtain {
	c := &curtain{r: r, s: s, lines: look.Column(0), width: 40 * look.Grid}
	c.button = h.Button(r.d.P.T("sessions.show"), false, c.press)
	c.write(dots)
	return c
}

func (c *curtain) press() {
	if c.timer != nil {
		c.hide()
		return
	}
	if c.asked {
		return
	}
	c.asked = true
	c.r.d.Bare(c.draw)
	turn := c.turn
	c.r.grant(c.s, api.UseShow, func(secret token.Secret) {
		c.asked = false
		if turn == c.turn && c.r.d.Active {
			c.show(secret)
		}
	})
}

// draw draws the curtain, and lets no answer open it that has not come yet.
func (c *curtain) draw() {
	c.turn++
	c.hide()
}

// show opens the curtain, and draws it again by itself.
func (c *curtain) show(secret token.Secret) {
	c.write(secret.Reveal())
	c.button.SetText(c.r.d.P.T("sessions.hide"))
	var timer *time.Timer
	timer = time.AfterFunc(desk.ShowFor, func() {
		c.r.d.UI(func() {
			if c.timer == timer {
				c.hide()
			}
		})
	})
	c.timer = timer
}

// hide draws the curtain. Nothing of the secret is left in the window.
func (c *curtain) hide() {
	if c.timer == nil {
		return
	}
	c.timer.Stop()
	c.timer = nil
	c.write(dots)
	c.button.SetText(c.r.d.P.T("sessions.show"))
}

// write puts text into lines that fit.
func (c *curtain) write(text string) {
	style := fyne.TextStyle{Monospace: true}
	size := theme.TextSize()
	n := max(8, int(c.width/fyne.MeasureText("0", size, style).Width))
	for _, o := range c.lines.Objects {
		o.(*canvas.Text).Text = ""
	}
	c.lines.Objects = nil
	for line := range strings.Lines(text) {
		for runes := []rune(strings.TrimRight(line, "\n")); len(runes) > 0; runes = runes[min(n, len(runes)):] {
			t := canvas.NewText(string(runes[:min(n, len(runes))]), look.Current().Ink)
			t.TextSize, t.TextStyle = size, style
			c.lines.Objects = append(c.lines.Objects, t)
		}
	}
	c.lines.Refresh()
}
