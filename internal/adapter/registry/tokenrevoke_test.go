package registry_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

func TestRevoke_AnswersAndStatus(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   error
	}{
		{204, ``, nil}, {200, `{}`, nil}, {200, `<html>`, nil}, {400, `{"message":"could not delete token"}`, agent.ErrForbidden}, {404, `{"message":"no"}`, agent.ErrNotFound}, {410, ``, agent.ErrNotFound},
		{405, ``, agent.ErrNoTokens}, {403, `{"error":"` + canary.Reveal() + `"}`, agent.ErrDenied}, {401, ``, agent.ErrRefused}, {429, ``, agent.ErrOffline}, {503, ``, agent.ErrOffline}, {308, ``, agent.ErrUnsafe},
	} {
		err := client.New(client.Options{Transport: always(c.status, c.body)}).Revoke(t.Context(), agent.RevokeOrder{Registry: far(t), Session: canary, ID: "11111111-2222-4333-8444-555555555555"})
		if wantError(t, err, c.want); c.want == nil && err != nil {
			t.Error(err)
		}
	}
}

// TestJ05_NoSecretInAnAddress: what is no id is not sent.
func TestJ05_NoSecretInAnAddress(t *testing.T) {
	c := client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
		t.Errorf("asks %s", r.URL)
		return reply(204, ""), nil
	})})
	for _, id := range []string{"", canary.Reveal(), strings.ToUpper(canary.Reveal()), "npm_short", "ghp_" + strings.Repeat("a", 36), "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "..", "../user", "a/b", "a b", "a\nb", "é", strings.Repeat("a", 200)} {
		err := c.Revoke(t.Context(), agent.RevokeOrder{Registry: far(t), Session: canary, ID: id})
		if wantError(t, err, agent.ErrNotFound); id != "" && strings.Contains(err.Error(), id) {
			t.Errorf("the error holds %q", id)
		}
	}
}

func TestReads(t *testing.T) {
	f := newFront(t, verdaccio.Options{Orgs: []verdaccio.Org{acme()}})
	for _, c := range []struct {
		name string
		s    token.Secret
		want error
	}{
		{"@acme/private", f.issue("bob", verdaccio.AccessToken{Scopes: []string{"@acme"}}), nil}, {"@acme/private", f.session("eve"), agent.ErrForbidden}, {"@acme/private", token.NewSecret("npm_dead"), agent.ErrRefused},
		{"@none/none", f.session("bob"), agent.ErrNotFound}, {"../x", f.session("bob"), agent.ErrNotFound}, {"", f.session("bob"), agent.ErrNotFound}, {"plain-sand", token.Secret{}, agent.ErrRefused},
	} {
		err := f.c.Reads(t.Context(), f.reg, c.name, c.s)
		if wantError(t, err, c.want); c.want == nil && err != nil {
			t.Error(err)
		}
	}
	for fault, want := range map[string]error{`503`: agent.ErrOffline, `429`: agent.ErrOffline, `200`: agent.ErrBadAnswer, `302`: agent.ErrBadAnswer} {
		status := 0
		_, _ = fmt.Sscan(fault, &status)
		wantError(t, client.New(client.Options{Transport: always(status, "<html>")}).Reads(t.Context(), far(t), "@acme/private", canary), want)
	}
}
