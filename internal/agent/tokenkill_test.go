package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// mortal kills an agent behind the nth thing that it does to the world outside: nothing that it does from then on has an
// effect, as after kill -9. One that asks for something learns nothing of the answer.
type mortal struct {
	mu   sync.Mutex
	left int
	dead bool
	did  []string
}

var errKilled = errors.New("killed")

// does has an effect, if the agent lives.
func does[T any](k *mortal, what string, effect func() (T, error)) (T, error) {
	var zero T
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dead {
		return zero, errKilled
	}
	v, err := effect()
	k.did = append(k.did, what)
	if k.left--; k.left == 0 {
		k.dead = true
		return zero, errKilled
	}
	return v, err
}

func (k *mortal) doesOnly(what string, effect func() error) error {
	_, err := does(k, what, func() (struct{}, error) { return struct{}{}, effect() })
	return err
}

type mortalStore struct {
	Store
	k *mortal
}

func (s mortalStore) Save(data []byte) error {
	return s.k.doesOnly("save", func() error { return s.Store.Save(data) })
}

type mortalKeyring struct {
	Keyring
	k *mortal
}

func (s mortalKeyring) Set(ctx context.Context, key string, v token.Secret) error {
	return s.k.doesOnly("set", func() error { return s.Keyring.Set(ctx, key, v) })
}

func (s mortalKeyring) Delete(ctx context.Context, key string) error {
	return s.k.doesOnly("delete", func() error { return s.Keyring.Delete(ctx, key) })
}

type mortalTokens struct {
	AccessTokens
	k *mortal
}

func (s mortalTokens) Create(ctx context.Context, o CreateOrder) (Created, error) {
	return does(s.k, "create", func() (Created, error) { return s.AccessTokens.Create(ctx, o) })
}

func (s mortalTokens) Revoke(ctx context.Context, o RevokeOrder) error {
	return s.k.doesOnly("revoke", func() error { return s.AccessTokens.Revoke(ctx, o) })
}

func (s mortalTokens) Reads(ctx context.Context, u registry.URL, name string, v token.Secret) error {
	return s.k.doesOnly("reads", func() error { return s.AccessTokens.Reads(ctx, u, name, v) })
}

type mortalRegistry struct {
	Registry
	k *mortal
}

func (s mortalRegistry) Logout(ctx context.Context, u registry.URL, v token.Secret) error {
	return s.k.doesOnly("logout", func() error { return s.Registry.Logout(ctx, u, v) })
}

type mortalEnv struct {
	EnvFiles
	k *mortal
}

func (s mortalEnv) Publish(vars []Variable, due injection.Due) error {
	return s.k.doesOnly("env", func() error { return s.EnvFiles.Publish(vars, due) })
}

// killed runs act in an agent that dies behind its nth effect, and starts the next one. It reports false where the agent
// outlived act.
func (m *maker) killed(t *testing.T, n int, act func(a *Agent)) (what string, died bool) {
	t.Helper()
	k := &mortal{left: n}
	m.stop()
	living := false
	m.ports = func(p *Ports) {
		p.Registry = mortalRegistry{p.Registry, k}
		p.Store, p.Keyring, p.Tokens, p.Env = mortalStore{p.Store, k}, mortalKeyring{p.Keyring, k}, mortalTokens{p.Tokens, k}, mortalEnv{p.Env, k}
	}
	k.mu.Lock()
	k.left = 1 << 30 // not yet
	k.mu.Unlock()
	m.a, m.stop = m.run(t)
	living = true
	k.mu.Lock()
	k.left, k.did = n, nil
	k.mu.Unlock()
	act(m.a)
	synctest.Wait()
	k.mu.Lock()
	died = k.dead && living
	k.dead = true
	if len(k.did) > 0 {
		what = k.did[len(k.did)-1]
	}
	k.mu.Unlock()
	m.stop()
	m.ports = nil
	m.a, m.stop = m.run(t)
	synctest.Wait()
	return what, died
}

// nothingLost holds what there is together: each access token of the list is kept here, or told as lost, or was there
// before; and the keyring has nothing that the state does not know.
func (m *maker) nothingLost(t *testing.T, before ...string) {
	t.Helper()
	s := snapshot(t, m.a)
	for _, l := range m.f.lists[reg] {
		kept := slices.ContainsFunc(s.Kept, func(k api.Kept) bool {
			return k.Token == l.ID && m.keys[keptName(k.ID)] == m.f.secrets[l.ID] && !k.Lost
		})
		lost := slices.ContainsFunc(s.Jobs, func(j api.TokenJob) bool { return j.New == l.ID && j.Lost })
		if !kept && !lost && !slices.Contains(before, l.ID) {
			t.Errorf("%s %q is neither kept nor told as lost; jobs %+v, kept %+v", l.ID, l.Name, s.Jobs, s.Kept)
		}
		if kept && lost {
			t.Errorf("%q is kept and told as lost", l.Name)
		}
	}
	for key := range m.keys {
		if key != keyName(reg) && !slices.ContainsFunc(s.Kept, func(k api.Kept) bool { return keptName(k.ID) == key }) {
			t.Errorf("the keyring has %s, of which nobody knows", key)
		}
	}
	for _, k := range s.Kept {
		if m.keys[keptName(k.ID)] == "" {
			t.Errorf("%+v is told as kept", k)
		}
	}
}

// TestKillCreate: killed behind each of its effects, none of it is lost and none left behind.
func TestKillCreate(t *testing.T) {
	for n := 1; n < 50; n++ {
		died := true
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t, granular(1, "old", time.Time{}))
				defer func() { m.stop() }()
				var what string
				o := order("laptop")
				o.Variable = "NPM_READ"
				what, died = m.killed(t, n, func(a *Agent) { _, _ = a.MakeToken(t.Context(), o, nil) })
				m.nothingLost(t, fakeTokenID(1))
				time.Sleep(2 * (jobArrives + jobAgain))
				synctest.Wait()
				m.nothingLost(t, fakeTokenID(1))
				s := snapshot(t, m.a)
				t.Logf("killed behind %q: %d jobs, %d kept, %d listed", what, len(s.Jobs), len(s.Kept), len(m.f.lists[reg]))
				for _, j := range s.Jobs {
					if !j.Lost || j.New == "" {
						t.Errorf("a job that nobody can end: %+v", j)
					}
					if r := revoke(t, m, api.RevokeRequest{IDs: []string{j.New}}); r.Items[0].State != api.RevokeDone {
						t.Errorf("%+v", r.Items)
					}
				}
				if s := snapshot(t, m.a); len(s.Jobs) != 0 || len(m.f.lists[reg]) != 1+len(s.Kept) {
					t.Errorf("in the end: jobs %+v, %d listed", s.Jobs, len(m.f.lists[reg]))
				}
			})
		})
		if !died {
			if n < 5 {
				t.Errorf("only %d effects", n)
			}
			return
		}
	}
	t.Error("there is no end to it")
}

// TestKillRevoke: the same request once more takes it to its end.
func TestKillRevoke(t *testing.T) {
	for n := 1; n < 50; n++ {
		died := true
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t, granular(1, "one", time.Time{}), granular(2, "two", time.Time{}))
				defer func() { m.stop() }()
				made, err := m.a.MakeToken(t.Context(), order("mine"), nil)
				if err != nil {
					t.Fatal(err)
				}
				req := api.RevokeRequest{IDs: []string{"one", made.Token.ID, fakeTokenID(2)[:8]}}
				what := ""
				what, died = m.killed(t, n, func(a *Agent) { _, _ = a.RevokeTokens(t.Context(), req, nil) })
				jobs := snapshot(t, m.a).Jobs
				t.Logf("killed behind %q: jobs %+v, %d listed", what, jobs, len(m.f.lists[reg]))
				if left := len(m.f.lists[reg]); len(jobs) == 0 && left != 3 && left != 0 {
					t.Errorf("%d are left, and no job tells", left)
				}
				if len(jobs) > 0 || len(m.f.lists[reg]) > 0 {
					for what, state := range states(revoke(t, m, req)) {
						if state != api.RevokeDone {
							t.Errorf("%s is %s", what, state)
						}
					}
				}
				if s := snapshot(t, m.a); len(s.Jobs) != 0 || len(s.Kept) != 0 || len(m.f.lists[reg]) != 0 || len(m.keys) != 1 {
					t.Errorf("in the end: jobs %+v, kept %+v, %d listed, %d in the keyring", s.Jobs, s.Kept, len(m.f.lists[reg]), len(m.keys))
				}
			})
		})
		if !died {
			return
		}
	}
	t.Error("there is no end to it")
}

// TestKillPanic: once more, and nothing is left.
func TestKillPanic(t *testing.T) {
	for n := 1; n < 60; n++ {
		died := true
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t, granular(1, "one", time.Time{}))
				defer func() { m.stop() }()
				carried(t, m)
				what := ""
				what, died = m.killed(t, n, func(a *Agent) { _, _ = a.RevokeTokens(t.Context(), api.RevokeRequest{Panic: true}, nil) })
				before := snapshot(t, m.a)
				_, alive := m.issued[m.keys[keyName(reg)]]
				if left := len(m.f.lists[reg]) + len(m.keys); len(before.Jobs) == 0 && left != 4 && left != 0 {
					t.Errorf("killed behind %q: %d are left, and no job tells", what, left)
				}
				for item, state := range states(revoke(t, m, api.RevokeRequest{Panic: true})) {
					if state != api.RevokeDone && (alive || item != "token "+reg.Name()) { // a dead session lists nothing
						t.Errorf("killed behind %q: %s is %s", what, item, state)
					}
				}
				delete(m.keys, keyName(reg)) // of a session that was ended it may be there until the next login
				if s := snapshot(t, m.a); len(s.Jobs) != 0 || len(s.Kept) != 0 || len(m.f.lists[reg]) != 0 || len(m.keys) != 0 || len(m.issued) != 0 || m.shell("NPM_READ")+m.shell("NPM_TOKEN") != "" {
					t.Errorf("killed behind %q: in the end jobs %+v, kept %+v, %d listed, %d in the keyring, %d alive", what, s.Jobs, s.Kept, len(m.f.lists[reg]), len(m.keys), len(m.issued))
				}
			})
		})
		if !died {
			return
		}
	}
	t.Error("there is no end to it")
}

// TestKillRotate: whatever was reached, the same commands go on from there; at no moment is there no access token that works.
func TestKillRotate(t *testing.T) {
	for n := 1; n < 60; n++ {
		died := true
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t)
				defer func() { m.stop() }()
				old := carried(t, m)
				what := ""
				what, died = m.killed(t, n, func(a *Agent) {
					r, err := a.RotateToken(t.Context(), api.RotateRequest{ID: old.Token.ID}, nil)
					if err == nil && r.Job.Step == api.NextPlaces {
						_, _ = a.RotateToken(t.Context(), api.RotateRequest{Job: r.Job.ID, Continue: true}, nil)
					}
				})
				m.nothingLost(t)
				s := snapshot(t, m.a)
				t.Logf("killed behind %q: jobs %+v, %d kept, %d listed", what, s.Jobs, len(s.Kept), len(m.f.lists[reg]))
				carries := m.shell("NPM_READ")
				if _, alive := m.issued[carries]; !alive && len(m.f.lists[reg]) > 1 {
					t.Errorf("the variable carries nothing that works")
				}
				if slices.ContainsFunc(m.f.lists[reg], func(l access.Token) bool { return l.ID == old.Token.ID }) {
					r := rotate(t, m, api.RotateRequest{ID: old.Token.ID})
					if r.Done {
						t.Log("its word was given")
					} else if r = rotate(t, m, api.RotateRequest{Job: r.Job.ID, Continue: true}); !r.Done {
						t.Errorf("it does not end: %+v", r.Job)
					}
				} else {
					for _, j := range s.Jobs {
						if r := rotate(t, m, api.RotateRequest{Job: j.ID}); !r.Done {
							t.Errorf("it does not end: %+v", r.Job)
						}
					}
				}
				time.Sleep(2 * (jobArrives + jobAgain))
				synctest.Wait()
				for _, j := range snapshot(t, m.a).Jobs {
					if !j.Lost || j.New == "" {
						t.Errorf("a job that nobody can end: %+v", j)
					}
					revoke(t, m, api.RevokeRequest{IDs: []string{j.New}})
				}
				end := snapshot(t, m.a)
				if len(end.Jobs) != 0 || len(end.Kept) != 1 || len(m.f.lists[reg]) != 1 || m.f.lists[reg][0].ID != end.Kept[0].Token || len(m.keys) != 2 {
					t.Fatalf("in the end: jobs %+v, kept %+v, listed %+v", end.Jobs, end.Kept, m.f.lists[reg])
				}
				if m.shell("NPM_READ") != m.f.secrets[end.Kept[0].Token] || end.Kept[0].Token == old.Token.ID {
					t.Error("the variable does not carry the new one")
				}
			})
		})
		if !died {
			return
		}
	}
	t.Error("there is no end to it")
}
