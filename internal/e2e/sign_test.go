package e2e

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// signIn logs in to a registry by the agent's own login.
func signIn(tb testing.TB, agent *ipc.Client, r *verdaccio.Server) {
	tb.Helper()
	err := agent.Login(tb.Context(), api.LoginRequest{Registry: r.URL, NoBrowser: true}, func(l api.Login) {
		if l.State != api.LoginWaiting {
			return
		}
		if err := r.Answer(l.URL, "alice", verdaccio.Password("alice")); err != nil {
			tb.Error(err)
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
}
