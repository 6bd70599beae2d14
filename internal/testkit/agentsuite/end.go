package agentsuite

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// concurrent: many callers at once, each of whom finds done what they asked for.
func concurrent(t *testing.T, r Rig) {
	r.signIn(t)
	dir := r.World.Folder(map[string]string{".npmrc": "userconfig=./evilrc\n"})
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var watching sync.WaitGroup
			defer watching.Wait()
			defer stop()
			watching.Go(func() {
				var last uint64
				err := r.Agent.Watch(ctx, func(s api.Snapshot) error {
					if s.Version <= last {
						t.Errorf("version %d after %d", s.Version, last)
					}
					last = s.Version
					return nil
				})
				refused(t, err, api.CodeCancelled)
			})
			for range 5 {
				if g, err := r.Agent.Grant(ctx, api.GrantRequest{Use: api.UseExec, Program: strconv.Itoa(i)}); err != nil || len(g.Items) != 1 || g.Items[0].Secret.IsZero() {
					t.Errorf("grant: %v", err)
				}
				for _, a := range []api.Action{{Verb: api.VerbMute, Registry: r.url()}, {Verb: api.VerbUnmute, Registry: r.url()}, {Verb: api.VerbProbe}, {Verb: api.VerbShow}} {
					if err := r.Agent.Do(ctx, a); err != nil {
						t.Errorf("%s: %v", a.Verb, err)
					}
				}
				if in, err := r.Agent.Inspect(ctx, api.InspectRequest{Dir: dir}); err != nil || len(in.Findings) != 1 {
					t.Errorf("inspect: %v %v", in, err)
				}
				if _, err := r.Agent.Plan(ctx, api.SetupRequest{Move: true}); err != nil {
					t.Errorf("plan: %v", err)
				}
			}
		})
	}
	callers.Wait()
	if n := len(r.now(t).Uses); n != 8 {
		t.Errorf("%d uses of 8 programs", n)
	}
}

// cancelled: who has gone away already asks for nothing.
func cancelled(t *testing.T, r Rig) {
	r.signIn(t)
	before := r.now(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for method, err := range all(ctx, r.Agent, r.url()) {
		if e := told(t, err); e == nil || e.Code != api.CodeCancelled {
			t.Errorf("%s: told %v", method, err)
		}
	}
	if s := r.now(t); s.Locked || !r.in(api.StateRunning)(s) || s.Agent.Store != before.Agent.Store || len(s.Uses) != 0 {
		t.Errorf("something was done: %+v", s)
	}
}

// quit ends the agent; who waits learns that it is gone.
func quit(t *testing.T, r Rig) {
	waiting := r.begin(t, t.Context())
	r.do(t, api.Action{Verb: api.VerbQuit})
	refused(t, <-waiting, api.CodeNoAgent)
	r.World.Quit()
	for method, err := range all(t.Context(), r.Agent, r.url()) {
		if e := told(t, err); e == nil || e.Code != api.CodeNoAgent {
			t.Errorf("%s: told %v", method, err)
		}
	}
	refused(t, r.Agent.Do(t.Context(), api.Action{Verb: api.VerbQuit}), api.CodeNoAgent)
}

// ended: the same where a signal ended it.
func ended(t *testing.T, r Rig) {
	waiting := r.begin(t, t.Context())
	r.World.Quit()
	refused(t, <-waiting, api.CodeNoAgent)
	for method, err := range all(t.Context(), r.Agent, r.url()) {
		if e := told(t, err); e == nil || e.Code != api.CodeNoAgent {
			t.Errorf("%s: told %v", method, err)
		}
	}
}
