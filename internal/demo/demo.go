// Package demo is a small registry that speaks npm's protocol, for `sandglass demo` and for tests: web
// login with a page of its own, login by name and password, sessions that end by themselves, whoami,
// access tokens, logout, and two packages, one of which only those who are logged in can see.
// npm, pnpm, Yarn and Bun work with it unchanged.
//
// It listens on 127.0.0.1 alone and keeps everything in memory. Its manners are those of npm's public
// registry where they differ from others: sessions are opaque, stand in no list and die at logout, and
// what a caller may not see is not found.
//
// Start owns the server until Close or the end of its context. A second Start is a second registry.
// Credentials are kept as digests only, but for the moment between a completed page and its
// collection; none is logged or recorded.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// DefaultUser and DefaultPassword are the account of a registry that was started without Users.
const (
	DefaultUser     = "demo"
	DefaultPassword = "sandglass"
)

const (
	defaultSession = time.Minute
	pageLife       = 5 * time.Minute
	closeLimit     = time.Second
)

// User is somebody who can log in.
type User struct {
	Name     string
	Password token.Secret
}

// Options says how a Registry works. The zero value is ready for use.
type Options struct {
	// Session is how long a login lasts; zero means 60 s.
	Session time.Duration
	// Users can log in, the first one by one click; none means DefaultUser.
	Users []User
	// Clock is the registry's clock, also in its Date headers; nil means time.Now.
	Clock func() time.Time
	// Logger gets a line a request, at debug level; nil means none.
	Logger *slog.Logger
}

// Registry is a running demo registry. Its methods are safe for concurrent use.
type Registry struct {
	opts     Options
	packages []*pkg
	server   *http.Server
	address  string // host and port
	stopped  chan struct{}
	unhook   func() bool
	close    func() error

	mu       sync.Mutex
	creds    map[digest]*credential
	pages    map[string]*page // by the page's id
	done     map[string]*page // by the id that is polled
	faults   []*fault
	requests []Request
}

// Start brings up a registry on a free port of 127.0.0.1. It ends with ctx or by Close.
func Start(ctx context.Context, o Options) (*Registry, error) {
	r, err := build(o)
	if err != nil {
		return nil, fmt.Errorf("build demo packages: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the demo registry: %w", err)
	}
	r.address = l.Addr().String()
	r.server = &http.Server{
		Handler: r.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(r.opts.Logger.Handler(), slog.LevelDebug),
	}
	go func() {
		defer close(r.stopped)
		if err := r.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.opts.Logger.Error("demo registry stopped", "error", err)
		}
	}()
	r.close = sync.OnceValue(r.shutdown)
	r.unhook = context.AfterFunc(ctx, func() { _ = r.close() })
	return r, nil
}

func build(o Options) (*Registry, error) {
	if o.Session <= 0 {
		o.Session = defaultSession
	}
	if len(o.Users) == 0 {
		o.Users = []User{{DefaultUser, token.NewSecret(DefaultPassword)}}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Registry{opts: o, stopped: make(chan struct{}), creds: map[digest]*credential{}, pages: map[string]*page{}, done: map[string]*page{}}
	for _, u := range o.Users {
		r.addSamples(u.Name)
	}
	var err error
	r.packages, err = buildPackages()
	return r, err
}

// URL is the registry's address, http://127.0.0.1:port/.
func (r *Registry) URL() string { return "http://" + r.address + "/" }

// Close ends the server and returns once it has ended. Further calls do nothing.
func (r *Registry) Close() error {
	r.unhook()
	return r.close()
}

func (r *Registry) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	if r.server.Shutdown(ctx) != nil {
		_ = r.server.Close() // whoever still holds a connection has had its second
	}
	<-r.stopped
	return nil
}
