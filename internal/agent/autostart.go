package agent

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// askAutostart finds out whether the desktop starts the agent, and whether that can be changed.
func (c *core) askAutostart() {
	if c.a.ports.Autostart == nil {
		return
	}
	c.a.spawn(func(context.Context) func() {
		on, err := c.a.ports.Autostart.Enabled()
		return func() {
			if err != nil {
				c.log.Info("Look for the entry in the desktop's start", "error", err)
			}
			c.autostart, c.startable, c.dirty = on, err == nil, true
		}
	})
}

// startWithDesktop has the desktop start the agent when the user logs in, or no longer.
func (a *Agent) startWithDesktop(ctx context.Context, on bool) error {
	if a.ports.Autostart == nil {
		return &api.Error{Code: api.CodeNoAutostart}
	}
	if err := a.ports.Autostart.Set(on); err != nil {
		return &api.Error{Code: api.CodeNoAutostart, Cause: err.Error()}
	}
	now, err := a.ports.Autostart.Enabled()
	if err != nil {
		return &api.Error{Code: api.CodeNoAutostart, Cause: err.Error()}
	}
	_, err = ask(ctx, a, func() (struct{}, error) {
		a.core.autostart, a.core.startable, a.core.dirty = now, true, true
		return struct{}{}, nil
	})
	return err
}
