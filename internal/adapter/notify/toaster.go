package notify

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// platform is what Windows does for toasts. push and clear are called one after the other, always on the
// same thread of the system.
type platform struct {
	there func() bool            // whether this Windows has toasts at all
	push  func(xml string) error // shows a toast
	clear func() error           // takes all our toasts off the screen and out of the list
}

// toaster shows notices as toasts. There is one at a time: it takes the place of what is left of earlier
// ones, which may be those of an earlier agent, whose buttons lead nowhere.
type toaster struct {
	*outlet
	platform platform
	jobs     chan job
	start    sync.Once

	mu     sync.Mutex
	slips  slips
	failed bool // the last toast could not be shown
}

// job is work for the platform: to clear, and to push where there is a toast.
type job struct {
	xml  string
	said chan verdict
}

// verdict is how a job went.
type verdict struct{ cleared, pushed error }

func newToaster(p platform) *toaster {
	return &toaster{outlet: newOutlet(), platform: p, jobs: make(chan job), slips: slips{}}
}

// Available reports whether this Windows shows toasts, as far as that is known before the first.
func (t *toaster) Available() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.failed && t.platform.there()
}

// Show puts n on the screen, in place of an earlier notice. ErrUnavailable if that does not work.
func (t *toaster) Show(ctx context.Context, n agent.Notice) error {
	if !t.platform.there() {
		return ErrUnavailable
	}
	text, words, err := t.write(n)
	if err != nil {
		return fmt.Errorf("write notice: %w", err)
	}
	v, err := t.run(ctx, text)
	if err == nil {
		err = v.pushed
	}
	go t.tell(t.settle(n.ID, words, v.cleared == nil && err == nil, err != nil)) // the reader may wait for Show
	if err != nil {
		return fmt.Errorf("show notice: %w: %w", ErrUnavailable, err)
	}
	return nil
}

// write makes a toast of a notice, and gives out its words.
func (t *toaster) write(n agent.Notice) (text string, words []string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text, err = toastXML(n, func(key string) string {
		words = append(words, t.slips.issue(agent.Pressed{ID: n.ID, Key: key}))
		return words[len(words)-1]
	})
	return text, words, err
}

// settle keeps the words of what is on the screen now, and tells which other notices are gone.
func (t *toaster) settle(id string, words []string, alone, failed bool) []agent.Pressed {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = failed
	var gone []agent.Pressed
	switch {
	case failed:
		t.slips.drop(func(word, _ string) bool { return slices.Contains(words, word) })
	case alone:
		gone = t.slips.drop(func(word, _ string) bool { return !slices.Contains(words, word) })
	}
	return slices.DeleteFunc(gone, func(p agent.Pressed) bool { return p.ID == id })
}

// Close takes a notice off the screen. It is no error if it is not there.
func (t *toaster) Close(ctx context.Context, id string) error {
	t.mu.Lock()
	gone := t.slips.drop(func(_, other string) bool { return other == id })
	t.mu.Unlock()
	if len(gone) == 0 {
		return nil
	}
	go t.tell(gone)
	v, err := t.run(ctx, "")
	if err == nil {
		err = v.cleared
	}
	if err != nil {
		return fmt.Errorf("close notice: %w", err)
	}
	return nil
}

// activate is called by the platform, on a thread of its own, with the word of what was pressed.
func (t *toaster) activate(word string) {
	go func() {
		t.mu.Lock()
		pressed := t.slips.redeem(word)
		t.mu.Unlock()
		t.tell(pressed)
	}()
}

// Shutdown ends the thread of the toasts. Nothing is shown after it.
func (t *toaster) Shutdown() { t.shut() }

// run has the platform do a job. It does not wait for a platform that hangs.
func (t *toaster) run(ctx context.Context, xml string) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	select {
	case <-t.done:
		return verdict{}, ErrUnavailable
	default:
	}
	t.start.Do(func() { go t.work() })
	j := job{xml, make(chan verdict, 1)}
	select {
	case t.jobs <- j:
	case <-t.done:
		return verdict{}, ErrUnavailable
	case <-ctx.Done():
		return verdict{}, ctx.Err()
	}
	select {
	case v := <-j.said:
		return v, nil
	case <-ctx.Done():
		return verdict{}, ctx.Err()
	}
}

// work does jobs on one thread, which belongs to Windows' objects from then on.
func (t *toaster) work() {
	runtime.LockOSThread()
	for {
		select {
		case <-t.done:
			return // the thread ends, too
		case j := <-t.jobs:
			v := verdict{cleared: guarded(t.platform.clear)}
			if j.xml != "" {
				v.pushed = guarded(func() error { return t.platform.push(j.xml) })
			}
			j.said <- v
		}
	}
}

// guarded makes an error of a panic: no notice is worth the agent.
func guarded(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the platform of toasts broke: %v", v)
		}
	}()
	return do()
}
