package clipboard

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// paper is a system that counts.
type paper struct {
	taken   []*sheet
	refused error
}

type sheet struct{ dropped atomic.Int32 }

func (s *sheet) drop() { s.dropped.Add(1) }

func (p *paper) take(context.Context, token.Secret) (claim, error) {
	if p.refused != nil {
		return nil, p.refused
	}
	p.taken = append(p.taken, &sheet{})
	return p.taken[len(p.taken)-1], nil
}

// TestHalfAMinute: a secret stays for as long as it should, and the next one for its own time.
func TestHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &paper{}
		c := &Clipboard{take: p.take, after: time.AfterFunc}
		put := func() {
			t.Helper()
			if err := c.Put(t.Context(), token.NewSecret("x")); err != nil {
				t.Fatal(err)
			}
		}
		dropped := func(when string, want ...int32) {
			t.Helper()
			synctest.Wait()
			for i, s := range p.taken {
				if n := s.dropped.Load(); n != want[i] {
					t.Errorf("%s: number %d was dropped %d times, want %d", when, i, n, want[i])
				}
			}
		}
		put()
		<-time.After(29 * time.Second)
		dropped("before the time", 0)
		put()
		dropped("with the next one", 1, 0)
		<-time.After(29 * time.Second)
		dropped("before the time of the next one", 1, 0)
		p.refused = errors.ErrUnsupported
		if err := c.Put(t.Context(), token.NewSecret("x")); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("error %v", err)
		}
		dropped("after one that was refused", 1, 0)
		<-time.After(time.Second)
		dropped("after its time", 1, 1)
		p.refused = nil
		put()
		c.Clear()
		c.Clear()
		dropped("at the end", 1, 1, 1)
		<-time.After(time.Hour)
		dropped("much later", 1, 1, 1)
	})
}
