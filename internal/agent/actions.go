package agent

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Do implements api.Agent.
func (a *Agent) Do(ctx context.Context, action api.Action) error {
	switch action.Verb {
	case api.VerbShow:
		return a.show(ctx, action.Room)
	case api.VerbQuit:
		return a.leave(ctx)
	case api.VerbAutostart, api.VerbNoAutostart:
		return a.startWithDesktop(ctx, action.Verb == api.VerbAutostart)
	case api.VerbRescan:
		return a.rescan(ctx)
	case api.VerbDrop:
		return a.drop(ctx, action.ID)
	}
	_, err := ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.do(action) })
	return err
}

func (a *Agent) show(ctx context.Context, room api.Room) error {
	if a.ports.Window == nil {
		return &api.Error{Code: api.CodeNoWindow}
	}
	if err := a.ports.Window.Show(ctx, room); err != nil {
		return &api.Error{Code: api.CodeNoWindow, Cause: err.Error()}
	}
	return nil
}

// leave ends the agent and returns when it is gone.
func (a *Agent) leave(ctx context.Context) error {
	_, err := ask(ctx, a, func() (struct{}, error) {
		if !a.core.stopping {
			a.core.stopping = true
			a.core.publishEnv()
			close(a.quit)
		}
		return struct{}{}, nil
	})
	return err
}

// rescanTime is how long whoever wants to know how things stand now waits for it.
const rescanTime = 3 * time.Second

// rescan looks at files and processes anew, and returns when that is in the snapshot.
func (a *Agent) rescan(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, rescanTime)
	defer cancel()
	first := true
	for {
		changed := a.wait()
		if !first && ctx.Err() != nil {
			a.post(func() { a.core.applying-- })
			return nil // what is known by now has to do
		}
		busy, err := ask(ctx, a, func() (bool, error) {
			c := a.core
			if first {
				c.applying++
				c.lookForStale()
				c.lint()
				c.find()
				for path := range c.files {
					c.filesChanged([]string{path})
				}
			}
			done := !c.moving() && !c.linting && !c.looking && !c.search.busy
			if done {
				c.applying--
			}
			return !done, nil
		})
		first = false
		if err != nil || !busy {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-a.ended:
			return errNoAgent
		}
	}
}

// do makes a small change of state, on the loop.
func (c *core) do(action api.Action) error {
	switch action.Verb {
	case api.VerbPause, api.VerbResume:
		c.paused = action.Until
		c.touch()
	case api.VerbLock:
		c.lock()
	case api.VerbUnlock:
		c.unlock()
	case api.VerbMove:
		return c.agreeToMove()
	case api.VerbSet:
		return c.set(action.Settings)
	case api.VerbProbe:
		c.lookAgain()
	case api.VerbNote, api.VerbUnnote:
		return c.doNote(action)
	case api.VerbWatch, api.VerbUnwatch:
		return c.watchProject(action.Path, action.Verb == api.VerbWatch)
	default:
		return c.about(action)
	}
	return nil
}

// aboutOne are the verbs that concern one session.
var aboutOne = []api.Verb{api.VerbMute, api.VerbUnmute, api.VerbSnooze, api.VerbCancel, api.VerbForget}

// about makes a change that concerns one session.
func (c *core) about(action api.Action) error {
	if !slices.Contains(aboutOne, action.Verb) {
		return &api.Error{Code: api.CodeUsage, Cause: "unknown verb " + plain(string(action.Verb))}
	}
	u, err := c.known(action.Registry)
	if err != nil {
		return err
	}
	e := c.sessions[u]
	c.touch()
	switch action.Verb {
	case api.VerbMute, api.VerbUnmute:
		e.Muted = action.Verb == api.VerbMute
	case api.VerbSnooze:
		c.snooze(u, action.Until)
	case api.VerbCancel:
		if l := c.logins[u]; l != nil {
			l.cancel()
		}
	case api.VerbForget:
		c.forget(u)
	}
	return nil
}

// forget drops a registry from the list, and its secret from the keyring. Nothing is revoked, and its
// names stay defined as empty until the agent ends.
func (c *core) forget(u registry.URL) {
	c.signedOut(u, c.sessions[u].Fingerprint)
	delete(c.books, u)
	c.remindAnew()
	c.publishEnv()
	if !c.sessions[u].Held {
		delete(c.sessions, u)
	}
	c.askKeyring(func(ctx context.Context) func() {
		err := c.a.ports.Keyring.Delete(ctx, keyName(u))
		return func() { c.keyringSaid(err) }
	})
}

// lock empties the env files and forgets what the keyring can give back. A secret that only this
// process has is kept, but handed to nobody: forgetting it would lose the session.
func (c *core) lock() {
	c.userLock = true
	c.dropPlans()
	c.touch()
	for _, e := range c.sessions {
		if e.kept {
			e.forget()
		}
	}
	for _, k := range c.vault {
		k.secret = token.Secret{}
	}
}

func (c *core) unlock() {
	c.userLock = false
	c.touch()
	c.lookAgain()
	c.fetchKept()
}

// agreeToMove notes that literals may become placeholders, and moves those that are there.
func (c *core) agreeToMove() error {
	c.settingsChanged() // an edit by hand that was just saved must not be lost
	s := c.settings
	s.Move = true
	if err := c.set(&s); err != nil {
		return err
	}
	for u := range c.sessions {
		c.addAnew(u)
	}
	return nil // settle moves what can be moved, and adds what is missing
}

// set replaces the settings.
func (c *core) set(s *api.Settings) error {
	if s == nil {
		return &api.Error{Code: api.CodeUsage, Cause: "no settings given"}
	}
	if err := c.a.ports.Settings.Save(*s); err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": c.a.ports.Settings.Path()}, Cause: err.Error()}
	}
	c.reloadSettings()
	return nil
}

// reloadSettings puts the settings in force that the file has now.
func (c *core) reloadSettings() {
	c.settings, c.settingsBad = c.a.ports.Settings.Load()
	if !c.settings.EmptyOnLock {
		c.screenLock = false
	}
	c.publishDesktop(c.published)
	c.track()
	c.rooted()
	c.touch()
}

func (c *core) watchProject(dir string, on bool) error {
	if !filepath.IsAbs(dir) {
		return &api.Error{Code: api.CodeUsage, Cause: "the folder must be an absolute path"}
	}
	c.settingsChanged()
	s := c.settings
	s.Projects = slices.DeleteFunc(slices.Clone(s.Projects), func(p string) bool { return p == filepath.Clean(dir) })
	if on {
		s.Projects = append(s.Projects, filepath.Clean(dir))
	}
	return c.set(&s)
}

// plain makes what a caller calls itself fit to be shown: printable, and short.
func plain(program string) string {
	const most = 80
	text := []rune(printable(program))
	return string(text[:min(len(text), most)])
}

// printable is a text from outside without what draws nothing, starts a line of its own, or turns others around.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
}

// keepUses is how many handings-out are remembered.
const keepUses = 50

// Grant implements api.Agent.
func (a *Agent) Grant(ctx context.Context, req api.GrantRequest) (api.Grant, error) {
	switch req.Use {
	case api.UseExec, api.UseEnv, api.UseHelper, api.UseEnsure:
	case api.UseCopy, api.UseShow, api.UseEmit: // what a person takes is one credential, chosen by its name
		if req.Kept != "" {
			return a.grantKept(ctx, req)
		}
		if req.Registry == "" {
			return api.Grant{}, &api.Error{Code: api.CodeUsage, Cause: "no registry given"}
		}
	default:
		return api.Grant{}, &api.Error{Code: api.CodeUsage, Cause: "unknown use"}
	}
	if req.Use == api.UseHelper && req.Dir != "" {
		if err := a.safeThere(ctx, req); err != nil {
			return api.Grant{}, err
		}
	}
	peer, _ := api.PeerFrom(ctx)
	return ask(ctx, a, func() (api.Grant, error) { return a.core.grant(req, peer) })
}

// grantKept hands out a credential that is no session.
func (a *Agent) grantKept(ctx context.Context, req api.GrantRequest) (api.Grant, error) {
	peer, _ := api.PeerFrom(ctx)
	item, err := ask(ctx, a, func() (api.GrantItem, error) {
		k := a.core.vault[req.Kept]
		switch {
		case k == nil:
			return api.GrantItem{}, &api.Error{Code: api.CodeNoKept}
		case !a.core.open():
			return api.GrantItem{}, &api.Error{Code: api.CodeKeyring, Cause: "sandglass is locked"}
		}
		item := api.GrantItem{Ends: k.Ends, Variables: []string{}}
		if !k.Registry.IsZero() {
			item.Registry, item.Key = k.Registry.String(), k.Registry.Key()
		}
		return item, nil
	})
	if err != nil {
		return api.Grant{}, err
	}
	if item.Secret, err = a.keptSecret(ctx, req.Kept); err != nil {
		return api.Grant{}, err
	}
	return ask(ctx, a, func() (api.Grant, error) {
		a.core.record(api.Use{At: a.core.now(), Use: req.Use, Program: plain(req.Program), PID: peer.PID, Executable: peer.Program, Registry: item.Registry})
		a.core.touch()
		return api.Grant{Items: []api.GrantItem{item}}, nil
	})
}

// safeThere reports whether a folder's files leave alone what pnpm is given there. pnpm's own environment is out
// of reach, so that there is no other way than to give nothing.
func (a *Agent) safeThere(ctx context.Context, req api.GrantRequest) error {
	seen, err := a.Inspect(ctx, api.InspectRequest{Dir: req.Dir})
	if err != nil || len(seen.Seal) == 0 && len(seen.Withhold) == 0 {
		return err
	}
	args := map[string]string{"Registry": req.Registry, "URL": req.Registry}
	_, err = ask(ctx, a, func() (struct{}, error) {
		if u, err := registry.Parse(req.Registry); err == nil && a.core.sessions[u] != nil {
			args["Registry"] = u.Name()
			a.core.tellUnsafe(a.core.sessions[u], plain(req.Program), seen.Dir)
		}
		return struct{}{}, nil
	})
	if err != nil {
		return err
	}
	return &api.Error{Code: api.CodeUnsafe, Args: args, Cause: "the files in " + seen.Dir + " would lead the session elsewhere: run sandglass check there"}
}

func (c *core) grant(req api.GrantRequest, peer api.Peer) (api.Grant, error) {
	now := c.now()
	var out api.Grant
	_, shared := c.variables()
	for _, e := range c.ordered() {
		if req.Registry != "" && e.Registry.String() != req.Registry {
			continue
		}
		item := api.GrantItem{Registry: e.Registry.String(), Key: e.Registry.Key(), Ends: e.Ends}
		item.Variables = slices.DeleteFunc(e.names(), func(n string) bool { return slices.Contains(shared, n) })
		if e.alive(now) && c.open() && (req.Use != api.UseEnv || c.mode(e) == injection.ModeEnv) {
			item.Secret = e.secret
			c.used(e, api.Use{At: now, Use: req.Use, Program: plain(req.Program), PID: peer.PID, Executable: peer.Program, Registry: item.Registry})
		} else {
			if req.Use == api.UseHelper {
				c.tellHelper(e, plain(req.Program))
			}
			if req.Registry != "" {
				return api.Grant{}, &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": e.Registry.Name(), "URL": item.Registry}}
			}
			e.Used = now // its end is told now, if it was not yet
		}
		if e.Held {
			out.Items = append(out.Items, item)
		}
	}
	c.touch()
	if req.Registry != "" && len(out.Items) == 0 {
		return api.Grant{}, &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": req.Registry, "URL": req.Registry}}
	}
	return out, nil
}

func (c *core) used(e *entry, u api.Use) {
	e.Used = u.At
	c.record(u)
}

// record notes a handing-out. The same one within a minute is told once, so that a storm of them does not push the
// others out of the record.
func (c *core) record(u api.Use) {
	for i, old := range c.uses {
		if old.Use == u.Use && old.Program == u.Program && old.Executable == u.Executable && old.Registry == u.Registry && u.At.Sub(old.At) < time.Minute {
			c.uses[i] = u
			return
		}
	}
	c.uses = append([]api.Use{u}, c.uses...)
	if len(c.uses) > keepUses {
		c.uses = c.uses[:keepUses]
	}
}
