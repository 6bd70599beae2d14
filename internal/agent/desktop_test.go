package agent

import (
	"context"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// beside is what runs on the machine besides the agent.
type beside struct {
	mu       sync.Mutex
	managers []injection.Manager
	desktop  map[string]string
	holders  []Holder
}

func (b *beside) Find(context.Context) []injection.Manager { return b.managers }

func (b *beside) Set(_ context.Context, vars []Variable) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range vars {
		b.desktop[v.Name] = v.Value.Reveal()
	}
	return nil
}

func (b *beside) Unset(_ context.Context, names []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.desktop, func(name, _ string) bool { return slices.Contains(names, name) })
	return nil
}

func (b *beside) Holding(context.Context, []string) ([]Holder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.holders), nil
}

// everything is a machine with all managers.
func everything() *beside {
	return &beside{desktop: map[string]string{}, managers: []injection.Manager{
		{Name: "npm", Version: "12.2.0"}, {Name: "pnpm", Version: "12.21.0"}, {Name: "yarn", Version: "4.18.1"}, {Name: "deno", Version: "2.9.6"},
	}}
}

// TestDesktopEnvironment follows the env files, and is empty of ours when the agent is gone.
func TestDesktopEnvironment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.settings.Move = true
		secret := w.issue()
		w.files[userRC] = "//registry.example.com/:_authToken=" + secret + "\n"
		a, stop := w.run(t)
		if len(w.beside.desktop) != 0 {
			t.Fatalf("unasked: %v", slices.Collect(maps.Keys(w.beside.desktop)))
		}
		on := true
		if p := setUp(t, a, api.SetupRequest{Desktop: &on}); !p.Desktop {
			t.Error("the plan does not say so")
		}
		if w.beside.desktop["SG_0000000000000001"] != secret {
			t.Error("programs of the desktop do not get it")
		}
		_ = a.Do(t.Context(), api.Action{Verb: api.VerbLock})
		synctest.Wait()
		if v, there := w.beside.desktop["SG_0000000000000001"]; !there || v != "" {
			t.Errorf("locked: defined %v, empty %v", there, v == "")
		}
		stop()
		if len(w.beside.desktop) != 0 {
			t.Error("it outlives the agent")
		}
	})
}

// TestStaleEnvironment names the programs that hold an older session, and no shells.
func TestStaleEnvironment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.settings.Move = true
		first := w.issue()
		w.files[userRC] = "//registry.example.com/:_authToken=" + first + "\n"
		a, stop := w.run(t)
		defer stop()
		holder := func(pid int, program, secret string, age time.Duration) Holder {
			return Holder{PID: pid, Program: program, Variable: "SG_0000000000000001", Fingerprint: token.NewSecret(secret).Fingerprint(), Started: time.Now().Add(-age)}
		}
		w.beside.holders = []Holder{holder(10, "code", first, time.Hour), holder(11, "code", first, time.Hour), holder(12, "bash", first, time.Hour)}
		stale := func() (out []string) {
			for _, f := range snapshot(t, a).Findings {
				if f.Code == api.FindingStaleEnv {
					out = append(out, f.Args["Program"]+" "+f.Args["PIDs"])
				}
			}
			return out
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := stale(); len(got) > 0 {
			t.Errorf("the present session is told as old: %v", got)
		}
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if got := stale(); !slices.Equal(got, []string{"code 10, 11"}) {
			t.Errorf("got %v", got)
		}
		w.beside.mu.Lock()
		w.beside.holders = nil // the user has restarted it
		w.beside.mu.Unlock()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := stale(); len(got) > 0 {
			t.Errorf("after the restart: %v", got)
		}
	})
}
