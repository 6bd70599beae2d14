package shellrc_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
)

// renewing is a shell with stand-ins and a session that is over.
func renewing(t *testing.T, sh interactive, due injection.Due, setup ...string) (world, *envfile.Files, *terminal) {
	t.Helper()
	w := newWorld(t)
	w.standins(t)
	f := w.files(t)
	over(t, f, due)
	return w, f, w.shell(t, sh, setup...)
}

// TestEveryHookKnowsEveryCommand: the hooks are static, and injection.Commands is the list.
func TestEveryHookKnowsEveryCommand(t *testing.T) {
	for _, sh := range all {
		text, err := hook.Text(sh)
		must(t, err)
		words := strings.FieldsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' })
		for _, name := range injection.Commands {
			if !slices.Contains(words, name) {
				t.Errorf("%s does not know %s", sh, name)
			}
		}
	}
}

// TestRenewsBeforeTheCommand: a session that is over is renewed first, and the command has the new one. A
// session that has time left costs no question.
func TestRenewsBeforeTheCommand(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, f, s := renewing(t, sh, isOver)
			w.does(t, "renew")
			out, status := s.run(`npm ci "a b" '*' ''`)
			if !strings.Contains(out, `NPM<npm_renewed>["ci" "a b" "*" ""]`) || status != "0" {
				t.Errorf("npm: %q, status %s", out, status)
			}
			if got := w.asked(t); !strings.HasPrefix(got, `["ensure" "--" "npm" "ci" "a`) || strings.Count(got, "\n") != 1 {
				t.Errorf("sandglass was asked %q", got)
			}
			if out, _ := s.run("npm ci"); !strings.Contains(out, `NPM<npm_renewed>["ci"]`) || w.asked(t) != "" {
				t.Errorf("a fresh session: %q", out)
			}
			over(t, f, later)
			if out, _ := s.run("npx x"); !strings.Contains(out, `NPX<npm_over>["x"]`) || w.asked(t) != "" {
				t.Errorf("a session with time left: %q", out)
			}
			// The shell waited at its prompt while the session came to its end by its own clock.
			over(t, f, byTime)
			want := "npm_renewed"
			if sh.name == "fish" { // it has no clock, and the agent says nothing
				want = "npm_over"
			}
			if out, _ := s.run("npm x"); !strings.Contains(out, `NPM<`+want+`>["x"]`) {
				t.Errorf("over by the clock: %q", out)
			}
			over(t, f, isOver)
			where := w.home
			if sh.name == "bash" || sh.name == "zsh" { // functions, which see the line as it runs
				where = w.run
			}
			w.asked(t)
			if out, _ := s.run("cd '" + w.run + "'; npm x"); !strings.Contains(out, `NPM<npm_renewed>["x"]`) {
				t.Errorf("behind another command: %q", out)
			}
			if got := w.asked(t); !strings.HasSuffix(got, " in "+where+"\n") {
				t.Errorf("asked %q, want in %s", got, where)
			}
		})
	}
}

// TestInterruptRunsTheCommandAnyway: Ctrl-C at the terminal ends the waiting, not the command.
func TestInterruptRunsTheCommandAnyway(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := renewing(t, sh, isOver)
			w.does(t, "wait")
			for _, command := range []string{"npm ci", "cd /; npm ci", "npm ci; npm ci"} {
				s.begin(command)
				s.wait("(WAITING)")
				s.key(3)
				if command == "npm ci; npm ci" && (sh.name == "bash" || sh.name == "zsh") {
					s.wait("(NPM<).*")
					s.wait("(WAITING)")
					s.key(3)
				}
				if out, status := s.end(); !strings.Contains(out, `NPM<npm_over>["ci"]`) || status != "0" {
					t.Errorf("%s: %q, status %s", command, out, status)
				}
			}
			w.does(t, "fail")
			s.run(set(sh, "NPM_EXIT", "7"))
			if out, status := s.run("npm ci"); !strings.Contains(out, `NPM<npm_over>["ci"]`) || status != "7" {
				t.Errorf("%q, status %s", out, status)
			}
			w.does(t, "")
			if sh.name == "nu" {
				return // it interrupts the whole line, with and without us
			}
			s.begin("npm wait")
			s.wait(`(NPM<npm_over>\["wait"\])`)
			s.key(3)
			if out, status := s.end(); !strings.Contains(out, "INTERRUPTED") || status != "7" {
				t.Errorf("an interrupt of npm itself: %q, status %s", out, status)
			}
		})
	}
}

// notHeld runs a command for which the stand-in for sandglass must not be asked.
func notHeld(w world, s *terminal, command string) {
	s.t.Helper()
	if out, _ := s.run(command); !strings.Contains(out, `NPM<npm_over>["ci"]`) {
		s.t.Errorf("%s: %q", command, out)
	}
	if got := w.asked(s.t); got != "" {
		s.t.Errorf("%s: sandglass was asked %q", command, got)
	}
}

// TestNobodyWaitsWhoCannotBeAsked: CI, scripts, jobs in the background, and what has no terminal.
func TestNobodyWaitsWhoCannotBeAsked(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := renewing(t, sh, isOver)
			w.does(t, "wait")
			unset := map[string]string{"fish": "set -e ", "nu": "hide-env "}
			for _, v := range []string{"CI", "SANDGLASS_NO_INPUT"} {
				s.run(set(sh, v, "1"))
				notHeld(w, s, "npm ci")
				s.run(cmp.Or(unset[sh.name], "unset ") + v)
			}
			if sh.name == "nu" {
				return // it has no job in the background that would show anything
			}
			notHeld(w, s, "npm ci & wait")
			script := filepath.Join(w.home, "script")
			must(t, os.WriteFile(script, []byte("npm ci\n"), 0o600))
			notHeld(w, s, program(t, sh.argv[0])+" "+script)
			if sh.name == "fish" {
				return // it knows the line, and not what its parts are connected to
			}
			for _, command := range []string{"npm ci </dev/null", "npm ci 2>/dev/null", "true | npm ci", "(npm ci &) | cat"} {
				notHeld(w, s, command)
			}
			notHeld(w, s, map[string]string{"bash": "COMP_LINE", "zsh": "WIDGET"}[sh.name]+"=x npm ci") // while a word is completed
		})
	}
}

// TestSandglassComesFromPath alone: never from the folder itself, by an empty, a relative or an absolute entry of
// PATH, nor from a package that a project brings along.
func TestSandglassComesFromPath(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := renewing(t, sh, isOver)
			w.does(t, "wait")
			planted := filepath.Join(w.home, "node_modules", ".bin")
			must(t, os.MkdirAll(planted, 0o700))
			entries := []string{"", ".", w.home, planted, w.bin, "/usr/bin", "/bin"}
			for _, dir := range []string{w.home, planted} {
				must(t, os.Rename(filepath.Join(w.bin, "sandglass"), filepath.Join(dir, "sandglass")))
				switch sh.name {
				case "fish":
					s.run("set PATH '" + strings.Join(entries, "' '") + "'")
				case "nu":
					s.run("$env.PATH = ['" + strings.Join(entries, "' '") + "']")
				default:
					s.run("PATH='" + strings.Join(entries, ":") + "'")
				}
				notHeld(w, s, "npm ci")
				must(t, os.Rename(filepath.Join(dir, "sandglass"), filepath.Join(w.bin, "sandglass")))
			}
		})
	}
}
