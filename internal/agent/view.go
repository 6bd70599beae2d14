package agent

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
)

// view makes the snapshot of the state now.
func (c *core) view() api.Snapshot {
	s := api.Snapshot{
		Schema: api.Schema, Version: c.version, At: c.now(), Paused: c.paused, Settings: c.settings,
		Locked: c.userLock || c.screenLock, Default: c.defaultRegistry().String(),
		Uses: slices.Clone(c.uses),
		Agent: api.AgentInfo{
			Version: c.a.opts.Version, PID: os.Getpid(), Started: c.started, Demo: c.a.opts.Demo,
			Tray: c.a.opts.Tray && c.trayHost, Store: c.store(), Dir: c.a.ports.Env.Dir(),
			Notices: c.noticed, Settings: c.a.ports.Settings.Path(), Log: c.a.opts.LogDir,
			Autostart: c.autostart, Startable: c.startable,
		},
		Shells: append([]api.Shell{}, c.shells...), Managers: append([]injection.Manager{}, c.managers...),
		Projects: c.viewProjects(), MoreProjects: c.moreProjects, Kept: c.viewKept(), Jobs: c.viewJobs(), Notes: c.viewNotes(), Soon: c.viewSoon(),
	}
	for _, e := range c.ordered() {
		s.Sessions = append(s.Sessions, c.viewSession(e))
	}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		f := c.files[path]
		s.Files = append(s.Files, api.WatchedFile{Path: f.path, Level: f.level, Exists: f.exists, Polling: c.a.ports.Watcher.Polling()})
	}
	s.Findings = c.findings()
	return s
}

// store is where secrets really are now.
func (c *core) store() api.Store {
	if c.keyring.err != nil {
		return api.StoreMemory
	}
	return c.a.ports.Keyring.Kind()
}

func (c *core) viewSession(e *entry) api.Session {
	s := api.Session{
		Registry: e.Registry.String(), Name: e.Registry.Name(), Account: e.Account, Kind: e.Kind, State: c.state(e),
		Started: e.Started, Ends: e.life().End, Lifetime: e.Lifetime, Learned: len(e.Observed),
		Length: int64(e.life().Length().Seconds()), Probed: e.Probed, Used: e.Used, Muted: e.Muted,
		Mode: c.mode(e), Places: c.places(e), Fingerprint: e.Fingerprint, Variables: []string{},
	}
	if e.Held {
		s.Variables = e.names()
	}
	if s.Lifetime == "" {
		s.Lifetime = api.LifetimeUnknown
	}
	if l := c.logins[e.Registry]; l != nil {
		view := l.view
		s.Login = &view
	}
	return s
}

func (c *core) state(e *entry) api.State {
	now := c.now()
	switch {
	case e.Fingerprint == "":
		return api.StateNone
	case e.over(now) && !e.probing:
		return api.StateEnded
	case e.secret.IsZero(), !c.open():
		return api.StateLocked
	case e.offline:
		return api.StateOffline
	}
	switch e.life().Stage(now) {
	case session.Ending, session.Ended: // ended, and being asked about
		return api.StateEnding
	case session.Running:
		return api.StateRunning
	}
	return api.StateUnknown
}

// places lists where e's credential or its placeholder stands.
func (c *core) places(e *entry) []api.Place {
	out := []api.Place{}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		f := c.files[path]
		for _, cred := range f.creds {
			if cred.RegistryKey == e.Registry.Key() && !cred.Dead {
				out = append(out, api.Place{File: path, Line: cred.Line, Level: f.level, Literal: cred.Literal, Variable: cred.Variable})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b api.Place) int { return strings.Compare(string(b.Level), string(a.Level)) })
	return out
}
