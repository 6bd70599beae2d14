package injection

import (
	"slices"
	"strings"
)

// ManagerOf names the package manager behind a command as users type it, by its base name: npx is npm's.
// It returns "" for a command that is none.
func ManagerOf(command string) string {
	name := command[strings.LastIndexAny(command, `/\`)+1:]
	name = strings.ToLower(name)
	for _, end := range []string{".exe", ".cmd", ".ps1", ".bat"} {
		name = strings.TrimSuffix(name, end)
	}
	return commands[name].manager
}

// Commands lists every command that ManagerOf knows, in the order of the manual.
var Commands = []string{"npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "deno"}

// command is what is known of a program: whose it is, and which of its subcommands talk to a registry.
type command struct {
	manager string
	all     bool   // whatever is asked for
	bare    bool   // without a subcommand, too
	reach   string // subcommands, with their short names
}

var commands = map[string]command{
	"npm": {manager: "npm", reach: `install i in ins inst insta instal isnt isnta isntal isntall add ci clean-install ic install-clean isntall-clean
		install-test it cit clean-install-test update up upgrade udpate outdated view v info show search s se find publish unpublish deprecate
		dist-tag dist-tags access owner author team org ogr token profile hook whoami star stars unstar audit ping exec x init create innit
		dedupe ddp link ln diff stage trust sbom doctor undeprecate`},
	"npx": {manager: "npm", all: true},
	"pnpm": {manager: "pnpm", reach: `install i install-test it add update up upgrade import dlx create publish outdated view v info show fetch audit dedupe
		deploy link ln self-update whoami dist-tag dist-tags access owner deprecate unpublish token team org ping search stage
		approve-builds ci clean-install`},
	"pnpx": {manager: "pnpm", all: true},
	"yarn": {manager: "yarn", bare: true, reach: `install add up upgrade upgrade-interactive dlx npm outdated info publish import create dedupe audit
		owner tag team access global set search`},
	"bun":  {manager: "bun", reach: `install i add a ci update up outdated create c x publish info audit link pm`},
	"bunx": {manager: "bun", all: true},
	"deno": {manager: "deno", reach: `install i add cache run serve test bench compile outdated update remove task check info audit`},
}

// Reaches reports whether a command is likely to ask something of a registry: `npm ci` is, `npm run build`
// is not. Flags before the subcommand are passed over; one whose value stands apart may hide it, and then
// the answer is the one for that value. Asking for help or a version reaches nothing.
func Reaches(name string, args []string) bool {
	c, ok := commands[name]
	if !ok {
		return false
	}
	if slices.ContainsFunc(args, harmless) {
		return false
	}
	if c.all {
		return true
	}
	for i, a := range args {
		switch {
		case a == "--":
			return c.bare
		case !strings.HasPrefix(a, "-"):
			if i > 0 && valued(args[i-1]) {
				continue
			}
			return slices.Contains(strings.Fields(c.reach), a)
		}
	}
	return c.bare
}

// harmless are flags with which no manager does anything but talk about itself.
func harmless(arg string) bool {
	return arg == "--help" || arg == "-h" || arg == "--version" || arg == "--offline"
}

// valued are the flags that managers are given before a subcommand and whose value stands apart.
func valued(flag string) bool {
	return slices.Contains([]string{"--prefix", "-C", "--dir", "--cwd", "--registry", "-w", "--workspace", "--filter", "-F", "--loglevel", "--userconfig", "--config"}, flag)
}

// RegistryFlag is the registry that a command names by --registry, "" if it names none.
func RegistryFlag(args []string) string {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--registry="); ok {
			return v
		}
		if a == "--registry" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}
