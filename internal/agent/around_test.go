package agent

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// entryFake is the desktop's list of what starts with it.
type entryFake struct {
	on  bool
	err error
}

func (e *entryFake) Enabled() (bool, error) { return e.on, e.err }
func (e *entryFake) Set(on bool) error {
	if e.err == nil {
		e.on = on
	}
	return e.err
}

func TestStartWithTheDesktop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.startsOn = &entryFake{}
		a, stop := w.run(t)
		defer stop()
		if got := snapshot(t, a).Agent; got.Autostart || !got.Startable {
			t.Errorf("at first: %+v", got)
		}
		for _, on := range []bool{true, false} {
			verb := map[bool]api.Verb{true: api.VerbAutostart, false: api.VerbNoAutostart}[on]
			do(t, a, verb)
			if got := snapshot(t, a).Agent; got.Autostart != on || w.startsOn.on != on {
				t.Errorf("after %s: %+v", verb, got)
			}
		}
		w.startsOn.err = errors.New("no room")
		var told *api.Error
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbAutostart}); !errors.As(err, &told) || told.Code != api.CodeNoAutostart || told.Cause != "no room" {
			t.Errorf("where it cannot be written: %v", err)
		}
	})
}

func TestNothingStartsWithTheDesktop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, stop := newWorld().run(t)
		defer stop()
		var told *api.Error
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbNoAutostart}); !errors.As(err, &told) || told.Code != api.CodeNoAutostart {
			t.Errorf("without a desktop: %v", err)
		}
		if got := snapshot(t, a).Agent; got.Startable || got.Autostart {
			t.Errorf("%+v", got)
		}
	})
}

// TestSnapshotNamesItsSurroundings: shells, managers and the places that a person may look for.
func TestSnapshotNamesItsSurroundings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = &beside{managers: []injection.Manager{{Name: "npm", Version: "11.6.2"}}, desktop: map[string]string{}}
		a, stop := w.run(t)
		defer stop()
		s := snapshot(t, a)
		if diff := cmp.Diff([]api.Shell{{Name: "bash", Hooked: true}, {Name: "zsh"}}, s.Shells); diff != "" {
			t.Error(diff)
		}
		if len(s.Managers) != 1 || s.Managers[0].Name != "npm" || s.Agent.Settings != "/settings.toml" || s.Agent.Log != "/home/u/.local/state/sandglass" || s.Projects == nil {
			t.Errorf("%+v %+v", s.Managers, s.Agent)
		}
	})
}
