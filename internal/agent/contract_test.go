package agent_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sandglass-dev/sandglass/internal/adapter/files"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/adapter/settings"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/agentsuite"
)

// realSettings are a settings file of the real kind, which says what settings may be.
func realSettings(t *testing.T) *settings.File {
	dir := t.TempDir()
	return settings.New(filepath.Join(dir, "config", "settings.toml"), files.New(filepath.Join(dir, "locks")))
}

// listen opens a socket in a folder whose path is short enough for one.
func listen(t *testing.T) (dir string, ln net.Listener) {
	t.Helper()
	top, err := os.MkdirTemp("", "sg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	dir = filepath.Join(top, "run")
	if ln, err = ipc.Listen(dir); err != nil {
		t.Fatal(err)
	}
	return dir, ln
}

// TestContractInProcess: the tray's way to the agent.
func TestContractInProcess(t *testing.T) {
	agentsuite.Run(t, func(t *testing.T, bare bool) agentsuite.Rig {
		w := agent.RunContract(t, realSettings(t), bare, func(context.Context, *agent.Agent) {})
		return agentsuite.Rig{Agent: w.Agent, World: w}
	})
}

// overSocket is an agent that answers at a socket, too.
func overSocket(t *testing.T, bare bool) (*agent.ContractWorld, *ipc.Client) {
	dir, ln := listen(t)
	w := agent.RunContract(t, realSettings(t), bare, func(ctx context.Context, a *agent.Agent) {
		if err := ipc.Serve(ctx, ln, a); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return w, ipc.Dial(dir)
}

// TestContractOverSocket: the way of the window and the command line, to the very same agent.
func TestContractOverSocket(t *testing.T) {
	agentsuite.Run(t, func(t *testing.T, bare bool) agentsuite.Rig {
		w, client := overSocket(t, bare)
		return agentsuite.Rig{Agent: client, World: w}
	})
}

// TestSocketTellsTheSame asks one agent in both ways, and compares every word.
func TestSocketTellsTheSame(t *testing.T) {
	w, client := overSocket(t, false)
	url, _ := w.Registry()
	w.Write(w.UserFile(), "//registry.example.com/:_authToken="+w.Issue()+"\n", true)
	evil := w.Folder(map[string]string{".npmrc": "userconfig=./evilrc\n", ".yarnrc.yml": "yarnPath: ./日本.js\n"})
	for _, a := range []api.Action{
		{Verb: api.VerbWatch, Path: evil}, {Verb: api.VerbPause, Until: time.Date(2099, 1, 1, 0, 0, 0, 1, time.Local)}, {Verb: api.VerbMute, Registry: url}, {Verb: api.VerbRescan},
	} {
		if err := client.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	w.Complete()
	if err := client.Login(t.Context(), api.LoginRequest{}, nil); err != nil {
		t.Fatal(err)
	}
	repository := w.Repository(map[string]string{".npmrc": "//registry.example.com/:_authToken=" + w.Issue() + "\n", "日本.env": "x\n"}, ".npmrc")
	quiet(t, w)
	w.Says("no idea\n")
	for name, ask := range map[string]func(a api.Agent) (any, error){
		"snapshot": func(a api.Agent) (any, error) { return a.Snapshot(t.Context()) },
		"plan": func(a api.Agent) (any, error) {
			return a.Plan(t.Context(), api.SetupRequest{Shells: []string{"bash", "zsh"}, Move: true})
		},
		"undo":     func(a api.Agent) (any, error) { return a.Plan(t.Context(), api.SetupRequest{Undo: true}) },
		"bad mode": func(a api.Agent) (any, error) { return a.Plan(t.Context(), api.SetupRequest{Mode: "x\u2028<b>"}) },
		"no plan":  func(a api.Agent) (any, error) { return nil, a.Apply(t.Context(), "\x00") },
		"inspect":  func(a api.Agent) (any, error) { return a.Inspect(t.Context(), api.InspectRequest{Dir: evil}) },
		"scopes": func(a api.Agent) (any, error) {
			return a.Inspect(t.Context(), api.InspectRequest{Dir: evil, Scopes: true})
		},
		"discover": func(a api.Agent) (any, error) {
			return a.Discover(t.Context(), api.DiscoverRequest{Roots: []string{evil}}, nil)
		},
		"due":   func(a api.Agent) (any, error) { return a.Due(t.Context(), api.DueRequest{Manager: "npm", Dir: evil}) },
		"prove": func(a api.Agent) (any, error) { return a.Prove(t.Context(), api.ProveRequest{Shell: "bash"}) },
		"scan": func(a api.Agent) (any, error) {
			return a.Scan(t.Context(), api.ScanRequest{Dir: repository, History: true}, nil)
		},
		"no shell": func(a api.Agent) (any, error) { return a.Prove(t.Context(), api.ProveRequest{Shell: "日本"}) },
		"unsafe": func(a api.Agent) (any, error) {
			return a.Grant(t.Context(), api.GrantRequest{Use: api.UseHelper, Registry: url, Dir: evil})
		},
		"unknown": func(a api.Agent) (any, error) { return nil, a.Logout(t.Context(), "https://other.example.com/") },
		"no url":  func(a api.Agent) (any, error) { return nil, a.Logout(t.Context(), "日本 \u2028") },
		"keep": func(a api.Agent) (any, error) {
			return nil, a.Keep(t.Context(), api.KeepRequest{Store: api.StoreFile, Passphrase: token.NewSecret("日本")})
		},
		"set": func(a api.Agent) (any, error) {
			return nil, a.Do(t.Context(), api.Action{Verb: api.VerbSet, Settings: &api.Settings{Language: "tlh"}})
		},
	} {
		direct, why := ask(w.Agent)
		across, whyAcross := ask(client)
		if diff := cmp.Diff(direct, across, secretsEqual); diff != "" {
			t.Errorf("%s (-direct +socket):\n%s", name, diff)
		}
		if diff := cmp.Diff(why, whyAcross); diff != "" {
			t.Errorf("error of %s (-direct +socket):\n%s", name, diff)
		}
	}
	gotten := [2]api.Grant{}
	for i, a := range []api.Agent{w.Agent, client} {
		g, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseShow, Registry: url, Program: "window"})
		if gotten[i] = g; err != nil || len(g.Items) != 1 || g.Items[0].Secret.IsZero() {
			t.Fatalf("grant: %v", err)
		}
	}
	if diff := cmp.Diff(gotten[0], gotten[1], secretsEqual, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("grant (-direct +socket):\n%s", diff)
	}
}

// secretsEqual lets cmp compare what refuses to be looked at.
var secretsEqual = cmp.Comparer(func(a, b token.Secret) bool { return a.Equal(b) })

// quiet waits until nothing is under way that would change the snapshot.
func quiet(t *testing.T, w *agent.ContractWorld) {
	t.Helper()
	for range 2 { // what a rescan has found may be acted on
		if err := w.Do(t.Context(), api.Action{Verb: api.VerbRescan}); err != nil {
			t.Fatal(err)
		}
	}
}
