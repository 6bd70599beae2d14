package injection

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func TestB18_EnvFileRefusesWhatIsNoCredential(t *testing.T) {
	for _, bad := range []string{"a b", "a'b", "a\nb", "a\rb", "a\x00b", "$(x)", "é", strings.Repeat("a", 8193)} {
		data, err := EnvFile(Posix, Env{Variables: []Variable{{Name: "OK", Value: token.NewSecret(bad)}}, Gen: 1})
		if err == nil || data != nil {
			t.Errorf("took %.20q", bad)
		} else if strings.Contains(err.Error(), bad) {
			t.Errorf("the error tells the value: %v", err)
		}
	}
	for _, name := range []string{"", "1A", "A-B", "A B", "A=B", "A;B", "é", "PATH", "Path", "LD_PRELOAD", "status", "SANDGLASS_GEN", "BASH_ENV", strings.Repeat("A", 129)} {
		if _, err := EnvFile(Posix, Env{Variables: []Variable{{Name: name}}, Gen: 1}); !errors.Is(err, ErrName) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := EnvFile(Posix, Env{Variables: []Variable{{Name: "A"}, {Name: "A"}}, Gen: 1}); !errors.Is(err, ErrName) {
		t.Errorf("took a name twice: %v", err)
	}
	if _, err := EnvFile("tcsh", Env{Variables: nil, Gen: 1}); !errors.Is(err, ErrShell) {
		t.Errorf("took tcsh: %v", err)
	}
}

func TestValidNameTakesNamesInUse(t *testing.T) {
	for _, name := range []string{"NPM_TOKEN", "NODE_AUTH_TOKEN", "GITHUB_TOKEN", "npm_config_token", "_x", "SG_0123456789abcdef", strings.Repeat("A", 128)} {
		if !ValidName(name) {
			t.Errorf("refused %q", name)
		}
	}
}

func TestRandomNamesDiffer(t *testing.T) {
	a, b := RandomName(rand.Reader), RandomName(rand.Reader)
	if a == b || len(a) != 19 || !strings.HasPrefix(a, "SG_") || !ValidName(a) {
		t.Errorf("got %q and %q", a, b)
	}
	defer func() {
		if recover() == nil {
			t.Error("a failing source of randomness gave a name")
		}
	}()
	RandomName(bytes.NewReader([]byte("short")))
}

func TestHookIsToldWhenToAsk(t *testing.T) {
	vars := []Variable{{"A", token.NewSecret("x")}}
	for _, sh := range []Shell{Posix, Fish, PowerShell, Nu, Cmd} {
		data, err := EnvFile(sh, Env{Variables: vars, Due: Due{At: time.Unix(200, 0), Over: true}})
		if err != nil || !strings.Contains(string(data), "200") || !strings.Contains(string(data), "SANDGLASS_OVER") || strings.Contains(string(data), "SANDGLASS_GEN") {
			t.Errorf("%s: %v\n%s", sh, err, data)
		}
	}
	if data, err := EnvFile(Posix, Env{Variables: vars, Gen: 9}); err != nil || !strings.Contains(string(data), "SANDGLASS_ENDS=0\nSANDGLASS_OVER=0\nSANDGLASS_GEN=9\n") {
		t.Errorf("%v\n%s", err, data)
	}
}

// B20: the file does its work and nothing else, whatever the shell that reads it is set to.
func TestB20_EnvFileInHostileShells(t *testing.T) {
	vars := []Variable{{Name: "SG_FIXED", Value: token.NewSecret("new")}, {Name: "SG_FREE", Value: token.NewSecret("canary-1")}, {Name: "SG_GONE"}}
	data, err := EnvFile(Posix, Env{Variables: vars, Gen: 5})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "env file.sh")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	const end = "\n. \"$1\"\nset +xv\nIFS=' '\n\\printf '%s\\n' \"$SG_FIXED $SG_FREE ${SG_GONE-unset} $SANDGLASS_GEN $? alive\"\n"
	prologues := map[string]string{
		"errexit nounset":  "set -eu",
		"noclobber":        "set -o noclobber",
		"noglob allexport": "set -fa",
		"IFS":              "IFS=_a=SG/",
		"alias":            "alias export=false command=false builtin=false eval=false 'set=false'\n",
		"readonly":         "SG_FIXED=old; readonly SG_FIXED",
		"readonly strict":  "set -eu; SG_FIXED=old; readonly SG_FIXED",
		"exported before":  "export SG_GONE=stale SG_FREE=stale",
		"xtrace verbose":   "set -xv",
	}
	functions := map[string]string{
		"function command":          "command() { :; }",
		"function export":           "export() { :; }; unset() { :; }",
		"functions readonly strict": "command() { false; }; set -eu; SG_FIXED=old; readonly SG_FIXED",
	}
	zshOnly := map[string]string{
		"odd options":  "setopt ksh_arrays sh_word_split no_unset warn_create_global err_return magic_equal_subst glob_assign glob_subst extended_glob rc_expand_param",
		"global alias": "alias -g SG_FREE=oops new=oops; setopt aliases",
		"posix":        "setopt posix_builtins posix_aliases posix_strings",
	}
	for _, sh := range []string{"bash", "dash", "mksh", "ksh", "zsh"} {
		if _, err := exec.LookPath(sh); err != nil {
			missing(t, sh)
		}
		all := prologues
		if sh == "ksh" { // reads the whole file before its first line has switched verbose off: only xtrace is kept quiet
			all = merged(prologues, map[string]string{"xtrace verbose": "set -x"})
		}
		if sh == "bash" {
			all = merged(prologues, functions)
		}
		if sh == "zsh" {
			all = merged(merged(prologues, functions), zshOnly)
		}
		for name, prologue := range all {
			t.Run(sh+"/"+name, func(t *testing.T) { hostile(t, sh, prologue+end, path) })
		}
	}
}

func hostile(t *testing.T, sh, script, path string) {
	args := map[string][]string{"bash": {"--norc", "-O", "expand_aliases"}, "zsh": {"-f", "-o", "aliases"}}[sh]
	cmd := exec.CommandContext(t.Context(), sh, append(args, "-c", script, "sh", path)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	want := "new canary-1  5 0 alive\n"
	if strings.Contains(script, "readonly") {
		want = "old canary-1  5 0 alive\n"
	}
	if err != nil || out.String() != want {
		t.Errorf("%v: got %q, want %q\n%s", err, out.String(), want, errs.String())
	}
	traced := strings.HasPrefix(script, "set -x")
	if !traced && errs.Len() > 0 {
		t.Errorf("noise: %s", errs.String())
	}
	if before, _, _ := strings.Cut(errs.String(), "printf"); traced && strings.Contains(before, "canary-1") {
		t.Errorf("the trace shows the value:\n%s", before)
	}
}

func merged(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// B19: any list of allowed names and values gives a file that a real sh reads in silence, and that sets our names only.
func TestB19_OnlyOurNames(t *testing.T) {
	data, err := EnvFile(Posix, Env{Variables: []Variable{{Name: "SG_A", Value: token.NewSecret("~+/=:-._")}, {Name: "SG_B"}}, Gen: 3})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "env.sh")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("dash"); err != nil {
		missing(t, "dash")
	}
	script := `A=; set >"$2"; . "$1"; set >"$3"`
	before, after := path+".before", path+".after"
	out, err := exec.Command("dash", "-c", script, "sh", path, before, after).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Fatalf("%v %s", err, out)
	}
	known := map[string]bool{}
	for _, n := range names(t, before) {
		known[n] = true
	}
	var added []string
	for _, n := range names(t, after) {
		if !known[n] {
			added = append(added, n)
		}
	}
	if got, want := strings.Join(added, " "), "SANDGLASS_ENDS SANDGLASS_GEN SANDGLASS_OVER SG_A SG_B"; got != want {
		t.Errorf("sets %s, want %s", got, want)
	}
}

func names(t *testing.T, path string) (out []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		n, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(n, "OPT") && n != "_" {
			out = append(out, n)
		}
	}
	return out
}
