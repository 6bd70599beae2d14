package agent

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// pnpmAuth is where pnpm keeps its logins.
const pnpmAuth = "/home/u/.config/pnpm/auth.ini"

// line is the line of a config file that holds a credential, or the placeholder of one.
func line(credential string) string {
	return "//registry.example.com/:_authToken=" + credential + "\n"
}

// otherLine is the same for another registry.
func otherLine(credential string) string {
	return "//other.example.com/:_authToken=" + credential + "\n"
}

// runWithPnpm starts an agent that watches pnpm's file, too.
func (w *world) runWithPnpm(t *testing.T) (*Agent, func()) {
	t.Helper()
	first, stop := w.run(t)
	stop()
	opts := first.opts
	opts.Files = append(slices.Clone(opts.Files), ConfigFile{pnpmAuth, api.LevelPnpm})
	a := New(first.ports, opts)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = a.Run(ctx) }()
	synctest.Wait()
	return a, func() { cancel(); <-done }
}

// do has the agent do something, and lets everything that follows happen.
func do(t *testing.T, a *Agent, verb api.Verb) {
	t.Helper()
	if err := a.Do(t.Context(), api.Action{Verb: verb}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// renew logs in to the most pressing registry as the user does in a face, and returns the new session.
func (w *world) renew(t *testing.T, a *Agent) string {
	t.Helper()
	w.complete <- struct{}{}
	if err := a.Login(t.Context(), api.LoginRequest{}, nil); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return w.keys[keyName(reg)]
}

// TestEditBesideAnOldLiteral: the user renewed in the window while the old session still stands in the
// file. A later edit of another line is no login: shells keep the new session.
func TestEditBesideAnOldLiteral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		old := w.issue()
		w.save(userRC, line(old))
		<-time.After(time.Hour)
		fresh := w.renew(t, a)
		if fresh == old || !slices.Contains(codes(snapshot(t, a)), api.FindingStaleLiteral) {
			t.Fatalf("after renewing: findings %v", codes(snapshot(t, a)))
		}
		w.save(userRC, line(old)+"fund=false\n")
		s := only(t, a)
		if w.shell(s.Variables[0]) != fresh || w.keys[keyName(reg)] != fresh {
			t.Error("an edit of another line brought the old session back")
		}
		if s.Left(w.Now()) != 2*time.Hour {
			t.Errorf("%v left of the new session", s.Left(w.Now()))
		}
	})
}

// TestMoveTakesADeadLiteral: the session in the file ended hours ago and was renewed in the window. Setup
// shows that the dead one goes, and it does.
func TestMoveTakesADeadLiteral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		old := w.issue()
		w.save(userRC, line(old))
		<-time.After(3 * time.Hour)
		fresh := w.renew(t, a)
		own := only(t, a).Variables[0]
		plan, err := a.Plan(t.Context(), api.SetupRequest{Move: true})
		if err != nil || len(plan.Edits) != 1 || !slices.Contains(plan.Edits[0].Diff, "+//registry.example.com/:_authToken=${"+own+"}") {
			t.Fatalf("%v, plan %+v", err, plan.Edits)
		}
		if err := a.Apply(t.Context(), plan.ID); err != nil {
			t.Fatal(err)
		}
		if w.text(userRC) != line("${"+own+"}") || w.shell(own) != fresh {
			t.Errorf("after setup: %q", w.text(userRC))
		}
		if slices.Contains(codes(snapshot(t, a)), api.FindingStaleLiteral) {
			t.Error("the finding about the old session outlived it")
		}
	})
}

// TestRestartBesideAnOldLiteral: the machine starts again while a session older than the keyring's stands
// in the file. The newer one stays, whichever of file and keyring is read first.
func TestRestartBesideAnOldLiteral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		w.save(userRC, line(w.issue()))
		<-time.After(time.Hour)
		fresh := w.renew(t, a)
		own := only(t, a).Variables[0]
		stop()
		for range 20 {
			_, stop := w.run(t)
			got := w.shell(own)
			stop()
			if got != fresh || w.keys[keyName(reg)] != fresh {
				t.Fatal("after a restart the old session is back")
			}
		}
	})
}

// TestEditAfterLogout: logging out leaves the revoked credential in a file that may not be changed. When
// the user edits that file later, nobody is signed in by it and nothing is said.
func TestEditAfterLogout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, line(secret))
		if err := a.Logout(t.Context(), reg.String()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		before := len(w.shown())
		w.save(userRC, line(secret)+"fund=false\n")
		<-time.After(time.Minute)
		s := only(t, a)
		if s.State != api.StateNone || len(w.keys) != 0 || w.shell(s.Variables[0]) != "" {
			t.Errorf("after the edit: %s, %d keys", s.State, len(w.keys))
		}
		if n := w.shown()[before:]; len(n) != 0 {
			t.Errorf("told of a session that was logged out: %+v", n)
		}
	})
}

// TestTwoFilesWhileTheKeyringIsLocked: npm's file and pnpm's hold a session each. The later login counts;
// once the keyring opens, it is kept there and neither file holds a secret any more.
func TestTwoFilesWhileTheKeyringIsLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.keyErr = ErrKeyringLocked
		a, stop := w.runWithPnpm(t)
		defer stop()
		old := w.issue()
		w.save(userRC, line(old))
		<-time.After(time.Minute)
		fresh := w.issue()
		w.save(pnpmAuth, line(fresh))
		if w.text(userRC) != line(old) || w.text(pnpmAuth) != line(fresh) {
			t.Fatal("a literal was moved that no keyring has")
		}
		w.set(func() { w.keyErr = nil })
		do(t, a, api.VerbUnlock)
		own := only(t, a).Variables[0]
		if w.keys[keyName(reg)] != fresh || w.shell(own) != fresh {
			t.Error("the later login is not in the keyring and the env file")
		}
		if w.text(userRC) != line("${"+own+"}") || w.text(pnpmAuth) != line("${"+own+"}") {
			t.Errorf("files %q and %q", w.text(userRC), w.text(pnpmAuth))
		}
	})
}

// TestMoveInTwoFiles: the user's one Move cleans both files, also the one with the older session.
func TestMoveInTwoFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.runWithPnpm(t)
		defer stop()
		w.save(userRC, line(w.issue()))
		<-time.After(time.Minute)
		fresh := w.issue()
		w.save(pnpmAuth, line(fresh))
		do(t, a, api.VerbMove)
		s := snapshot(t, a)
		own := s.Sessions[0].Variables[0]
		if w.text(userRC) != line("${"+own+"}") || w.text(pnpmAuth) != line("${"+own+"}") {
			t.Errorf("files %q and %q", w.text(userRC), w.text(pnpmAuth))
		}
		if w.shell(own) != fresh || len(s.Findings) != 0 {
			t.Errorf("the later login is not what shells get; findings %v", codes(s))
		}
	})
}

// TestLoginIntoASharedName: the file names one variable for two registries. It carries nothing, so a login
// stays where npm wrote it, and a command gets each session under a name of its own.
func TestLoginIntoASharedName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = line("${NPM_TOKEN}") + otherLine("${NPM_TOKEN}")
		a, stop := w.run(t)
		defer stop()
		first, second := w.issue(), w.issue()
		for _, text := range []string{line(first) + otherLine("${NPM_TOKEN}"), line("${NPM_TOKEN}") + otherLine(second)} {
			w.save(userRC, text)
			if w.text(userRC) != text || w.shell("NPM_TOKEN") != "" {
				t.Errorf("file %q", w.text(userRC))
			}
		}
		g, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseExec})
		if err != nil || len(g.Items) != 2 {
			t.Fatalf("%v, %d sessions", err, len(g.Items))
		}
		want := map[string]string{reg.String(): first, "https://other.example.com/": second}
		for _, item := range g.Items {
			if item.Secret.Reveal() != want[item.Registry] || slices.Contains(item.Variables, "NPM_TOKEN") || len(item.Variables) != 1 {
				t.Errorf("%s is given in %v", item.Registry, item.Variables)
			}
		}
	})
}

// TestLoginBesideAnotherPlaceholder: npm's login rewrites a file that serves two registries. Its comments
// come back, and both placeholders stand where they stood.
func TestLoginBesideAnotherPlaceholder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		both := "; mine\n" + line("${A_TOKEN}") + "\n# other\n" + otherLine("${B_TOKEN}")
		w.files[userRC] = both
		_, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, line(secret)+otherLine("${B_TOKEN}"))
		if w.text(userRC) != both {
			t.Errorf("file after the login:\n%s", w.text(userRC))
		}
		if w.shell("A_TOKEN") != secret || w.shell("B_TOKEN") != "" {
			t.Error("the session belongs in A_TOKEN and nowhere else")
		}
	})
}
