package registry_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// FuzzLoginAnswer: whatever a registry answers, a page that the user is sent to is https on a sane host,
// and the polling address is the registry's own.
func FuzzLoginAnswer(f *testing.F) {
	for _, s := range []string{
		`{"loginUrl":"` + goodPage + `","doneUrl":"` + goodDone + `"}`, `{}`, `[]`, `{"loginUrl":"javascript:1","doneUrl":"x"}`,
		`{"loginUrl":"https://a@b/","doneUrl":"https://registry.example.com:443/d"}`, `{"loginUrl":"https://[::1%25a]/","doneUrl":"https://` + registry.Public.Host() + `/a?b"}`,
	} {
		f.Add(s)
	}
	reg := far(f)
	f.Fuzz(func(t *testing.T, body string) {
		login, err := client.New(client.Options{Transport: always(200, body)}).StartLogin(t.Context(), reg)
		if err != nil {
			if !errors.Is(err, agent.ErrBadAnswer) && !errors.Is(err, agent.ErrUnsafe) {
				t.Fatalf("unsorted error %v", err)
			}
			leaks(t, err)
			return
		}
		if !strings.HasPrefix(strings.ToLower(login.Page), "https://") || login.Host == "" || strings.ContainsFunc(login.Page, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			t.Fatalf("page %q on %q", login.Page, login.Host)
		}
		req, err := http.NewRequest(http.MethodGet, login.Done, nil)
		if err != nil || !strings.EqualFold(req.URL.Hostname(), "registry.example.com") || req.URL.Port() != "" && req.URL.Port() != "443" || req.URL.Scheme != "https" || req.URL.User != nil {
			t.Fatalf("polls %q", login.Done)
		}
	})
}

// FuzzWhoamiAnswer: whatever a registry answers, there is a clean name or a sorted error without secrets.
func FuzzWhoamiAnswer(f *testing.F) {
	f.Add(200, `{"username":"ann"}`, "")
	f.Add(200, `{"username":"\u202e"}`, "")
	f.Add(401, `{"error":"`+canary.Reveal()+`"}`, "")
	f.Add(503, ``, canary.Reveal())
	reg := far(f)
	f.Fuzz(func(t *testing.T, status int, body, notice string) {
		id, err := client.New(client.Options{Transport: always(status, body, "npm-notice: "+notice)}).Whoami(t.Context(), reg, canary)
		if err == nil {
			if id.Name == "" || len([]rune(id.Name)) > 200 || strings.ContainsFunc(id.Name, steers) {
				t.Fatalf("name %q", id.Name)
			}
			return
		}
		known := false
		for _, sentinel := range []error{agent.ErrRefused, agent.ErrNoSuchProbe, agent.ErrOffline, agent.ErrBadAnswer} {
			known = known || errors.Is(err, sentinel)
		}
		if !known || strings.Contains(err.Error(), canary.Reveal()) || strings.ContainsFunc(err.Error(), steers) {
			t.Fatalf("error %q", err)
		}
	})
}
