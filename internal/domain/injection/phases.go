package injection

import (
	"slices"
	"strings"
)

// Phases are an install in two: one command that fetches with the credential and runs no script of any
// package, and those that then run the scripts without it.
type Phases struct {
	Fetch []string   // arguments
	Build [][]string // the same, in order
	// NoShell is set where the manager runs some scripts all the same unless it has no shell to run them by.
	NoShell bool
}

// Project is what counts in a project's files.
type Project struct {
	Scripts       func(name string) bool // whether its package.json has a script of that name
	PnpmWorkspace bool                   // there is a pnpm-workspace.yaml
}

// Split takes an install apart. It says no to commands that are no install, and to managers that cannot
// run later what they left out: Bun fetches everything again for it, and Deno runs no scripts.
func Split(m Manager, args []string, in Project) (Phases, bool) {
	verb, at := verbOf(args)
	switch {
	case m.Name == "npm" && slices.Contains(npmInstalls, verb):
		return splitNpm(m, args, at, in.Scripts)
	case m.Name == "pnpm" && slices.Contains([]string{"install", "i", "add", "ci", "update", "up"}, verb):
		return splitPnpm(args, in.PnpmWorkspace)
	case m.Name == "yarn" && m.Major() == 1 && slices.Contains([]string{"", "install", "add", "upgrade"}, verb):
		return splitYarn1(args, verb)
	case m.Name == "yarn" && m.Major() > 1 && slices.Contains([]string{"", "install", "add", "up"}, verb):
		if has(args, "--mode") {
			return Phases{}, false
		}
		return Phases{before(args, "--mode=skip-build"), [][]string{append(carried(args, "--cwd"), "rebuild")}, false}, true
	}
	return Phases{}, false
}

// npmInstalls are npm's install and ci, with the misspellings that npm takes, and update.
var npmInstalls = strings.Fields(`install i in ins inst insta instal isnt isnta isntal isntall add
	ci clean-install ic install-clean isntall-clean update up upgrade udpate`)

// splitNpm rebuilds, which respects npm 12's list of allowed scripts just as an install does, and then runs
// what a rebuild leaves out of the project's own: up to npm 11 what comes after postinstall, later all.
func splitNpm(m Manager, args []string, at int, scripts func(string) bool) (Phases, bool) {
	if has(args, "-g", "--global", "--location") {
		return Phases{}, false
	}
	// npm 10 runs the prepare scripts of workspaces though it is told to run none.
	p := Phases{Fetch: before(args, "--ignore-scripts"), NoShell: true}
	if has(args, "--ignore-scripts") {
		return p, true
	}
	where := carried(args, "--prefix", "-C")
	p.Build = append(p.Build, slices.Concat(where, carried(args, "-w", "--workspace", "--workspaces", "-ws"), []string{"rebuild"}))
	if verb := args[at]; strings.HasPrefix(verb, "u") || len(operands(args[at+1:])) > 0 {
		return p, true // the project's own scripts are for an install of the project
	}
	run := func(script string) {
		if scripts(script) {
			p.Build = append(p.Build, slices.Concat(where, []string{"run", "--if-present", script}))
		}
	}
	// npm run takes the scripts before and after one along.
	family := func(script string) {
		if scripts(script) {
			run(script)
			return
		}
		run("pre" + script)
		run("post" + script)
	}
	if m.Major() >= 12 {
		family("install")
	}
	run("prepublish")
	family("prepare")
	return p, true
}

// splitPnpm lets pnpm run what it noted as left out; its own list of allowed builds is respected. Up to pnpm
// 11 a rebuild leaves the project's preprepare and postprepare out. An install is for the whole workspace
// by itself, a rebuild is not; and told so without a workspace it fails.
func splitPnpm(args []string, workspace bool) (Phases, bool) {
	if has(args, "-g", "--global") {
		return Phases{}, false
	}
	p := Phases{Fetch: before(args, "--ignore-scripts")}
	if has(args, "--ignore-scripts") {
		return p, true
	}
	where := carried(args, "-C", "--dir", "-r", "--recursive", "-F", "--filter", "-w", "--workspace-root", "--ignore-workspace")
	if workspace && !has(args, "-r", "--recursive", "-F", "--filter", "--ignore-workspace") {
		where = append(where, "-r")
	}
	p.Build = [][]string{append(where, "rebuild", "--pending")}
	return p, true
}

// splitYarn1 installs once more from Yarn's cache: that is its only way to run scripts later.
func splitYarn1(args []string, verb string) (Phases, bool) {
	p := Phases{Fetch: before(args, "--ignore-scripts")}
	if has(args, "--ignore-scripts") {
		return p, true
	}
	again := append(carried(args, "--cwd"), "install")
	if verb == "install" || verb == "" {
		again = slices.Clone(args)
	}
	p.Build = [][]string{before(again, "--force", "--offline")}
	return p, true
}

// verbOf is the subcommand and its place, "" and -1 where there is none.
func verbOf(args []string) (string, int) {
	for i, a := range args {
		switch {
		case a == "--":
			return "", -1
		case !strings.HasPrefix(a, "-") && (i == 0 || !valued(args[i-1])):
			return a, i
		}
	}
	return "", -1
}

// operands are the arguments that are neither flags nor the values of those that take one apart.
func operands(args []string) (out []string) {
	for i, a := range args {
		if !strings.HasPrefix(a, "-") && (i == 0 || !valued(args[i-1])) {
			out = append(out, a)
		}
	}
	return out
}

// has reports whether one of the flags is given, in front of "--".
func has(args []string, flags ...string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if name, _, _ := strings.Cut(a, "="); slices.Contains(flags, name) {
			return true
		}
	}
	return false
}

// before puts flags behind all others, where the last one wins, but in front of "--".
func before(args []string, flags ...string) []string {
	at := slices.Index(args, "--")
	if at < 0 {
		at = len(args)
	}
	return slices.Concat(args[:at], flags, args[at:])
}

// carried are those of the flags that are given, with their values.
func carried(args []string, flags ...string) (out []string) {
	for i, a := range args {
		if a == "--" {
			break
		}
		name, _, joined := strings.Cut(a, "=")
		if !slices.Contains(flags, name) {
			continue
		}
		out = append(out, a)
		if !joined && valued(a) && i+1 < len(args) {
			out = append(out, args[i+1])
		}
	}
	return out
}

// FolderFlag is the folder that a command names as its own, "" if it names none.
func FolderFlag(args []string) string {
	for _, flag := range []string{"--prefix", "-C", "--dir", "--cwd"} {
		words := carried(args, flag)
		if len(words) == 0 {
			continue
		}
		if _, value, joined := strings.Cut(words[len(words)-1], "="); joined {
			return value
		}
		return words[len(words)-1]
	}
	return ""
}
