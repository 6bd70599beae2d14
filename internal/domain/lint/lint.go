package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Level says whose a file is and who reads it.
type Level string

// The levels.
const (
	User        Level = "user"         // ~/.npmrc
	Global      Level = "global"       // the machine's npmrc
	Pnpm        Level = "pnpm"         // pnpm's own auth.ini
	Project     Level = "project"      // a project's .npmrc
	Yarn        Level = "yarn"         // ~/.yarnrc.yml
	YarnProject Level = "yarn-project" // a project's .yarnrc.yml
	YarnEnv     Level = "yarn-env"     // a project's .env.yarn
)

// Source is a config file.
type Source struct {
	Path  string
	Level Level
	Data  []byte
}

// Session is what is known of a registry. The zero value: nobody is signed in there.
type Session struct {
	Own string                    // the variable that holds the live session, "" if there is none
	Is  func(s token.Secret) bool // whether a credential is that session
}

// Facts are what Check goes by. Its functions may be nil.
type Facts struct {
	// Sources are the files, the user's own .npmrc among them even where there is none yet.
	Sources  []Source
	Managers []injection.Manager // empty: everyone is reckoned with
	// Defined reports whether the user's shells define a variable.
	Defined func(name string) bool
	// Session tells of the registry that stands in config files as "//host/path/".
	Session func(registryKey string) Session
}

// Severity is how much a Problem matters.
type Severity string

// The severities.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// The codes of problems.
const (
	ProjectPlaceholder = "lint-project-placeholder" // pnpm puts no variables into a project's credentials
	Default            = "lint-default"             // ${NAME:-} is sent as it stands
	Optional           = "lint-optional"            // ${NAME?} stops yarn 1 and others
	Unset              = "lint-unset"               // no shell defines the variable
	StaleProject       = "lint-stale-project"       // an older login in a project beats the live one
	Section            = "lint-section"             // a [section] hides the line
	Slash              = "lint-slash"               // the key lacks the slash before the colon
	Port               = "lint-port"                // the key lacks the registry's port, or has the usual one
	EnvYarn            = "lint-env-yarn"            // a project's .env.yarn beats the environment
	Email              = "lint-email"               // email, certfile or keyfile at the top stop npm 12
	Unscoped           = "lint-unscoped"            // a credential for no registry stops npm
	AlwaysAuth         = "lint-always-auth"         // npm no longer knows the setting
)

// Codes lists all codes.
var Codes = []string{
	ProjectPlaceholder, Default, Optional, Unset, StaleProject, Section, Slash, Port, EnvYarn, Email, Unscoped, AlwaysAuth,
}

// FileChange is the new text of a file.
type FileChange struct {
	Path     string
	Old, New []byte
}

// Problem is one line that does not do what it seems to.
type Problem struct {
	Code     string
	Path     string
	Line     int               // 1-based
	Args     map[string]string // Key, Variable, Registry, Managers; never a secret
	Severity Severity
	Fix      []FileChange // empty where only the user can know
}

// What Check takes upon itself, so that no project can keep it busy or fill the memory with texts of files.
const (
	// MaxSize is the size above which a file is not checked, in bytes. Nobody writes such a one.
	MaxSize = 256 << 10
	// MaxProblems is how many problems of a file are told.
	MaxProblems = 20
	// maxFixes is how many bytes of new texts there are at most; later problems then have none, until the ones
	// before them are repaired.
	maxFixes = 8 << 20
)

// Check lists the problems by file, in the order of the sources, and line.
func Check(f Facts) []Problem {
	c := checker{Facts: f, seen: map[string]bool{}, count: map[string]int{}}
	for i := range f.Sources {
		s := source{Source: f.Sources[i]}
		if len(s.Data) > MaxSize {
			continue
		}
		switch s.Level {
		case Yarn, YarnProject:
			c.yarn(s)
		case YarnEnv:
			c.envYarn(s)
		default:
			c.npmrc(parsed(s.Source))
		}
	}
	order := func(path string) int {
		return slices.IndexFunc(f.Sources, func(s Source) bool { return s.Path == path })
	}
	slices.SortStableFunc(c.found, func(a, b Problem) int {
		return cmp.Or(order(a.Path)-order(b.Path), a.Line-b.Line)
	})
	return c.found
}

type source struct {
	Source
	file       *npmrc.File
	creds      []npmrc.Credential
	registries []npmrc.ScopedRegistry
}

func parsed(s Source) source {
	f := npmrc.Parse(s.Data)
	return source{s, f, f.Credentials(), f.Registries()}
}

type checker struct {
	Facts
	found  []Problem
	seen   map[string]bool // what was told, by code, file and setting
	count  map[string]int  // of problems, by file
	fixes  int             // bytes of new texts
	firsts map[Level]source
}

// npmrc checks a file in npm's grammar.
func (c *checker) npmrc(s source) {
	for _, cred := range s.creds {
		if c.full(s) {
			return
		}
		if cred.Dead {
			continue // the section is what is wrong
		}
		c.value(s, cred)
		c.address(s, cred)
		c.project(s, cred)
	}
	c.sections(s)
	c.others(s)
	c.legacy(s)
}

// add notes a problem of a source. fix may be nil, or the source's own text where nothing can be done.
func (c *checker) add(s source, p Problem, fix []byte) {
	p.Path = s.Path
	about := strings.Join([]string{p.Code, p.Path, p.Args["Key"], p.Args["Variable"]}, "\x00")
	if c.full(s) || c.seen[about] {
		return
	}
	c.seen[about] = true
	c.count[s.Path]++
	if fix != nil && string(fix) != string(s.Data) {
		p.Fix = append([]FileChange{{s.Path, s.Data, fix}}, p.Fix...)
	}
	size := 0
	for _, f := range p.Fix {
		size += len(f.New)
	}
	if c.fixes += size; c.fixes > maxFixes {
		p.Fix = nil
	}
	c.found = append(c.found, p)
}

// full reports whether no more is told of a source.
func (c *checker) full(s source) bool { return c.count[s.Path] >= MaxProblems }

// first is the first source of a level.
func (c *checker) first(l Level) (source, bool) {
	if s, ok := c.firsts[l]; ok {
		return s, true
	}
	for _, s := range c.Sources {
		if s.Level == l {
			if c.firsts == nil {
				c.firsts = map[Level]source{}
			}
			c.firsts[l] = parsed(s)
			return c.firsts[l], true
		}
	}
	return source{}, false
}

func (c *checker) defined(name string) bool { return c.Defined == nil || c.Defined(name) }

func (c *checker) session(registryKey string) Session {
	if c.Session == nil {
		return Session{}
	}
	return c.Facts.Session(registryKey)
}

// majors are a package manager's versions that something is true of; from and to are both in.
type majors struct {
	name     string
	from, to int
}

const newest = 1 << 20

// affected names the user's package managers that are among these. One whose version is not known counts,
// and so does everyone where nothing is known of the user's.
func (c *checker) affected(list ...majors) (names []string) {
	for _, m := range list {
		label := m.name
		switch {
		case m.to < newest && m.from < m.to:
			label += " up to " + itoa(m.to)
		case m.to < newest:
			label += " " + itoa(m.to)
		case m.from > 0:
			label += " " + itoa(m.from)
		}
		hit := len(c.Managers) == 0
		for _, own := range c.Managers {
			if v := own.Major(); own.Name == m.name && (v == 0 || m.from <= v && v <= m.to) {
				hit = true
				if v > 0 {
					label = m.name + " " + itoa(v)
				}
			}
		}
		if hit && !slices.Contains(names, label) {
			names = append(names, label)
		}
	}
	return names
}

func args(cred npmrc.Credential, managers []string) map[string]string {
	return map[string]string{"Key": cred.Key, "Registry": strings.Trim(cred.RegistryKey, "/"), "Managers": strings.Join(managers, ", ")}
}
