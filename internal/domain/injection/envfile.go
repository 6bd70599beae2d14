package injection

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Variable is one line of an env file.
type Variable struct {
	Name  string
	Value token.Secret // zero: defined as empty
}

// Due tells a shell's hook when to ask whether a session is to be renewed before a command. The zero
// value means never.
type Due struct {
	At   time.Time // from then on, by the wall clock
	Over bool      // that has come already; for shells that cannot tell the time
}

// Env is what an env file says.
type Env struct {
	Variables []Variable
	Due       Due
	Gen       uint64 // the generation, 0 for text that a shell evaluates once
}

// EnvFile renders the env file of a shell: every variable exported, the empty ones too, and beside them, for
// the hook alone, SANDGLASS_GEN, the generation (left out if it is 0), SANDGLASS_ENDS, the moment from which on the
// hook asks before a command whether a session is to be renewed, in seconds since 1970 (0: never), and SANDGLASS_OVER,
// 1 if that moment had come when the file was written, else 0. Errors wrap ErrName, ErrQuote, ErrShell or token's errors
// and hold no value.
//
// For nushell it is a NUON record, since nushell evaluates no text: `from nuon | load-env`.
func EnvFile(shell Shell, env Env) ([]byte, error) {
	if err := check(env.Variables); err != nil {
		return nil, err
	}
	f := file{shell: shell, gen: env.Gen, due: env.Due}
	for _, v := range env.Variables {
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

type pair struct{ name, value string }

// file is an env file before it is written down. Its values need not have passed Check.
type file struct {
	shell Shell
	pairs []pair
	gen   uint64
	due   Due
}

// frame is what stands around the variables in one shell's env file. The formats get name and quoted value.
type frame struct {
	head, exported, plain, tail string
}

const notice = "# Sandglass writes this file; changes are lost."

// posixHead copes with what a shell may be set to: xtrace and verbose would print the values, an alias or a
// function may sit on export, a variable of ours may be readonly (which ends a zsh script and an
// sh that did not say `command`), errexit and nounset may be on, IFS may hold anything. In bash a function may sit on
// command as well; under errexit its `builtin export` ends the shell at a readonly variable, its `builtin unset` does not.
const posixHead = notice + `
case $- in *x* | *v*) __sandglass_flags=$- ; set +xv ;; *) __sandglass_flags= ;; esac
if [ -n "${ZSH_VERSION-}" ]; then
  \eval '__sandglass_set() {
    case "${(Pt)1-}" in (*readonly*) ;; (*) \builtin export "$1=$2" ;; esac
  }'
elif [ -n "${BASH_VERSINFO-}" ]; then
  __sandglass_set() { \builtin unset -v "$1" 2>/dev/null && \builtin export "$1=$2" || :; }
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
	own := []pair{{"SANDGLASS_ENDS", "0"}, {"SANDGLASS_OVER", "0"}}
	if !f.due.At.IsZero() {
		own[0].value = strconv.FormatInt(f.due.At.Unix(), 10)
	}
	if f.due.Over {
		own[1].value = "1"
	}
	if f.gen > 0 {
		own = append(own, pair{"SANDGLASS_GEN", strconv.FormatUint(f.gen, 10)})
	}
	for _, p := range own {
		if f.shell == Nu { // as text: numbers would reach children as numbers do, formatted
			p.value = `"` + p.value + `"`
		}
		fmt.Fprintf(b, format, p.name, p.value)
	}
}
