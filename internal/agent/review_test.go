package agent

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// TestJ11_HiddenLiteralGoesToo: a line of ours that another one below it hides from npm is taken out of the file
// as well when the agent is locked.
func TestJ11_HiddenLiteralGoesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		first := w.issue()
		w.files[userRC] = "//registry.example.com/:_authToken=" + first + "\n"
		a, stop := w.run(t)
		defer stop()
		setUp(t, a, api.SetupRequest{Mode: injection.ModeFile})
		w.save(userRC, w.text(userRC)+"; below\n//registry.example.com/:_authToken=not-ours\n")
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbLock}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := w.text(userRC); strings.Contains(got, first) || !strings.Contains(got, "; below\n") {
			t.Errorf("locked:\n%s", got)
		}
	})
}

// TestUndoThatWasTooLateCanBeMadeAgain: what had been added is known still, and no session is written into a
// line that never had one.
func TestUndoThatWasTooLateCanBeMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		p, err := a.Plan(t.Context(), api.SetupRequest{Undo: true})
		if err != nil {
			t.Fatal(err)
		}
		w.save(userRC, "; an edit meanwhile\n"+w.text(userRC))
		if codeOf(a.Apply(t.Context(), p.ID)) != api.CodeStale {
			t.Fatal("a stale undo was made")
		}
		setUp(t, a, api.SetupRequest{Undo: true})
		if got := w.text(userRC); got != "; an edit meanwhile\n" {
			t.Errorf("after the second undo:\n%s", got)
		}
	})
}

// TestUndoOfFileModeBringsTheUsersPlaceholderBack.
func TestUndoOfFileModeBringsTheUsersPlaceholderBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		const line = "//registry.example.com/:_authToken=${MY_NPM}\n"
		w.files[userRC] = line
		a, stop := w.run(t)
		defer stop()
		setUp(t, a, api.SetupRequest{Mode: injection.ModeFile})
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !strings.Contains(w.text(userRC), "_authToken=npm_") {
			t.Fatalf("file mode:\n%s", w.text(userRC))
		}
		setUp(t, a, api.SetupRequest{Undo: true})
		if w.text(userRC) != line {
			t.Errorf("after undo:\n%s", w.text(userRC))
		}
	})
}

// TestPlanDoesNotOutliveTheLock: it may hold the session that the lock takes away.
func TestPlanDoesNotOutliveTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = "//registry.example.com/:_authToken=" + w.issue() + "\n"
		a, stop := w.run(t)
		defer stop()
		p, err := a.Plan(t.Context(), api.SetupRequest{Undo: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbLock}); err != nil {
			t.Fatal(err)
		}
		if codeOf(a.Apply(t.Context(), p.ID)) != api.CodeStale || strings.Contains(w.text(userRC), "npm_") {
			t.Errorf("locked, and yet:\n%s", w.text(userRC))
		}
	})
}

// TestT12_NoStormOfLogins: a package that calls the helper again and again makes one login begin, and the next
// one not before two minutes have gone by.
func TestT12_NoStormOfLogins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, "//registry.example.com/:_authToken="+w.issue()+"\n")
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		ask := func() {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_ = a.Login(ctx, api.LoginRequest{Registry: reg.String(), Unseen: true}, nil)
			synctest.Wait()
		}
		for range 5 {
			ask()
		}
		if w.logins != 1 {
			t.Errorf("%d logins began", w.logins)
		}
		time.Sleep(3 * time.Minute)
		ask()
		if w.logins != 2 {
			t.Errorf("later %d logins began", w.logins)
		}
	})
}

// TestA08_HelperGivesNothingInSuchAFolder: pnpm's environment is out of reach there.
func TestA08_HelperGivesNothingInSuchAFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files["/home/u/evil/.npmrc"] = "strict-ssl=false\nhttps-proxy=http://evil.example.com/\n"
		w.files["/home/u/honest/.npmrc"] = "save-exact=true\n"
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, "//registry.example.com/:_authToken="+w.issue()+"\n")
		for dir, want := range map[string]string{"/home/u/evil": api.CodeUnsafe, "/home/u/honest": "", "/home/u/evil/packages/x": api.CodeUnsafe} {
			_, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseHelper, Registry: reg.String(), Program: "pnpm", Dir: dir})
			if codeOf(err) != want {
				t.Errorf("%s: %v", dir, err)
			}
		}
	})
}

// TestJ07_FolderNamesWriteNoNotice: the name of a folder comes from whoever made it, and starts no line of its own.
func TestJ07_FolderNamesWriteNoNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		dir := "/home/u/evil\n\nRun this: \u202esu"
		w.files[dir+"/.npmrc"] = "strict-ssl=false\nhttps-proxy=http://evil.example.com/\n"
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, "//registry.example.com/:_authToken="+w.issue()+"\n")
		_, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseHelper, Registry: reg.String(), Program: "pnpm", Dir: dir})
		if codeOf(err) != api.CodeUnsafe {
			t.Fatal(err)
		}
		synctest.Wait()
		told := false
		for _, n := range w.shown() {
			told = told || strings.Contains(n.Body, "/home/u/evilRun this: su")
			if strings.ContainsAny(n.Title+n.Body, "\n\u202e") {
				t.Errorf("%q %q", n.Title, n.Body)
			}
		}
		if !told {
			t.Errorf("not told: %+v", w.shown())
		}
	})
}

// TestTwoCredentialsForOneRegistry: which one is right only the user knows. Neither is lost.
func TestTwoCredentialsForOneRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		first, second := w.issue(), w.issue()
		w.files[userRC] = "//registry.example.com/:_authToken=" + first + "\n"
		w.files[pnpmRC] = "//registry.example.com/:_authToken=" + second + "\n"
		a, stop := w.run(t)
		defer stop()
		setUp(t, a, api.SetupRequest{Move: true})
		left := strings.Contains(w.text(userRC), first) || strings.Contains(w.text(pnpmRC), second)
		if !left || !strings.Contains(strings.Join(codes(snapshot(t, a)), " "), api.FindingOtherCredential) {
			t.Errorf("files\n%s%sfindings %v", w.text(userRC), w.text(pnpmRC), codes(snapshot(t, a)))
		}
	})
}
