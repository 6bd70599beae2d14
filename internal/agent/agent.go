package agent

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// ConfigFile is a file of the package managers that the agent watches.
type ConfigFile struct {
	Path  string
	Level api.Level
}

// Options are what the wiring knows and the agent does not ask for.
type Options struct {
	Version  string
	Log      *slog.Logger
	Files    []ConfigFile                                    // the user's and the machine's config files
	Project  func(dir string) string                         // the config file of a project folder
	Policies map[registry.URL]time.Duration                  // how long sessions last where the registry says so in prose
	Random   func() string                                   // an unguessable variable name
	Tray     bool                                            // whether this process shows a tray icon
	TrayHost func(ctx context.Context, see func(shown bool)) // tells whether a tray host is there, at once and when that changes; nil: not asked
	Demo     bool
	Home     string // the user's home folder: config files in it are the user's, not a project's
	LogDir   string // where the log lies, for people who look for it

	Program      string                    // absolute path of the command line, "" if it was not found
	HelperScript func(registry.URL) string // where a program lies, or may be put, that runs the helper for a registry
	HelperText   func(registry.URL) string // and its text
}

// Agent owns the sessions of one user. Make one with New and call Run once.
type Agent struct {
	ports Ports
	opts  Options
	log   *slog.Logger

	posts chan func()   // to the goroutine that owns core
	quit  chan struct{} // closed by VerbQuit
	ended chan struct{} // closed when Run returns
	work  sync.WaitGroup
	core  *core

	factor   chan struct{} // held by who may ask a registry for what it wants a second factor for
	applying chan struct{} // held by who carries out a plan, or takes credentials over

	verdicts verdicts
	projects projects
	snapshot atomic.Pointer[api.Snapshot]
	names    atomic.Pointer[[]Variable] // what the env files define, without values
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced with every snapshot
}

var _ api.Agent = (*Agent)(nil)

// New makes an agent. Nothing is read or written before Run.
func New(ports Ports, opts Options) *Agent {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	a := &Agent{
		ports: ports, opts: opts, log: opts.Log,
		posts: make(chan func(), 64), quit: make(chan struct{}), ended: make(chan struct{}),
		changed: make(chan struct{}), factor: make(chan struct{}, 1), applying: make(chan struct{}, 1),
	}
	a.core = newCore(a)
	a.snapshot.Store(&api.Snapshot{Schema: api.Schema})
	return a
}

// Run works until ctx ends or VerbQuit, then empties the env files and returns. It returns only
// after every goroutine of the agent ended. Faces may call from the start; they wait until the
// settings, the state and the first look at every file are in.
func (a *Agent) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer close(a.ended)
	a.core.ctx = ctx
	a.core.start()
	a.loop(ctx)
	a.core.stop()
	cancel()
	done := make(chan struct{})
	go func() { a.work.Wait(); close(done) }()
	for { // what workers still post must not block them
		select {
		case <-a.posts:
		case <-done:
			a.core.clearFiles()
			a.core.clearDesktop()
			return nil
		}
	}
}

func (a *Agent) loop(ctx context.Context) {
	var power <-chan PowerEvent
	if a.ports.Power != nil {
		power = a.ports.Power.Events()
	}
	var pressed <-chan Pressed
	if a.ports.Notices != nil {
		pressed = a.ports.Notices.Pressed()
	}
	defer a.burn()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.quit:
			return
		case f := <-a.posts:
			f()
		case paths := <-a.ports.Watcher.Changes():
			a.core.filesChanged(paths)
		case <-a.ports.Clock.Alarms():
			a.core.alarm()
		case e := <-power:
			a.core.power(e)
		case p := <-pressed:
			a.core.pressed(p)
		}
		a.core.settle()
	}
}

// post hands f to the goroutine that owns the state. It reports false once that has ended.
func (a *Agent) post(f func()) bool {
	select {
	case a.posts <- f:
		return true
	case <-a.ended:
		return false
	}
}

// spawn runs f beside the loop, and then what f returns on the loop.
func (a *Agent) spawn(f func(ctx context.Context) func()) {
	ctx := a.core.ctx
	a.work.Go(func() {
		defer a.burn()
		if then := f(ctx); then != nil {
			a.post(then)
		}
	})
}

// burn empties the env files when a goroutine panics, and lets the panic go on: a crashed agent must not
// leave credentials where nobody takes them away.
func (a *Agent) burn() {
	if r := recover(); r != nil {
		if names := a.names.Load(); names != nil {
			_ = a.ports.Env.Publish(*names, injection.Due{})
		}
		panic(r)
	}
}

// errNoAgent is the answer of an agent that has ended.
var errNoAgent = &api.Error{Code: api.CodeNoAgent}

// ask runs f on the loop and waits for its answer.
func ask[T any](ctx context.Context, a *Agent, f func() (T, error)) (T, error) {
	type answer struct {
		v   T
		err error
	}
	got := make(chan answer, 1)
	var zero T
	if ctx.Err() != nil { // who has gone away already wants nothing done
		return zero, &api.Error{Code: api.CodeCancelled}
	}
	select {
	case a.posts <- func() {
		v, err := f()
		a.core.settle() // who gets the answer finds it true
		got <- answer{v, err}
	}:
	case <-ctx.Done():
		return zero, &api.Error{Code: api.CodeCancelled}
	case <-a.ended:
		return zero, errNoAgent
	}
	select {
	case r := <-got:
		return r.v, r.err
	case <-ctx.Done():
		return zero, &api.Error{Code: api.CodeCancelled}
	case <-a.ended:
		return zero, errNoAgent
	}
}

// Snapshot implements api.Agent. The first one waits until the first look at the files is over.
func (a *Agent) Snapshot(ctx context.Context) (api.Snapshot, error) {
	for {
		changed := a.wait()
		select {
		case <-a.ended:
			return api.Snapshot{}, errNoAgent // nobody knows how things stand now
		case <-ctx.Done():
			return api.Snapshot{}, &api.Error{Code: api.CodeCancelled}
		default:
		}
		if s := a.snapshot.Load(); s.Version > 0 {
			return *s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return api.Snapshot{}, &api.Error{Code: api.CodeCancelled}
		case <-a.ended:
			return api.Snapshot{}, errNoAgent
		}
	}
}

// Watch implements api.Agent.
func (a *Agent) Watch(ctx context.Context, see func(api.Snapshot) error) error {
	var last uint64
	for {
		changed := a.wait()
		if s := a.snapshot.Load(); s.Version > last {
			last = s.Version
			if err := see(*s); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return &api.Error{Code: api.CodeCancelled}
		case <-a.ended:
			return errNoAgent
		}
	}
}

// wait returns a channel that is closed at the next snapshot.
func (a *Agent) wait() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// publish shows a new snapshot to all who watch.
func (a *Agent) publish(s api.Snapshot) {
	a.snapshot.Store(&s)
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.changed)
	a.changed = make(chan struct{})
}

// printer speaks the user's language.
func (c *core) printer() *i18n.Printer { return i18n.New(c.settings.Language) }
