package hostile

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// MaxSize is how much of a file is looked at, in bytes. A longer one counts as one that could not be read
// whole.
const MaxSize = 8 << 20

// maxDangers is how many dangers of one severity are kept of a file, and how many of a file are told.
const maxDangers = 20

// Names are the files that Scan looks into, by base name: the config files, the env files that bun and yarn
// load on their own, and the lock files.
var Names = []string{
	".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml", "pnpm-workspace.yaml",
	".env", ".env.local", ".env.development", ".env.development.local", ".env.production", ".env.production.local",
	".env.test", ".env.test.local", ".env.yarn",
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
	Unreadable   = "hostile-unreadable"   // a file, or a line, that cannot be understood as its program would
	More         = "hostile-more"         // there are more dangers in the file than are told
)

// Codes lists all codes.
var Codes = []string{
	Registry, Address, Lookalike, Variable, UserConfig, GlobalConfig, Proxy, TLS, Helper, Program, YarnPath, Env, Lockfile, Unreadable, More,
}

// Project is a folder that the user enters.
type Project struct {
	// Files are the folder's files by base name, those of Names that it has. Of one in Unread it may be the
	// beginning.
	Files map[string][]byte
	// Known are the registries that the user's own config names.
	Known []registry.URL
	// Unread are the base names of files that are there but could not be read whole.
	Unread []string
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

// Scan lists the dangers of a project by file and line, each once. Of a file with very many it lists the
// worst, and that there are more.
func Scan(p Project) []Danger {
	s := newScanner(p.Known)
	var out []Danger
	for _, name := range Names {
		src, ok := p.Files[name]
		cut := slices.Contains(p.Unread, name) || len(src) > MaxSize
		if !ok && !cut {
			continue
		}
		s.begin(name)
		if cut {
			s.add(Danger{Code: Unreadable, Severity: High})
		}
		readers[name](s, src[:min(len(src), MaxSize)])
		out = append(out, s.end()...)
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
	"package-lock.json": (*scanner).lock, "npm-shrinkwrap.json": (*scanner).lock, "pnpm-lock.yaml": (*scanner).lock,
	"yarn.lock": (*scanner).lock, "bun.lock": (*scanner).lock,
}

func init() {
	for _, name := range Names {
		if strings.HasPrefix(name, ".env") {
			readers[name] = (*scanner).env
		}
	}
}

// origin is where a known registry is.
type origin struct{ scheme, host string }

type scanner struct {
	known []registry.URL
	hosts map[string]bool     // of the known registries, with port
	near  map[string][]origin // by the host's name without port

	file      string
	high, low []Danger
	seen      map[Danger]bool
	more      Severity // the worst of what found no place
}

func newScanner(known []registry.URL) *scanner {
	s := &scanner{known: append([]registry.URL{registry.Public, mirror}, known...), hosts: map[string]bool{}, near: map[string][]origin{}}
	for _, u := range s.known {
		s.hosts[u.Host()] = true
		if k, err := url.Parse(u.String()); err == nil {
			s.near[k.Hostname()] = append(s.near[k.Hostname()], origin{k.Scheme, u.Host()})
		}
	}
	return s
}

func (s *scanner) begin(file string) {
	s.file, s.high, s.low, s.seen, s.more = file, nil, nil, map[Danger]bool{}, ""
}

func (s *scanner) add(d Danger) {
	list := &s.low
	if d.Severity == High {
		list = &s.high
	}
	if len(*list) >= maxDangers { // a project may be made to keep us busy
		if s.more != High {
			s.more = d.Severity
		}
		return
	}
	d.File, d.Key, d.Host, d.Variable = s.file, clean(shown(d.Key)), clean(d.Host), clean(d.Variable)
	if !s.seen[d] {
		s.seen[d] = true
		*list = append(*list, d)
	}
}

// full reports whether nothing in the rest of the file can change what is told of it.
func (s *scanner) full() bool { return s.more == High }

// end lists what was found in the file.
func (s *scanner) end() []Danger {
	room := maxDangers - len(s.high)
	if len(s.low) > room && s.more == "" {
		s.more = Low
	}
	out := append(s.high, s.low[:min(len(s.low), room)]...)
	slices.SortStableFunc(out, func(a, b Danger) int { return cmp.Compare(a.Line, b.Line) })
	if s.more != "" {
		out = append(out, Danger{Code: More, File: s.file, Severity: s.more})
	}
	return out
}

// unreadable tells of a file that this package cannot read. Its program may well read it.
func (s *scanner) unreadable() { s.add(Danger{Code: Unreadable, Severity: High}) }

// clean makes a text of a stranger fit to be shown: no control or direction characters, not too long.
func clean(text string) string {
	if len(text) > 400 {
		text = text[:400]
	}
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
