package shellrc_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A shell opened before the first publication, before the agent ever ran, follows every one at its next prompt.
func TestB21_OpenShellFollowsAtItsNextPrompt(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.shell(t, sh)
			if got := s.value("SG_TEST"); got != "" {
				t.Fatalf("before any publication: %q", got)
			}
			files := w.files(t)
			for _, value := range []string{"npm_one", "", "npm_two", "npm_three"} {
				publish(t, files, value)
				s.value("HOME") // typed at the old prompt; the prompt after it has the news
				if got := s.value("SG_TEST"); got != value {
					t.Errorf("after publishing %q: %q", value, got)
				}
			}
			must(t, os.RemoveAll(filepath.Join(w.run, "sandglass"))) // as a reboot leaves it
			s.value("HOME")
			if got := s.value("SG_TEST"); got != "npm_three" {
				t.Errorf("after the folder went: %q", got)
			}
			publish(t, w.files(t), "npm_four")
			s.value("HOME")
			if got := s.value("SG_TEST"); got != "npm_four" {
				t.Errorf("after the folder came back: %q", got)
			}
			if noise := regexp.MustCompile(`(?i)no such|not found|error|unbound|read-?only`).Find(s.all); noise != nil {
				t.Errorf("the shell complained: %q", s.all)
			}
		})
	}
}

func TestB20_HookInHostileShells(t *testing.T) {
	setups := map[string][]string{
		"bash": {"set -u", "set -o noclobber", "set -o posix", "IFS=_a/", "shopt -s nullglob failglob", "SANDGLASS_GEN=7", "set -a", "alias export=false local=false"},
		"zsh":  {"set -u", "setopt ksh_arrays", "setopt sh_word_split warn_create_global glob_subst", "setopt err_return", "IFS=_a/", "alias export=false"},
		"fish": {"set -gx SANDGLASS_GEN 7", "set -U SG_TEST universal", "function set; end"},
	}
	for _, sh := range shells {
		for _, setup := range setups[sh.name] {
			t.Run(sh.name+"/"+setup, func(t *testing.T) {
				w := newWorld(t)
				files := w.files(t)
				publish(t, files, "npm_one")
				s := w.shell(t, sh, setup)
				if got := s.value("SG_TEST"); got != "npm_one" {
					t.Errorf("at start: %q", got)
				}
				publish(t, files, "npm_two")
				s.value("HOME")
				if got := s.value("SG_TEST"); got != "npm_two" {
					t.Errorf("after publishing: %q", got)
				}
			})
		}
	}
}

// With errexit on, a prompt after a status that is not zero must not end the shell.
func TestB20_HookWithErrexit(t *testing.T) {
	for _, sh := range shells[:2] {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			files := w.files(t)
			publish(t, files, "npm_one")
			s := w.shell(t, sh, "set -e")
			s.line("! true")
			publish(t, files, "npm_two")
			s.line("! true")
			if got := s.value("SG_TEST"); got != "npm_two" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// What the user does before a prompt goes on, and sees the status of the user's command.
func TestB20_UsersOwnPromptCommandsAreKept(t *testing.T) {
	type setup struct{ name, before, after string }
	const count = `n=0; status_seen() { seen=$?; n=$((n+1)); }`
	cases := map[string][]setup{
		"bash": {
			{"string", count + "; PROMPT_COMMAND=status_seen", ""},
			{"string with semicolon", count + "; PROMPT_COMMAND='status_seen; '", ""},
			{"list", count + "; PROMPT_COMMAND=(true status_seen)", ""},
			{"exported", count + "; export PROMPT_COMMAND=status_seen", ""},
			{"exported, behind ours", count + "; keep() { return $?; }; export PROMPT_COMMAND=keep", `PROMPT_COMMAND="$PROMPT_COMMAND;status_seen"`},
			{"behind ours", count, "PROMPT_COMMAND+=(status_seen)"},
			{"before ours", count, `PROMPT_COMMAND="status_seen;${PROMPT_COMMAND-}"`},
		},
		"zsh": {
			{"function", "n=0; precmd() { seen=$?; n=$((n+1)); }", ""},
			{"list before", count + "; precmd_functions=(status_seen)", ""},
			{"list after", count, "precmd_functions+=(status_seen)"},
		},
		"fish": {
			{"event", "set -g n 0; function mine --on-event fish_prompt; set -g seen $status; set -g n (math $n + 1); end", ""},
			{"event after", "", "set -g n 0; function mine --on-event fish_prompt; set -g seen $status; set -g n (math $n + 1); end"},
		},
	}
	fail := map[string]string{"bash": "(exit 42)", "zsh": "(exit 42)", "fish": "sh -c 'exit 42'"}
	for _, sh := range shells {
		for _, c := range cases[sh.name] {
			t.Run(sh.name+"/"+c.name, func(t *testing.T) {
				w := newWorld(t)
				files := w.files(t)
				s := w.shell(t, sh, c.before)
				s.line(c.after)
				publish(t, files, "npm_one") // so that ours has work to do before that very prompt
				s.line(fail[sh.name])
				if got := s.value("seen"); got != "42" {
					t.Errorf("the user's command saw status %q", got)
				}
				if got := s.value("SG_TEST"); got != "npm_one" {
					t.Errorf("got %q", got)
				}
				s.line(fail[sh.name])
				status := map[bool]string{true: "status", false: "?"}[sh.name == "fish"]
				if got := s.value(status); got != "42" {
					t.Errorf("the user's next command saw status %q", got)
				}
				if got := s.value("n"); len(got) < 1 || got == "0" || got == "1" {
					t.Errorf("the user's command ran %q times", got)
				}
			})
		}
	}
}

// A bash without the hook that inherits an exported PROMPT_COMMAND stays quiet.
func TestB20_ChildWithoutHookIsQuiet(t *testing.T) {
	w := newWorld(t)
	s := w.shell(t, shells[0], "export PROMPT_COMMAND=true")
	s.line("bash --norc --noprofile -i")
	s.line("export CHILD=$SHLVL")
	s.value("CHILD")
	s.line("")
	if got := s.value("CHILD"); got == "" {
		t.Error("no child")
	}
	if strings.Contains(string(s.all), "not found") {
		t.Errorf("it complains: %q", s.all)
	}
}

// TestCommandAtAWaitingPrompt: a login ends while the shell waits at its prompt; the command that is
// typed then has it.
func TestCommandAtAWaitingPrompt(t *testing.T) {
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			f := w.files(t)
			publish(t, f, "npm_one")
			s := w.shell(t, sh, "")
			if got := s.value("SG_TEST"); got != "npm_one" {
				t.Fatalf("got %q", got)
			}
			for _, next := range []string{"npm_two", "", "npm_three"} {
				publish(t, f, next)
				if got := s.value("SG_TEST"); got != next {
					t.Errorf("the command found %q, want %q", got, next)
				}
			}
		})
	}
}

// TestPackageManagersAreNoted: a shell that runs one says so by an empty file; no other command does.
func TestPackageManagersAreNoted(t *testing.T) {
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			f := w.files(t)
			publish(t, f, "npm_one")
			s := w.shell(t, sh, "")
			s.line("true npm")
			s.value("SG_TEST")
			noted := filepath.Join(f.Dir(), "used")
			if _, err := os.Stat(noted); err == nil {
				t.Fatal("a command that is no package manager was noted")
			}
			s.line("cd / && npm --version >/dev/null 2>&1; true")
			s.value("SG_TEST")
			if info, err := os.Stat(noted); err != nil || info.Size() != 0 {
				t.Errorf("npm was not noted: %v", err)
			}
		})
	}
}

// TestOthersKeepTheirTrap: a shell whose user has a use for bash's DEBUG trap keeps it.
func TestOthersKeepTheirTrap(t *testing.T) {
	w := newWorld(t)
	publish(t, w.files(t), "npm_one")
	s := w.shell(t, shells[0], "trap 'n=$((${n-0}+1))' DEBUG")
	s.line("export n")
	if got := s.value("n"); got == "" || got == "0" {
		t.Errorf("the user's trap ran %q times", got)
	}
	s.line("false; echo last >/dev/null")
	s.line("export last=$_")
	if got := s.value("last"); got == "" {
		t.Error("the last argument is lost")
	}
}

// Nothing changed: one system call a prompt, no process.
func TestPromptCostsOneSystemCall(t *testing.T) {
	strace := program(t, "strace")
	for _, sh := range shells[:3] {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			publish(t, w.files(t), "npm_one")
			log := filepath.Join(w.home, "trace")
			argv := append([]string{strace, "-f", "-o", log}, sh.argv...)
			program(t, sh.argv[0])
			s := w.open(t, sh, argv...)
			if sh.name == "fish" { // its own prompt asks uname and others
				s.line("function fish_prompt; echo '$ '; end; function fish_title; end")
			}
			s.line(strings.ReplaceAll(sh.rc, "%s", w.hook(sh.name)))
			s.value("SG_TEST")
			const enters = 10
			s.line("test -e /first-mark")
			for range enters {
				s.line("")
			}
			s.line("[ -e /second-mark ]") // begins otherwise than the first: fish would suggest that one, and look for its path again
			s.value("SG_TEST")
			trace := between(t, log, `"/first-mark"`, `"/second-mark"`)
			calls := regexp.MustCompile(`(?m)^.*/sandglass/.*$`).FindAllString(trace, -1)
			// One prompt follows the first mark, and one every Enter; the second mark is a command.
			if len(calls) != enters+2 {
				t.Errorf("%d system calls in %d prompts and a command:\n%s", len(calls), enters+1, strings.Join(calls, "\n"))
			}
			for _, call := range regexp.MustCompile(`(?m)^.*\b(v?fork|clone3?|execve)\(.*$`).FindAllString(trace, -1) {
				if !strings.Contains(call, "CLONE_THREAD") { // fish has helper threads of its own
					t.Errorf("a process was started: %s", call)
				}
			}
		})
	}
}

func between(t *testing.T, path, from, to string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	// The last ones: the line editor of fish looks for paths while they are typed.
	begin, end := strings.LastIndex(string(data), from), strings.LastIndex(string(data), to)
	if begin < 0 || end < begin {
		t.Fatal("the marks are not in the trace")
	}
	return string(data[begin:end])
}
