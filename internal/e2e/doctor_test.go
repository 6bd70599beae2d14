package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// explain runs doctor in a shell that has the sessions, and returns what it says with its exit code.
func (u *user) explain(input []byte, env []string, args ...string) (string, int) {
	u.t.Helper()
	line := `. "$XDG_RUNTIME_DIR/sandglass/env.sh"; exec "$0" doctor "$@"`
	cmd := u.command(u.t.Context(), "sh", append([]string{"-c", line, filepath.Join(programs, "sandglass")}, args...)...)
	cmd.Env, cmd.Stdin = append(cmd.Env, env...), bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !asExit(err, &exit) {
		u.t.Fatalf("doctor %v: %v", args, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*to = e
	return ok
}

// TestDoctorExplains: a session ends, and npm says "404 Not Found". Every way into doctor says what it was: the pipe, the
// log, npm's newest log and the package's name, in both languages; the bundle holds no secret.
func TestDoctorExplains(t *testing.T) {
	u, r, npm := signedIn(t, "", verdaccio.Options{Opaque: true, Hide: true, Session: time.Hour})
	u.agent("--no-tray")
	u.login(npm, r)
	u.moved()
	install := func() []byte {
		u.home.Write(t, "work/package.json", `{"name":"consumer","private":true,"dependencies":{"@acme/private":"1.0.0"}}`, 0o644)
		out, _ := u.command(t.Context(), "sh", "-c", `. "$XDG_RUNTIME_DIR/sandglass/env.sh"; npm install --no-audit 2>&1`).CombinedOutput()
		return out
	}
	if out, code := u.explain(nil, nil, "@acme/private"); code != 0 || !strings.Contains(out, "✓") {
		t.Errorf("while all is well: %d\n%s", code, out)
	}
	secret := u.secretOf(r)
	r.End(secret)
	said := install()
	if !bytes.Contains(said, []byte("E404")) {
		t.Fatalf("npm says\n%s", said)
	}
	u.awaitEnd(r)
	file := filepath.Join(u.home.Dir, "said.txt")
	if err := os.WriteFile(file, said, 0o600); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(u.home.Dir, "bundle.json")
	for name, args := range map[string][]string{
		"pipe": {"-"}, "log": {"--log", file}, "newest": {"--last"}, "package": {"@acme/private"}, "bundle": {"--log", file, "--bundle", bundle},
	} {
		out, code := u.explain(said, nil, args...)
		if code != 3 || !strings.Contains(out, "session") || !strings.Contains(out, "sandglass login") || strings.Contains(out, "<no value>") || strings.Contains(out, secret) {
			t.Errorf("%s: exit code %d\n%s", name, code, out)
		}
	}
	if out, code := u.explain(said, []string{"LANGUAGE=ja", "LANG=ja_JP.UTF-8", "LC_ALL=ja_JP.UTF-8"}, "-"); code != 3 || !strings.Contains(out, "セッション") {
		t.Errorf("in Japanese: %d\n%s", code, out)
	}
	out, _ := u.explain(said, nil, "-", "--json")
	var d api.Diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil || d.Verdict.Code != finding.SessionEnded || d.Evidence.Failure.Package != "@acme/private" {
		t.Errorf("%v: %s", err, out)
	}
	text := u.home.Read("bundle.json")
	if !strings.Contains(text, finding.SessionEnded) || !strings.Contains(text, "E404") || strings.Contains(text, secret) || strings.Contains(text, u.home.Dir) {
		t.Errorf("the bundle:\n%s", text)
	}
	if out, code := u.explain([]byte("all is well\n"), nil, "-"); code != 1 || !strings.Contains(out, "Nothing in this text") {
		t.Errorf("a text without a failure: %d\n%s", code, out)
	}
	u.absent(secret, "run/sandglass/env.")
}
