package injection

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// Place is a config file of the user's own that a plan may write lines to.
type Place string

// The places.
const (
	PlaceUser Place = "user" // .npmrc: npm, pnpm, yarn 1, bun and deno
	PlacePnpm Place = "pnpm" // auth.ini: pnpm 11 and later, before .npmrc
	PlaceYarn Place = "yarn" // .yarnrc.yml: yarn 2 and later, which read no .npmrc
)

// ConfigLine is what a file of the user's says about a registry's credential now.
type ConfigLine struct {
	Place    Place
	Key      string
	Variable string // the placeholder's name, "" where there is none
	Literal  bool   // a secret stands there
	Helper   string // the command of a tokenHelper line
}

// Account is a registry that the user has, or had, a credential for.
type Account struct {
	Registry registry.URL
	Own      string // the unguessable name that stands for its credential
	Mode     Mode   // as it is to be
	Lines    []ConfigLine
}

// Helper is how pnpm reaches `sandglass helper`.
type Helper struct {
	Program string // absolute path of the command line, "" if it was not found
	Script  func(registry.URL) string
	Old     bool // write the line for pnpm 10 as well, to .npmrc, where npm 11 and 12 warn of it
}

// Facts are what a plan is made of.
type Facts struct {
	Managers []Manager
	Accounts []Account
	Helper   Helper
}

// Edit is one line of a config file that is to change.
type Edit struct {
	Place    Place
	Registry registry.URL
	Key      string // of a tokenHelper; "" for the line of the credential, which each kind of file names in its own way
	Variable string // the placeholder to write
	Helper   string // the command to write
	Script   string // a file that is to run the helper for this registry, since pnpm 10 gives no arguments
	Remove   bool
}

// Warning is something to know before agreeing to a plan.
type Warning struct {
	Code string            // the catalogue has it as a finding
	Args map[string]string // never a secret
}

// The warnings.
const (
	WarnHelperPath = "helper-path"   // pnpm cannot call a program whose path holds such characters
	WarnHelperOld  = "helper-pnpm10" // pnpm 10 takes a helper from .npmrc alone, where npm warns of it at every command
	WarnExecOnly   = "exec-only"     // without exec these managers get nothing
)

// Plan is what the facts ask for.
type Plan struct {
	Edits    []Edit
	Reach    []Reach
	Warnings []Warning
}

// Make turns facts into a plan. It is pure: the same facts give the same plan, and what the files say
// already is not in it, so that a plan made after it was applied has no edits.
func Make(f Facts) Plan {
	var p Plan
	if len(f.Managers) == 0 { // none found is no reason to write nothing: they may be installed later
		f.Managers = []Manager{{Name: "npm"}}
	}
	for _, a := range f.Accounts {
		p.userLine(f, a)
		p.yarnLine(f, a)
		p.helpers(f, a)
		for _, m := range f.Managers {
			p.Reach = append(p.Reach, Reach{m.Name, m.Version, a.Registry.String(), wayOf(f, m, a.Mode)})
		}
	}
	p.warn(f)
	return p
}

// userLine is the placeholder in .npmrc. In exec mode only deno needs one: it reads nothing else, and the
// others get the credential without it. A line that stands there is kept, whatever it says.
func (p *Plan) userLine(f Facts, a Account) {
	needed := func(m Manager) bool { return !berry(m) && (a.Mode != ModeExec || m.Name == "deno") }
	if slices.ContainsFunc(f.Managers, needed) && !a.has(PlaceUser) {
		p.Edits = append(p.Edits, Edit{Place: PlaceUser, Registry: a.Registry, Variable: a.Own})
	}
}

// yarnLine is the placeholder in .yarnrc.yml, in every mode: it is bound to the registry, as yarn's own
// YARN_NPM_AUTH_TOKEN is not.
func (p *Plan) yarnLine(f Facts, a Account) {
	if slices.ContainsFunc(f.Managers, berry) && !a.has(PlaceYarn) {
		p.Edits = append(p.Edits, Edit{Place: PlaceYarn, Registry: a.Registry, Variable: a.Own})
	}
}

// helpers writes pnpm's tokenHelper lines in exec mode, and takes ours away in the others.
func (p *Plan) helpers(f Facts, a Account) {
	key := a.Registry.Key() + ":tokenHelper"
	command := f.Helper.Program + " helper " + a.Registry.String()
	want := map[Place]Edit{}
	if a.Mode == ModeExec && Callable(f.Helper.Program) {
		if pnpm(f, 11) {
			want[PlacePnpm] = Edit{Place: PlacePnpm, Registry: a.Registry, Key: key, Helper: command}
		}
		if script := f.Helper.script(a.Registry); pnpm10(f) && f.Helper.Old && Callable(script) {
			want[PlaceUser] = Edit{Place: PlaceUser, Registry: a.Registry, Key: key, Helper: script, Script: script}
		}
	}
	for _, place := range []Place{PlacePnpm, PlaceUser} {
		edit, wanted := want[place]
		i := slices.IndexFunc(a.Lines, func(l ConfigLine) bool { return l.Place == place && l.Helper != "" })
		switch {
		case wanted && (i < 0 || f.Helper.Owns(a.Lines[i].Helper, a.Registry) && a.Lines[i].Helper != edit.Helper):
			p.Edits = append(p.Edits, edit)
		case !wanted && i >= 0 && a.Mode != ModeExec && f.Helper.Owns(a.Lines[i].Helper, a.Registry):
			p.Edits = append(p.Edits, Edit{Place: place, Registry: a.Registry, Key: a.Lines[i].Key, Remove: true})
		}
	}
}

func (h Helper) script(u registry.URL) string {
	if h.Script == nil {
		return ""
	}
	return h.Script(u)
}

// Owns reports whether a tokenHelper line is ours: it calls a sandglass for that very registry, perhaps one
// that was installed elsewhere.
func (h Helper) Owns(command string, u registry.URL) bool {
	program, ours := strings.CutSuffix(command, " helper "+u.String())
	name := program[strings.LastIndexAny(program, `/\`)+1:]
	return ours && strings.TrimSuffix(name, ".exe") == "sandglass" || command != "" && command == h.script(u)
}

// Callable reports whether pnpm can call a program at this path: it splits at blanks and refuses what a
// shell would give a meaning to.
func Callable(path string) bool { return path != "" && !strings.ContainsAny(path, " \t\"'`$%;#\\") }

func (a Account) has(place Place) bool {
	return slices.ContainsFunc(a.Lines, func(l ConfigLine) bool { return l.Place == place && l.Helper == "" })
}

// berry reports whether a manager is yarn 2 or later. A yarn of unknown version may be one: the project
// decides which yarn runs.
func berry(m Manager) bool { return m.Name == "yarn" && m.Major() != 1 }

func pnpm(f Facts, least int) bool {
	return slices.ContainsFunc(f.Managers, func(m Manager) bool { return m.Name == "pnpm" && (m.Major() == 0 || m.Major() >= least) })
}

func pnpm10(f Facts) bool {
	return slices.ContainsFunc(f.Managers, func(m Manager) bool { return m.Name == "pnpm" && m.Major() > 0 && m.Major() < 11 })
}

func wayOf(f Facts, m Manager, mode Mode) Way {
	switch {
	case mode == ModeFile:
		return WayLiteral
	case mode == ModeExec && m.Name == "pnpm" && Callable(f.Helper.Program) && (m.Major() == 0 || m.Major() >= 11 || f.Helper.Old):
		return WayHelper
	case mode == ModeExec:
		return WayExec
	case berry(m):
		return WayYarnLine
	}
	return WayUserLine
}

func (p *Plan) warn(f Facts) {
	exec := slices.ContainsFunc(f.Accounts, func(a Account) bool { return a.Mode == ModeExec })
	if !exec {
		return
	}
	if (pnpm(f, 11) || pnpm10(f)) && !Callable(f.Helper.Program) {
		p.Warnings = append(p.Warnings, Warning{WarnHelperPath, map[string]string{"Path": f.Helper.Program}})
	}
	if pnpm10(f) {
		p.Warnings = append(p.Warnings, Warning{WarnHelperOld, nil})
	}
	var names []string
	for _, r := range p.Reach {
		if r.Way == WayExec && !slices.Contains(names, r.Manager) {
			names = append(names, r.Manager)
		}
	}
	if len(names) > 0 {
		p.Warnings = append(p.Warnings, Warning{WarnExecOnly, map[string]string{"Managers": strings.Join(names, ", ")}})
	}
}
