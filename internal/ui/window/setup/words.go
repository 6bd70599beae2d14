package setup

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// allShells are those that setup knows. What it wrote for one is taken back though it is not found any more.
var allShells = []string{"bash", "zsh", "fish", "pwsh", "nu"}

// Wanted reports whether nothing was set up yet: no agreement to write lines, and no line of ours.
func Wanted(s api.Snapshot) bool {
	if s.Settings.Move || s.Settings.Welcomed {
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

// managers names the package managers that were found.
func managers(found []injection.Manager) (names []string) {
	for _, m := range found {
		names = append(names, desk.Plain(strings.TrimSpace(m.Name+" "+m.Version)))
	}
	return names
}

// hasPnpm10 reports whether a pnpm is there that takes a helper from .npmrc alone.
func hasPnpm10(found []injection.Manager) bool {
	return slices.ContainsFunc(found, func(m injection.Manager) bool { return m.Name == "pnpm" && m.Major() == 10 })
}

// reloads are the commands that make open terminals load what a plan has changed. The others start a new shell.
func reloads(edits []api.PlanEdit) (commands []string) {
	for _, e := range edits {
		name := e.File[strings.LastIndexAny(e.File, `/\`)+1:]
		if slices.Contains([]string{".bashrc", ".zshrc", "config.fish"}, name) && !e.Delete {
			commands = append(commands, "source "+desk.Plain(desk.ShortPath(e.File)))
		}
	}
	return commands
}

func fileDone(e api.PlanEdit) string {
	switch {
	case e.Create:
		return "setup.did.create"
	case e.Delete:
		return "setup.did.delete"
	}
	return "setup.did.change"
}

// lines is an answer of some lines with nothing in it that draws otherwise than it reads.
func lines(s string) string {
	var all []string
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		all = append(all, desk.Plain(line))
	}
	return strings.Join(all, "\n")
}
