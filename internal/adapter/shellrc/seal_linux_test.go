package shellrc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
)

// settings are what sandglass prints in the hostile project of these tests; from the fifth on no hook takes them.
const settings = `npm_config_proxy=null
npm_config_strict_ssl=true
YARN_HTTP_PROXY=
SG_TEST
npm_config_x=two words
npm_config_a[$(touch pwned)]=x
$(touch pwned)
npm_config_y y=x
1A
NODE_OPTIONS=--require=evil
=
`

// Inside and outside, as the stand-in for npm shows its environment.
const (
	asks    = "npm env npm_config_proxy npm_config_strict_ssl YARN_HTTP_PROXY SG_TEST NODE_OPTIONS npm_config_x"
	inside  = "npm_config_proxy=\"null\" true\nnpm_config_strict_ssl=\"true\" true\nYARN_HTTP_PROXY=\"\" true\nSG_TEST=\"\" true\nNODE_OPTIONS=\"\" false\nnpm_config_x=\"\" false\n"
	outside = "npm_config_proxy=\"\" false\nnpm_config_strict_ssl=\"\" false\nYARN_HTTP_PROXY=\"\" false\nSG_TEST=\"npm_%s\" true\nNODE_OPTIONS=\"\" false\nnpm_config_x=\"\" false\n"
)

// entering is a shell beside a hostile and an honest project.
func entering(t *testing.T, sh interactive, setup ...string) (world, *envfile.Files, *terminal) {
	t.Helper()
	w := newWorld(t)
	w.standins(t)
	old(t, filepath.Join(w.home, "hostile", ".npmrc"))
	put(t, filepath.Join(w.home, "hostile", "sub", "readme"))
	must(t, os.WriteFile(filepath.Join(w.home, "hostile", "settings"), []byte(settings), 0o600))
	old(t, filepath.Join(w.home, "honest", ".npmrc"))
	f := w.files(t)
	publish(t, f, "npm_one")
	return w, f, w.shell(t, sh, setup...)
}

// finds runs a command that ends in npm env, and looks at what that shows.
func (s *terminal) finds(command, want, value string) {
	s.t.Helper()
	want = strings.ReplaceAll(want, "%s", value)
	if out, _ := s.run(command); !strings.HasSuffix(out, want) {
		s.t.Errorf("%s: %q, want %q", command, out, want)
	}
}

// TestA08_SettingsHoldWithinTheProject: from the prompt behind the entering to that behind the leaving, whatever
// is published meanwhile, and not one word of what is printed is run.
func TestA08_SettingsHoldWithinTheProject(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, f, s := entering(t, sh)
			s.finds(asks, outside, "one")
			s.run("cd hostile")
			s.finds(asks, inside, "")
			publish(t, f, "npm_two")
			s.value("HOME")
			s.finds(asks, inside, "")
			w.asked(t)
			s.run("cd sub")
			s.finds(asks, inside, "")
			if got := w.asked(t); got != "" {
				t.Errorf("a move within the project asked %q", got)
			}
			s.run("cd ../../honest")
			s.finds(asks, outside, "two")
			s.run("cd ../hostile")
			s.finds(asks, inside, "")
			publish(t, f, "npm_three")
			s.run("cd ..")
			s.finds(asks, outside, "three")
			for _, v := range []string{"SANDGLASS_SEALED", "SANDGLASS_WITHHELD"} {
				if got := s.value(v); got != "" {
					t.Errorf("%s is left: %q", v, got)
				}
			}
			if found, _ := filepath.Glob(filepath.Join(w.home, "*", "pwned")); len(found) > 0 {
				t.Error("a line was run")
			}
		})
	}
}

// TestA08_SettingsInTheSameLine: where the hook sees a command before it runs, it is not led astray by a folder that
// was entered in the same line, or in a subshell alone.
func TestA08_SettingsInTheSameLine(t *testing.T) {
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			_, _, s := entering(t, sh)
			if sh.name != "fish" {
				s.finds("(cd hostile; "+asks+")", inside, "")
				s.finds(asks, outside, "one")
			}
			s.finds("cd hostile; "+asks, inside, "")
			s.finds(asks, inside, "")
			s.finds("cd ..; "+asks, outside, "one")
		})
	}
}

// TestUsersOwnSettingsStay: those from before, and those that the user makes while in the project.
func TestUsersOwnSettingsStay(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			_, _, s := entering(t, sh)
			s.run(set(sh, "npm_config_proxy", "http://mine"))
			const both, mine = "npm env npm_config_proxy npm_config_strict_ssl", `npm_config_proxy="http://mine" true` + "\n"
			s.run("cd hostile")
			s.finds(both, mine+`npm_config_strict_ssl="true" true`+"\n", "")
			s.run(set(sh, "npm_config_strict_ssl", "false"))
			s.run("cd ..")
			s.finds(both, mine+`npm_config_strict_ssl="false" true`+"\n", "")
		})
	}
}

// TestSettingsEndInAShellWithin: one that was started in the project leaves it like its parent.
func TestSettingsEndInAShellWithin(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, _, s := entering(t, sh)
			s.run("cd hostile")
			s.finds(asks, inside, "")
			s.line(strings.ReplaceAll(strings.Join(append([]string{program(t, sh.argv[0])}, sh.argv[1:]...), " "), "%s", w.hook(sh.name)))
			if sh.rc != "" {
				s.line(strings.ReplaceAll(sh.rc, "%s", w.hook(sh.name)))
			}
			s.wait("(WARNING<)") // nushell reads ahead: what is typed sooner is its parent's
			s.finds(asks, inside, "")
			s.run("cd ..")
			s.finds(asks, outside, "one")
			s.run("cd hostile")
			s.finds(asks, inside, "")
			s.line("exit")
			if sh.name == "nu" {
				return
			}
			s.run("cd ..")
			s.finds(asks, outside, "one")
		})
	}
}

// TestEnteringKeepsTheStatus of the command that entered.
func TestEnteringKeepsTheStatus(t *testing.T) {
	for _, sh := range shells[:3] {
		for _, setup := range []string{"", "string"} {
			if setup != "" && sh.name != "bash" {
				continue
			}
			t.Run(sh.name+setup, func(t *testing.T) {
				before := ""
				if setup == "string" {
					before = "export PROMPT_COMMAND=true"
				}
				_, _, s := entering(t, sh, before)
				status := map[bool]string{true: "status", false: "?"}[sh.name == "fish"]
				for _, dir := range []string{"hostile", ".."} {
					s.line("cd " + dir + "; sh -c 'exit 42'")
					if got := s.value(status); got != "42" {
						t.Errorf("cd %s: status %q", dir, got)
					}
				}
			})
		}
	}
}

// TestB20_SettingsInHostileShells: whatever a shell is set to, with a readonly variable beside those that can be had.
func TestB20_SettingsInHostileShells(t *testing.T) {
	setups := map[string][]string{
		"bash": {"set -u", "set -eu", "set -o posix", "set -o noclobber", "IFS=_a/=n", "readonly IFS", "shopt -s nullglob failglob", "set -f", "set -a", "set -T",
			"shopt -s extdebug nocasematch", "alias export=false local=false", "test() { false; }", "read() { false; }; printf() { false; }; eval() { false; }; exec() { false; }",
			"export() { false; }; unset() { false; }", "CDPATH=/", "readonly npm_config_a", "trap 'echo exit >>trapped' EXIT"},
		"zsh": {"set -u", "set -eu", "setopt ksh_arrays", "setopt sh_word_split warn_create_global glob_subst", "setopt err_return", "IFS=_a/=n", "setopt posix_builtins",
			"setopt all_export", "alias export=false", "emulate ksh", "emulate sh", "setopt no_clobber no_unset", "setopt glob_assign magic_equal_subst"},
		"fish": {"function test; builtin test $argv; end", "set -U npm_config_q universal"},
	}
	for _, sh := range shells {
		for _, setup := range setups[sh.name] {
			t.Run(sh.name+"/"+setup, func(t *testing.T) {
				w, f, s := entering(t, sh, setup)
				s.line("cd hostile")
				s.finds(asks, inside, "")
				publish(t, f, "npm_two")
				s.value("HOME")
				s.finds(asks, inside, "")
				s.line("cd '" + w.home + "'")
				s.finds(asks, outside, "two")
				if _, err := os.Stat(filepath.Join(w.home, "hostile", "trapped")); err == nil {
					t.Error("the user's trap ran")
				}
			})
		}
	}
}

// TestB20_ReadonlyVariables keep what they hold, and the others are set all the same.
func TestB20_ReadonlyVariables(t *testing.T) {
	for _, sh := range shells[:2] {
		for _, setup := range []string{"", "set -e", "set -o posix"} {
			if sh.name == "zsh" && setup == "set -o posix" {
				setup = "setopt posix_builtins"
			}
			t.Run(sh.name+"/"+setup, func(t *testing.T) {
				w, _, s := entering(t, sh, setup, "export SG_TEST=mine npm_config_proxy=mine; readonly SG_TEST npm_config_proxy")
				const strict = "npm env npm_config_proxy SG_TEST npm_config_strict_ssl"
				want := "npm_config_proxy=\"mine\" true\nSG_TEST=\"mine\" true\n"
				s.line("cd hostile")
				s.finds(strict, want+"npm_config_strict_ssl=\"true\" true\n", "")
				s.line("readonly npm_config_strict_ssl")
				s.line("cd '" + w.home + "'")
				s.finds(strict, want+"npm_config_strict_ssl=\"true\" true\n", "")
				s.finds("npm env YARN_HTTP_PROXY", "YARN_HTTP_PROXY=\"\" false\n", "")
			})
		}
	}
}
