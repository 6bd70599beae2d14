package shellrc_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/accounting"
)

// set is how a shell puts a value into its environment.
func set(sh interactive, name, value string) string {
	switch sh.name {
	case "fish":
		return "set -gx " + name + " '" + value + "'"
	case "nu":
		return "$env." + name + " = '" + value + "'"
	}
	return "export " + name + "='" + value + "'"
}

// TestCommandsRunAsWithoutTheHook: arguments, exit status, pipes, substitutions and jobs are the command's own.
func TestCommandsRunAsWithoutTheHook(t *testing.T) {
	type run struct{ command, out, status string }
	cases := map[string][]run{
		"posix": {
			{`npm ci "a b" '*' '' $'x\ny' -- --flag=\"`, `NPM<npm_over>["ci" "a b" "*" "" "x\ny" "--" "--flag=\""]`, "7"},
			{`npm x | cat`, `NPM<npm_over>["x"]`, "0"},
			{`echo got $(npm root)`, `got NPM<npm_over>["root"]`, "0"},
			{`(npm x)`, `NPM<npm_over>["x"]`, "7"},
			{`npm x || echo fai''led`, "failed", "0"},
			{`npm x && echo suc''ceeded; ! npm x`, `NPM<npm_over>["x"]`, "0"},
			{`if npm x; then echo ye''s; else echo n''o; fi`, "no", "0"},
			{`echo in | npm x`, `NPM<npm_over>["x"]`, "7"},
			{`NPM_EXIT=5 npm x`, `NPM<npm_over>["x"]`, "5"},
			{`SG_TEST=mine npm x`, `NPM<mine>["x"]`, "7"},
			{`npm x >/dev/null`, "", "7"},
			{`npm x & wait $!`, `NPM<npm_over>["x"]`, "7"},
			{`for i in 1 2; do npm $i; done`, `NPM<npm_over>["2"]`, "7"},
			{`command() { echo hi''jacked; }; npm x`, `NPM<npm_over>["x"]`, "7"},
			{`unset -f command; f() { npm "$@"; }; f "a b"`, `NPM<npm_over>["a b"]`, "7"},
		},
		"fish": {
			{`npm ci "a b" '*' '' "x"\n"y" -- --flag=\"`, `NPM<npm_over>["ci" "a b" "*" "" "x\ny" "--" "--flag=\""]`, "7"},
			{`npm x | cat`, `NPM<npm_over>["x"]`, "0"},
			{`echo got (npm root)`, `got NPM<npm_over>["root"]`, "0"},
			{`npm x; or echo fai''led`, "failed", "0"},
			{`npm x & wait`, `NPM<npm_over>["x"]`, "0"},
		},
	}
	cases["bash"], cases["zsh"] = cases["posix"], cases["posix"]
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			_, _, s := renewing(t, sh, later, set(sh, "NPM_EXIT", "7"))
			for _, c := range cases[sh.name] {
				if out, status := s.run(c.command); !strings.Contains(out, c.out) || status != c.status {
					t.Errorf("%s: %q, status %s; want %q, status %s", c.command, out, status, c.out, c.status)
				}
			}
			for _, none := range []string{"yarn", "pnpm"} {
				s.run(set(sh, "PATH", "/nowhere"))
				out, status := s.run(none + " ci")
				if !regexp.MustCompile(`(not found|Unknown command).*`+none+`|`+none+`: command not found`).MatchString(out) || status != "127" {
					t.Errorf("without %s: %q, status %s", none, out, status)
				}
			}
		})
	}
}

// noClock leaves bash as old ones are: it goes by what the agent says.
const noClock = "unset EPOCHSECONDS; enable -n printf"

// TestB20_CommandsInHostileShells: with whatever a shell is set to, the command is renewed for and runs once.
func TestB20_CommandsInHostileShells(t *testing.T) {
	setups := map[string][]string{
		"bash": {"set -eu", "set -o posix", "set -o noclobber", "IFS=_a/", "shopt -s nullglob failglob", "set -a", "set -T", "alias npm='npm --silent'",
			"alias export=false local=false", "test() { false; }", "read() { false; }; printf() { false; }; eval() { false; }",
			"unset EPOCHSECONDS", noClock, "set -o pipefail; shopt -s extdebug", "SANDGLASS_ENDS='a[$(touch pwned)]'", "CDPATH=/"},
		"zsh": {"set -eu", "setopt ksh_arrays", "setopt sh_word_split warn_create_global glob_subst", "setopt err_return", "IFS=_a/", "setopt posix_builtins",
			"alias npm='npm --silent'", "alias -g npm=npm", "setopt all_export", "alias export=false", "emulate ksh", "emulate sh",
			"setopt no_clobber no_unset", "SANDGLASS_ENDS='a[$(touch pwned)]'", "setopt ignore_braces"},
		"fish": {"function test; end; function set; end", "set -gx SANDGLASS_OVER 0", "set -U SANDGLASS_OVER 0", "alias npm 'npm --silent'", "abbr -a npm npm"},
	}
	for _, sh := range shells {
		for _, setup := range setups[sh.name] {
			for _, due := range []string{"is over", "by time"} {
				if due == "by time" && (sh.name == "fish" || setup == noClock) {
					continue
				}
				t.Run(sh.name+"/"+setup+"/"+due, func(t *testing.T) {
					when := isOver
					if due == "by time" {
						when = byTime
					}
					w, _, s := renewing(t, sh, when, setup)
					w.does(t, "renew")
					s.line("npm ci 'a b'")
					if got := s.wait(`NPM<([^>]*)>\[("--silent" )?"ci" "a b"\]`); got != "npm_renewed" {
						t.Errorf("npm ran with %q", got)
					}
					if got := s.value("SG_TEST"); got != "npm_renewed" {
						t.Errorf("then the shell had %q", got)
					}
					if _, err := os.Stat(filepath.Join(w.home, "pwned")); err == nil {
						t.Error("a variable was run")
					}
				})
			}
		}
	}
}

// TestUsersOwnFunctionsStay: what the user has under a manager's name goes first, and children get no function of ours.
func TestUsersOwnFunctionsStay(t *testing.T) {
	for _, sh := range shells[:2] {
		t.Run(sh.name, func(t *testing.T) {
			w, f, s := renewing(t, sh, isOver, "npm() { unset -f npm; echo la''zy; npm \"$@\"; }", "set -a")
			w.does(t, "renew")
			if out, _ := s.run("npm ci"); !strings.Contains(out, "lazy") || !strings.Contains(out, `NPM<npm_over>["ci"]`) {
				t.Errorf("%q", out)
			}
			s.line(strings.ReplaceAll(sh.rc, "%s", w.hook(sh.name))) // the rc file is read again: now there is room
			if out, _ := s.run("npm ci"); !strings.Contains(out, `NPM<npm_renewed>["ci"]`) {
				t.Errorf("%q", out)
			}
			over(t, f, isOver)
			if out, _ := s.run("bash -c 'npm ci'; env | grep -c ^BASH_FUNC_npm"); !strings.Contains(out, `NPM<npm_over>["ci"]`+"\n0\n") {
				t.Errorf("a child: %q", out)
			}
		})
	}
}

// TestSuspendedCommandsGoOn: Ctrl-Z stops the command, fg goes on with it.
func TestSuspendedCommandsGoOn(t *testing.T) {
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			_, _, s := renewing(t, sh, later, set(sh, "NPM_EXIT", "7"))
			s.line("npm wait")
			s.wait(`(NPM<npm_over>\["wait"\])`)
			s.key(26)
			s.wait("(?i)(stopped|suspended)")
			s.begin("fg")
			s.wait("(CONTINUED)")
			s.key(3)
			// The fg of fish hands no status on, nor that of zsh for a function.
			if out, status := s.end(); !strings.Contains(out, "INTERRUPTED") || (status == "7") != (sh.name == "bash") {
				t.Errorf("%q, status %s", out, status)
			}
		})
	}
}

// TestNothingFreshStartsAProcess: neither prompts nor commands of a fresh session start a process of ours.
func TestNothingFreshStartsAProcess(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w, f, s := renewing(t, sh, later)
			w.empty(t)
			if sh.name == "fish" { // its own prompt asks uname and others
				s.line("function fish_prompt; echo '$ '; end; function fish_title; end")
			}
			s.run("npm x; npm x")
			tree := accounting.Follow(t, s.pid)
			for range 10 {
				s.value("HOME")
			}
			s.run("cd /")
			if sh.name == "nu" {
				s.run("cd ~")
			} else {
				s.run("cd")
			}
			if got := tree.Started(); len(got) != 0 {
				t.Errorf("prompts started %v", got)
			}
			for range 3 {
				s.run("npm x")
				s.run("npx x; npm 'a b'")
			}
			over(t, f, later) // a new generation is read without one, too
			s.run("npm x")
			var want []string
			for range 3 {
				want = append(want, "npm", "npx", "npm")
			}
			want = append(want, "npm")
			if got := strings.Join(tree.Programs(), " "); got != strings.Join(want, " ") {
				t.Errorf("commands started %s, want %s", got, strings.Join(want, " "))
			}
			if got := w.asked(t); got != "" {
				t.Errorf("sandglass was asked %q", got)
			}
		})
	}
}
