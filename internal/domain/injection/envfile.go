package injection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Variable is one line of an env file.
type Variable struct {
	Name  string
	Value token.Secret // zero: defined as empty
	Ends  time.Time    // zero: unknown
}

// EnvFile renders the env file of a shell: every variable exported, the empty ones too, and beside them
// SANDGLASS_GEN, the generation, and SANDGLASS_ENDS, the earliest end in seconds since 1970 (0 if
// no end is known). Generation 0 leaves SANDGLASS_GEN out: that is for text that a shell evaluates
// once. Errors wrap ErrName, ErrQuote, ErrShell or token's errors and hold no value.
//
// For nushell it is a NUON record, since nushell evaluates no text: `from nuon | load-env`.
func EnvFile(shell Shell, vars []Variable, gen uint64) ([]byte, error) {
	if err := check(vars); err != nil {
		return nil, err
	}
	f := file{shell: shell, gen: gen, ends: earliest(vars)}
	for _, v := range vars {
		f.pairs = append(f.pairs, pair{v.Name, v.Value.Reveal()})
	}
	return f.render()
}

func check(vars []Variable) error {
	seen := map[string]bool{}
	for _, v := range vars {
		if !ValidName(v.Name) {
			return fmt.Errorf("%w: %q", ErrName, v.Name)
		}
		if seen[v.Name] {
			return fmt.Errorf("%w: %q stands twice", ErrName, v.Name)
		}
		seen[v.Name] = true
		if v.Value.IsZero() {
			continue
		}
		if err := v.Value.Check(); err != nil {
			return fmt.Errorf("check value of %s: %w", v.Name, err)
		}
	}
	return nil
}

// earliest is the first end of a variable that holds something, in seconds since 1970.
func earliest(vars []Variable) int64 {
	var ends []int64
	for _, v := range vars {
		if !v.Value.IsZero() && !v.Ends.IsZero() {
			ends = append(ends, v.Ends.Unix())
		}
	}
	if len(ends) == 0 {
		return 0
	}
	return slices.Min(ends)
}

type pair struct{ name, value string }

// file is an env file before it is written down. Its values need not have passed Check.
type file struct {
	shell Shell
	pairs []pair
	gen   uint64
	ends  int64
}

// frame is what stands around the variables in one shell's env file. The formats get name and quoted value.
type frame struct {
	head, exported, plain, tail string
}

const notice = "# Sandglass writes this file; changes are lost."

// posixHead copes with what a shell may be set to: xtrace and verbose would print the values, an alias or a
// function may sit on export, a variable of ours may be readonly (which ends a zsh script and an
// sh that did not say `command`), errexit and nounset may be on, IFS may hold anything.
const posixHead = notice + `
case $- in *x* | *v*) __sandglass_flags=$- ; set +xv ;; *) __sandglass_flags= ;; esac
if [ -n "${ZSH_VERSION-}" ]; then
  \eval '__sandglass_set() {
    case "${(Pt)1-}" in (*readonly*) ;; (*) \builtin export "$1=$2" ;; esac
  }'
else
  __sandglass_set() { \command export "$1=$2" 2>/dev/null || :; }
fi
`

const posixTail = `\unset -f __sandglass_set
case $__sandglass_flags in
*x*v* | *v*x*) \unset __sandglass_flags ; set -xv ;;
*x*) \unset __sandglass_flags ; set -x ;;
*v*) \unset __sandglass_flags ; set -v ;;
*) \unset __sandglass_flags ;;
esac
`

var frames = map[Shell]frame{
	Posix:      {posixHead, "__sandglass_set '%s' %s\n", "%s=%s\n", posixTail},
	Fish:       {notice + "\n", "builtin set -gx --unpath %s %s\n", "builtin set -g %s %s\n", ""},
	PowerShell: {notice + "\n", "$env:%s = %s\n", "$global:%s = %s\n", ""},
	Nu:         {"{\n", "  \"%s\": %s\n", "  \"%s\": %s\n", "}\n"},
	Cmd:        {"", "@set \"%s=%s\"\r\n", "@set \"%s=%s\"\r\n", ""},
}

func (f file) render() ([]byte, error) {
	fr, ok := frames[f.shell]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrShell, string(f.shell))
	}
	var b strings.Builder
	b.WriteString(fr.head)
	for _, p := range f.pairs {
		quoted, err := Quote(f.shell, p.value)
		if err != nil {
			return nil, fmt.Errorf("quote value of %s: %w", p.name, err)
		}
		fmt.Fprintf(&b, fr.exported, p.name, quoted)
	}
	f.own(&b, fr.plain)
	b.WriteString(fr.tail)
	return []byte(b.String()), nil
}

// own writes the variables that are the hook's and not for child processes. They come last: a shell that
// was interrupted before them loads the file again.
func (f file) own(b *strings.Builder, format string) {
	ends := strconv.FormatInt(f.ends, 10)
	gen := strconv.FormatUint(f.gen, 10)
	if f.shell == Nu { // as text: numbers would reach children as numbers do, formatted
		ends, gen = `"`+ends+`"`, `"`+gen+`"`
	}
	fmt.Fprintf(b, format, "SANDGLASS_ENDS", ends)
	if f.gen > 0 {
		fmt.Fprintf(b, format, "SANDGLASS_GEN", gen)
	}
}
