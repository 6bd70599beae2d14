package window

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// allShells are those that setup knows. What it wrote for one is taken back though it is not found any more.
var allShells = []string{"bash", "zsh", "fish", "pwsh", "nu"}

// firstRun reports whether nothing was set up yet: no agreement to write lines, and no line of ours.
func firstRun(s api.Snapshot) bool {
	if s.Settings.Move {
		return false
	}
	for _, one := range s.Sessions {
		for _, p := range one.Places {
			if slices.Contains([]api.Level{api.LevelUser, api.LevelYarn, api.LevelPnpm}, p.Level) && slices.Contains(one.Variables, p.Variable) {
				return false
			}
		}
	}
	return true
}

// signedIn reports whether there is a login that a tool could use.
func signedIn(s api.Snapshot) bool {
	return slices.ContainsFunc(s.Sessions, func(one api.Session) bool { return one.State != api.StateNone })
}

// modeNow is the mode in force, and none where the registries differ.
func modeNow(s api.Snapshot) injection.Mode {
	if !signedIn(s) {
		return s.Settings.DefaultMode
	}
	var now injection.Mode
	for _, one := range s.Sessions {
		m := s.Settings.Mode(one.Registry)
		switch {
		case one.State == api.StateNone:
		case now != "" && m != now:
			return ""
		default:
			now = m
		}
	}
	return now
}

// nameOf is what a person calls a registry.
func nameOf(address string, s api.Snapshot) string {
	for _, one := range s.Sessions {
		if one.Registry == address && one.Name != "" {
			return one.Name
		}
	}
	if u, err := registry.Parse(address); err == nil {
		return u.Name()
	}
	return plain(address)
}

// managers names the package managers that were found.
func managers(found []injection.Manager) (names []string) {
	for _, m := range found {
		names = append(names, plain(strings.TrimSpace(m.Name+" "+m.Version)))
	}
	return names
}

// hasPnpm10 reports whether a pnpm is there that takes a helper from .npmrc alone.
func hasPnpm10(found []injection.Manager) bool {
	return slices.ContainsFunc(found, func(m injection.Manager) bool { return m.Name == "pnpm" && m.Major() == 10 })
}

// fact is a line of what was found.
type fact struct {
	name, value string
	alarm       bool
}

// found says in plain words what is on this computer.
func found(first api.Plan, s api.Snapshot, p *i18n.Printer) []fact {
	comma := p.T("window.setup.comma")
	join := func(list []string, sep, none string) string {
		if len(list) == 0 {
			return p.T(none)
		}
		return strings.Join(list, sep)
	}
	var files, logins []string
	for _, f := range s.Files {
		if f.Exists {
			files = append(files, plain(shortPath(f.Path)))
		}
	}
	var open []fact
	for _, one := range s.Sessions {
		login := plain(one.Name)
		if one.Account != "" {
			login = p.T("window.setup.login", i18n.Args{"Registry": login, "Account": plain(one.Account)})
		}
		logins = append(logins, login)
		for _, place := range one.Places {
			if place.Literal {
				open = append(open, fact{p.T("window.setup.open"), p.T("window.setup.open.at", i18n.Args{"Registry": plain(one.Name), "File": plain(shortPath(place.File)), "Line": place.Line}), true})
			}
		}
	}
	facts := []fact{
		{p.T("window.setup.shells"), join(first.Shells, comma, "window.setup.none.shells"), false},
		{p.T("window.setup.managers"), join(managers(first.Managers), comma, "window.setup.none.managers"), false},
		{p.T("window.setup.files"), join(files, "\n", "window.setup.none.files"), false},
		{p.T("window.setup.logins"), join(logins, "\n", "window.setup.none.logins"), false},
	}
	return append(facts, open...)
}

// way says how one package manager gets what it needs.
type way struct{ manager, registry, text string }

// ways are the rows of the table below a plan.
func ways(reach []injection.Reach, s api.Snapshot, p *i18n.Printer) (rows []way) {
	for _, r := range reach {
		w := way{plain(strings.TrimSpace(r.Manager + " " + r.Version)), nameOf(r.Registry, s), plain(string(r.Way))}
		if key := "window.way." + string(r.Way); p.Has(key) {
			w.text = p.T(key)
		}
		if !slices.Contains(rows, w) {
			rows = append(rows, w)
		}
	}
	return rows
}

// count says how many lines of a diff come and go.
func count(diff []string) (plus, minus int) {
	for _, line := range diff {
		switch {
		case strings.HasPrefix(line, "+"):
			plus++
		case strings.HasPrefix(line, "-"):
			minus++
		}
	}
	return plus, minus
}

// reloads are the commands that make open terminals load what a plan has changed. The others start a new shell.
func reloads(edits []api.PlanEdit) (commands []string) {
	for _, e := range edits {
		name := e.File[strings.LastIndexAny(e.File, `/\`)+1:]
		if slices.Contains([]string{".bashrc", ".zshrc", "config.fish"}, name) && !e.Delete {
			commands = append(commands, "source "+plain(shortPath(e.File)))
		}
	}
	return commands
}

// plain takes out of a text from a file what would draw something else than it says.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
