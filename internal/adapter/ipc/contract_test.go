package ipc

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// secrets lets cmp compare what refuses to be looked at.
var secrets = cmp.Comparer(func(a, b token.Secret) bool { return a.Equal(b) })

// shortDir is a folder whose path leaves room for a socket's name: t.TempDir is too long on macOS.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "run")
}

// serve answers with agent in a folder of its own until the test ends.
func serve(t *testing.T, agent api.Agent) (dir string) {
	t.Helper()
	dir = shortDir(t)
	ln, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, ln, agent)
	return dir
}

func serveOn(t *testing.T, ln net.Listener, agent api.Agent) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, ln, agent) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// TestContract asks the same of an agent directly and through the socket: what comes back, and what the agent is asked, is equal.
func TestContract(t *testing.T) {
	steps := []api.Login{
		{Registry: "https://registry.example.com/", State: api.LoginStarting, Since: start},
		{Registry: "https://registry.example.com/", State: api.LoginWaiting, URL: "https://registry.example.com/login/1", Host: "registry.example.com", Browser: true, Since: start},
		{Registry: "https://registry.example.com/", State: api.LoginFailed, Since: start, Error: &api.Error{Code: api.CodeDenied}},
	}
	failure := &api.Error{Code: api.CodePartly, Args: map[string]string{"Registry": "npm"}, Cause: "日本語 \u2028 \"quoted\"\n"}
	for name, errs := range map[string]map[string]error{
		"fine": nil,
		"failing": {
			"snapshot": failure, "watch": failure, "login": failure, "logout": failure, "grant": failure,
			"do": failure, "plan": failure, "apply": failure, "due": failure, "inspect": failure, "keep": failure, "prove": failure,
		},
	} {
		t.Run(name, func(t *testing.T) {
			make := func() *fakeagent.Agent {
				a := fakeagent.New(start)
				a.Errors, a.Steps = errs, steps
				a.Changes = []api.PlanEdit{{File: "/home/日本/.bashrc", Create: true, Diff: []string{"+eval"}}}
				if errs == nil { // what comes with an error means nothing, and does not cross
					a.Over = []api.Session{{Registry: "https://registry.example.com/", State: api.StateEnded, Ends: start, Variables: []string{}, Places: []api.Place{}}}
					a.Seen = api.Inspection{Dir: "/home/alice", Findings: []api.Finding{}, Seal: []string{"a=b"}, Withhold: []string{"NPM_TOKEN"}}
					a.Proof = api.Proof{Shell: "fish", Command: "npm whoami", Answer: "\x1b[31m404\n日本"}
				}
				a.Set(func(s *api.Snapshot) {
					s.Findings = []api.Finding{{Code: api.FindingLiteral, Severity: api.SeverityWarning, File: "a", Line: 2, Action: &api.Action{Verb: api.VerbMove}}}
				})
				return a
			}
			direct, served := make(), make()
			want := askAll(t, direct)
			got := askAll(t, Dial(serve(t, served)))
			if diff := cmp.Diff(want, got, secrets); diff != "" {
				t.Errorf("answers differ (-direct +socket):\n%s", diff)
			}
			if diff := cmp.Diff(asked(direct), asked(served), secrets); diff != "" {
				t.Errorf("the agent is asked something else (-direct +socket):\n%s", diff)
			}
		})
	}
}

// asked is what an agent was asked, without who asked.
func asked(a *fakeagent.Agent) (out []any) {
	for _, c := range a.Calls() {
		if c.Ended == nil {
			out = append(out, c.Method, c.Params)
		}
	}
	return out
}

// askAll makes every call once and returns all that came back.
func askAll(t *testing.T, a api.Agent) (out []any) {
	t.Helper()
	ctx := context.Background()
	note := func(v any, err error) {
		var e *api.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("%T is no *api.Error: %v", err, err)
		}
		out = append(out, v, e)
	}
	s, err := a.Snapshot(ctx)
	note(s, err)
	enough := &api.Error{Code: "seen enough"}
	note(nil, a.Watch(ctx, func(s api.Snapshot) error { out = append(out, s); return enough }))
	req := api.LoginRequest{Registry: registry.Public.String(), NoBrowser: true, Couch: &api.Couch{Name: "alice", Password: token.NewSecret("correct horse"), OTP: token.NewSecret("123456")}}
	note(nil, a.Login(ctx, req, func(l api.Login) { out = append(out, l) }))
	note(nil, a.Logout(ctx, "https://registry.example.com/"))
	g, err := a.Grant(ctx, api.GrantRequest{Use: api.UseExec, Program: "npm"})
	note(g, err)
	note(nil, a.Do(ctx, api.Action{Verb: api.VerbPause, Until: start.Add(time.Hour), Settings: &api.Settings{Language: "ja"}}))
	p, err := a.Plan(ctx, api.SetupRequest{Shells: []string{"bash"}, Move: true})
	note(p, err)
	note(nil, a.Apply(ctx, "plan-1"))
	note(a.Due(ctx, api.DueRequest{Manager: "npm", Args: []string{"ci"}, Dir: "/home/alice/x"}))
	note(a.Inspect(ctx, api.InspectRequest{Dir: "/home/alice/x", Once: true}))
	note(nil, a.Keep(ctx, api.KeepRequest{Store: api.StoreFile, Passphrase: token.NewSecret("開け \\ \" \t")}))
	note(a.Prove(ctx, api.ProveRequest{Shell: "fish", Registry: "https://registry.example.com/"}))
	for _, room := range append(slices.Clone(api.Rooms), api.RoomSetup, "") {
		note(nil, a.Do(ctx, api.Action{Verb: api.VerbShow, Room: room}))
	}
	set := api.Settings{Language: "ja", Quiet: "22:00-08:00", Animations: true, Welcomed: true, Projects: []string{"/home/日本"}, Modes: map[string]injection.Mode{"https://registry.example.com/": injection.ModeExec}}
	note(nil, a.Do(ctx, api.Action{Verb: api.VerbSet, Settings: &set}))
	note(nil, a.Do(ctx, api.Action{Verb: api.VerbAutostart}))
	for _, use := range []api.GrantUse{api.UseCopy, api.UseShow} {
		note(a.Grant(ctx, api.GrantRequest{Use: use, Registry: "https://registry.example.com/", Program: "window", Dir: "/home/alice"}))
	}
	return out
}

// TestWatchSeesChanges and ends, at both ends, with its context.
func TestWatchSeesChanges(t *testing.T) {
	fake := fakeagent.New(start)
	client := Dial(serve(t, fake))
	ctx, cancel := context.WithCancel(t.Context())
	var versions []uint64
	err := client.Watch(ctx, func(s api.Snapshot) error {
		versions = append(versions, s.Version)
		switch len(versions) {
		case 1, 2:
			fake.Set(func(s *api.Snapshot) { s.Locked = !s.Locked })
		case 3:
			cancel()
		}
		return nil
	})
	if !isCancelled(err) || len(versions) < 3 {
		t.Errorf("saw %v, ended with %v", versions, err)
	}
	if !fake.Await(t.Context(), func(c Call) bool { return c.Method == "watch" && c.Ended != nil }) {
		t.Error("the agent's end of the watch goes on")
	}
}

// Call is short for the fake's.
type Call = fakeagent.Call

func isCancelled(err error) bool { return code(err) == api.CodeCancelled }

// code is an error's code, "" for none.
func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestClosingCancels: a login ends when the one who asked for it goes away.
func TestClosingCancels(t *testing.T) {
	fake := fakeagent.New(start)
	fake.Hang = true
	fake.Steps = []api.Login{{State: api.LoginWaiting}}
	client := Dial(serve(t, fake))
	ctx, cancel := context.WithCancel(t.Context())
	err := client.Login(ctx, api.LoginRequest{}, func(api.Login) { cancel() })
	if !isCancelled(err) {
		t.Errorf("got %v", err)
	}
	if !fake.Await(t.Context(), func(c Call) bool { return c.Method == "login" && c.Ended != nil }) {
		t.Error("the login goes on at the agent")
	}
}

// TestServeEndsCalls: when the agent stops, calls under way end, and Serve returns after them.
func TestServeEndsCalls(t *testing.T) {
	fake := fakeagent.New(start)
	fake.Hang = true
	fake.Steps = []api.Login{{State: api.LoginWaiting}}
	dir := shortDir(t)
	ln, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, ln, fake) }()
	if err := Dial(dir).Login(t.Context(), api.LoginRequest{}, func(api.Login) { cancel() }); code(err) != api.CodeNoAgent {
		t.Errorf("login ended with %v", err)
	}
	if err := <-served; err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if _, err := Dial(dir).Snapshot(t.Context()); code(err) != api.CodeNoAgent {
		t.Errorf("after the end: %v", err)
	}
	if next, err := Listen(dir); err != nil {
		t.Errorf("listen again: %v", err)
	} else {
		_ = next.Close()
	}
}

// TestNoAgent: nobody listens, or nobody has ever.
func TestNoAgent(t *testing.T) {
	_, err := Dial(shortDir(t)).Snapshot(t.Context())
	if code(err) != api.CodeNoAgent {
		t.Errorf("got %v", err)
	}
}

// TestPeer: the agent learns who asked.
func TestPeer(t *testing.T) {
	fake := fakeagent.New(start)
	if _, err := Dial(serve(t, fake)).Grant(t.Context(), api.GrantRequest{Use: api.UseEnv}); err != nil {
		t.Fatal(err)
	}
	self, _ := os.Executable()
	got := fake.Calls()[0].Peer
	if got.PID != os.Getpid() || got.Program != "" && got.Program != self {
		t.Errorf("caller is %+v, want process %d, %s", got, os.Getpid(), self)
	}
}
