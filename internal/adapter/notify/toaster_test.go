package notify

import (
	"context"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

var ending = agent.Notice{
	ID: "ending", Title: "npm (alice): session ends 14:32", Body: "In 10 minutes. Installs of @acme/* will fail after that.",
	Buttons: []agent.Button{{Key: "renew", Label: "Renew"}, {Key: "later", Label: "Later"}},
}

// toastScreen is a platform of toasts that shows nothing.
type toastScreen struct {
	none           bool
	screen         []toast
	pushes, clears error
	before         func() // what happens first in each push
}

func (w *toastScreen) platform() platform {
	return platform{
		there: func() bool { return !w.none },
		push: func(text string) error {
			if w.before != nil {
				w.before()
			}
			var read toast
			if err := errors.Join(w.pushes, xml.Unmarshal([]byte(text), &read)); err != nil {
				return err
			}
			w.screen = append(w.screen, read)
			return nil
		},
		clear: func() error {
			if w.clears == nil {
				w.screen = nil
			}
			return w.clears
		},
	}
}

// toasted runs a test with a toaster, in a bubble whose goroutines have ended with it.
func toasted(t *testing.T, w *toastScreen, test func(t *testing.T, s *toaster)) {
	synctest.Test(t, func(t *testing.T) {
		s := newToaster(w.platform())
		defer s.Shutdown()
		test(t, s)
	})
}

// told is what was pressed and is gone by now.
func told(s *toaster) (all []agent.Pressed) {
	synctest.Wait()
	for {
		select {
		case p := <-s.Pressed():
			all = append(all, p)
		default:
			return all
		}
	}
}

func toastIt(t *testing.T, s *toaster, n agent.Notice) {
	t.Helper()
	if err := s.Show(t.Context(), n); err != nil {
		t.Fatal(err)
	}
}

func wantTold(t *testing.T, s *toaster, want ...agent.Pressed) {
	t.Helper()
	if d := cmp.Diff(want, told(s)); d != "" {
		t.Errorf("told (-want +got):\n%s", d)
	}
}

func TestToastButtons(t *testing.T) {
	w := &toastScreen{}
	toasted(t, w, func(t *testing.T, s *toaster) {
		toastIt(t, s, ending)
		shown := w.screen[0]
		for _, word := range []string{shown.Launch, shown.Buttons.Actions[0].Arguments, shown.Buttons.Actions[1].Arguments} {
			if len(word) < 20 || strings.Contains(word, "renew") || strings.Contains(word, ending.ID) {
				t.Errorf("a button gives back %q", word)
			}
		}
		for _, wrong := range []string{"", "renew", "later", ending.ID, shown.Buttons.Actions[0].Arguments + "x"} {
			s.activate(wrong)
		}
		wantTold(t, s)
		s.activate(shown.Buttons.Actions[1].Arguments)
		wantTold(t, s, agent.Pressed{ID: "ending", Key: "later"}, agent.Pressed{ID: "ending"})
		s.activate(shown.Buttons.Actions[0].Arguments) // it is gone: a word is good once
		wantTold(t, s)
		toastIt(t, s, ending)
		s.activate(w.screen[0].Launch) // the toast itself does what its first button does
		wantTold(t, s, agent.Pressed{ID: "ending", Key: "renew"}, agent.Pressed{ID: "ending"})
	})
}

// TestOneToast: a new one takes the place of what is left, and words of the old mean nothing any more.
func TestOneToast(t *testing.T) {
	w := &toastScreen{}
	toasted(t, w, func(t *testing.T, s *toaster) {
		toastIt(t, s, ending)
		first := w.screen[0]
		toastIt(t, s, ending)
		wantTold(t, s) // it is still on the screen
		s.activate(first.Launch)
		wantTold(t, s)
		toastIt(t, s, agent.Notice{ID: "other", Title: "another"})
		wantTold(t, s, agent.Pressed{ID: "ending"})
		if len(w.screen) != 1 || len(s.slips) != 1 {
			t.Errorf("%d toasts, %d words", len(w.screen), len(s.slips))
		}
		for range 2 {
			if err := s.Close(t.Context(), "other"); err != nil {
				t.Fatal(err)
			}
		}
		wantTold(t, s, agent.Pressed{ID: "other"})
		if len(w.screen) != 0 {
			t.Error("the toast is still there")
		}
		w.clears = errors.New("no list of toasts")
		toastIt(t, s, ending)
		toastIt(t, s, agent.Notice{ID: "other", Title: "another"})
		s.activate(w.screen[0].Launch) // both are there, and both work
		wantTold(t, s, agent.Pressed{ID: "ending", Key: "renew"}, agent.Pressed{ID: "ending"})
	})
}

// TestBrokenToasts: a platform that fails, breaks or is not there costs the notice and nothing else.
func TestBrokenToasts(t *testing.T) {
	refused := errors.New("class not registered")
	for name, w := range map[string]*toastScreen{
		"refuses": {pushes: refused},
		"panics":  {before: func() { panic("hollow interface") }},
		"absent":  {none: true},
	} {
		t.Run(name, func(t *testing.T) {
			toasted(t, w, func(t *testing.T, s *toaster) {
				for range 2 {
					if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) {
						t.Errorf("show: %v", err)
					}
				}
				if s.Available() || len(s.slips) != 0 {
					t.Errorf("available %v, %d words", s.Available(), len(s.slips))
				}
				*w = toastScreen{}
				toastIt(t, s, ending)
				if !s.Available() {
					t.Error("not available though it works again")
				}
			})
		})
	}
}

// TestHangingToasts: Show and Close give up, and the agent's wish to end does not wait either.
func TestHangingToasts(t *testing.T) {
	w := &toastScreen{}
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		w.before = func() { <-release }
		s := newToaster(w.platform())
		for range 2 {
			if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("show: %v", err)
			}
		}
		s.Shutdown()
		if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) {
			t.Errorf("show after the end: %v", err)
		}
		close(release)
	})
}
