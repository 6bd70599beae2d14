//go:build !windows

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sandglass": main, agentName: standIn})
}

// standIn is an agent's program for the scripts: it answers, as the real one does, until it is asked to quit.
func standIn() {
	folders, err := dirs.Of(os.Getenv, runtime.GOOS)
	if err == nil && os.Getenv("STAND_IN_FAILS") != "" {
		err = errors.New("told to fail")
	}
	if err != nil {
		os.Exit(1)
	}
	ln, err := ipc.Listen(folders.Runtime)
	if err != nil {
		os.Exit(3)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	agent := fakeagent.New(time.Now())
	agent.Set(func(s *api.Snapshot) { s.Agent.Tray = !slices.Contains(os.Args, "--no-tray") })
	ipc.Ready()
	_ = ipc.Serve(ctx, ln, quitter{agent, cancel})
}

type quitter struct {
	*fakeagent.Agent
	quit func()
}

func (q quitter) Do(ctx context.Context, a api.Action) error {
	if a.Verb == api.VerbQuit {
		q.quit()
	}
	return q.Agent.Do(ctx, a)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"agent": cmdAgent, "asked": cmdAsked, "quit": cmdQuit, "code": cmdCode,
			"waitasked": cmdWaitAsked, "waitended": cmdWaitEnded,
		},
	})
}

// setUp gives every script a home and a runtime folder of its own. The latter's path is short, since
// it ends in a socket.
func setUp(e *testscript.Env) error {
	run, err := os.MkdirTemp("", "sg")
	if err != nil {
		return err
	}
	e.Defer(func() { _ = os.RemoveAll(run) })
	home := filepath.Join(e.WorkDir, "home")
	e.Setenv("HOME", home)
	e.Setenv("XDG_RUNTIME_DIR", run)
	e.Setenv("LANG", "C.UTF-8")
	e.Setenv("SHELL", "/bin/bash")
	e.Setenv("CANARY", fakeagent.Canary.Reveal())
	e.Setenv("NPM", registry.Public.String())
	return os.Mkdir(home, 0o700)
}

// cmdAgent serves a fake agent in the script's runtime folder: agent [state...] [method=code...].
func cmdAgent(ts *testscript.TestScript, _ bool, args []string) {
	fake := fakeagent.New(time.Now())
	fake.Errors = map[string]error{}
	for _, arg := range args {
		if method, code, ok := strings.Cut(arg, "="); ok {
			fake.Errors[method] = &api.Error{Code: code, Args: map[string]string{"Registry": "npm", "URL": "https://registry.example.com/", "File": "/home/a/.npmrc"}, Cause: "because"}
			continue
		}
		change, ok := states[arg]
		if !ok {
			ts.Fatalf("agent has no state %s", arg)
		}
		change(fake)
	}
	ln, err := ipc.Listen(filepath.Join(ts.Getenv("XDG_RUNTIME_DIR"), "sandglass"))
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ipc.Serve(ctx, ln, fake) }()
	ts.Defer(func() { cancel(); <-done })
	fakes.Store(ts.Getenv("WORK"), fake)
}

// cmdAsked looks whether the agent was asked something: asked method, or asked method 'text in its parameters'.
func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	found := false
	for _, c := range fakeOf(ts).Calls() {
		if c.Method == args[0] && (len(args) == 1 || strings.Contains(shown(c.Params), args[1])) {
			found = true
		}
	}
	if found == neg {
		ts.Fatalf("asked: %s", shown(fakeOf(ts).Calls()))
	}
}

// cmdQuit ends the stand-in.
func cmdQuit(ts *testscript.TestScript, _ bool, _ []string) {
	dir := filepath.Join(ts.Getenv("XDG_RUNTIME_DIR"), "sandglass")
	ts.Check(ipc.Dial(dir).Do(context.Background(), api.Action{Verb: api.VerbQuit}))
}

// cmdWaitAsked waits until the agent was asked something, cmdWaitEnded until a call ended early.
func cmdWaitAsked(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, func(c fakeagent.Call) bool { return c.Method == args[0] })
}

func cmdWaitEnded(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, func(c fakeagent.Call) bool { return c.Method == args[0] && c.Ended != nil })
}

func await(ts *testscript.TestScript, ok func(fakeagent.Call) bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if !fakeOf(ts).Await(ctx, ok) {
		ts.Fatalf("asked: %s", shown(fakeOf(ts).Calls()))
	}
}
