package agent

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// desktopTime bounds what the end of the agent waits for the desktop.
const desktopTime = time.Second

// desktopEnv is what programs get that the desktop starts.
type desktopEnv struct {
	names []string      // what was set there by us
	op    chan struct{} // closed when the last call is over
	err   error
}

// publishDesktop gives what the env files say to programs that the desktop starts from now on, if the user
// wants that, and takes it away when that ends. Calls are made one after the other.
func (c *core) publishDesktop(vars []Variable) {
	if c.a.ports.Desktop == nil || !c.settings.DesktopEnv && len(c.desktop.names) == 0 {
		return
	}
	var names []string
	for _, v := range vars {
		names = append(names, v.Name)
	}
	gone := c.desktop.names
	if c.settings.DesktopEnv {
		gone = slices.DeleteFunc(slices.Clone(gone), func(n string) bool { return slices.Contains(names, n) })
		c.desktop.names = names
	} else {
		vars, c.desktop.names = nil, nil
	}
	before, done := c.desktop.op, make(chan struct{})
	c.desktop.op = done
	c.a.spawn(func(ctx context.Context) func() {
		defer close(done)
		if before != nil {
			<-before
		}
		err := c.a.setDesktop(ctx, vars, gone)
		return func() {
			if err != nil {
				c.log.Warn("Set the desktop's environment", "error", err)
			}
			c.desktop.err, c.dirty = err, true
		}
	})
}

func (a *Agent) setDesktop(ctx context.Context, vars []Variable, gone []string) error {
	if len(gone) > 0 {
		if err := a.ports.Desktop.Unset(ctx, gone); err != nil {
			return err
		}
	}
	if len(vars) == 0 {
		return nil
	}
	return a.ports.Desktop.Set(ctx, vars)
}

// clearDesktop takes our variables out of the desktop's environment when the agent ends.
func (c *core) clearDesktop() {
	if len(c.desktop.names) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), desktopTime)
	defer cancel()
	if err := c.a.ports.Desktop.Unset(ctx, c.desktop.names); err != nil {
		c.log.Warn("Clear the desktop's environment", "error", err)
	}
}

// Bounds of looking at other processes.
const (
	staleAgain = time.Minute      // how often to look again while there is one
	staleYoung = 10 * time.Second // a process that young may be a command that is about to end
	staleMost  = 8                // how many process ids a finding names
)

// lookForStale asks which processes were started with a session that is not the present one. Shells that
// load the hook are not among them: they have the new one already.
func (c *core) lookForStale() {
	if c.a.ports.Processes == nil || c.looking {
		return
	}
	var names []string
	for _, e := range c.sessions {
		if e.Held {
			names = append(names, e.names()...)
		}
	}
	if len(names) == 0 {
		return
	}
	c.looking = true
	c.a.spawn(func(ctx context.Context) func() {
		found, err := c.a.ports.Processes.Holding(ctx, names)
		return func() {
			c.looking, c.dirty = false, true
			if err != nil {
				c.log.Warn("Look at other processes", "error", err)
				return
			}
			c.stale = c.outdated(found)
			c.staleAt = time.Time{}
			if len(c.stale) > 0 {
				c.staleAt = c.now().Add(staleAgain)
			}
		}
	})
}

// outdated lists the programs that hold something else than the session that their variable stands for.
func (c *core) outdated(found []Holder) []api.Finding {
	now := map[string]string{}
	for _, e := range c.sessions {
		for _, n := range e.names() {
			now[n] = e.Fingerprint
		}
	}
	pids := map[string][]string{}
	for _, h := range found {
		if h.Fingerprint == now[h.Variable] || shells[h.Program] || strings.HasPrefix(h.Program, "sandglass") || c.now().Sub(h.Started) < staleYoung {
			continue
		}
		if id := strconv.Itoa(h.PID); !slices.Contains(pids[h.Program], id) {
			pids[h.Program] = append(pids[h.Program], id)
		}
	}
	var out []api.Finding
	for _, program := range slices.Sorted(maps.Keys(pids)) {
		ids := pids[program]
		out = append(out, api.Finding{Code: api.FindingStaleEnv, Severity: api.SeverityInfo, Args: map[string]string{
			"Program": plain(program), "PIDs": strings.Join(ids[:min(len(ids), staleMost)], ", "),
		}})
	}
	return out
}

// shells are refreshed by their hook, or hold nothing that outlives a command.
var shells = map[string]bool{
	"bash": true, "zsh": true, "fish": true, "nu": true, "pwsh": true, "sh": true, "dash": true, "ksh": true, "mksh": true, "login": true,
	"sshd": true, "tmux": true, "screen": true, "su": true, "sudo": true,
}
