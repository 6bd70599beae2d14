package shellrc

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// afterwards is how long a shell's helpers may hold its output open once it has ended.
const afterwards = time.Second

// Prove starts a fresh shell as the user's terminal does, without a terminal, and runs command in it. It gets what a
// desktop gives to its terminals and nothing that this process has beside that. Output is the last 16 KiB of both
// streams, without colours and without what looks like a secret. An error that the shell ended with is an
// *exec.ExitError; where ctx ends first the shell is killed with what it started, and the error wraps ctx's.
func (s *Shells) Prove(ctx context.Context, shell, command string) (string, error) {
	sh, err := named(shell)
	if err != nil {
		return "", err
	}
	path := s.path(sh)
	if path == "" {
		return "", fmt.Errorf("start %s: %w", sh.name, exec.ErrNotFound)
	}
	out := &tail{}
	cmd := exec.CommandContext(ctx, path, sh.fresh(command, runtime.GOOS == "darwin")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = s.o.Home, s.terminal(path), out, out, afterwards
	alone(cmd)
	err = cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it went well, and something that it started lives on
	}
	if gone := ctx.Err(); gone != nil {
		err = gone
	}
	if err != nil {
		err = fmt.Errorf("run a command in a fresh %s: %w", sh.name, err)
	}
	return npmrc.Redact(noTerminal.ReplaceAllString(escapes.ReplaceAllString(out.String(), ""), "")), err
}

// fresh is how the shell starts as in a new terminal and runs one command. Nushell reads its drop-in folder only
// where a prompt would follow.
func (s shell) fresh(command string, login bool) []string {
	var words []string
	if login && s.name != "pwsh" {
		words = append(words, "-l")
	}
	switch s.name {
	case "pwsh":
		return []string{"-NoLogo", "-NonInteractive", "-Command", command + "; exit $LASTEXITCODE"}
	case "nu":
		return append(words, "-e", "try { "+command+" } catch {|e| exit ($e.exit_code? | default 1) }; exit")
	}
	return append(words, "-i", "-c", command)
}

// handed are the variables that terminals get from the desktop and the shells' own files rarely set. Without the
// proxy a command could not reach what it reaches in a terminal.
var handed = []string{
	"PATH", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "ZDOTDIR", "TMPDIR",
	"LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME", "LC_NUMERIC", "LC_COLLATE",
	"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_DIRS", "XDG_DATA_DIRS",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR",
}

// terminal is the environment of a new terminal.
func (s *Shells) terminal(path string) []string {
	env := []string{"HOME=" + s.o.Home, "SHELL=" + path, "TERM=xterm-256color"}
	seen := map[string]bool{}
	for _, name := range append(handed, systemHanded...) {
		if v := s.o.Env(name); v != "" && !seen[foldName(name)] {
			seen[foldName(name)] = true
			env = append(env, name+"="+v)
		}
	}
	return env
}

// escapes are what terminals take for colours, titles and marks.
var escapes = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\^_=>])|\r")

// noTerminal is what bash says of itself where it has no terminal.
var noTerminal = regexp.MustCompile(`(?m)^bash: (?:cannot set terminal process group|no job control in this shell).*\n`)

// tail keeps the end of what is written.
type tail struct {
	text []byte
	cut  bool // something before it is lost
}

// most is how much of a shell's output is kept.
const most = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - most; over > 0 {
		t.text, t.cut = append(t.text[:0], t.text[over:]...), true
	}
	return len(p), nil
}

// String is what was kept. A word that is not all there is left out: the end of a secret looks like none.
func (t *tail) String() string {
	text := strings.ToValidUTF8(string(t.text), "")
	if t.cut {
		if at := strings.IndexAny(text, " \t\r\n"); at >= 0 {
			return text[at:]
		}
		return ""
	}
	return text
}
