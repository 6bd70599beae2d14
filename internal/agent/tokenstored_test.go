package agent

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// lastKeyring kills its agent when it has taken something.
type lastKeyring struct{ mortalKeyring }

func (s lastKeyring) Set(ctx context.Context, key string, v token.Secret) error {
	s.k.mu.Lock()
	if !s.k.dead {
		s.k.left = 1
	}
	s.k.mu.Unlock()
	return s.mortalKeyring.Set(ctx, key, v)
}

// silentKeyring tells what is kept when it is let.
type silentKeyring struct {
	Keyring
	let chan struct{}
}

func (s silentKeyring) Get(ctx context.Context, key string) (token.Secret, error) {
	if strings.HasPrefix(key, keptName("")) {
		<-s.let
	}
	return s.Keyring.Get(ctx, key)
}

// TestRotateGoesOnWhileTheKeyringIsSilent: an agent was killed when the keyring had the new one. Whoever goes on with the
// rotation before the next agent knows that gets that one, and no other; unless it is not there.
func TestRotateGoesOnWhileTheKeyringIsSilent(t *testing.T) {
	for _, there := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			m := makes(t)
			defer func() { m.stop() }()
			old := carried(t, m)
			before := slices.Clone(m.f.lists[reg])
			k := &mortal{left: 1 << 30}
			m.stop()
			m.ports = func(p *Ports) {
				p.Store, p.Keyring, p.Env = mortalStore{p.Store, k}, lastKeyring{mortalKeyring{p.Keyring, k}}, mortalEnv{p.Env, k}
				p.Tokens = mortalTokens{p.Tokens, k}
			}
			m.a, m.stop = m.run(t)
			_, _ = m.a.RotateToken(t.Context(), api.RotateRequest{ID: old.Token.ID}, nil)
			synctest.Wait()
			m.stop()
			made := m.f.lists[reg][len(m.f.lists[reg])-1]
			if !k.dead || len(m.f.lists[reg]) != len(before)+1 {
				t.Fatalf("not killed where it was to be: %q", k.did)
			}
			if !there {
				for key, v := range m.keys {
					if v == m.f.secrets[made.ID] {
						delete(m.keys, key)
					}
				}
			}
			let := make(chan struct{})
			m.ports = func(p *Ports) { p.Keyring = silentKeyring{p.Keyring, let} }
			m.a, m.stop = m.run(t)
			synctest.Wait()
			jobs := snapshot(t, m.a).Jobs
			if len(jobs) != 1 || jobs[0].Step != api.NextStore || jobs[0].New != made.ID {
				t.Fatalf("told is %+v", jobs)
			}
			came := make(chan api.Rotation, 1)
			go func() {
				r, _ := m.a.RotateToken(t.Context(), api.RotateRequest{Job: jobs[0].ID}, nil)
				came <- r
			}()
			synctest.Wait()
			close(let)
			r := <-came
			synctest.Wait()
			m.nothingLost(t)
			s := snapshot(t, m.a)
			if r.Job.Step != api.NextPlaces || there != (r.New.ID == made.ID) || len(s.Kept) != 2 || there != (len(s.Jobs) == 1) {
				t.Errorf("there %v: %+v; jobs %+v, kept %+v", there, r, s.Jobs, s.Kept)
			}
		})
	}
}
