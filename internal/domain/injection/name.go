package injection

import (
	"encoding/hex"
	"io"
	"slices"
	"strings"
)

// OwnPrefix is how the names begin that nobody can guess.
const OwnPrefix = "SG_"

// maxName is the longest name of a managed variable, in bytes.
const maxName = 128

// RandomName makes a variable's name that nobody can guess, so that no file in a cloned repository can
// refer to it: "SG_" and 16 hexadecimal digits. r is crypto/rand.Reader outside of tests. It panics
// if r fails: a name that can be guessed is worse than none.
func RandomName(r io.Reader) string {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		panic("injection: read random bytes for a name: " + err.Error())
	}
	return OwnPrefix + hex.EncodeToString(b[:])
}

// ValidName reports whether an env file may define a variable of this name: a letter or underscore,
// then letters, digits and underscores, 128 bytes at most, and none that a shell, the loader or node
// give a meaning to. A config file may well say ${PATH}; that does not make PATH ours.
func ValidName(name string) bool {
	if name == "" || len(name) > maxName || '0' <= name[0] && name[0] <= '9' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c >= 0x80 || !inert(c) || strings.IndexByte(".~+/=:-", c) >= 0) {
			return false
		}
	}
	upper := strings.ToUpper(name) // Windows takes PATH and Path for one
	if _, taken := slices.BinarySearch(reserved, upper); taken {
		return false
	}
	return !slices.ContainsFunc(reservedPrefixes, func(p string) bool { return strings.HasPrefix(upper, p) }) &&
		!slices.ContainsFunc(reservedSuffixes, func(s string) bool { return strings.HasSuffix(upper, s) })
}

// reservedPrefixes belong to loaders, shells, programs that run what they are told to, and ourselves.
var reservedPrefixes = []string{"LD_", "DYLD_", "LC_", "BASH", "FISH_", "ZSH_", "KSH_", "GIT_", "XDG_", "NU_", "SANDGLASS", "__SANDGLASS", "DBUS_", "SSH_", "AWS_", "PYTHON", "PERL"}

// reservedSuffixes say where traffic goes and which program runs in a compiler's place.
var reservedSuffixes = []string{"_PROXY", "_WRAPPER", "_COMMAND"}

// reserved is sorted. Upper case stands for every case: fish and zsh give meanings to lower-case names.
var reserved = func() []string {
	names := strings.Fields(`_ ALIASES ALLUSERSPROFILE APPDATA ARGV ARGV0 BUILTINS CDPATH CLICOLOR CMD_DURATION COLUMNS COMMANDS
		COMSPEC COPROC CPUTYPE CURRENT_DATE DIRSTACK DISPLAY EDITOR EGID ENV EPOCHREALTIME EPOCHSECONDS ERRNO EUID FCEDIT FIGNORE FPATH
		FUNCNAME FUNCTIONS GID GROUPS HISTCHARS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTIGNORE HISTORY HISTSIZE
		HISTTIMEFORMAT HOME HOMEDRIVE HOMEPATH HOST HOSTNAME HOSTTYPE IFS IGNOREEOF INPUTRC JOBSTATES KEYTIMEOUT LANG LANGUAGE LINENO LINES
		LISTMAX LOCALAPPDATA LOGNAME MACHTYPE MAIL MAILCHECK MAILPATH MANPATH MAPFILE MODULE_PATH
		NPM_CONFIG_CAFILE NPM_CONFIG_GLOBALCONFIG NPM_CONFIG_PREFIX NPM_CONFIG_REGISTRY NPM_CONFIG_USERCONFIG NODE_EXTRA_CA_CERTS NODE_OPTIONS
		NODE_PATH NULLCMD OLDPWD OPTARG OPTERR OPTIND OPTIONS OSTYPE PAGER PARAMETERS PATH PATHEXT PERL5LIB PERL5OPT PIPESTATUS
		POSIXLY_CORRECT PPID PROGRAMFILES PROMPT PROMPT2 PROMPT3 PROMPT4 PROMPT_COMMAND PROMPT_DIRTRIM PS0 PS1 PS2 PS3 PS4 PSMODULEPATH PSVAR PWD
		PYTHONPATH PYTHONSTARTUP RANDOM READLINE_LINE READNULLCMD REPLY RPROMPT RPS1 RUBYLIB RUBYOPT SECONDS SHELL SHELLOPTS SHLVL SIGNALS SPROMPT
		SRANDOM STATUS STTY SYSTEMROOT TEMP TERM TERMINFO TIMEFMT TMOUT TMP TMPDIR TMPPREFIX TTY TTYIDLE UID UMASK USER USERNAME USERPROFILE VERSION
		VISUAL WATCH WATCHFMT WINDIR WORDCHARS ZDOTDIR`)
	slices.Sort(names)
	return names
}()
