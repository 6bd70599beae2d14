package agentsuite

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// firstLook: the first snapshot is whole.
func firstLook(t *testing.T, r Rig) {
	s := r.now(t)
	if s.Schema != api.Schema || s.Version == 0 || s.At.IsZero() || s.Agent.PID == 0 || s.Agent.Started.IsZero() {
		t.Errorf("schema %d, version %d, at %s, agent %+v", s.Schema, s.Version, s.At, s.Agent)
	}
	if len(s.Sessions) != 0 || s.Locked || s.Agent.Store != api.StoreKeyring || s.Agent.Settings == "" || s.Agent.Dir == "" {
		t.Errorf("%d sessions, locked %v, agent %+v", len(s.Sessions), s.Locked, s.Agent)
	}
	if want := api.DefaultSettings(); s.Settings.LogLevel != want.LogLevel || s.Settings.DefaultMode != want.DefaultMode || !s.Settings.Animations {
		t.Errorf("settings %+v", s.Settings)
	}
	if !slices.ContainsFunc(s.Files, func(f api.WatchedFile) bool { return f.Path == r.World.UserFile() && !f.Exists }) {
		t.Errorf("the user's file is not watched: %+v", s.Files)
	}
	if !slices.ContainsFunc(s.Shells, func(sh api.Shell) bool { return sh.Name == "bash" && sh.Hooked }) {
		r.until(t, "the shells", func(s api.Snapshot) bool { return len(s.Shells) > 0 })
	}
}

// watch: the latest at once, then each change in order; see's error ends it and comes back as it is.
func watch(t *testing.T, r Rig) {
	before := r.now(t)
	seen := make(chan api.Snapshot)
	enough := errors.New("enough")
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- r.Agent.Watch(t.Context(), func(s api.Snapshot) error {
			select {
			case seen <- s:
				return nil
			case <-stop:
				return enough
			}
		})
	}()
	last := (<-seen).Version
	if last < before.Version {
		t.Errorf("the first one is older than the present: %d, %d", last, before.Version)
	}
	for i := range 8 {
		until := before.At.Add(time.Duration(i+1) * time.Hour)
		r.do(t, api.Action{Verb: api.VerbPause, Until: until})
		for s := range seen {
			if s.Version <= last {
				t.Fatalf("version %d after %d", s.Version, last)
			}
			if last = s.Version; s.Paused.Equal(until) {
				break
			}
		}
	}
	close(stop)
	r.do(t, api.Action{Verb: api.VerbResume})
	if err := <-ended; !errors.Is(err, enough) {
		t.Errorf("ended with %v", err)
	}
}

// watchEnds with its context, and with the agent.
func watchEnds(t *testing.T, r Rig) {
	ctx, cancel := context.WithCancel(t.Context())
	err := r.Agent.Watch(ctx, func(api.Snapshot) error { cancel(); return nil })
	refused(t, err, api.CodeCancelled)
	first, ended := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		ended <- r.Agent.Watch(t.Context(), func(api.Snapshot) error { once.Do(func() { close(first) }); return nil })
	}()
	<-first
	r.World.Quit()
	refused(t, <-ended, api.CodeNoAgent)
}

// slowWatcher: who takes long to look holds up nobody, and sees the latest then.
func slowWatcher(t *testing.T, r Rig) {
	first, go1, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	far := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	enough := errors.New("enough")
	var once sync.Once
	go func() {
		ended <- r.Agent.Watch(t.Context(), func(s api.Snapshot) error {
			once.Do(func() { close(first); <-go1 })
			if s.Paused.Equal(far) {
				return enough
			}
			return nil
		})
	}()
	<-first
	for i := range 100 {
		r.do(t, api.Action{Verb: api.VerbPause, Until: far.Add(time.Duration(i-99) * time.Minute)})
	}
	close(go1)
	if err := <-ended; !errors.Is(err, enough) {
		t.Errorf("ended with %v", err)
	}
}
