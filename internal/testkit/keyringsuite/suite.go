// Package keyringsuite is the contract of agent.Keyring, run against every store that there is: memory,
// the encrypted file, and real keyrings.
//
// Run starts no process and keeps nothing; open is called once for each case and again where a case
// looks at the same store through a second Keyring.
package keyringsuite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// cases are the contract; every case uses keys of its own.
var cases = map[string]func(t *testing.T, k agent.Keyring){
	"absent":     absent,
	"replace":    replace,
	"delete":     remove,
	"sizes":      sizes,
	"refused":    refused,
	"odd keys":   oddKeys,
	"concurrent": concurrent,
	"cancelled":  cancelled,
}

// Run runs every case against the store that open opens.
func Run(t *testing.T, open func(t *testing.T) agent.Keyring) {
	for name, run := range cases {
		t.Run(name, func(t *testing.T) { run(t, open(t)) })
	}
}

// Lasting checks that a second Keyring on the same store reads what the first one wrote.
func Lasting(t *testing.T, open func(t *testing.T) agent.Keyring) {
	set(t, open(t), "suite lasting", "npm_lasting")
	want(t, open(t), "suite lasting", "npm_lasting")
}

func absent(t *testing.T, k agent.Keyring) {
	if _, err := k.Get(t.Context(), "suite nothing"); !errors.Is(err, agent.ErrNotFound) {
		t.Errorf("read what is not there: %v, want ErrNotFound", err)
	}
	if err := k.Delete(t.Context(), "suite nothing"); err != nil {
		t.Errorf("delete what is not there: %v", err)
	}
}

func replace(t *testing.T, k agent.Keyring) {
	set(t, k, "suite replace", "npm_first")
	set(t, k, "suite replace", "npm_second")
	want(t, k, "suite replace", "npm_second")
}

func remove(t *testing.T, k agent.Keyring) {
	set(t, k, "suite delete", "npm_here")
	set(t, k, "suite delete too", "npm_stays")
	if err := k.Delete(t.Context(), "suite delete"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Get(t.Context(), "suite delete"); !errors.Is(err, agent.ErrNotFound) {
		t.Errorf("read after delete: %v, want ErrNotFound", err)
	}
	want(t, k, "suite delete too", "npm_stays")
}

func sizes(t *testing.T, k agent.Keyring) {
	for _, n := range []int{1, 36, 2480, 2481, 2560, 2561, 8000, token.MaxLength} {
		key := fmt.Sprintf("suite size %d", n)
		text := strings.Repeat("aB3+/=.~", n/8+1)[:n]
		set(t, k, key, text)
		want(t, k, key, text)
		set(t, k, key, "npm_short")
		want(t, k, key, "npm_short")
	}
}

func refused(t *testing.T, k agent.Keyring) {
	set(t, k, "suite refused", "npm_before")
	for _, text := range []string{"", "a b", "a\nb", "a\x00b", strings.Repeat("x", token.MaxLength+1)} {
		if k.Set(t.Context(), "suite refused", token.NewSecret(text)) == nil {
			t.Errorf("a secret of %d bytes that Check refuses was stored", len(text))
		}
	}
	want(t, k, "suite refused", "npm_before")
}

func oddKeys(t *testing.T, k agent.Keyring) {
	keys := []string{"https://registry.example.com/a/|user", "../up", "Grüße 日本", "with_2funderscore", strings.Repeat("k", 300)}
	for i, key := range keys {
		set(t, k, key, fmt.Sprintf("npm_odd%d", i))
	}
	for i, key := range keys {
		want(t, k, key, fmt.Sprintf("npm_odd%d", i))
	}
}

func concurrent(t *testing.T, k agent.Keyring) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			key, text := fmt.Sprintf("suite concurrent %d", i), fmt.Sprintf("npm_concurrent%d", i)
			if err := k.Set(context.WithoutCancel(t.Context()), key, token.NewSecret(text)); err != nil {
				t.Error(err)
				return
			}
			if s, err := k.Get(t.Context(), key); err != nil || s.Reveal() != text {
				t.Errorf("item %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func cancelled(t *testing.T, k agent.Keyring) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.Get(ctx, "suite cancelled"); err == nil {
		t.Error("a call whose context had ended found something")
	}
	set(t, k, "suite cancelled", "npm_after")
	want(t, k, "suite cancelled", "npm_after")
}

func set(t *testing.T, k agent.Keyring, key, text string) {
	t.Helper()
	if err := k.Set(t.Context(), key, token.NewSecret(text)); err != nil {
		t.Fatalf("store %.40q: %v", key, err)
	}
}

func want(t *testing.T, k agent.Keyring, key, text string) {
	t.Helper()
	s, err := k.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("read %.40q: %v", key, err)
	}
	if s.Reveal() != text {
		t.Errorf("%.40q holds a secret of %d bytes, want the one of %d bytes that was stored", key, len(s.Reveal()), len(text))
	}
}
