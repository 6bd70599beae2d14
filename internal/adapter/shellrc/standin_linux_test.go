package shellrc_test

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// standinVar names the folder of a world with stand-ins: where they note what they were asked.
const standinVar = "STANDIN_DIR"

// TestMain makes the test binary, under another name, the stand-in for sandglass and for npm.
func TestMain(m *testing.M) {
	switch name := filepath.Base(os.Args[0]); name {
	case "sandglass":
		os.Exit(sandglass(os.Getenv(standinVar)))
	case "npm", "npx", "yarn":
		os.Exit(manager(name))
	}
	os.Exit(m.Run())
}

// sandglass notes its arguments, and does what the file mode says.
func sandglass(dir string) int {
	log, err := os.OpenFile(filepath.Join(dir, "asked"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 99
	}
	cwd, _ := os.Getwd()
	fmt.Fprintf(log, "%q in %s\n", os.Args[1:], cwd)
	if os.Args[1] == "check" {
		fmt.Fprintf(os.Stderr, "WARNING<%s>\r\n", cwd)
		if len(os.Args) > 3 {
			cwd = os.Args[3]
		}
		for ; cwd != "/"; cwd = filepath.Dir(cwd) { // most projects of these tests have none
			settings, _ := os.ReadFile(filepath.Join(cwd, "settings"))
			_, _ = os.Stdout.Write(settings)
		}
	}
	mode, _ := os.ReadFile(filepath.Join(dir, "mode"))
	switch string(mode) {
	case "renew":
		f, err := envfile.New(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "sandglass"))
		if err != nil || f.Publish(variables("npm_renewed"), injection.Due{}) != nil {
			return 98
		}
	case "wait":
		c := make(chan os.Signal, 1)
		signal.Notify(c, unix.SIGINT)
		fmt.Fprint(os.Stderr, "WAITING")
		<-c
		return 4
	case "fail":
		return 3
	}
	return 0
}

// manager shows the credential and the arguments that it got, and ends with $NPM_EXIT. "wait" awaits an interrupt,
// "env" shows the variables of its further arguments.
func manager(name string) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, unix.SIGINT, unix.SIGCONT)
	fmt.Printf("%s<%s>%q\n", strings.ToUpper(name), os.Getenv("SG_TEST"), os.Args[1:])
	if len(os.Args) > 1 && os.Args[1] == "env" {
		for _, v := range os.Args[2:] {
			value, ok := os.LookupEnv(v)
			fmt.Printf("%s=%q %v\n", v, value, ok)
		}
	}
	if len(os.Args) > 1 && os.Args[1] == "wait" {
		for s := range signals {
			if s == unix.SIGINT {
				break
			}
			fmt.Println("CONTINUED")
		}
		fmt.Println("INTERRUPTED")
	}
	code, _ := strconv.Atoi(os.Getenv("NPM_EXIT"))
	return code
}

// standins puts stand-ins for sandglass and the package managers first in the PATH of a world.
func (w *world) standins(t testing.TB) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	w.bin = t.TempDir()
	for _, name := range []string{"sandglass", "npm", "npx", "yarn"} {
		must(t, os.Symlink(self, filepath.Join(w.bin, name)))
	}
	w.env = append(w.env, "PATH="+w.bin+":"+os.Getenv("PATH"), standinVar+"="+w.bin, "GOCOVERDIR="+w.bin)
}

// empty makes the stand-ins programs that do nothing, for tests that count them.
func (w world) empty(t testing.TB) {
	t.Helper()
	for _, name := range []string{"sandglass", "npm", "npx", "yarn"} {
		must(t, os.Remove(filepath.Join(w.bin, name)))
		must(t, os.Symlink("/bin/true", filepath.Join(w.bin, name)))
	}
}

// does tells the stand-in for sandglass what to do from now on.
func (w world) does(t testing.TB, mode string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(w.bin, "mode"), []byte(mode), 0o600))
}

// asked lists what the stand-in for sandglass was asked since the last time, one a line.
func (w world) asked(t testing.TB) string {
	t.Helper()
	path := filepath.Join(w.bin, "asked")
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return ""
	}
	must(t, err)
	must(t, os.Remove(path))
	return string(text)
}

func variables(value string) []agent.Variable {
	return []agent.Variable{{Name: "SG_TEST", Value: token.NewSecret(value)}, {Name: "SG_NONE"}}
}

// over publishes a session that is over: by the agent's word, or by the clock alone.
func over(t testing.TB, f *envfile.Files, due injection.Due) {
	t.Helper()
	must(t, f.Publish(variables("npm_over"), due))
}

var (
	isOver = injection.Due{At: time.Unix(1_700_000_000, 0), Over: true}
	byTime = injection.Due{At: time.Unix(1_700_000_000, 0)}
	later  = injection.Due{At: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
)

// statuses is how each shell shows the exit status of what ran before it, in the same line.
var statuses = map[string]string{
	"bash": `; echo "<""%d=$?>"`, "zsh": `; echo "<""%d=$?>"`, "fish": `; echo "<""%d=$status>"`,
	"nu": `; print ("<" + "%[1]d=" + "0>") } catch {|e| print ("<" + "%[1]d=" + ($e.exit_code? | default 1 | into string) + ">") }`,
}

// run types a command, and returns what it showed, behind the echo of what was typed, and its exit status.
func (s *terminal) run(command string) (out, status string) {
	s.t.Helper()
	s.begin(command)
	return s.end()
}

// begin types a command that end waits for.
func (s *terminal) begin(command string) {
	s.t.Helper()
	s.n++
	if s.sh.name == "nu" {
		command = "try { " + command
	}
	s.line(command + fmt.Sprintf(statuses[s.sh.name], s.n))
}

func (s *terminal) end() (out, status string) {
	s.t.Helper()
	all := s.wait(fmt.Sprintf(`(?s)(.*<%d=\d+>)`, s.n))
	m := regexp.MustCompile(`(?s)^(.*)<\d+=(\d+)>$`).FindStringSubmatch(all)
	return strings.ReplaceAll(m[1], "\r\n", "\n"), m[2]
}
