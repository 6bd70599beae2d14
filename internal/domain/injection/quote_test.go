package injection

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// dumpArg makes the test binary print its environment, NUL-separated, and end: what a child of a shell sees.
const dumpArg = "dump-environment"

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == dumpArg {
		os.Stdout.WriteString(strings.Join(os.Environ(), "\x00"))
		return
	}
	os.Exit(m.Run())
}

const tries = 2200

// pieces is what the adversarial values are put together from.
var pieces = []string{
	"'", `"`, "`", `\`, "$", "$(touch %s/a)", "`touch %s/b`", "${HOME}", "$HOME", "%PATH%", "!", "!!", "^", "~", "~/", "*", "?", "[a-z]", "{a,b}",
	"(touch %s/c)", ";touch %s/d;", "|touch %s/e", "&touch %s/f&", ">%s/g", "<", "#", "\n", "\r", "\r\n", "\t", "\x01", "\x07", "\x1b[31m", "\x7f",
	"'; touch %s/h; '", `"; touch %s/i; "`, "'\\''", `\'`, `\\'`, "\\\n", "a", "b", " ", "  ", "=", "==", "-n", "--", "npm_abc", "é", "日本", "砂時計", "🏜",
	"\u202e", "\u2066", "\u200b", "\u2018", "\u2019", "\u201a", "\u201b", "\u00a0", "\u2028", "r#'", "'#", "$'", "$\"", "%s", "%n", "=ls", "<(id)", "(( 1 ))",
}

// adversarial returns n values, the same ones each time. canary is a folder that stays empty unless a
// shell runs a part of a value.
func adversarial(n int, canary string) []string {
	rnd := rand.New(rand.NewPCG(7, 11))
	fill := func(s string) string { return strings.ReplaceAll(s, "%s", canary) }
	values := []string{""}
	for _, p := range pieces {
		values = append(values, fill(p), fill(p+p), fill("x"+p), fill(p+"x"))
	}
	for len(values) < n {
		var b strings.Builder
		for range 1 + rnd.IntN(7) {
			b.WriteString(fill(pieces[rnd.IntN(len(pieces))]))
		}
		values = append(values, b.String())
	}
	return values
}

// realShell is an installed shell and how it reads a file and then starts a program.
type realShell struct {
	name   string
	family Shell
	argv   func(t *testing.T, script, self string) []string
}

func posixArgv(argv ...string) func(*testing.T, string, string) []string {
	return func(_ *testing.T, script, self string) []string {
		return append(argv, "-c", `. "$1"; exec "$2" "$3"`, "sh", script, self, dumpArg)
	}
}

var realShells = []realShell{
	{"bash", Posix, posixArgv("bash", "--norc")},
	{"bash-posix", Posix, posixArgv("bash", "--posix")},
	{"dash", Posix, posixArgv("dash")},
	{"mksh", Posix, posixArgv("mksh")},
	{"ksh", Posix, posixArgv("ksh")},
	{"zsh", Posix, posixArgv("zsh", "-f")},
	{"zsh-sh", Posix, posixArgv("zsh", "--emulate", "sh", "-f")},
	{"fish", Fish, func(_ *testing.T, script, self string) []string {
		return []string{"fish", "--no-config", "-c", "source $argv[1]; $argv[2] $argv[3]", script, self, dumpArg}
	}},
	{"nu-nuon", Nu, func(t *testing.T, script, self string) []string {
		return []string{nu(t), "--no-config-file", "-c", "open --raw " + quoteNu(script) + " | from nuon | load-env; ^" + quoteNu(self) + " " + dumpArg}
	}},
	{"nu-script", Nu, func(t *testing.T, script, self string) []string {
		data, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		program := "load-env " + string(data) + "\n^" + quoteNu(self) + " " + dumpArg + "\n"
		if err := os.WriteFile(script, []byte(program), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{nu(t), "--no-config-file", script}
	}},
}

// nu is nushell, as the set-up script installed it.
func nu(t *testing.T) string {
	t.Helper()
	return clients.Need(t, "nu").Path
}

// missing skips a test for want of a part, but never in CI.
func missing(t *testing.T, part string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", part)
	}
	t.Skipf("%s is not installed", part)
}

func TestB01_to_B09_ValuesReachChildrenUnchanged(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, sh := range realShells {
		t.Run(sh.name, func(t *testing.T) {
			canary := filepath.Join(t.TempDir(), "canary")
			if err := os.Mkdir(canary, 0o700); err != nil {
				t.Fatal(err)
			}
			f := file{shell: sh.family, gen: 7}
			for i, v := range adversarial(tries, canary) {
				f.pairs = append(f.pairs, pair{fmt.Sprintf("V%d", i), v})
			}
			got := sourced(t, sh, f, self)
			wrong := 0
			for _, p := range f.pairs {
				if v, ok := got[p.name]; !ok || v != p.value {
					if wrong++; wrong <= 5 {
						t.Errorf("%s: got %q (defined %v), want %q", p.name, v, ok, p.value)
					}
				}
			}
			t.Logf("%d values, %d mismatches", len(f.pairs), wrong)
			if left, _ := os.ReadDir(canary); len(left) > 0 {
				t.Errorf("the shell ran parts of values: %v", left)
			}
		})
	}
}

// sourced renders f, has the shell read it, and returns what a child sees.
func sourced(t *testing.T, sh realShell, f file, self string) map[string]string {
	t.Helper()
	data, err := f.render()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(script, data, 0o600); err != nil {
		t.Fatal(err)
	}
	argv := sh.argv(t, script, self)
	if _, err := exec.LookPath(argv[0]); err != nil {
		missing(t, argv[0])
	}
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "LC_ALL=C.UTF-8", "GOCOVERDIR=" + t.TempDir()}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("%v\n%.2000s", err, errs.String())
	}
	got := map[string]string{}
	for kv := range strings.SplitSeq(out.String(), "\x00") {
		k, v, _ := strings.Cut(kv, "=")
		got[k] = v
	}
	return got
}

// The control: the harness must notice quoting that does not hold.
func TestB01_HarnessSeesNaiveQuotingFail(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		missing(t, "bash")
	}
	canary := t.TempDir()
	for _, v := range adversarial(200, canary) {
		_ = exec.Command(bash, "-c", `V="`+v+`"`).Run()
	}
	if left, _ := os.ReadDir(canary); len(left) == 0 {
		t.Error("naive double quotes ran nothing: the values are not adversarial")
	}
}

func TestB10_PowerShellDoublesEveryQuote(t *testing.T) {
	// By the rules of the language only: PowerShell is not run here.
	for _, q := range []string{"'", "\u2018", "\u2019", "\u201a", "\u201b"} {
		got, err := Quote(PowerShell, "a"+q+"b")
		if want := "'a" + q + q + "b'"; err != nil || got != want {
			t.Errorf("Quote(%q) = %q, %v; want %q", q, got, err, want)
		}
	}
	got, err := Quote(PowerShell, "$(x) `n \"y\"\n")
	if want := "'$(x) `n \"y\"\n'"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestB11_CmdRefusesWhatItCannotQuote(t *testing.T) {
	for _, v := range []string{"npm_abcDEF012", "a.b_c~d+e/f=g:h-i", ""} {
		if got, err := Quote(Cmd, v); err != nil || got != v {
			t.Errorf("Quote(%q) = %q, %v", v, got, err)
		}
	}
	for _, v := range []string{"%PATH%", "a!b", "a^b", "a&b", "a|b", `a"b`, "a\nb", "a b", "é", "<", ">", "(", ")", "'", "@", ",", ";"} {
		if got, err := Quote(Cmd, v); !errors.Is(err, ErrQuote) {
			t.Errorf("Quote(%q) = %q, %v; want ErrQuote", v, got, err)
		}
	}
}

func TestB16_QuoteRefusesNULAndInvalidText(t *testing.T) {
	for _, sh := range []Shell{Posix, Fish, PowerShell, Nu, Cmd} {
		if _, err := Quote(sh, "a\x00b"); !errors.Is(err, ErrQuote) {
			t.Errorf("%s took a NUL: %v", sh, err)
		}
		if _, err := Quote(sh, "a\xffb"); (err == nil) != (sh == Posix) {
			t.Errorf("%s: invalid UTF-8: %v", sh, err)
		}
	}
	if _, err := Quote(Fish, "\ufdd3"); !errors.Is(err, ErrQuote) {
		t.Errorf("fish took a reserved character: %v", err)
	}
	if _, err := Quote("tcsh", "a"); !errors.Is(err, ErrShell) {
		t.Errorf("unknown shell: %v", err)
	}
}

func TestB17_LongValues(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("aZ0+/='", 120_000/7) // the system's limit for one variable is 128 KiB
	for _, sh := range realShells {
		t.Run(sh.name, func(t *testing.T) {
			got := sourced(t, sh, file{shell: sh.family, pairs: []pair{{"LONG", long}, {"MID", long[:8191]}}}, self)
			if got["LONG"] != long || got["MID"] != long[:8191] {
				t.Errorf("long values arrived with %d and %d bytes, want %d and 8191", len(got["LONG"]), len(got["MID"]), len(long))
			}
		})
	}
}

// FuzzQuote holds Quote against a reader of its own for POSIX words, written from the grammar.
func FuzzQuote(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, v string) {
		got, err := Quote(Posix, v)
		if strings.Contains(v, "\x00") != (err != nil) {
			t.Fatalf("Quote(%q): %v", v, err)
		}
		if err == nil && unquotePosix(t, got) != v {
			t.Fatalf("Quote(%q) = %s", v, got)
		}
		if nuWord, err := Quote(Nu, v); err == nil && (!utf8.ValidString(nuWord) || strings.ContainsAny(nuWord, "\n\r")) {
			t.Fatalf("nu: %q", nuWord)
		}
	})
}

// unquotePosix reads one word of single quotes and escaped single quotes; anything else is an error.
func unquotePosix(t *testing.T, word string) string {
	t.Helper()
	var b strings.Builder
	for len(word) > 0 {
		switch {
		case word[0] == '\'':
			end := strings.IndexByte(word[1:], '\'')
			if end < 0 {
				t.Fatalf("open quote in %q", word)
			}
			b.WriteString(word[1 : 1+end])
			word = word[end+2:]
		case strings.HasPrefix(word, `\'`):
			b.WriteByte('\'')
			word = word[2:]
		default:
			t.Fatalf("bare text %q", word)
		}
	}
	return b.String()
}
