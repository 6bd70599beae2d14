package shellrc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/adapter/shellrc"
)

// starts is how each shell reads its own rc file and answers one question.
var starts = map[string][]string{
	"bash": {"bash", "-ic", `echo "<$SG_TEST>"`},
	"zsh":  {"zsh", "-ic", `echo "<$SG_TEST>"`},
	"fish": {"fish", "-c", `echo "<$SG_TEST>"`},
}

// K07, C08: real shells read what was planned, in homes with names that need quoting, by the runtime folder and without one.
func TestK07_RealShellsReadThePlannedLines(t *testing.T) {
	for _, name := range []string{"plain", "with space", "it's \"quoted\" $HOME `x`", "砂時計 é", "-dash"} {
		for _, runtime := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				home := filepath.Join(t.TempDir(), name)
				must(t, os.MkdirAll(home, 0o700))
				vars := map[string]string{"HOME": home, "PATH": os.Getenv("PATH"), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
				if runtime {
					vars["XDG_RUNTIME_DIR"] = filepath.Join(home, "runtime")
					must(t, os.Mkdir(vars["XDG_RUNTIME_DIR"], 0o700))
				}
				readPlanned(t, home, vars)
			})
		}
	}
}

func readPlanned(t *testing.T, home string, vars map[string]string) {
	getenv := func(k string) string { return vars[k] }
	d, err := dirs.Of(getenv, "linux")
	must(t, err)
	apply(t, plan(t, shellrc.New(shellrc.Options{Home: home, ConfigDir: d.Config, Env: getenv}), false, "bash", "zsh", "fish"))
	ask := func(want string) {
		t.Helper()
		for _, sh := range []string{"bash", "zsh", "fish"} {
			program(t, sh)
			cmd := exec.Command(starts[sh][0], starts[sh][1:]...)
			for k, v := range vars {
				cmd.Env = append(cmd.Env, k+"="+v)
			}
			out, err := cmd.Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != "<"+want+">" {
				t.Errorf("%s: %v %q, want <%s>", sh, err, got, want)
			}
		}
	}
	ask("") // the agent never ran
	files, err := envfile.New(d.Runtime)
	must(t, err)
	publish(t, files, "npm_one")
	ask("npm_one")
	must(t, os.RemoveAll(d.Config)) // hooks gone, lines left: quiet, and a status of 0
	ask("")
}

// nushell reads its drop-in folder at an interactive start only.
func TestK07_NushellReadsThePlannedLine(t *testing.T) {
	w := newWorld(t)
	nu := program(t, "nu")
	publish(t, w.files(t), "npm_one")
	s := shellrc.New(shellrc.Options{Home: w.home, ConfigDir: w.hooks, Env: func(string) string { return "" }})
	apply(t, plan(t, s, false, "nu"))
	tty := w.open(t, shells[3], nu)
	if got := tty.value("SG_TEST"); got != "npm_one" {
		t.Errorf("got %q", got)
	}
	must(t, os.Remove(w.hook("nu"))) // the line without the hook: no error at start
	tty = w.open(t, shells[3], nu)
	if got := tty.value("HOME"); got != w.home {
		t.Errorf("got %q from %q", got, tty.all)
	}
	if strings.Contains(string(tty.all), "Error") {
		t.Errorf("nushell complains: %q", tty.all)
	}
}
