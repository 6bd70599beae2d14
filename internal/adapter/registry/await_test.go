package registry_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
)

func waiting(t *testing.T) agent.WebLogin {
	return agent.WebLogin{Registry: far(t), Page: goodPage, Host: "login.example.com", Done: goodDone}
}

// script plays answers one after the other, the last one for ever, and notes when each was asked for.
type script struct {
	answers []wire
	at      []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Now())
	next := s.answers[min(len(s.at), len(s.answers))-1]
	return next(r)
}

// pauses are the seconds between the requests.
func (s *script) pauses() []int {
	var out []int
	for i := 1; i < len(s.at); i++ {
		out = append(out, int(s.at[i].Sub(s.at[i-1])/time.Second))
	}
	return out
}

func done() wire {
	return always(200, `{"token":"`+canary.Reveal()+`"}`, "Date: Sat, 21 Nov 2026 12:00:00 GMT")
}

func await(t *testing.T, s *script) (agent.Issued, error) {
	t.Helper()
	issued, err := client.New(client.Options{Transport: s}).AwaitLogin(t.Context(), waiting(t))
	leaks(t, err)
	leaks(t, issued)
	return issued, err
}

func TestG02_RegistrySetsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		date := "Date: Sat, 21 Nov 2026 12:00:00 GMT"
		pending := func(headers ...string) wire { return always(202, "{}", headers...) }
		s := &script{answers: []wire{
			pending(), pending("Retry-After: 5"), pending("Retry-After: 0"), pending("Retry-After: -3"), pending("Retry-After: 1000000000"),
			pending("Retry-After: 99999999999999999999"), pending("Retry-After: soon"), pending("Retry-After: 1.5"),
			pending("Retry-After: Sat, 21 Nov 2026 12:00:07 GMT", date), pending("Retry-After: Sat, 21 Nov 2026 11:00:00 GMT", date), done(),
		}}
		issued, err := await(t, s)
		if err != nil || !issued.Secret.Equal(canary) || issued.Date.Unix() != 1795262400 {
			t.Fatalf("%v, date %v", err, issued.Date.Unix())
		}
		if got, want := s.pauses(), []int{1, 5, 1, 1, 30, 30, 1, 1, 7, 1}; !slices.Equal(got, want) {
			t.Errorf("pauses %v, want %v", got, want)
		}
	})
}

func TestF04F05F06_BusyRegistryIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		for _, status := range []int{500, 502, 503, 504, 408, 425, 429} {
			s.answers = append(s.answers, always(status, ""))
		}
		broken := func(*http.Request) (*http.Response, error) {
			return nil, errors.New("connection to " + canary.Reveal() + " broke")
		}
		s.answers = append(s.answers, broken, always(202, "{}"), always(429, "", "Retry-After: 12"), always(503, "", "Retry-After: 3600"), done())
		if _, err := await(t, s); err != nil {
			t.Fatal(err)
		}
		if got, want := s.pauses(), []int{1, 2, 4, 8, 16, 30, 30, 30, 1, 12, 30}; !slices.Equal(got, want) {
			t.Errorf("pauses %v, want %v", got, want)
		}
	})
}

func TestG03_NobodyCompletesThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := &script{answers: []wire{always(202, "{}", "Retry-After: 7")}}
		_, err := await(t, s)
		wantError(t, err, agent.ErrLoginGone)
		if took := time.Since(began); took != 10*time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

func TestG03_CancelEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(95*time.Second, cancel)
		s := &script{answers: []wire{always(202, "{}", "Retry-After: 30")}}
		_, err := client.New(client.Options{Transport: s}).AwaitLogin(ctx, waiting(t))
		wantError(t, err, context.Canceled)
		if took := time.Since(began); took != 95*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// hang answers once its request is given up.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestG03_HangingPollsCountToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := &script{answers: []wire{hang}}
		_, err := await(t, s)
		wantError(t, err, agent.ErrLoginGone)
		if took := time.Since(began); took != 10*time.Minute || len(s.at) < 8 {
			t.Errorf("took %v for %d polls", took, len(s.at))
		}
	})
}

func TestG04G12_PollStatuses(t *testing.T) {
	for status, sentinel := range map[int]error{
		400: agent.ErrLoginGone, 401: agent.ErrLoginGone, 403: agent.ErrLoginGone, 404: agent.ErrLoginGone, 410: agent.ErrLoginGone,
		302: agent.ErrUnsafe, 307: agent.ErrUnsafe, 204: agent.ErrBadAnswer, 201: agent.ErrBadAnswer, 418: agent.ErrBadAnswer, 422: agent.ErrBadAnswer,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			s := &script{answers: []wire{always(status, `{"error":"bad"}`, "Location: "+goodDone)}}
			_, err := await(t, s)
			wantError(t, err, sentinel)
			if len(s.at) != 1 {
				t.Errorf("%d requests", len(s.at))
			}
		})
	}
}

func TestG13_UnusableAnswers(t *testing.T) {
	bodies := badObjects(`"token":"` + canary.Reveal() + `"`)
	for name, body := range map[string]string{
		"no token": "{}", "empty token": `{"token":""}`, "null token": `{"token":null}`, "number": `{"token":1}`, "list": `{"token":["a"]}`,
		"two tokens": `{"token":"canary1","token":"canary2"}`, "token with LF": `{"token":"canary\n"}`, "token with quote": `{"token":"canary'"}`,
		"token with space": `{"token":"canary canary"}`, "token of another case": `{"Token":"canary"}`, "token with NUL": `{"token":"canary\u0000"}`,
	} {
		bodies[name] = body
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			_, err := await(t, &script{answers: []wire{always(200, body)}})
			wantError(t, err, agent.ErrBadAnswer)
		})
	}
}

func TestPollsCarryNoCredential(t *testing.T) {
	s := &script{answers: []wire{func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("npm-auth-type") != "web" || r.Header.Get("npm-command") != "login" || r.URL.String() != goodDone {
			t.Errorf("polls %s with %v", r.URL, r.Header)
		}
		return done()(r)
	}}}
	if _, err := await(t, s); err != nil {
		t.Fatal(err)
	}
}
