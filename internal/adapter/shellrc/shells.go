package shellrc

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// shell is one that has a hook.
type shell struct {
	name, alias string
	hook        string // its hook file's name
	family      injection.Shell
	dropIn      bool                   // its rc file is ours alone: a folder of such files is read
	read        string                 // the rc line; %q stands for the quoted path of the hook
	rc          func(Options) []string // where the line goes
}

var known = []shell{
	{"bash", "", "hook.bash", injection.Posix, false, `[ ! -r %q ] || . %q`, bashRC},
	{"zsh", "", "hook.zsh", injection.Posix, false, `[ ! -r %q ] || . %q`, zshRC},
	{"fish", "", "hook.fish", injection.Fish, true, `test ! -r %q; or source %q`, fishRC},
	{"pwsh", "powershell", "hook.ps1", injection.PowerShell, false, `if (Test-Path -LiteralPath %q) { . %q }`, profiles},
	{"nu", "nushell", "hook.nu", injection.Nu, true, `source (if (%q | path exists) { %q } else { null })`, nuRC},
}

// line is the rc line that reads the hook, without marker. A path below home is told by $HOME in POSIX
// shells and fish, so that the line holds on another machine with the same dotfiles.
func (s shell) line(home, hook string) (string, error) {
	word, err := injection.Quote(s.family, hook)
	if err != nil {
		return "", err
	}
	if rest, ok := strings.CutPrefix(hook, home+"/"); ok && plain(rest) && (s.family == injection.Posix || s.family == injection.Fish) {
		word = `"$HOME/` + rest + `"`
	}
	return strings.ReplaceAll(s.read, "%q", word), nil
}

// plain reports whether a path means itself within double quotes.
func plain(path string) bool { return !strings.ContainsAny(path, "\"\\$`!\n\r") }

func bashRC(o Options) []string { return []string{filepath.Join(o.Home, ".bashrc")} }

func zshRC(o Options) []string { return []string{filepath.Join(o.folder("ZDOTDIR", o.Home), ".zshrc")} }

func fishRC(o Options) []string {
	return []string{filepath.Join(o.folder("XDG_CONFIG_HOME", filepath.Join(o.Home, ".config")), "fish", "conf.d", "sandglass.fish")}
}

// folder is what a variable names, if that is absolute.
func (o Options) folder(variable, otherwise string) string {
	if v := o.Env(variable); filepath.IsAbs(v) {
		return filepath.Clean(v)
	}
	return otherwise
}

// Detect names the shells that are installed and that the user uses: an rc file exists, or it is the login shell.
func (s *Shells) Detect() []string {
	login := s.login()
	var found []string
	for _, sh := range known {
		if !s.installed(sh) {
			continue
		}
		if login == sh.name || s.hasRC(sh) {
			found = append(found, sh.name)
		}
	}
	return found
}

// Uses reports whether the user has a shell of this family, as Detect sees it. POSIX shells count always:
// scripts and those without a hook read their file with a dot.
func (s *Shells) Uses(family injection.Shell) bool {
	if family == injection.Posix {
		return true
	}
	found := s.Detect()
	for _, sh := range known {
		if sh.family == family && (slices.Contains(found, sh.name) || s.hooked(sh)) {
			return true
		}
	}
	return false
}

// hooked reports whether a shell's hook file is there: it was set up, installed where PATH does not lead or not.
func (s *Shells) hooked(sh shell) bool {
	_, err := os.Stat(filepath.Join(s.o.ConfigDir, sh.hook))
	return err == nil
}

// Hooked names the shells that have our line in an rc file.
func (s *Shells) Hooked() (names []string) {
	for _, sh := range known {
		for _, path := range sh.rc(s.o) {
			data, err := os.ReadFile(path)
			if err == nil && bytes.Contains(data, []byte(marker)) {
				names = append(names, sh.name)
				break
			}
		}
	}
	return names
}

// hasRC looks for the rc file, or for the shell's own folder where rc files are dropped in.
func (s *Shells) hasRC(sh shell) bool {
	for _, path := range sh.rc(s.o) {
		if sh.dropIn {
			path = filepath.Dir(filepath.Dir(path))
		}
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

func (s *Shells) installed(sh shell) bool { return s.path(sh) != "" }

// path is where the user's PATH has a shell, "" if it has none.
func (s *Shells) path(sh shell) string {
	for _, dir := range filepath.SplitList(s.o.Env("PATH")) {
		if !filepath.IsAbs(dir) { // never a program of the folder that we happen to stand in
			continue
		}
		for _, name := range []string{sh.name, sh.name + ".exe", sh.alias + ".exe"} {
			path := filepath.Join(dir, name)
			info, err := os.Stat(path)
			if err == nil && info.Mode().IsRegular() && (info.Mode().Perm()&0o111 != 0 || strings.HasSuffix(name, ".exe")) {
				return path
			}
		}
	}
	return ""
}

// login is the name of the user's login shell: what the account says, else $SHELL.
func (s *Shells) login() string {
	if data, err := os.ReadFile(s.o.Passwd); err == nil {
		uid := strconv.Itoa(os.Getuid())
		for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
			if f := strings.Split(sc.Text(), ":"); len(f) == 7 && f[2] == uid {
				return filepath.Base(f[6])
			}
		}
	}
	return filepath.Base(s.o.Env("SHELL"))
}
