package agent

import (
	"testing"
	"testing/synctest"
	"time"
)

// held is a file that another program keeps open to write.
type held struct {
	*world
	busy  bool
	tries int
}

func (h *held) Replace(path string, old, fresh []byte) error {
	busy := false
	h.set(func() { h.tries, busy = h.tries+1, h.busy })
	if busy {
		return ErrChanged
	}
	return h.world.Replace(path, old, fresh)
}

// TestT08_FileHeldOpen: an editor holds the file for ten minutes. The move waits for it, at a gentle pace,
// and happens when the file is free.
func TestT08_FileHeldOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		h := &held{world: w, busy: true}
		a.ports.Files = h
		w.save(userRC, rewritten(w.issue()))
		<-time.After(10 * time.Minute)
		tries := 0
		h.set(func() { tries, h.busy = h.tries, false })
		if tries < 5 || tries > 25 {
			t.Errorf("%d tries in ten minutes", tries)
		}
		<-time.After(time.Minute)
		if w.text(userRC) != placeholderFile {
			t.Errorf("the file was never moved:\n%s", w.text(userRC))
		}
	})
}

// TestD13_PanicEmptiesTheEnvFile: a goroutine of the agent panics; the env files are empty before the
// process ends.
func TestD13_PanicEmptiesTheEnvFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		if w.shell("NPM_TOKEN") == "" {
			t.Fatal("no session")
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			defer a.burn()
			panic("a bug")
		}()
		if w.shell("NPM_TOKEN") != "" {
			t.Error("the env file outlived the panic")
		}
	})
}
