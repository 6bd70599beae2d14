package shellrc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/accounting"
)

// given is a name as Sandglass gives them to variables.
const given = "SG_0123456789abcdef"

// old makes a file that was there for long.
func old(t testing.TB, path string) {
	t.Helper()
	put(t, path)
	age(t, path)
}

func age(t testing.TB, path string) {
	t.Helper()
	then := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(path, then, then))
}

// working is a shell in a project, with another one beside it.
func working(t *testing.T, sh interactive, setup ...string) (world, *envfile.Files, *terminal) {
	t.Helper()
	w := newWorld(t)
	w.standins(t)
	for _, name := range []string{"package.json", "package-lock.json"} {
		old(t, filepath.Join(w.home, "project", name))
		old(t, filepath.Join(w.home, "other", name))
	}
	must(t, os.MkdirAll(filepath.Join(w.home, "plain", "sub"), 0o700))
	f := w.files(t)
	must(t, f.Publish([]agent.Variable{{Name: "SG_TEST", Value: token.NewSecret("npm_one")}, {Name: given, Value: token.NewSecret("npm_given")}},
		injection.Due{At: later.At}))
	s := w.shell(t, sh, setup...)
	if sh.name == "fish" {
		s.line("function fish_prompt; echo '$ '; end; function fish_title; end")
	}
	s.value("HOME")
	return w, f, s
}

// asks runs a command, and tells how often sandglass was asked for it.
func (s *terminal) asks(w world, command string, want int) {
	s.t.Helper()
	w.asked(s.t)
	s.run(command)
	s.value("HOME") // the prompt behind it asks, too
	if got := w.asked(s.t); strings.Count(got, "\n") != want {
		s.t.Errorf("%s: asked %q, want %d times", command, got, want)
	}
}

// TestA14_ChangedConfigIsCheckedBeforeTheCommand: whatever came, changed or went since the shell entered is asked
// about before the next package manager, and once.
func TestA14_ChangedConfigIsCheckedBeforeTheCommand(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := working(t, sh)
			npmrc := filepath.Join(w.home, "project", ".npmrc")
			s.asks(w, "cd project", 1)
			s.asks(w, "npm x", 0)
			old(t, npmrc) // a file that is new, whatever its time
			must(t, os.WriteFile(filepath.Join(w.home, "project", "settings"), []byte("SG_TEST\n"), 0o600))
			w.asked(t)
			s.finds("npm env SG_TEST", "SG_TEST=\"\" true\n", "")
			if got := w.asked(t); strings.Count(got, "\n") != 1 {
				t.Errorf("a new file: asked %q", got)
			}
			s.asks(w, "npm x", 0)
			must(t, os.WriteFile(npmrc, []byte("x=y"), 0o600)) // as git does
			must(t, os.Remove(filepath.Join(w.home, "project", "settings")))
			w.asked(t)
			s.finds("npm env SG_TEST", "SG_TEST=\"npm_one\" true\n", "")
			if got := w.asked(t); strings.Count(got, "\n") != 1 {
				t.Errorf("a changed file: asked %q", got)
			}
			age(t, npmrc)
			s.run("npm x")
			s.asks(w, "npm x", 0)
			must(t, os.Remove(npmrc))
			s.asks(w, "npm x", 1)
			s.asks(w, "npm x", 0)
			must(t, os.Symlink("package.json", npmrc))
			s.asks(w, "npm x", 1)
			s.asks(w, "npm x", 1) // where a link leads, its target's time does not tell
			must(t, os.Remove(npmrc))

			s.asks(w, "cd ../plain/sub", 0)
			s.asks(w, "npm x", 0)
			old(t, filepath.Join(w.home, "plain", ".yarnrc.yml")) // there was nothing when the shell entered
			s.asks(w, "npm x", 1)
			s.asks(w, "npm x", 0)
		})
	}
}

// TestA14_ChangesInTheSameLine: where package managers are functions, what the line itself brings is seen, and so
// it is in a subshell and where nothing of the line shows on the terminal.
func TestA14_ChangesInTheSameLine(t *testing.T) {
	for _, sh := range shells[:2] {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := working(t, sh)
			s.asks(w, "cd project", 1)
			s.asks(w, "touch .npmrc; npm x", 1)
			age(t, filepath.Join(w.home, "project", ".npmrc"))
			s.run("npm x")
			for _, command := range []string{"touch .env; npm x 2>/dev/null", "touch .yarnrc; npm x 2>&1 | cat", "(touch bun.lock; npm x)"} {
				s.asks(w, command, 1)
			}
			if out, _ := s.run("touch yarn.lock; x=$(npm x 2>&1); echo \"{$x}\""); !strings.Contains(out, `{NPM<npm_one>["x"]}`) {
				t.Errorf("what was said got into the command's output: %q", out)
			}
			s.asks(w, "(cd ../other; npm x; npm x)", 2) // a subshell remembers nothing
		})
	}
}

// TestA14_NoAnswerWithholds: where sandglass cannot say what a project is, its sessions are not there, until it can.
func TestA14_NoAnswerWithholds(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, f, s := working(t, sh)
			const both = "npm env " + given + " SG_TEST"
			const gone, there = given + "=\"\" true\nSG_TEST=\"npm_one\" true\n", given + "=\"npm_given\" true\nSG_TEST=\"npm_one\" true\n"
			s.finds(both, there, "")
			w.does(t, "fail")
			s.run("cd project")
			s.value("HOME")
			s.finds(both, gone, "")
			must(t, f.Publish([]agent.Variable{{Name: "SG_TEST", Value: token.NewSecret("npm_one")}, {Name: given, Value: token.NewSecret("npm_new")}},
				injection.Due{At: later.At}))
			s.value("HOME")
			s.finds(both, gone, "")
			s.run("cd ..")
			s.value("HOME")
			s.finds(both, strings.ReplaceAll(there, "npm_given", "npm_new"), "")
			s.run("cd project")
			s.value("HOME")
			w.does(t, "")
			s.finds(both, strings.ReplaceAll(there, "npm_given", "npm_new"), "")
			s.asks(w, "npm x", 0)
		})
	}
}

// TestA14_FlagsNameAnotherFolder, which is checked, too, and counts until a command goes without it.
func TestA14_FlagsNameAnotherFolder(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := working(t, sh)
			must(t, os.WriteFile(filepath.Join(w.home, "other", "settings"), []byte("SG_TEST\n"), 0o600))
			for _, flag := range []string{"-C other", "--prefix=" + w.home + "/other", "--dir 'other'", "--cwd=../" + filepath.Base(w.home) + "/other"} {
				w.asked(t)
				if out, _ := s.run("npm x " + flag); !strings.Contains(out, "NPM<>") {
					t.Errorf("%s: %q", flag, out)
				}
				s.finds("npm env SG_TEST", "SG_TEST=\"npm_one\" true\n", "")
				if got := w.asked(t); strings.Count(got, "\n") != 1 || !strings.Contains(got, "other") {
					t.Errorf("%s: asked %q", flag, got)
				}
			}
			s.asks(w, "npm -C other x", 1)
			s.asks(w, "npm -C other x", 0)
			s.asks(w, "npm x -C nowhere", 0)
			s.run("cd project")
			s.value("HOME")
			s.asks(w, "npm x -C ../other", map[bool]int{true: 2, false: 1}[sh.name == "nu"])
			s.asks(w, "npm x -C ../other", 0)
			s.asks(w, "npm x", 1)
			s.asks(w, "npm x", 0)
		})
	}
}

// TestUnchangedProjectStartsNoProcess before its package managers, with the files that every project has.
func TestUnchangedProjectStartsNoProcess(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := working(t, sh)
			w.empty(t)
			s.run("cd project")
			s.value("HOME")
			s.run("npm x")
			tree := accounting.Follow(t, s.pid)
			for range 3 {
				s.run("npm x; npx 'a b'")
			}
			s.value("HOME")
			if got, want := strings.Join(tree.Programs(), " "), "npm npx npm npx npm npx"; got != want {
				t.Errorf("started %s, want %s", got, want)
			}
		})
	}
}

// TestB20_NoAnswerInHostileShells: all that Sandglass gave is held back, whatever the shell is set to.
func TestB20_NoAnswerInHostileShells(t *testing.T) {
	setups := map[string][]string{
		"bash": {"set -eu", "set -o posix", "readonly IFS=_G/", "set -f", "set -o noclobber", "shopt -s nullglob failglob", "shopt -s extdebug nocasematch",
			"export() { false; }; eval() { false; }; unset() { false; }"},
		"zsh": {"set -eu", "setopt ksh_arrays", "setopt sh_word_split glob_subst", "setopt err_return", "IFS=_G/", "emulate sh", "setopt no_clobber"},
	}
	for _, sh := range shells[:2] {
		for _, setup := range setups[sh.name] {
			t.Run(sh.name+"/"+setup, func(t *testing.T) {
				w, _, s := working(t, sh, setup)
				w.does(t, "fail")
				s.line("cd project")
				s.finds("npm env "+given+" SG_TEST", given+"=\"\" true\nSG_TEST=\"npm_one\" true\n", "")
				s.finds("npm env -C . "+given, given+"=\"\" true\n", "")
				w.does(t, "")
				s.line("cd '" + w.home + "'")
				s.finds("npm env --dir= "+given, given+"=\"npm_given\" true\n", "")
			})
		}
	}
}

// TestInterruptedQuestionIsAskedAgain before the next package manager.
func TestInterruptedQuestionIsAskedAgain(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := working(t, sh)
			w.does(t, "wait")
			s.line("cd project")
			s.wait("(WAITING)")
			s.key(3)
			w.does(t, "")
			s.asks(w, "npm x", 1)
			s.asks(w, "npm x", 0)
		})
	}
}

// TestMarksMatterNot: where a shell cannot keep one, each package manager makes for a question.
func TestMarksMatterNot(t *testing.T) {
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := working(t, sh)
			must(t, os.RemoveAll(filepath.Join(w.run, "sandglass", "exec")))
			s.asks(w, "cd project", 1)
			s.asks(w, "npm x", 1)
			s.asks(w, "npm x", 1)
			if strings.Contains(string(s.all), "No such file") {
				t.Errorf("it complains: %q", s.all)
			}
		})
	}
}
