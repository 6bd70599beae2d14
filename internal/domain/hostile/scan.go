package hostile

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// MaxSize is how much of a file is looked at, in bytes. Lock files are longer than other files.
const MaxSize = 8 << 20

// Names are the files that Scan looks into, by base name.
var Names = []string{
	".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml", "pnpm-workspace.yaml", ".env", ".env.local", ".env.development", ".env.yarn",
	"package.json",
	"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock",
}

// Severity is how bad a Danger is.
type Severity string

// The severities.
const (
	// High reaches for a credential, or opens the way to one.
	High Severity = "high"
	// Low leads elsewhere without asking for a credential: a company's own project does so too.
	Low Severity = "low"
)

// The codes of dangers.
const (
	Registry     = "hostile-registry"     // packages come from a registry that the user does not know
	Address      = "hostile-address"      // a registry's address that programs read in different ways
	Lookalike    = "hostile-lookalike"    // a known registry's host by another scheme or port
	Variable     = "hostile-variable"     // a variable's value would be sent elsewhere
	UserConfig   = "hostile-userconfig"   // another file takes the place of the user's own
	GlobalConfig = "hostile-globalconfig" // another file takes the place of the machine's
	Proxy        = "hostile-proxy"        // everything goes through a proxy of the project's choice
	TLS          = "hostile-tls"          // certificates are not checked, or by an authority of the project's choice
	Helper       = "hostile-helper"       // a program of the project's choice is asked for credentials
	Program      = "hostile-program"      // a program of the project's is run in place of the user's
	YarnPath     = "hostile-yarn-path"    // the project brings its own yarn
	Env          = "hostile-env"          // an env file changes where package managers go
	Lockfile     = "hostile-lockfile"     // the lock file fetches from a host that the user does not know
	Unreadable   = "hostile-unreadable"   // a file that cannot be understood as its program would
)

// Codes lists all codes.
var Codes = []string{
	Registry, Address, Lookalike, Variable, UserConfig, GlobalConfig, Proxy, TLS, Helper, Program, YarnPath, Env, Lockfile, Unreadable,
}

// Project is a folder that the user enters.
type Project struct {
	// Files are the folder's files by base name, those of Names that it has.
	Files map[string][]byte
	// Unread are files of the folder that are there and could not be read whole: too long, or no plain files.
	Unread []string
	// Known are the registries that the user's own config names.
	Known []registry.URL
}

// Danger is one thing that was found.
type Danger struct {
	Code     string
	File     string // base name
	Line     int    // 1-based, 0 if it is about the file as a whole
	Key      string // the setting, "" if its name is not a usual one
	Host     string // where it leads, with a port that is not the usual one
	Variable string // whose value would be sent
	Severity Severity
}

// mirror is yarn's name for npm's public registry.
var mirror, _ = registry.Parse("https://" + strings.Join([]string{"registry", "yarnpkg", "com"}, ".") + "/")

// Scan lists the dangers of a project by file and line, each once.
func Scan(p Project) []Danger {
	s := scanner{known: append([]registry.URL{registry.Public, mirror}, p.Known...)}
	for _, name := range Names {
		if src, ok := p.Files[name]; ok {
			s.file = name
			readers[name](&s, src[:min(len(src), MaxSize)])
		}
	}
	slices.SortStableFunc(s.found, func(a, b Danger) int {
		return cmp.Or(cmp.Compare(slices.Index(Names, a.File), slices.Index(Names, b.File)), cmp.Compare(a.Line, b.Line))
	})
	var out []Danger
	for _, d := range s.found {
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// Worst is the highest severity of dangers, "" if there is none.
func Worst(dangers []Danger) Severity {
	worst := Severity("")
	for _, d := range dangers {
		if d.Severity == High {
			return High
		}
		worst = Low
	}
	return worst
}

var readers = map[string]func(*scanner, []byte){
	".npmrc": (*scanner).npmrc, ".yarnrc": (*scanner).yarn1, ".yarnrc.yml": (*scanner).yarn,
	"pnpm-workspace.yaml": (*scanner).pnpm, "bunfig.toml": (*scanner).bun, "package.json": (*scanner).manifest,
	".env": (*scanner).env, ".env.local": (*scanner).env, ".env.development": (*scanner).env, ".env.yarn": (*scanner).env,
	"package-lock.json": (*scanner).lock, "npm-shrinkwrap.json": (*scanner).lock, "pnpm-lock.yaml": (*scanner).lock,
	"yarn.lock": (*scanner).lock, "bun.lock": (*scanner).lock,
}

type scanner struct {
	known []registry.URL
	file  string
	found []Danger
}

func (s *scanner) add(d Danger) {
	d.File, d.Key, d.Host, d.Variable = s.file, clean(d.Key), clean(d.Host), clean(d.Variable)
	s.found = append(s.found, d)
}

// unreadable tells of a file that this package cannot read. Its program may well read it.
func (s *scanner) unreadable(src []byte) {
	sev := Low
	if text := string(src); strings.Contains(text, "$") || strings.Contains(strings.ToLower(text), "proxy") {
		sev = High
	}
	s.add(Danger{Code: Unreadable, Severity: sev})
}

// clean makes a text of a stranger fit to be shown: no control or direction characters, not too long.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if r := []rune(text); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return text
}
