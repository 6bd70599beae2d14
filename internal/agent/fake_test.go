package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// world is everything outside the agent, in memory, on a bubble's clock. It stands in for the real
// parts where hours have to pass; the real ones meet the agent in the end-to-end tests.
type world struct {
	mu       sync.Mutex
	files    map[string]string
	modified map[string]time.Time
	changes  chan []string
	keys     map[string]string
	keyErr   error
	filed    map[string]string // what the encrypted file holds
	fileErr  error
	opened   bool // it was given its passphrase
	inMemory map[string]string
	inUse    api.Store
	alarms   chan struct{}
	timer    *time.Timer
	jump     time.Duration // how far the wall clock was set
	env      []map[string]string
	envErr   error
	issued   map[string]time.Time // credential -> its end at the registry
	life     time.Duration
	offline  bool
	mayleep  int // how often the machine was let go to sleep
	policy   time.Duration
	logins   int
	complete chan struct{} // one value completes one login page
	notices  []Notice
	closed   []string // notices that were taken off the screen
	press    chan Pressed
	events   chan PowerEvent
	state    []byte
	settings api.Settings

	noticeErr   error // of the notification service
	settingsErr error
	runnable    []string
	private     []string
	told        injection.Due // what the hooks were told last
	beside      *beside       // package managers and other programs, nil for none
	order       []string      // what was written where, in order

	typed     []string // what was typed into fresh shells
	answer    string   // what they say
	answerErr error
	startsOn  *entryFake // the desktop's start, nil where there is none
	git       *fakeGit

	finder *fakeFinder // nil for none
	home   string      // the user's home folder, where it is another than usual
	track  []string    // what is watched

	tokens *fakeTokens            // nil: no registry lists access tokens
	rig    func(*Ports, *Options) // changes what an agent is started with, nil for nothing
}

const userRC = "/home/u/.npmrc"

var reg, _ = registry.Parse("https://registry.example.com/")

func newWorld() *world {
	return &world{
		files: map[string]string{}, modified: map[string]time.Time{}, changes: make(chan []string, 16), keys: map[string]string{},
		filed: map[string]string{}, inMemory: map[string]string{}, inUse: api.StoreKeyring,
		alarms: make(chan struct{}, 1), issued: map[string]time.Time{}, life: 2 * time.Hour, policy: 2 * time.Hour, complete: make(chan struct{}, 8),
		press: make(chan Pressed, 4), events: make(chan PowerEvent, 4), settings: api.DefaultSettings(),
	}
}

// run starts an agent in the world and ends it with the test.
func (w *world) run(t *testing.T) (*Agent, func()) {
	t.Helper()
	n := 0
	ports := Ports{
		Registry: w, Keyring: fakeKeyring{w}, Files: w, Watcher: w, Env: w, Clock: w,
		Notices: w.asNotices(), Power: w, Store: fakeStore{w}, Settings: fakeSettings{w}, Shells: w,
	}
	if w.git != nil {
		ports.Git = w.git
	}
	if w.startsOn != nil {
		ports.Autostart = w.startsOn
	}
	if w.finder != nil {
		ports.Finder = w.finder
	}
	if w.tokens != nil {
		ports.Tokens = w.tokens
	}
	files := []ConfigFile{{userRC, api.LevelUser}}
	if w.beside != nil {
		ports.Managers, ports.Desktop, ports.Processes = w.beside, w.beside, w.beside
		files = append(files, ConfigFile{pnpmRC, api.LevelPnpm}, ConfigFile{yarnRC, api.LevelYarn})
	}
	opts := Options{
		Files: files, Home: cmp.Or(w.home, "/home/u"), LogDir: "/home/u/.local/state/sandglass", Program: "/usr/bin/sandglass",
		HelperScript: func(u registry.URL) string { return "/home/u/.config/sandglass/helper/" + u.Host() },
		HelperText:   func(u registry.URL) string { return "#!/bin/sh\n# " + u.String() + "\n" },
		Project:      func(dir string) string { return dir + "/.npmrc" },
		Policies:     map[registry.URL]time.Duration{reg: w.policy},
		Random:       func() string { n++; return fmt.Sprintf("SG_%016x", n) },
	}
	if w.rig != nil {
		w.rig(&ports, &opts)
	}
	a := New(ports, opts)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = a.Run(ctx) }()
	synctest.Wait()
	return a, func() { cancel(); <-done }
}

// save writes a file as a program of the user would, and lets the agent act on it.
func (w *world) save(path, text string) {
	w.mu.Lock()
	w.files[path], w.modified[path] = text, w.Now()
	w.mu.Unlock()
	w.changes <- []string{path}
	synctest.Wait()
}

// tracks are the paths that are watched now.
func (w *world) tracks() []string { w.mu.Lock(); defer w.mu.Unlock(); return w.track }

func (w *world) text(path string) string { w.mu.Lock(); defer w.mu.Unlock(); return w.files[path] }

// issue makes a credential that the registry takes until its life is over.
func (w *world) issue() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.issueLocked()
}

func (w *world) issueLocked() string {
	entropy := fmt.Sprintf("%030d", len(w.issued))
	s := "npm_" + entropy + token.Checksum(entropy)
	w.issued[s] = w.Now().Add(w.life)
	return s
}

// set changes the world while an agent lives in it.
func (w *world) set(f func()) { w.mu.Lock(); defer w.mu.Unlock(); f() }

// shell is what a shell would find in a variable now.
func (w *world) shell(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.env) == 0 {
		return ""
	}
	return w.env[len(w.env)-1][name]
}

func (w *world) StartLogin(context.Context, registry.URL) (WebLogin, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.offline {
		return WebLogin{}, ErrOffline
	}
	w.logins++
	return WebLogin{Registry: reg, Page: "https://registry.example.com/login/1", Host: "registry.example.com"}, nil
}

func (w *world) AwaitLogin(ctx context.Context, _ WebLogin) (Issued, error) {
	select {
	case <-w.complete:
		return Issued{Secret: token.NewSecret(w.issue()), Date: w.Now()}, nil
	case <-ctx.Done():
		return Issued{}, ctx.Err()
	case <-time.After(10 * time.Minute):
		return Issued{}, ErrLoginGone
	}
}

func (w *world) CouchLogin(_ context.Context, _ registry.URL, c api.Couch) (Issued, error) {
	if c.Password.Reveal() != "pw" {
		return Issued{}, ErrDenied
	}
	return Issued{Secret: token.NewSecret(w.issue())}, nil
}

func (w *world) Whoami(_ context.Context, _ registry.URL, s token.Secret) (Identity, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	end, ok := w.issued[s.Reveal()]
	switch {
	case w.offline:
		return Identity{}, ErrOffline
	case !ok || !time.Now().Before(end):
		return Identity{}, ErrRefused
	}
	return Identity{Name: "alice"}, nil
}

func (w *world) Logout(_ context.Context, _ registry.URL, s token.Secret) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.offline {
		return ErrOffline
	}
	delete(w.issued, s.Reveal())
	return nil
}

func (w *world) Read(path string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	if s == "unreadable" {
		return nil, errors.New("permission denied")
	}
	return []byte(s), nil
}

func (w *world) Modified(path string) (time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.files[path]; !ok {
		return time.Time{}, fs.ErrNotExist
	}
	return w.modified[path], nil
}

func (w *world) Replace(path string, old, fresh []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now, ok := w.files[path]; ok != (old != nil) || now != string(old) {
		return ErrChanged
	}
	w.files[path] = string(fresh)
	w.order = append(w.order, "file")
	w.changes <- []string{path}
	return nil
}

func (w *world) Private(path string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.private = append(w.private, path)
	return nil
}

func (w *world) Stamp(path string) (string, error) {
	data, err := w.Read(path)
	return string(data), err
}

func (w *world) Runnable(path string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runnable = append(w.runnable, path)
	return nil
}

func (w *world) Track(paths []string)     { w.set(func() { w.track = paths }) }
func (w *world) Changes() <-chan []string { return w.changes }
func (w *world) Polling() bool            { return false }

func (w *world) Publish(vars []Variable, due injection.Due) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.envErr != nil {
		return w.envErr
	}
	m := map[string]string{}
	for _, v := range vars {
		m[v.Name] = v.Value.Reveal()
	}
	w.env, w.told = append(w.env, m), due
	w.order = append(w.order, "env")
	return nil
}

func (w *world) Dir() string { return "/run/user/1000/sandglass" }

func (w *world) Now() time.Time { return time.Now().Round(0).Add(w.jump) }

func (w *world) WakeAt(t time.Time) {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if !t.IsZero() {
		w.timer = time.AfterFunc(t.Sub(w.Now()), w.alarm)
	}
}

func (w *world) alarm() {
	select {
	case w.alarms <- struct{}{}:
	default:
	}
}

func (w *world) Alarms() <-chan struct{} { return w.alarms }

// sleep lets a laptop sleep: wall time goes on, timers do not.
func (w *world) sleep(d time.Duration) {
	w.events <- PowerSleep
	synctest.Wait()
	w.mu.Lock()
	for s, end := range w.issued { // the registry's clock went on
		w.issued[s] = end.Add(-d)
	}
	w.mu.Unlock()
	w.jump += d
	w.events <- PowerWake
	w.alarm()
	synctest.Wait()
}

type fakeNotices struct{ *world }

func (w *world) asNotices() Notices { return fakeNotices{w} }

func (n fakeNotices) Show(_ context.Context, notice Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.noticeErr != nil {
		return n.noticeErr
	}
	n.notices = append(n.notices, notice)
	return nil
}
func (n fakeNotices) Close(_ context.Context, id string) error {
	n.set(func() { n.world.closed = append(n.world.closed, id) })
	return nil
}
func (n fakeNotices) Pressed() <-chan Pressed { return n.press }
func (fakeNotices) Available() bool           { return true }

func (w *world) shown() []Notice { w.mu.Lock(); defer w.mu.Unlock(); return w.notices }

func (w *world) Events() <-chan PowerEvent { return w.events }
func (w *world) Done()                     { w.mu.Lock(); defer w.mu.Unlock(); w.mayleep++ }

type fakeStore struct{ *world }

func (s fakeStore) Load() ([]byte, error) {
	if s.state == nil {
		return nil, ErrNotFound
	}
	return s.state, nil
}
func (s fakeStore) Save(data []byte) error    { s.state = data; s.world.state = data; return nil }
func (s fakeStore) SetAside() (string, error) { s.world.state = nil; return "/state.json.damaged", nil }

type fakeSettings struct{ *world }

func (s fakeSettings) Load() (api.Settings, []api.Finding) { return s.settings, nil }
func (s fakeSettings) Save(v api.Settings) error {
	if s.settingsErr != nil {
		return s.settingsErr
	}
	s.world.settings = v
	return nil
}
func (s fakeSettings) Path() string { return "/settings.toml" }

func (w *world) Plan(shells []string, _ bool) ([]FileEdit, error) {
	return []FileEdit{{Path: "/home/u/." + shells[0] + "rc", New: []byte("hook\n")}}, nil
}
func (w *world) Detect() []string { return []string{"bash", "zsh"} }
func (w *world) Hooked() []string { return []string{"bash"} }

func (w *world) Prove(_ context.Context, shell, command string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.typed = append(w.typed, shell+": "+command)
	return w.answer, w.answerErr
}
