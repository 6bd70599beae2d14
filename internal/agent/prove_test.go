package agent

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func TestProve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a, secret, stop := signedIn(t)
		defer stop()
		failed := errors.New("exit status 1")
		for name, tt := range map[string]struct {
			answer string
			err    error
			want   bool
		}{
			"the account":            {"alice\n", nil, true},
			"with other words":       {"Welcome!\nalice\nnpm notice new version\n", nil, true},
			"another account":        {"bob\n", nil, false},
			"nothing":                {"", nil, false},
			"an error":               {"npm error code ENEEDAUTH\n", failed, false},
			"an error with the name": {"alice\n", failed, false},
			"a secret":               {"npm error " + secret + "\n", failed, false},
		} {
			w.answer, w.answerErr = tt.answer, tt.err
			p, err := a.Prove(t.Context(), api.ProveRequest{Shell: "zsh"})
			if err != nil || p.OK != tt.want || p.OK != (p.Account == "alice") || p.OK == (p.Answer != "") && tt.answer != "" {
				t.Errorf("%s: %v %+v", name, err, p)
			}
			if strings.Contains(p.Answer, secret) {
				t.Errorf("J02: %s: %+v", name, p)
			}
			if want := "npm whoami --registry " + reg.String(); p.Command != want || w.typed[len(w.typed)-1] != "zsh: "+want {
				t.Errorf("%s: typed %q", name, p.Command)
			}
		}
	})
}

// TestJ02_ProofNamesNoSecret: where nobody knows the account, a secret in a line of its own is none; and of a secret of
// which a part was taken out before, the rest goes, too.
func TestJ02_ProofNamesNoSecret(t *testing.T) {
	plain, parts := token.NewSecret("opaque.CANARY1"), token.NewSecret("0123456789abcdef01234567/CANARY2.rest")
	q := question{secrets: []token.Secret{plain, parts, {}}}
	for _, out := range []string{"opaque.CANARY1\n", npmrc.Redact("it is 0123456789abcdef01234567/CANARY2.rest\n")} {
		clean := q.without(out)
		if said := q.answer(clean) + lastWords(clean); strings.Contains(said, "CANARY") {
			t.Errorf("%q is told as %q", out, said)
		}
	}
	if got := q.answer(q.without("Welcome\nalice\n")); got != "alice" {
		t.Errorf("the account is %q", got)
	}
}

// TestProveWhatReachesTheShell: in exec mode no shell has the session, and a command has to be run by sandglass.
func TestProveWhatReachesTheShell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.DefaultMode = injection.ModeExec
		w.beside = &beside{managers: []injection.Manager{{Name: "pnpm", Version: "10.0.0"}}, desktop: map[string]string{}}
		w.answer = "alice"
		a, stop := w.run(t)
		defer stop()
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		p, err := a.Prove(t.Context(), api.ProveRequest{Shell: "bash", Registry: reg.String()})
		if err != nil || !p.OK || p.Command != "sandglass exec -- pnpm whoami --registry "+reg.String() {
			t.Errorf("%v %+v", err, p)
		}
	})
}

func TestProveRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a, _, stop := signedIn(t)
		defer stop()
		for want, req := range map[string]api.ProveRequest{
			api.CodeUsage:   {Shell: "csh"},
			api.CodeURL:     {Shell: "bash", Registry: "::"},
			api.CodeUnknown: {Shell: "bash", Registry: "https://other.example.com/"},
		} {
			if _, err := a.Prove(t.Context(), req); code(err) != want {
				t.Errorf("%+v: %v, want %s", req, err, want)
			}
		}
		do(t, a, api.VerbLock)
		if _, err := a.Prove(t.Context(), api.ProveRequest{Shell: "bash"}); code(err) != api.CodeNone {
			t.Errorf("while locked: %v", err)
		}
		if len(w.typed) != 0 {
			t.Errorf("typed %q", w.typed)
		}
	})
}
