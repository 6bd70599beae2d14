// Package guide is the demo's face in the terminal: it says what to try next and what just happened,
// from the agent's snapshots alone. Run writes to one stream and keeps nothing.
package guide

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// Options are what the guide tells besides the agent's state.
type Options struct {
	Out      io.Writer
	Printer  *i18n.Printer
	Registry string // the demo registry's address
	Home     string // the demo's own home folder
	Shell    string // a file to load in another shell
	Screen   bool   // tray and window show the same
}

// errDone ends a watch.
var errDone = errors.New("done")

// Run tells the story until ctx ends.
func Run(ctx context.Context, agent api.Agent, o Options) error {
	g := &guide{o: o}
	g.say("guide.welcome", i18n.Args{"Home": o.Home, "Registry": o.Registry})
	if o.Screen {
		g.say("guide.screen")
	}
	g.say("guide.shell", i18n.Args{"File": o.Shell})
	for ctx.Err() == nil {
		if err := g.round(ctx, agent); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// round is one session, from login to end.
func (g *guide) round(ctx context.Context, agent api.Agent) error {
	steps := []struct {
		wait func() error
		say  func()
	}{
		{func() error { return g.login(ctx, agent) }, func() { g.say("guide.try") }},
		{func() error { return g.until(ctx, agent, api.StateEnding) }, func() { g.say("guide.ending", i18n.Args{"Left": g.o.Printer.Left(g.last.Left(g.at.At))}) }},
		{func() error { return g.until(ctx, agent, api.StateEnded) }, func() { g.say("guide.ended") }},
	}
	for _, step := range steps {
		if err := step.wait(); err != nil {
			return err
		}
		step.say()
	}
	return nil
}

type guide struct {
	o    Options
	done bool // the first login is over
	last api.Session
	at   api.Snapshot
}

func (g *guide) say(key string, args ...i18n.Args) {
	fmt.Fprintf(g.o.Out, "%s\n\n", g.o.Printer.T(key, args...))
}

// login asks for a login, tells its page, and returns when somebody completed it. A page that was
// left alone for too long is replaced by a fresh one. With a screen, renewing is the user's click.
func (g *guide) login(ctx context.Context, agent api.Agent) error {
	if g.done && g.o.Screen {
		return g.until(ctx, agent, api.StateRunning)
	}
	g.done = true
	for {
		err := agent.Login(ctx, api.LoginRequest{Registry: g.o.Registry, NoBrowser: !g.o.Screen}, func(l api.Login) {
			if l.State == api.LoginWaiting {
				g.say("guide.page", i18n.Args{"URL": l.URL})
			}
		})
		var failed *api.Error
		switch {
		case err == nil:
			return g.until(ctx, agent, api.StateRunning)
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &failed) && failed.Code == api.CodeLoginExpire:
			continue
		}
		return fmt.Errorf("log in to the demo: %w", err)
	}
}

// until waits for the demo's session to be in a state, or past it.
func (g *guide) until(ctx context.Context, agent api.Agent, state api.State) error {
	err := agent.Watch(ctx, func(s api.Snapshot) error {
		for _, session := range s.Sessions {
			if session.Registry != g.o.Registry {
				continue
			}
			g.last, g.at = session, s
			if session.State == state || session.State == api.StateEnded && state == api.StateEnding {
				return errDone
			}
		}
		return nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}
