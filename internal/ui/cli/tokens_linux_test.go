package cli

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// said is what the program asks, and what is typed then.
type said struct{ asks, typed string }

// pseudo opens a pseudo-terminal of so many columns: what is written to keys is typed, what is read from it is shown.
func pseudo(t *testing.T, cols uint16) (keys, screen *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	if err := unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: cols}); err != nil {
		t.Fatal(err)
	}
	return keys, screen
}

// pieces are what comes from a terminal.
func pieces(keys *os.File) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		buf := make([]byte, 4096)
		for {
			n, err := keys.Read(buf)
			if err != nil {
				return
			}
			out <- string(buf[:n])
		}
	}()
	return out
}

// talkTo runs sandglass tokens at a terminal and answers it. It returns all that was shown.
func talkTo(t *testing.T, agent api.Agent, cols uint16, talk []said, args ...string) (code int, shown string) {
	t.Helper()
	keys, screen := pseudo(t, cols)
	ended := make(chan int, 1)
	env := tokensEnv(t, agent, screen, screen, screen, args...)
	env.Getenv = func(name string) string { return map[string]string{"HOME": "/home/alice", "NO_COLOR": "1"}[name] }
	go func() {
		code := Main(t.Context(), env)
		fmt.Fprint(screen, "\x00") // after all that it showed
		ended <- code
		_ = screen.Close()
	}()
	var all strings.Builder
	from, came := 0, pieces(keys)
	for !strings.Contains(all.String(), "\x00") {
		select {
		case piece := <-came:
			all.WriteString(piece)
		case <-time.After(20 * time.Second):
			t.Fatalf("%q: it waits, and not for %+v:\n%s", args, talk, all.String())
		}
		for len(talk) > 0 && strings.Contains(all.String()[from:], talk[0].asks) {
			from += strings.Index(all.String()[from:], talk[0].asks) + len(talk[0].asks)
			fmt.Fprint(keys, talk[0].typed)
			talk = talk[1:]
		}
	}
	shown = strings.ReplaceAll(strings.TrimSuffix(all.String(), "\x00"), "\r", "")
	for _, left := range talk {
		t.Errorf("it did not ask %q:\n%s", left.asks, shown)
	}
	return <-ended, shown
}

// TestN06_WrongProofsAreAskedForAgain, three times, and never shown.
func TestN06_WrongProofsAreAskedForAgain(t *testing.T) {
	a := accessAgent("en")
	var asked []string
	guarded(a, &asked)
	code, shown := talkTo(t, a, 200, []said{
		{"Password of your account at npm:", "wrong\r"}, {"Once more", ""}, {"Password", "correct horse\r"}, {"Code from the e-mail", "1\r"}, {"Code from", "123456\r"},
	}, narrow...)
	if code != 0 || strings.Join(asked, " ") != "/ wrong/ correct horse/ correct horse/1 correct horse/123456" {
		t.Errorf("%d %q", code, asked)
	}
	for _, secret := range []string{"wrong", "horse", "123456", fakeagent.Canary.Reveal()} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown:\n%s", secret, shown)
		}
	}
	wants(t, shown, "The registry did not take that. Once more:", "Its secret is in the keyring.")
	asked = nil
	if code, _ := talkTo(t, a, 200, []said{{"Password", "a\r"}, {"Password", "b\r"}, {"Password", "c\r"}}, narrow...); code != 4 || len(asked) != 4 {
		t.Errorf("%d after %q", code, asked)
	}
}

// TestN05_SecretIsShownOnce on a terminal, with --show, after a word.
func TestN05_SecretIsShownOnce(t *testing.T) {
	a := accessAgent("en")
	a.Made = api.NewToken{Token: a.List.Tokens[0], Secret: fakeagent.Canary}
	code, shown := talkTo(t, a, 200, nil, append(narrow, "--show")...)
	if n := strings.Count(shown, fakeagent.Canary.Reveal()); code != 0 || n != 1 || !strings.Contains(shown, "It is shown once") {
		t.Errorf("%d, shown %d times:\n%s", code, n, shown)
	}
	for _, args := range [][]string{append(narrow, "--emit"), {"emit", "kept-1"}} {
		if code, shown := talkTo(t, a, 200, nil, args...); code != 2 || strings.Contains(shown, "C4n4ry") {
			t.Errorf("%q: %d %s", args, code, shown)
		}
	}
}

// TestTokenSuggestion: the least that is enough for the folder is shown before it is asked for.
func TestTokenSuggestion(t *testing.T) {
	t.Chdir(t.TempDir())
	a := accessAgent("en")
	a.Seen.Project = &api.Project{Scopes: []api.Scope{{Registry: registry.Public.String()}, {Scope: "@acme", Registry: registry.Public.String()}, {Scope: "@other", Registry: "https://registry.example.com/"}}}
	code, shown := talkTo(t, a, 200, []said{{"[install/stage]", "\r"}, {"Make it so? [y/N]", "y\r"}}, "create", "laptop")
	wants(t, shown, "The least that is enough: read-only, for @acme, for 30 days.")
	got := of[api.TokenOrder](a, "make-token")
	if code != 0 || len(got) != 1 || got[0].Spec.Permission != access.ReadOnly || !slices.Equal(got[0].Spec.Scopes, []string{"@acme"}) {
		t.Errorf("%d %+v", code, got)
	}
	if code, shown := talkTo(t, a, 200, []said{{"[install/stage]", "s\r"}, {"Make it so?", "\r"}}, "create", "x", "--package", "@acme/site"); code != 4 || !strings.Contains(shown, "stage only, for @acme/site, for 7 days") {
		t.Errorf("stage: %d %s", code, shown)
	}
	a.Seen.Project = nil
	if code, _ := talkTo(t, a, 200, nil, "create", "x"); code != 2 {
		t.Errorf("no scopes: %d", code)
	}
	if n := len(of[api.TokenOrder](a, "make-token")); n != 1 {
		t.Errorf("made %d", n)
	}
}

// TestTokenBypassIsAskedFor once, with what is to come.
func TestTokenBypassIsAskedFor(t *testing.T) {
	a := accessAgent("en")
	args := []string{"create", "x", "--permission", "read-write", "--scope", "@acme", "--bypass-2fa"}
	if code, shown := talkTo(t, a, 200, []said{{"Make it nevertheless? [y/N]", "n\r"}}, args...); code != 4 || !strings.Contains(shown, "January 2027") || len(of[api.TokenOrder](a, "make-token")) > 0 {
		t.Errorf("no: %d %s", code, shown)
	}
	if code, _ := talkTo(t, a, 200, []said{{"Make it nevertheless? [y/N]", "y\r"}}, args...); code != 0 || len(of[api.TokenOrder](a, "make-token")) != 1 {
		t.Errorf("yes: %d", code)
	}
}

// TestN01_SecondQuestion names the one in use. Without a yes it stays, and the others go.
func TestN01_SecondQuestion(t *testing.T) {
	for answer, sure := range map[string][]string{"y": {"id-1"}, "": nil} {
		a := accessAgent("en")
		a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) { return plan(req), nil }
		code, _ := talkTo(t, a, 200, []said{
			{"Revoke these 2? This cannot be undone. [y/N]", "y\r"}, {"ci-read (npm_aBcD…7890) is in use on this machine, and what uses it stops working. Revoke it too? [y/N]", answer + "\r"},
		}, "revoke", "ci-read", "old")
		asked := of[api.RevokeRequest](a, "revoke-tokens")
		if len(asked) != 2 || !slices.Equal(asked[1].Sure, sure) || (code == 0) != (sure != nil) {
			t.Errorf("%q: %d %+v", answer, code, asked)
		}
	}
	a := accessAgent("en")
	a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) { return plan(req), nil }
	if code, _ := talkTo(t, a, 200, []said{{"[y/N]", "\r"}}, "revoke", "ci-read"); code != 4 || len(of[api.RevokeRequest](a, "revoke-tokens")) != 1 {
		t.Errorf("no: %d", code)
	}
}

// TestN02_SignsAreAskedAbout, and panic's word is typed.
func TestN02_SignsAreAskedAbout(t *testing.T) {
	a := accessAgent("en")
	a.Ended = api.RevokeReport{Items: []api.Revoked{{ID: "id-1", Name: "ci-read", What: "token", State: api.RevokeDone}}, Signs: []api.Sign{{File: "/x", What: "y"}}}
	if code, _ := talkTo(t, a, 200, []said{{"are they yours? [y/N]", "\r"}}, "revoke", "--panic"); code != 4 || len(of[api.RevokeRequest](a, "revoke-tokens")) != 1 {
		t.Errorf("not theirs: %d", code)
	}
	if code, _ := talkTo(t, a, 200, []said{{"are they yours? [y/N]", "y\r"}, {"To do that, type: panic", "yes\r"}}, "revoke", "--panic"); code != 4 {
		t.Errorf("another word: %d", code)
	}
	code, _ := talkTo(t, a, 200, []said{{"are they yours? [y/N]", "y\r"}, {"To do that, type: panic", "panic\r"}}, "revoke", "--panic")
	asked := of[api.RevokeRequest](a, "revoke-tokens")
	if last := asked[len(asked)-1]; code != 0 || last.DryRun || !last.Panic || !last.Checked {
		t.Errorf("%d %+v", code, last)
	}
}

// TestTokenRotateWaitsForTheWord and takes it; a file that still holds the old one is told first.
func TestTokenRotateWaitsForTheWord(t *testing.T) {
	a := accessAgent("en")
	calls := 0
	a.rotate = func(req api.RotateRequest) (api.Rotation, error) {
		r := api.Rotation{Job: api.TokenJob{ID: "j9", What: api.ChangeRotate, Step: api.NextPlaces, Name: "ci-read"}, New: a.List.Tokens[0]}
		if req.Continue {
			if calls++; calls == 1 {
				r.Job.Error = &api.Error{Code: api.CodeInUse, Args: map[string]string{"File": "/home/alice/.npmrc"}}
			} else {
				r.Done = true
			}
		}
		return r, nil
	}
	if code, shown := talkTo(t, a, 200, []said{{"Have you changed them all?", "\r"}}, "rotate", "ci-read"); code != 0 || !strings.Contains(shown, "rotate --job j9 --continue") || calls > 0 {
		t.Errorf("not yet: %d %s", code, shown)
	}
	code, shown := talkTo(t, a, 200, []said{{"Have you changed them all?", "y\r"}, {"all the same? [y/N]", "y\r"}}, "rotate", "ci-read")
	if code != 0 || calls != 2 || !strings.Contains(shown, "has taken the place") {
		t.Errorf("%d after %d calls:\n%s", code, calls, shown)
	}
}

// TestTokenListIsNarrow: where rows do not fit, each access token has a block of lines.
func TestTokenListIsNarrow(t *testing.T) {
	for cols, want := range map[uint16]string{
		200: "名前        最初と最後",
		60:  "deploy[31m  npm_wXyZ…4321\n  できること            読み取りと書き込み（2 要素認証なし）\n  パッケージとスコープ  すべてのパッケージ、組織 acme（読み取りのみ）\n  期限                  2026-11-26（あと 5 日）\n",
	} {
		if _, shown := talkTo(t, accessAgent("ja"), cols, nil, "list"); !strings.HasPrefix(shown, want) {
			t.Errorf("%d columns:\n%s", cols, shown)
		}
	}
}

// TestTokenPage shows where to confirm, with a code for a phone.
func TestTokenPage(t *testing.T) {
	a := accessAgent("en")
	a.TokenWay = []api.TokenStep{{Step: api.StepPage, URL: "https://registry.example.com/auth/1", Host: "registry.example.com"}, {Step: api.StepPage, URL: "https://registry.example.com/auth/1"}}
	_, shown := talkTo(t, a, 200, nil, narrow...)
	if n := strings.Count(shown, "https://registry.example.com/auth/1"); n != 1 || !strings.Contains(shown, "open this page on registry.example.com") || !strings.Contains(shown, "▄") {
		t.Errorf("%d times:\n%s", n, shown)
	}
}
