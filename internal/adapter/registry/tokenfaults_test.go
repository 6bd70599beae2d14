package registry_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// aboutTokens sends one of each request about access tokens that goes with a credential.
func aboutTokens(t *testing.T, c *client.Client, reg registry.URL) map[string]error {
	t.Helper()
	otp := token.NewSecret("canary0000000000")
	all, listing := c.List(t.Context(), reg, canary)
	made, creating := c.Create(t.Context(), agent.CreateOrder{Registry: reg, Session: canary, Password: token.NewSecret(password), OTP: otp, Spec: access.Spec{Name: "x"}})
	if all != nil || made.Token.ID != "" || !made.Secret.IsZero() {
		t.Errorf("it is known: %+v, %+v", all, made)
	}
	errs := map[string]error{
		"list": listing, "create": creating, "revoke": c.Revoke(t.Context(), agent.RevokeOrder{Registry: reg, Session: canary, OTP: otp, ID: "1"}),
		"reads": c.Reads(t.Context(), reg, "@acme/private", canary),
	}
	for _, err := range errs {
		leaks(t, err)
	}
	return errs
}

func wantEach(t *testing.T, errs map[string]error, want error) {
	t.Helper()
	for call, err := range errs {
		if !errors.Is(err, want) {
			t.Errorf("%s: error %v, want one that is %q", call, err, want)
		}
	}
}

func TestF01toF03_SlowAboutTokens(t *testing.T) {
	for name, body := range map[string]string{"F01 no first byte": "", "F02 F03 hang after headers": `{"objects":[`} {
		t.Run(name, func(t *testing.T) {
			over := make(chan struct{})
			defer close(over)
			var asked atomic.Int64
			reg := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				if body != "" {
					_, _ = io.WriteString(w, body)
					w.(http.Flusher).Flush()
				}
				wait(r, over)
			})
			wantEach(t, aboutTokens(t, real(t, client.Options{Limit: short}), reg), agent.ErrOffline)
			if asked.Load() != 4 {
				t.Errorf("%d requests", asked.Load())
			}
		})
	}
}

func TestF07_BodiesAboutTokens(t *testing.T) {
	errs := aboutTokens(t, real(t, client.Options{}), serve(t, bomb))
	wantEach(t, errs, agent.ErrBadAnswer)
	for _, body := range []string{``, `<!doctype html>`, `{"token":`, `{"token":"` + canary.Reveal() + `"}x`, `{"a":` + strings.Repeat("[", 60_000), "\x00", "{\"token\":\"\xff\"}", `{"token":"a","token":"b"}`, `{"token":1,"objects":1}`} {
		errs := aboutTokens(t, client.New(client.Options{Transport: always(200, body)}), far(t))
		if errs["revoke"] != nil { // its body says nothing
			t.Errorf("%.40q: %v", body, errs["revoke"])
		}
		delete(errs, "revoke")
		wantEach(t, errs, agent.ErrBadAnswer)
	}
}

func TestF08F09_BrokenFramingAboutTokens(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\n"
	for name, text := range map[string]string{
		"F08 chunked garbage": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + canary.Reveal(),
		"F08 no HTTP":         "SSH-2.0-" + canary.Reveal() + "\x1b[31m\r\n",
		"F08 endless header":  head + "A: " + fmt.Sprintf("%0100000d", 0) + "\r\n\r\n",
		"F09 early close":     head + "Content-Length: 100\r\n\r\n{\"token\":\"" + canary.Reveal(),
		"F09 nothing":         "",
	} {
		for _, reset := range []bool{false, true} {
			t.Run(fmt.Sprint(name, reset), func(t *testing.T) {
				wantEach(t, aboutTokens(t, real(t, client.Options{}), raw(t, text, reset)), agent.ErrOffline)
			})
		}
	}
}

// TestF12toF16_NoRedirectAboutTokens: neither password nor second factor goes elsewhere.
func TestF12toF16_NoRedirectAboutTokens(t *testing.T) {
	var followed, asked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		asked.Store(0)
		reg := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
		})
		c := real(t, client.Options{})
		errs := aboutTokens(t, c, reg)
		wantError(t, errs["reads"], agent.ErrBadAnswer)
		delete(errs, "reads")
		_, errs["proof"] = c.AwaitProof(t.Context(), reg, agent.Challenge{Done: reg.String() + "-/v1/done"})
		wantEach(t, errs, agent.ErrUnsafe)
		if asked.Load() != 5 || followed.Load() != 0 {
			t.Errorf("%d requests, %d elsewhere", asked.Load(), followed.Load())
		}
	}
}

// TestF14F17_NothingOverAnOpenLine: nothing is sent by http to another machine, or to a wrong certificate.
func TestF14F17_NothingOverAnOpenLine(t *testing.T) {
	c := client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
		t.Errorf("asks %s", r.URL)
		return reply(200, "{}"), nil
	})})
	for _, reg := range []registry.URL{mustParse(t, "http://registry.example.com/"), {}} {
		errs := aboutTokens(t, c, reg)
		_, errs["proof"] = c.AwaitProof(t.Context(), reg, agent.Challenge{Done: reg.String() + "-/v1/done"})
		wantEach(t, errs, agent.ErrUnsafe)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request got through") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of every refused handshake
	s.StartTLS()
	t.Cleanup(s.Close)
	wantEach(t, aboutTokens(t, real(t, client.Options{}), mustParse(t, s.URL)), agent.ErrUnsafe)
}

// TestN06_ProofIsAwaited at the registry's pace, until it is gone or given up.
func TestN06_ProofIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := agent.Challenge{Way: agent.WayPage, Done: goodDone}
		broken := func(*http.Request) (*http.Response, error) { return nil, errors.New("broke " + canary.Reveal()) }
		s := &script{answers: []wire{always(202, "{}"), always(202, "{}", "Retry-After: 5"), always(503, ""), broken, always(200, `{"token":"1234567812345678"}`)}}
		proof, err := client.New(client.Options{Transport: s}).AwaitProof(t.Context(), far(t), page)
		if err != nil || proof.Reveal() != "1234567812345678" || fmt.Sprint(s.pauses()) != "[1 5 1 2]" {
			t.Errorf("%v, pauses %v", err, s.pauses())
		}
		for status, want := range map[int]error{404: agent.ErrLoginGone, 410: agent.ErrLoginGone, 418: agent.ErrBadAnswer} {
			_, err := client.New(client.Options{Transport: always(status, "")}).AwaitProof(t.Context(), far(t), page)
			wantError(t, err, want)
		}
		_, err = client.New(client.Options{Transport: always(200, `{"token":"a\nb"}`)}).AwaitProof(t.Context(), far(t), page)
		wantError(t, err, agent.ErrBadAnswer)
		began := time.Now()
		_, err = client.New(client.Options{Transport: always(202, "")}).AwaitProof(t.Context(), far(t), page)
		if wantError(t, err, agent.ErrLoginGone); time.Since(began) != 10*time.Minute {
			t.Errorf("given up after %v", time.Since(began))
		}
	})
}

// TestN07_IDsHoldNoSecrets: an id is shown, kept and sent in addresses. One that repeats the session, or the access token
// that was just made, is none.
func TestN07_IDsHoldNoSecrets(t *testing.T) {
	session, fresh := token.NewSecret("0pAqUe-s3ss10n-0f-s0me-registry"), "0pAqUe-n3w-access.t0ken"
	page := `{"objects":[{"key":"` + session.Reveal() + `","token":"abcdef...","name":"x"},{"key":"id:` + session.Reveal() + `","token":"ghijkl..."}]}`
	all, err := client.New(client.Options{Transport: always(200, page)}).List(t.Context(), far(t), session)
	if err != nil || len(all) != 2 || all[0].ID != "" || all[1].ID != "" {
		t.Errorf("%v, %+v", err, all)
	}
	made, err := client.New(client.Options{Transport: always(200, `{"key":"`+fresh+`","token":"`+fresh+`"}`)}).Create(t.Context(), agent.CreateOrder{Registry: far(t), Session: session, Spec: access.Spec{Name: "x"}})
	if err != nil || made.Token.ID != "" || made.Secret.Reveal() != fresh {
		t.Errorf("%v, %q", err, made.Token.ID)
	}
}
