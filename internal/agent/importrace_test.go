package agent

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const shellRC = "/home/u/.bashrc"

// survives reports whether a planted credential is in the file or in the keyring under a name that the state knows.
func survives(t *testing.T, w *world, a *Agent, file string, n int) bool {
	t.Helper()
	if strings.Contains(w.text(file), planted(n)) {
		return true
	}
	for _, k := range snapshot(t, a).Kept {
		w.mu.Lock()
		s := w.keys[keptName(k.ID)]
		w.mu.Unlock()
		if s == planted(n) {
			return true
		}
	}
	return false
}

// slowKeyring writes when it is told to.
type slowKeyring struct {
	fakeKeyring
	write chan struct{}
}

func (k slowKeyring) Set(ctx context.Context, key string, s token.Secret) error {
	<-k.write
	return k.fakeKeyring.Set(ctx, key, s)
}

// TestH15_TwoPlansAtOnce: of two plans for one line that are applied while the keyring asks for its password, one finds
// that the file has changed, and takes nothing back of what the other did.
func TestH15_TwoPlansAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[shellRC] = "export NPM_TOKEN=" + planted(1) + "\nexport GH_TOKEN=" + planted(2) + "\n"
		slow := slowKeyring{fakeKeyring{w}, make(chan struct{})}
		w.rig = func(p *Ports, _ *Options) { p.Keyring = slow }
		a, stop := w.run(t)
		defer stop()
		answers := make(chan error, 2)
		for _, lines := range [][]int{{1}, {1, 2}} {
			p, err := a.Plan(t.Context(), moveOf(shellRC, lines...))
			if err != nil {
				t.Fatal(err)
			}
			go func() { answers <- a.Apply(t.Context(), p.ID) }()
		}
		synctest.Wait()
		close(slow.write)
		one, two := <-answers, <-answers
		synctest.Wait()
		if (one == nil) == (two == nil) {
			t.Errorf("%v and %v", one, two)
		}
		for n := 1; n <= 2; n++ {
			if !survives(t, w, a, shellRC, n) {
				t.Errorf("credential %d is lost: %q, %v", n, w.text(shellRC), w.keys)
			}
		}
		for _, k := range snapshot(t, a).Kept {
			if len(k.Taken) == 0 {
				t.Errorf("nobody knows where it was: %+v", k)
			}
		}
	})
}

// TestH15_RestoreOfWhatChanged: a file that had its credential when the plan to put it back was made, and has it no more
// when that is applied, does not cost it.
func TestH15_RestoreOfWhatChanged(t *testing.T) {
	text := "export NPM_TOKEN=" + planted(1) + "\nalias l=ls\n"
	imports(t, map[string]string{shellRC: text}, func(t *testing.T, w *world, a *Agent) {
		moved(t, a, moveOf(shellRC, 1))
		taken := w.text(shellRC)
		w.set(func() { w.files[shellRC] = text })
		p, err := a.Plan(t.Context(), restoreAll(t, a))
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.files[shellRC] = taken })
		if err := a.Apply(t.Context(), p.ID); err == nil {
			t.Error("applied")
		}
		synctest.Wait()
		if !survives(t, w, a, shellRC, 1) {
			t.Errorf("lost: %q %v", w.text(shellRC), w.keys)
		}
	})
}

// TestC10_RestoreThroughALink: where a project has put a link in the place of its file since, nothing is written to where it
// leads, be there a file or not.
func TestC10_RestoreThroughALink(t *testing.T) {
	for _, before := range []bool{true, false} {
		dir := t.TempDir()
		file := filepath.Join(dir, ".npmrc")
		imports(t, map[string]string{file: npmLine(1)}, func(t *testing.T, w *world, a *Agent) {
			moved(t, a, moveOf(file, 1))
			link := func() {
				if err := os.Symlink("public.txt", file); err != nil {
					t.Fatal(err)
				}
			}
			if before {
				link()
			}
			p, err := a.Plan(t.Context(), restoreAll(t, a))
			if !before {
				if err != nil {
					t.Fatal(err)
				}
				link()
				err = a.Apply(t.Context(), p.ID)
			}
			if codeOf(err) != api.CodeStale || !survives(t, w, a, file, 1) || w.text(file) != "" {
				t.Errorf("link before the plan %v: %v, %q", before, err, w.text(file))
			}
		})
	}
}

// TestH15_UnlockedMeanwhile: an unlock between the beginning of a movement and the keyring's answer does not forget it.
func TestH15_UnlockedMeanwhile(t *testing.T) {
	imports(t, nil, func(t *testing.T, w *world, a *Agent) {
		s := token.NewSecret(planted(1))
		id, err := ask(t.Context(), a, func() (string, error) {
			id, err := a.core.stowing(keptRecord{Kind: token.KindUnknown, Masked: "x", Fingerprint: s.Fingerprint()})
			a.core.fetchKept()
			return id, err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = a.toKeyring(t.Context(), keptName(id), s)
		if _, gone := ask(t.Context(), a, func() (struct{}, error) { a.core.stowed(id, s, err); return struct{}{}, nil }); gone != nil {
			t.Fatal(gone)
		}
		synctest.Wait()
		if kept := snapshot(t, a).Kept; len(kept) != 1 {
			t.Errorf("kept: %+v, keyring %v", kept, w.keys)
		}
	})
}

// TestH15_ToMemory: the only copies of credentials are not moved to where a restart loses them.
func TestH15_ToMemory(t *testing.T) {
	imports(t, map[string]string{shellRC: "export NPM_TOKEN=" + planted(1) + "\n"}, func(t *testing.T, w *world, a *Agent) {
		moved(t, a, moveOf(shellRC, 1))
		err := a.Keep(t.Context(), api.KeepRequest{Store: api.StoreMemory})
		synctest.Wait()
		if err == nil || !survives(t, w, a, shellRC, 1) {
			t.Errorf("%v: %v, in memory %v", err, w.keys, w.inMemory)
		}
	})
}

// TestKeptComeLate: what shells are to have is fetched once the keyring answers, without anybody's doing.
func TestKeptComeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[shellRC] = "export NPM_TOKEN=" + planted(1) + "\n"
		a, stop := w.run(t)
		moved(t, a, moveOf(shellRC, 1))
		stop()
		w.set(func() { w.keyErr = ErrKeyringAbsent })
		_, stop = w.run(t)
		defer stop()
		if w.shell("NPM_TOKEN") != "" {
			t.Fatal("there without a keyring")
		}
		w.set(func() { w.keyErr = nil })
		w.sleep(time.Hour)
		if w.shell("NPM_TOKEN") != planted(1) {
			t.Error("the shells have nothing")
		}
	})
}

// TestKeptInAnOpenedFile: the same, of the encrypted file that was opened.
func TestKeptInAnOpenedFile(t *testing.T) {
	imports(t, map[string]string{shellRC: "export NPM_TOKEN=" + planted(1) + "\n"}, func(t *testing.T, w *world, a *Agent) {
		open := api.KeepRequest{Store: api.StoreFile, Passphrase: token.NewSecret("open")}
		if err := a.Keep(t.Context(), open); err != nil {
			t.Fatal(err)
		}
		moved(t, a, moveOf(shellRC, 1))
		w.set(func() { w.opened = false })
		later, end := w.run(t)
		defer end()
		if err := later.Keep(t.Context(), open); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if w.shell("NPM_TOKEN") != planted(1) {
			t.Errorf("the shells have nothing: %+v", snapshot(t, later).Kept)
		}
	})
}

// TestH15_DamagedStateKept: what the keyring has is found again, and can be put back, when the state file is damaged or of
// a newer program.
func TestH15_DamagedStateKept(t *testing.T) {
	text := "export NPM_TOKEN=" + planted(1) + "\n"
	for name, damage := range map[string]func(state string) string{
		"newer": func(s string) string { return strings.Replace(s, `"schema_version":1`, `"schema_version":2`, 1) },
		"head":  func(s string) string { return "\x00\x00" + s[2:] },
		"tail":  func(s string) string { return s[:len(s)-1] },
		"other": func(s string) string { return `{"kept":"x","a":` + s[:len(s)-1] },
	} {
		t.Run(name, func(t *testing.T) {
			imports(t, map[string]string{shellRC: text}, func(t *testing.T, w *world, a *Agent) {
				moved(t, a, moveOf(shellRC, 1))
				w.set(func() { w.state = []byte(damage(strings.TrimSpace(string(w.state)))) })
				later, end := w.run(t)
				defer end()
				if w.shell("NPM_TOKEN") != planted(1) {
					t.Errorf("nobody knows of it: %s, %v", w.state, w.keys)
				}
				if moved(t, later, restoreAll(t, later)); w.text(shellRC) != text {
					t.Errorf("put back: %q", w.text(shellRC))
				}
			})
		})
	}
}

// TestH15_LogoutOfWhatWasMoved: a credential that was taken out of a file, and that its registry could not be told to end, is
// put back all the same; one that has ended is gone.
func TestH15_LogoutOfWhatWasMoved(t *testing.T) {
	for _, offline := range []bool{true, false} {
		imports(t, map[string]string{"/srv/p/.npmrc": npmLine(1)}, func(t *testing.T, w *world, a *Agent) {
			moved(t, a, moveOf("/srv/p/.npmrc", 1))
			if s := snapshot(t, a).Sessions; len(s) != 1 || s[0].Fingerprint != print(1) {
				t.Fatalf("%+v", s)
			}
			w.set(func() { w.offline = offline })
			if err := a.Logout(t.Context(), reg.String()); (err != nil) != offline {
				t.Fatal(err)
			}
			synctest.Wait()
			for _, vars := range w.env[len(w.env)-1:] {
				for name, value := range vars {
					if value != "" {
						t.Errorf("the shells have %s", name)
					}
				}
			}
			if !offline {
				if kept := snapshot(t, a).Kept; len(kept) != 0 || len(w.keys) != 0 {
					t.Errorf("left: %+v", kept)
				}
				return
			}
			if moved(t, a, restoreAll(t, a)); w.text("/srv/p/.npmrc") != npmLine(1) {
				t.Errorf("put back: %q", w.text("/srv/p/.npmrc"))
			}
		})
	}
}

// TestKeptAfterSignIn: a credential that was taken over does not stand in the way of the session that takes its place.
func TestKeptAfterSignIn(t *testing.T) {
	for name, rc := range map[string]string{"referred": line("${NPM_TOKEN}"), "not referred": ""} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{userRC: rc, shellRC: "export NPM_TOKEN=" + planted(1) + "\n"}
			imports(t, files, func(t *testing.T, w *world, a *Agent) {
				moved(t, a, moveOf(shellRC, 1))
				w.signIn(t, a)
				if w.shell("NPM_TOKEN") == "" {
					t.Error("the shells have nothing")
				}
			})
		})
	}
}

// TestKeptIsNotThereWhileLocked, nor while the machine sleeps.
func TestKeptIsNotThereWhileLocked(t *testing.T) {
	imports(t, map[string]string{shellRC: "export NPM_TOKEN=" + planted(1) + "\n"}, func(t *testing.T, w *world, a *Agent) {
		moved(t, a, moveOf(shellRC, 1))
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbLock}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if w.shell("NPM_TOKEN") != "" {
			t.Error("locked, and still there")
		}
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbUnlock}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if w.shell("NPM_TOKEN") == "" {
			t.Error("not back")
		}
		w.events <- PowerSleep
		synctest.Wait()
		if w.shell("NPM_TOKEN") != "" {
			t.Error("asleep, and still there")
		}
	})
}
