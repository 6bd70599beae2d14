package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// programs is where the programs lie that these tests run.
var programs string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sandglass-e2e-")
	if err != nil {
		panic(err)
	}
	programs = dir
	cmd := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../../app/sandglass", "../../app/sandglass-agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// user is somebody who works on this machine with a home of their own.
type user struct {
	t    *testing.T
	home *clients.Home
	env  []string
}

// newUser makes a user whose programs see more of the environment: desktop, browser.
func newUser(t *testing.T, home *clients.Home, more ...string) *user {
	env := home.Env(more...)
	for i, v := range env {
		if strings.HasPrefix(v, "PATH=") {
			env[i] = "PATH=" + programs + ":" + strings.TrimPrefix(v, "PATH=")
		}
	}
	return &user{t: t, home: home, env: env}
}

// first puts a folder before all others in the user's PATH.
func (u *user) first(dir string) {
	for i, v := range u.env {
		if rest, ok := strings.CutPrefix(v, "PATH="); ok {
			u.env[i] = "PATH=" + dir + ":" + rest
		}
	}
}

// command prepares a program run by the user.
func (u *user) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	if name == "sandglass" || name == "sandglass-agent" {
		name = filepath.Join(programs, name)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = u.env, u.home.Work()
	return cmd
}

// sandglass runs the command line and returns what it printed.
func (u *user) sandglass(args ...string) string {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), time.Minute)
	defer cancel()
	cmd := u.command(ctx, "sandglass", args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		u.t.Fatalf("sandglass %s: %v\n%s%s", strings.Join(args, " "), err, &out, &talk)
	}
	return out.String()
}

// status asks the running agent.
func (u *user) status() api.Snapshot {
	u.t.Helper()
	var s api.Snapshot
	if err := json.Unmarshal([]byte(u.sandglass("status", "--json")), &s); err != nil {
		u.t.Fatal(err)
	}
	return s
}

// agent runs the agent until the test ends, and returns once it answers.
func (u *user) agent(args ...string) *exec.Cmd {
	u.t.Helper()
	cmd := u.command(context.Background(), "sandglass-agent", args...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	if err := cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != 0 {
			u.t.Errorf("agent: %v\n%s\nlog:\n%s", err, &talk, u.log())
		}
		if u.t.Failed() {
			u.t.Logf("agent's log:\n%s", u.log())
		}
	})
	u.answers()
	return cmd
}

// answers waits until an agent answers. The command line would start one of its own.
func (u *user) answers() {
	u.t.Helper()
	client := ipc.Dial(filepath.Join(u.home.Dir, "run", "sandglass"))
	u.await("the agent to answer", func() bool {
		_, err := client.Snapshot(u.t.Context())
		return err == nil
	})
}

func (u *user) log() string { return u.home.Read(".local/state/sandglass/sandglass.log") }

// await waits until ok says yes, looking ten times a second.
func (u *user) await(what string, ok func() bool) {
	u.t.Helper()
	tick, limit := time.NewTicker(100*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			u.t.Fatalf("waited a minute for %s\n%s", what, u.log())
		}
	}
}

// testLog shows a log's lines with the test's.
func testLog(t testing.TB) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }
