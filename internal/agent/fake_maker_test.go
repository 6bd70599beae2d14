package agent

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// maker is a world where access tokens are made: a signed-in account, a browser, a log that is searched for secrets.
type maker struct {
	*world
	f      *fakeTokens
	a      *Agent
	stop   func()
	mu     sync.Mutex
	log    bytes.Buffer
	pages  []string
	random int
	hangs  chan struct{} // a browser that hangs, nil for none
	signs  []api.Sign
	ports  func(*Ports)
}

func (m *maker) Write(p []byte) (int, error) { m.mu.Lock(); defer m.mu.Unlock(); return m.log.Write(p) }

func (m *maker) Open(_ context.Context, page string) error {
	m.mu.Lock()
	m.pages = append(m.pages, page)
	m.mu.Unlock()
	if m.hangs != nil {
		<-m.hangs
	}
	return nil
}

func (m *maker) Signs(context.Context) ([]api.Sign, error) { return m.signs, nil }

// makes makes such a world, with an agent in it.
func makes(t *testing.T, all ...access.Token) *maker {
	t.Helper()
	m := &maker{world: newWorld()}
	m.settings.Move = true
	m.files[userRC] = placeholderFile
	m.f = m.withTokens(all...)
	m.world.rig = func(p *Ports, o *Options) {
		p.Browser, p.Lookout = m, m
		o.Log = slog.New(slog.NewTextHandler(m, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Random = func() string { m.random++; return fmt.Sprintf("SG_%016x", m.random) }
		if m.ports != nil {
			m.ports(p)
		}
	}
	m.life = 100 * time.Hour
	m.policy = m.life
	m.a, m.stop = m.run(t)
	m.save(userRC, rewritten(m.issue()))
	t.Cleanup(func() { m.innocent(t) })
	return m
}

// innocent looks for secrets where there must be none.
func (m *maker) innocent(t *testing.T) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.f.secrets {
		if strings.Contains(string(m.state), s) || strings.Contains(m.log.String(), s) {
			t.Error("a secret stands in the state or in the log")
		}
	}
}

// steps collects what is reported.
func steps(into *[]string) func(api.TokenStep) {
	return func(s api.TokenStep) { *into = append(*into, s.Step) }
}

func order(name string) api.TokenOrder {
	return api.TokenOrder{Registry: reg.String(), Spec: access.Spec{Name: name, Scopes: []string{"@acme"}, Permission: access.ReadOnly, Days: 30}}
}

// page is a second factor that a page gives, until the registry has seen its one-time password.
func page(otp string) func(call string, got token.Secret) error {
	return func(call string, got token.Secret) error {
		if (call == "create" || call == "revoke") && got.Reveal() != otp {
			return &Challenge{Way: WayPage, Page: "https://registry.example.com/auth/1", Host: "registry.example.com", Done: "https://registry.example.com/done/1"}
		}
		return nil
	}
}
