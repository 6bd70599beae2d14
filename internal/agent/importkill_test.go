package agent

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// moment is what a killed agent leaves behind.
type moment struct {
	state       []byte
	keys, files map[string]string
}

// witness notes every moment at which an agent may be killed, and has one step fail.
type witness struct {
	*world
	moments []moment
	steps   int
	fails   int // the number of the step, 0 for none
}

var errStep = errors.New("no space left on device")

func (k *witness) note() {
	k.moments = append(k.moments, moment{slices.Clone(k.world.state), maps.Clone(k.world.keys), maps.Clone(k.world.files)})
}

// seen notes the moments before and after a step.
func (k *witness) seen(step func() error) (err error) {
	k.set(func() {
		k.note()
		if k.steps++; k.steps == k.fails {
			err = errStep
		}
	})
	if err == nil {
		err = step()
	}
	k.set(k.note)
	return err
}

// run starts an agent under the witness's eyes. What it logs is written to log.
func (k *witness) run(t *testing.T, log io.Writer) (*Agent, func()) {
	first, stop := k.world.run(t)
	stop()
	ports, opts := first.ports, first.opts
	ports.Store, ports.Keyring, ports.Files = witnessStore{fakeStore{k.world}, k}, witnessKeyring{fakeKeyring{k.world}, k}, witnessFiles{k.world, k}
	opts.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a := New(ports, opts)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = a.Run(ctx) }()
	synctest.Wait()
	return a, func() { cancel(); <-done }
}

type witnessStore struct {
	fakeStore
	k *witness
}

func (s witnessStore) Save(data []byte) error {
	return s.k.seen(func() error { return s.fakeStore.Save(data) })
}

type witnessKeyring struct {
	fakeKeyring
	k *witness
}

func (s witnessKeyring) Set(ctx context.Context, key string, v token.Secret) error {
	return s.k.seen(func() error { return s.fakeKeyring.Set(ctx, key, v) })
}
func (s witnessKeyring) Delete(ctx context.Context, key string) error {
	return s.k.seen(func() error { return s.fakeKeyring.Delete(ctx, key) })
}

type witnessFiles struct {
	*world
	k *witness
}

func (s witnessFiles) Replace(path string, old, fresh []byte) error {
	return s.k.seen(func() error { return s.world.Replace(path, old, fresh) })
}

// TestH15_KilledAnywhere: whenever the agent is killed on the way there or back, the credential is in the file, or the
// keyring has it and the next agent puts it back; and never twice.
func TestH15_KilledAnywhere(t *testing.T) {
	const file = "/home/u/.bashrc"
	text := "# mine\nexport NPM_TOKEN=" + planted(1) + "\nexport GH_TOKEN=" + planted(2) + "\n"
	var moments []moment
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[file] = text
		k := &witness{world: w}
		var log bytes.Buffer
		a, stop := k.run(t, &log)
		moved(t, a, moveOf(file, 2, 3))
		moved(t, a, restoreAll(t, a))
		stop()
		moments = k.moments
		holdsNone(t, "the log", log.String())
	})
	if len(moments) < 20 {
		t.Fatalf("%d moments", len(moments))
	}
	for i, m := range moments {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.state, w.keys, w.files = m.state, m.keys, m.files
			a, stop := w.run(t)
			defer stop()
			holdsNone(t, "the state", string(m.state))
			if back := restoreAll(t, a); len(back.Restore) > 0 {
				moved(t, a, back)
			}
			if w.text(file) != text {
				t.Errorf("killed at %d: the file says %q", i, w.text(file))
			}
			if again := snapshot(t, a).Kept; len(again) > 0 {
				t.Errorf("killed at %d: left %+v", i, again)
			}
		})
	}
}

// TestH15_EveryStepFails: whichever step does not work, the credential is where it was, or can be put back.
func TestH15_EveryStepFails(t *testing.T) {
	const file = "/home/u/.bashrc"
	text := "# mine\nexport NPM_TOKEN=" + planted(1) + "\nexport GH_TOKEN=" + planted(2) + "\n"
	for fails, over := 1, false; !over; fails++ {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.files[file] = text
			k := &witness{world: w}
			a, stop := k.run(t, io.Discard)
			k.set(func() { k.fails = k.steps + fails })
			var wrong error
			for _, req := range []func() api.SetupRequest{func() api.SetupRequest { return moveOf(file, 2, 3) }, func() api.SetupRequest { return restoreAll(t, a) }} {
				var p api.Plan
				if p, wrong = a.Plan(t.Context(), req()); wrong == nil {
					wrong = a.Apply(t.Context(), p.ID)
				}
				synctest.Wait()
				if wrong != nil {
					break
				}
			}
			over = k.steps < k.fails
			if wrong != nil {
				holdsNone(t, "the error", wrong.Error())
			}
			if back := restoreAll(t, a); len(back.Restore) > 0 {
				moved(t, a, back)
			}
			stop()
			a, stop = w.run(t)
			defer stop()
			if w.text(file) != text || len(snapshot(t, a).Kept) != 0 || len(w.keys) != 0 {
				t.Errorf("step %d (%v): the file says %q, left %+v %d", fails, wrong, w.text(file), snapshot(t, a).Kept, len(w.keys))
			}
		})
	}
}
