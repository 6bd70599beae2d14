package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// ContractWorld is the world for the contract suite: sockets have no place in a bubble, and so it runs on a clock of
// its own that can be put forward.
type ContractWorld struct {
	*Agent

	t        *testing.T
	w        *world
	clock    *contractClock
	window   *contractWindow
	entry    *contractEntry
	settings SettingsFile
	quit     func()
	mu       sync.Mutex
	everMade []string
}

// RunContract starts an agent in a new world, and beside it what ends with it.
func RunContract(t *testing.T, settings SettingsFile, bare bool, beside func(context.Context, *Agent)) *ContractWorld {
	t.Helper()
	w := newWorld()
	w.beside, w.git = everything(), &fakeGit{}
	w.withTokens()
	c := &ContractWorld{t: t, w: w, clock: &contractClock{world: w}, window: &contractWindow{}, entry: &contractEntry{}, settings: settings}
	ports := Ports{
		Registry: w, Keyring: fakeKeyring{w}, Files: w, Watcher: w, Env: w, Clock: c.clock, Notices: w.asNotices(),
		Power: w, Store: fakeStore{w}, Settings: settings, Shells: w, Window: c.window, Autostart: c.entry, Managers: w.beside,
		Finder: &fakeFinder{world: w}, Git: w.git, Tokens: w.tokens,
	}
	if bare {
		ports.Window, ports.Autostart = nil, nil
	}
	n := 0
	c.Agent = New(ports, Options{
		Files: []ConfigFile{{userRC, api.LevelUser}}, Home: "/home/u", Program: "/usr/bin/sandglass",
		HelperScript: func(u registry.URL) string { return "/home/u/.config/sandglass/helper/" + u.Host() },
		HelperText:   func(u registry.URL) string { return "#!/bin/sh\n# " + u.String() + "\n" },
		Project:      func(dir string) string { return filepath.Join(dir, ".npmrc") },
		Policies:     map[registry.URL]time.Duration{reg: w.policy},
		Random:       func() string { n++; return fmt.Sprintf("SG_%016x", n) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	// As in the program: the agent's end is everybody's end.
	running.Go(func() { defer cancel(); _ = c.Run(ctx) })
	running.Go(func() { beside(ctx, c.Agent) })
	c.quit = func() { cancel(); running.Wait() }
	t.Cleanup(c.quit)
	return c
}

// Registry is where logins are to.
func (c *ContractWorld) Registry() (string, string) { return reg.String(), reg.Name() }

// Password opens that registry.
func (c *ContractWorld) Password() string { return "pw" }

// Passphrase opens the encrypted file.
func (c *ContractWorld) Passphrase() string { return "open" }

// Complete completes a login page.
func (c *ContractWorld) Complete() { c.w.complete <- struct{}{} }

// Issue makes a credential.
func (c *ContractWorld) Issue() string { return c.w.issue() }

// Secrets are all that were issued.
func (c *ContractWorld) Secrets() []string {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.w.issued {
		c.everMade = append(c.everMade, s)
	}
	return c.everMade
}

// End puts the clock forward to where no session is alive any more.
func (c *ContractWorld) End() {
	_ = c.Secrets() // those that the registry forgets now
	c.w.set(func() { clear(c.w.issued) })
	c.clock.forward(c.w.life + time.Minute)
}

// Asks has the registry want a one-time password.
func (c *ContractWorld) Asks(otp string) {
	c.w.set(func() {
		c.w.tokens.fault = func(call string, got token.Secret) error {
			if (call == "create" || call == "revoke") && got.Reveal() != otp {
				return &Challenge{Way: WayDigits}
			}
			return nil
		}
	})
}

// Offline takes the registry out of reach.
func (c *ContractWorld) Offline(on bool) { c.w.set(func() { c.w.offline = on }) }

// KeyringFails has the keyring answer no more.
func (c *ContractWorld) KeyringFails(on bool) {
	c.w.set(func() {
		if c.w.keyErr = nil; on {
			c.w.keyErr = ErrKeyringAbsent
		}
	})
}

// Holds counts the secrets of a store.
func (c *ContractWorld) Holds(store api.Store) int {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	return len(map[api.Store]map[string]string{api.StoreKeyring: c.w.keys, api.StoreFile: c.w.filed, api.StoreMemory: c.w.inMemory}[store])
}

// UserFile is the user's config file.
func (c *ContractWorld) UserFile() string { return userRC }

// Write replaces a file; that of the settings is a real one.
func (c *ContractWorld) Write(path, text string, told bool) {
	if path == c.settings.Path() {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			c.t.Fatal(err)
		}
	} else {
		c.w.set(func() { c.w.files[path], c.w.modified[path] = text, c.w.Now() })
	}
	if told {
		c.w.changes <- []string{path}
	}
}

// Text is what a file says.
func (c *ContractWorld) Text(path string) string { return c.w.text(path) }

// Folder makes a folder with files.
func (c *ContractWorld) Folder(files map[string]string) string {
	dir := c.t.TempDir()
	c.w.set(func() {
		for name, text := range files {
			c.w.files[filepath.Join(dir, name)] = text
		}
	})
	return dir
}

// Repository makes a folder that git tracks files in.
func (c *ContractWorld) Repository(files map[string]string, tracked ...string) string {
	dir := c.Folder(files)
	r := c.w.git.add(c.t, dir, files, tracked...)
	r.hook.Path = filepath.Join(dir, ".git", "hooks", "pre-commit")
	for path, text := range files {
		if slices.Contains(tracked, path) {
			r.commit("c1", path, text, time.Unix(1e9, 0).UTC())
		}
	}
	return dir
}

// Tracks reports whether git tracks a file.
func (c *ContractWorld) Tracks(path string) bool {
	r, err := c.w.git.Open(c.t.Context(), GitPlace{Dir: filepath.Dir(path)})
	if err != nil {
		return false
	}
	id, err := indexed(c.t.Context(), r, filepath.Base(path))
	return err == nil && id != ""
}

// Says sets what fresh shells answer.
func (c *ContractWorld) Says(answer string) { c.w.set(func() { c.w.answer = answer }) }

// Typed is what was typed into them.
func (c *ContractWorld) Typed() []string {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	return append([]string(nil), c.w.typed...)
}

// Rooms are those that were shown.
func (c *ContractWorld) Rooms() []api.Room {
	c.window.Lock()
	defer c.window.Unlock()
	return append([]api.Room(nil), c.window.rooms...)
}

// WindowFails has the window not come up.
func (c *ContractWorld) WindowFails(on bool) {
	c.window.Lock()
	defer c.window.Unlock()
	c.window.fails = on
}

// StartsWithDesktop reports whether the desktop starts the agent.
func (c *ContractWorld) StartsWithDesktop() bool { on, _ := c.entry.Enabled(); return on }

// Quit ends the agent.
func (c *ContractWorld) Quit() { c.quit() }

// contractClock is the system's clock, put forward.
type contractClock struct {
	*world
	mu    sync.Mutex
	ahead time.Duration
}

func (c *contractClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Round(0).Add(c.ahead)
}

func (c *contractClock) forward(d time.Duration) {
	c.mu.Lock()
	c.ahead += d
	c.mu.Unlock()
	c.alarm()
}

// WakeAt is asked by the agent's goroutine alone.
func (c *contractClock) WakeAt(t time.Time) {
	if c.timer != nil {
		c.timer.Stop()
	}
	if !t.IsZero() {
		c.timer = time.AfterFunc(t.Sub(c.Now()), c.alarm)
	}
}

type contractWindow struct {
	sync.Mutex
	rooms []api.Room
	fails bool
}

func (w *contractWindow) Show(_ context.Context, room api.Room) error {
	w.Lock()
	defer w.Unlock()
	if w.fails {
		return errors.New("no display")
	}
	w.rooms = append(w.rooms, room)
	return nil
}

// contractEntry is the desktop's list, for many callers.
type contractEntry struct {
	mu sync.Mutex
	entryFake
}

func (e *contractEntry) Enabled() (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.entryFake.Enabled()
}

func (e *contractEntry) Set(on bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.entryFake.Set(on)
}
