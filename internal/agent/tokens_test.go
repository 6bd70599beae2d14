package agent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// tokensOf lists the access tokens of the registry that the tests log in to.
func tokensOf(t *testing.T, a *Agent, fresh bool) api.TokenList {
	t.Helper()
	list, err := a.Tokens(t.Context(), api.TokensRequest{Registry: reg.String(), Fresh: fresh})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// signIn logs in to the registry of the tests.
func (w *world) signIn(t *testing.T, a *Agent) {
	t.Helper()
	w.complete <- struct{}{}
	if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// someToken is a secret as npm makes them, and how its registry shows it.
func someToken(n int) (secret, masked string) {
	entropy := fmt.Sprintf("T%05d%024d", n, n)
	secret = "npm_" + entropy + token.Checksum(entropy)
	return secret, access.Masked(token.NewSecret(secret))
}

// TestTokensTellTheirPlaces: an access token of the list is found in the user's file, in a project's, in the keyring and in
// a placeholder; one that is nowhere here has no place.
func TestTokensTellTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		far := time.Now().AddDate(1, 0, 0)
		var all []access.Token
		var secrets []string
		for i := range 4 {
			secret, masked := someToken(i)
			tok := granular(i, fmt.Sprintf("t%d", i), far)
			tok.Masked = strings.ReplaceAll(masked, "…", "...")
			all, secrets = append(all, tok), append(secrets, secret)
		}
		w.withTokens(all...)
		w.settings.Projects = []string{"/home/u/site"}
		w.files[userRC] = "registry=https://registry.example.com/\n//one.example.com/:_authToken=" + secrets[0] + "\n//two.example.com/:_authToken=${CI_TOKEN}\n"
		w.files["/home/u/site/.npmrc"] = "; here\n//registry.example.com/:_authToken=" + secrets[0] + "\n"
		a, stop := w.run(t)
		defer stop()
		w.signIn(t, a)
		if _, err := a.stow(t.Context(), keptRecord{Registry: reg, Kind: token.KindGranular, Token: all[1].ID, Masked: access.Masked(token.NewSecret(secrets[1])), Variable: "CI_TOKEN"}, token.NewSecret(secrets[1])); err != nil {
			t.Fatal(err)
		}
		if _, err := a.stow(t.Context(), keptRecord{Registry: reg, Kind: token.KindGranular, Masked: access.Masked(token.NewSecret(secrets[2]))}, token.NewSecret(secrets[2])); err != nil {
			t.Fatal(err)
		}
		list := tokensOf(t, a, false)
		if list.Account != "alice" || list.Name != reg.Name() || !list.At.Equal(time.Now()) || len(list.Tokens) != 4 {
			t.Fatalf("%+v", list)
		}
		where := func(i int) string {
			var said []string
			for _, p := range list.Tokens[i].Places {
				said = append(said, fmt.Sprintf("%s:%d %v %s", p.File, p.Line, p.Literal, p.Variable))
			}
			return strings.Join(said, "; ")
		}
		if got, want := where(0), "/home/u/.npmrc:2 true ; /home/u/site/.npmrc:2 true "; got != want {
			t.Errorf("in files: %s", got)
		}
		if got := where(1); got != ":0 false CI_TOKEN; /home/u/.npmrc:3 false CI_TOKEN" || !list.Tokens[1].InUse || list.Tokens[1].Kept == "" {
			t.Errorf("in the keyring, and in a variable: %s %+v", got, list.Tokens[1])
		}
		if list.Tokens[2].Kept == "" || list.Tokens[2].InUse || where(2) != "" {
			t.Errorf("in the keyring: %+v", list.Tokens[2])
		}
		if v := list.Tokens[3]; v.Kept != "" || v.InUse || len(v.Places) > 0 {
			t.Errorf("nowhere: %+v", v)
		}
		// What is kept has learnt from the list which one it is, and when it ends.
		for _, k := range snapshot(t, a).Kept {
			if i := slices.IndexFunc(all, func(tok access.Token) bool { return tok.ID == k.Token }); i < 0 || !k.Ends.Equal(far) || k.Name != all[i].Name {
				t.Errorf("kept: %+v", k)
			}
		}
	})
}

// TestTokensInUse: an access token that stands where the session does is what tools are given.
func TestTokensInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		secret := w.issue()
		tok := granular(1, "old way", time.Now().AddDate(0, 1, 0))
		tok.Masked = access.Masked(token.NewSecret(secret))
		w.withTokens(tok)
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(secret))
		if v := tokensOf(t, a, false).Tokens[0]; !v.InUse || len(v.Places) != 1 || v.Places[0].Line != 2 {
			t.Errorf("%+v", v)
		}
	})
}

// TestTokensAreAskedForOnce: a list is young for five minutes, Fresh asks anew, and who asks meanwhile waits for the same
// answer.
func TestTokensAreAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		tokens := w.withTokens(granular(1, "ci", time.Now().AddDate(1, 0, 0)))
		a, stop := w.run(t)
		defer stop()
		w.signIn(t, a)
		asked := func(want int) {
			t.Helper()
			if got := tokens.called("list"); got != want {
				t.Errorf("asked %d times, want %d", got, want)
			}
		}
		asked(0) // nobody wanted to know
		tokensOf(t, a, false)
		<-time.After(5*time.Minute - time.Second)
		tokensOf(t, a, false)
		asked(1)
		tokensOf(t, a, true)
		asked(2)
		<-time.After(5 * time.Minute)
		hold := make(chan struct{})
		w.set(func() { tokens.fault = func(string, token.Secret) error { <-hold; return nil } })
		got := make(chan error, 3)
		for range cap(got) {
			go func() {
				_, err := a.Tokens(t.Context(), api.TokensRequest{Registry: reg.String()})
				got <- err
			}()
		}
		synctest.Wait()
		close(hold)
		for range cap(got) {
			if err := <-got; err != nil {
				t.Error(err)
			}
		}
		asked(3)
	})
}

// TestTokensReadAgain: after a login to a registry whose list was read, and once a day while a session lives, the list is
// read without anybody asking. A registry that nobody asked about is left alone.
func TestTokensReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life, w.policy = 100*time.Hour, 100*time.Hour
		tokens := w.withTokens()
		a, stop := w.run(t)
		w.signIn(t, a)
		w.signIn(t, a)
		<-time.After(30 * time.Hour)
		if n := tokens.called("list"); n != 0 {
			t.Errorf("asked %d times, and nobody wanted to know", n)
		}
		if list := tokensOf(t, a, false); list.Tokens == nil || len(list.Tokens) != 0 {
			t.Errorf("no access tokens: %+v", list)
		}
		w.signIn(t, a)
		if n := tokens.called("list"); n != 2 {
			t.Errorf("after a login: asked %d times", n)
		}
		<-time.After(24*time.Hour + time.Second)
		synctest.Wait()
		if n := tokens.called("list"); n != 3 {
			t.Errorf("after a day: asked %d times", n)
		}
		stop()
		_, stop = w.run(t)
		defer stop()
		<-time.After(23 * time.Hour)
		synctest.Wait()
		if n := tokens.called("list"); n != 3 {
			t.Errorf("after a restart: asked %d times", n)
		}
		w.set(func() { w.offline = true })
		<-time.After(time.Hour)
		synctest.Wait()
		if n := tokens.called("list"); n != 4 {
			t.Errorf("while it does not answer: asked %d times", n)
		}
		w.set(func() { w.offline = false })
		<-time.After(25 * time.Hour)
		synctest.Wait()
		if n := tokens.called("list"); n != 5 {
			t.Errorf("on the day after: asked %d times", n)
		}
	})
}

// TestTokensRefused: every way in which a list cannot be had has its own name.
func TestTokensRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		tokens := w.withTokens(granular(1, "ci", time.Time{}))
		a, stop := w.run(t)
		defer stop()
		fails := func(name, want string) {
			t.Helper()
			if _, err := a.Tokens(t.Context(), api.TokensRequest{Registry: reg.String(), Fresh: true}); codeOf(err) != want {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		fails("nobody has signed in", api.CodeNone)
		if _, err := a.Tokens(t.Context(), api.TokensRequest{Registry: "nonsense"}); codeOf(err) != api.CodeURL {
			t.Errorf("no registry: %v", err)
		}
		w.signIn(t, a)
		do(t, a, api.VerbLock)
		fails("locked", api.CodeKeyring)
		do(t, a, api.VerbUnlock)
		for _, c := range []struct {
			err  error
			want string
		}{
			{ErrNoTokens, api.CodeNoTokens}, {ErrOffline, api.CodeNetwork}, {ErrBadAnswer, api.CodeBadAnswer}, {ErrUnsafe, api.CodeUnsafe},
			{ErrRefused, api.CodeEnded}, {&Challenge{Way: WayDigits}, api.CodeOTP},
		} {
			w.set(func() { tokens.fault = func(string, token.Secret) error { return fmt.Errorf("told: %w", c.err) } })
			fails(c.err.Error(), c.want)
		}
		w.set(func() { tokens.fault = nil; delete(tokens.lists, reg) })
		fails("a registry without such a list", api.CodeNoTokens)
		<-time.After(3 * time.Hour)
		fails("the session is over", api.CodeEnded)
		if s := snapshot(t, a); len(s.Soon) != 0 {
			t.Errorf("told of what no list told: %+v", s.Soon)
		}
	})
}

// TestTokensOfAnotherSession: somebody signs in anew while the list is read. What comes is of an account that is not here
// any more.
func TestTokensOfAnotherSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		tokens := w.withTokens(granular(1, "ci", time.Now().AddDate(0, 0, 30)))
		a, stop := w.run(t)
		defer stop()
		w.signIn(t, a)
		hold := make(chan struct{})
		w.set(func() { tokens.fault = func(string, token.Secret) error { <-hold; return nil } })
		got := make(chan error, 1)
		go func() { _, err := a.Tokens(t.Context(), api.TokensRequest{Registry: reg.String()}); got <- err }()
		synctest.Wait()
		w.signIn(t, a)
		close(hold)
		if err := <-got; codeOf(err) != api.CodeEnded {
			t.Errorf("told: %v", err)
		}
	})
}

// TestTokensMarks: what the registry tells is audited, with what is known here.
func TestTokensMarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		now := time.Now()
		secret, masked := someToken(1)
		wide := granular(1, "wide", now.AddDate(0, 3, 0))
		wide.Masked, wide.Scopes, wide.Used, wide.Created = masked, []string{"@acme", "@other"}, now, now
		ending := granular(2, "ending", now.AddDate(0, 0, 3))
		ending.Used, ending.Created = now, now
		w.withTokens(wide, ending)
		w.files[userRC] = "//registry.example.com/:_authToken=${X}\n//old.example.com/:_authToken=" + secret + "\n"
		a, stop := w.run(t)
		defer stop()
		w.signIn(t, a)
		a.post(func() {
			a.core.projects = []project{{scopes: []effective.Scope{{Scope: "", Registry: registry.Public.String()}, {Scope: "@acme", Registry: reg.String()}}}}
		})
		list := tokensOf(t, a, false)
		if m := list.Tokens[0].Marks; len(m) != 1 || m[0].Code != access.MarkWide || m[0].Args["Scopes"] != "@other" {
			t.Errorf("wide: %+v", m)
		}
		if m := list.Tokens[1].Marks; len(m) != 1 || m[0].Code != access.MarkEnds || !m[0].Serious {
			t.Errorf("ending: %+v", m)
		}
		soon := snapshot(t, a).Soon
		if len(soon) != 1 || soon[0].Name != "ending" || soon[0].Marks != 1 || soon[0].Registry != reg.String() {
			t.Errorf("soon: %+v", soon)
		}
	})
}

// TestN04_NoneAndTenThousand: an account with no access token, and one with ten thousand.
func TestN04_NoneAndTenThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		tokens := w.withTokens()
		a, stop := w.run(t)
		defer stop()
		w.signIn(t, a)
		if list := tokensOf(t, a, true); list.Tokens == nil || len(list.Tokens) > 0 {
			t.Errorf("none: %+v", list)
		}
		w.set(func() { tokens.lists[reg] = tenThousand(time.Now()) })
		list := tokensOf(t, a, true)
		if len(list.Tokens) != 10_000 {
			t.Fatalf("%d access tokens", len(list.Tokens))
		}
		if len(w.state) > 1<<20 {
			t.Errorf("the state file has %d bytes", len(w.state))
		}
	})
}

func tenThousand(now time.Time) (all []access.Token) {
	for i := range 10_000 {
		tok := granular(i, fmt.Sprintf("token %d", i), now.AddDate(0, 0, i%400))
		_, tok.Masked = someToken(i)
		all = append(all, tok)
	}
	return all
}

// BenchmarkTokens10000 makes of a list what faces show, on a machine with 300 credentials.
func BenchmarkTokens10000(b *testing.B) {
	w := newWorld()
	list := tenThousand(time.Now())
	a := New(Ports{Clock: w, Env: w}, Options{Random: func() string { return "x" }})
	c := a.core
	c.settings = api.DefaultSettings()
	c.sessions[reg] = &entry{record: record{Registry: reg, Fingerprint: "f"}}
	var text strings.Builder
	for i := range 300 {
		secret, _ := someToken(i * 30)
		fmt.Fprintf(&text, "//r%d.example.com/:_authToken=%s\n", i, secret)
	}
	read, err := dialectOf(api.LevelUser).parse([]byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	c.files[userRC] = &file{path: userRC, level: api.LevelUser, creds: read.creds}
	b.Run("told", func(b *testing.B) {
		for b.Loop() {
			if out := c.machine(reg).tell(list); len(out) != 10_000 || len(out[30].Places) != 1 || len(out[31].Places) != 0 {
				b.Fatalf("%d: %+v", len(out), out[30])
			}
		}
	})
	b.Run("on the loop", func(b *testing.B) {
		lines := c.machine(reg).lines(list)
		for b.Loop() {
			if err := c.listed(listing{reg, "f"}, list, lines); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("a look at the reminders", func(b *testing.B) {
		for b.Loop() {
			c.soonAt(c.now())
		}
	})
}
