//go:build !windows

package main

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// states are what a script may make of its fake agent.
var states = map[string]func(*fakeagent.Agent){
	"none":     func(a *fakeagent.Agent) { a.Items = nil; a.Set(func(s *api.Snapshot) { s.Sessions = nil }) },
	"japanese": func(a *fakeagent.Agent) { a.Set(func(s *api.Snapshot) { s.Settings.Language = "ja" }) },
	"locked":   func(a *fakeagent.Agent) { a.Set(func(s *api.Snapshot) { s.Locked = true }) },
	"ended": func(a *fakeagent.Agent) {
		a.Items[0].Secret = token.Secret{}
		a.Set(func(s *api.Snapshot) {
			s.Sessions[0].State, s.Sessions[0].Ends = api.StateEnded, s.At.Add(-time.Minute)
		})
	},
	"two": func(a *fakeagent.Agent) {
		a.Items = append(a.Items, api.GrantItem{Registry: "https://registry.example.com/", Variables: []string{"SG_OTHER"}})
		a.Set(func(s *api.Snapshot) {
			s.Sessions = append(s.Sessions, api.Session{
				Registry: "https://registry.example.com/", Name: "registry.example.com", Account: "山田", State: api.StateUnknown, Lifetime: api.LifetimeUnknown,
			})
		})
	},
	"findings": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) {
			s.Findings = []api.Finding{
				{Code: api.FindingLiteral, Severity: api.SeverityWarning, File: "/home/a/.npmrc", Line: 3, Args: map[string]string{"Registry": "npm"}},
				{Code: "from-the-future", Severity: api.SeverityInfo},
			}
		})
	},
	"broken": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) {
			s.Findings = append(s.Findings, api.Finding{Code: api.FindingEnvFile, Severity: api.SeverityError, Args: map[string]string{"Dir": "/run/x", "Cause": "disk full"}})
		})
	},
	"literal": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) { s.Sessions[0].Places[0].Literal = true })
	},
	"hostile": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) {
			s.Sessions[0].Account = "al\x1b[31mice\u202egnp.exe\u200b"
			s.Sessions[0].Name = "npm\x07\nroot"
		})
	},
	"changes": func(a *fakeagent.Agent) {
		a.Changes = []api.PlanEdit{
			{File: "/home/a/.bashrc", Diff: []string{" # mine", "+eval \"$(sandglass hook --shell bash)\""}},
			{File: "/home/a/.npmrc", Create: true, Diff: []string{"+//registry.example.com/:_authToken=${SG_TEST}"}},
		}
	},
	"login": func(a *fakeagent.Agent) {
		at := api.Login{Registry: a.Items[0].Registry, State: api.LoginStarting}
		page := at
		page.State, page.URL, page.Host = api.LoginWaiting, "https://registry.example.com/login/1", "registry.example.com"
		done := page
		done.State = api.LoginDone
		a.Steps = []api.Login{at, page, page, done}
	},
	"over": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) {
			a.Over = []api.Session{s.Sessions[0]}
			a.Over[0].State, a.Over[0].Ends = api.StateEnded, s.At.Add(-time.Minute)
		})
	},
	"reaching": func(a *fakeagent.Agent) {
		a.Seen = api.Inspection{Dir: "/src/cloned", Findings: []api.Finding{
			{Code: api.FindingProjectLiteral, Severity: api.SeverityError, File: "/src/cloned/.npmrc", Line: 2, Args: map[string]string{"Registry": "npm"}},
			{Code: "from-the-future", Severity: api.SeverityInfo},
		}}
	},
	"sealing": func(a *fakeagent.Agent) {
		a.Seen.Seal, a.Seen.Withhold = []string{"npm_config_strict_ssl=true", "npm_config_proxy=null", "YARN_HTTP_PROXY="}, []string{"SG_TEST"}
	},
	"curious": func(a *fakeagent.Agent) {
		a.Seen = api.Inspection{Dir: "/src/cloned", Findings: []api.Finding{{Code: "from-the-future", Severity: api.SeverityInfo}}}
	},
	"between": func(a *fakeagent.Agent) {
		a.Seen = api.Inspection{Dir: "/src/cloned", Seal: []string{"npm_config_strict_ssl=true", "npm_config_proxy=null"}, Findings: []api.Finding{
			{Code: api.FindingHostileTLS, Severity: api.SeverityError, File: "/src/cloned/.npmrc", Line: 2, Args: map[string]string{"Key": "strict-ssl"}},
		}}
	},
	"lookalike": func(a *fakeagent.Agent) {
		a.Seen = api.Inspection{Dir: "/src/cloned", Withhold: []string{"SG_TEST"}, Findings: []api.Finding{
			{Code: api.FindingHostileLookalike, Severity: api.SeverityError, File: "/src/cloned/.npmrc", Line: 1, Args: map[string]string{"Host": "registry.example.com"}},
		}}
	},
	"fixable": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) {
			s.Findings = append(s.Findings, api.Finding{
				Code: api.FindingStaleLiteral, Severity: api.SeverityWarning, File: "/home/a/.npmrc", Line: 4, Action: &api.Action{Verb: api.VerbFix},
			})
		})
	},
	"hooked": func(a *fakeagent.Agent) {
		a.Set(func(s *api.Snapshot) { s.Shells = []api.Shell{{Name: "bash", Hooked: true}, {Name: "zsh"}} })
	},
	"proves": func(a *fakeagent.Agent) {
		a.Proof = api.Proof{Shell: "bash", Command: "npm whoami", Account: "alice", OK: true}
	},
	"proves-nothing": func(a *fakeagent.Agent) {
		a.Proof = api.Proof{Shell: "bash", Command: "npm whoami", Answer: "npm error need auth"}
	},
	"projects": func(a *fakeagent.Agent) {
		npmrc, npm := "/src/shop/.npmrc", a.Items[0].Registry
		p := api.Project{Dir: "/src/shop", Files: []string{npmrc, "/src/.npmrc"}, Scopes: []api.Scope{
			{Registry: npm, Name: "npm", Credentials: []api.Credential{
				{Manager: "npm 12", Source: api.SourcePlaceholder, File: "/home/alice/.npmrc", Line: 3, Level: api.LevelUser, Variable: "SG_TEST", Live: true, Hides: &api.Place{File: "/etc/npmrc", Line: 2, Level: api.LevelGlobal}},
				{Manager: "bun 1", Source: api.SourcePlaceholder, File: "/home/alice/.npmrc", Line: 3, Level: api.LevelUser, Variable: "SG_TEST", Live: true, Hides: &api.Place{File: "/etc/npmrc", Line: 2, Level: api.LevelGlobal}},
				{Manager: "deno 2", Source: api.SourceNone},
			}},
			{Scope: "@acme\x1b[31m", Registry: "https://registry.example.com/", Name: "registry.example.com", File: npmrc, Line: 1, Credentials: []api.Credential{
				{Manager: "npm 12", Source: api.SourceLiteral, Key: "//registry.example.com/:_authToken", File: npmrc, Line: 2, Level: api.LevelProject},
				{Manager: "pnpm 11", Source: api.SourceIgnored, File: npmrc, Line: 2, Level: api.LevelProject, Variable: "OLD"},
				{Manager: "yarn 4", Registry: npm, Source: api.SourcePlaceholder, File: "/home/alice/.yarnrc.yml", Line: 4, Level: api.LevelYarn, Variable: "OLD"},
			}},
		}}
		a.Seen = api.Inspection{Dir: "/src/shop", Project: &p}
		a.Discovery = api.Discovery{Folders: 1234, Unread: []string{"/src/locked"}, Projects: []api.FoundProject{
			{Dir: "/src/shop", Files: []string{".npmrc"}, Watched: true}, {Dir: "/src/do\u202ecs", Files: []string{".yarnrc.yml"}},
		}}
		a.Way = []api.Progress{{Done: 7, Found: 1, At: "/src/shop"}}
		a.Set(func(s *api.Snapshot) {
			found := p
			found.Dir, found.Found, found.Scopes = "/src/docs", true, p.Scopes[:1]
			s.Projects, s.MoreProjects = []api.Project{found, p, {Dir: "/src/gone", Missing: true}}, 12
			s.Settings.Roots = []string{"/src"}
		})
	},
	"no-files": func(a *fakeagent.Agent) { a.Seen.Project.Files = nil },
	"hangs":    func(a *fakeagent.Agent) { a.Hang = true },
}

// fakes are the scripts' agents (*fakeagent.Agent) by their work folders.
var fakes sync.Map

// fakeOf is a script's agent.
func fakeOf(ts *testscript.TestScript) *fakeagent.Agent {
	fake, ok := fakes.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("this script has no agent")
	}
	return fake.(*fakeagent.Agent)
}

// shown is a value with its secrets readable, to look for them.
func shown(v any) string {
	if r, ok := v.(api.LoginRequest); ok && r.Couch != nil {
		return fmt.Sprintf("%+v name=%s password=%s otp=%s", r, r.Couch.Name, r.Couch.Password.Reveal(), r.Couch.OTP.Reveal())
	}
	if r, ok := v.(api.KeepRequest); ok {
		return fmt.Sprintf("%+v passphrase=%s", r, r.Passphrase.Reveal())
	}
	return fmt.Sprintf("%+v", v)
}

// cmdCode runs a command and looks at its exit code: code 3 sandglass exec -- true.
func cmdCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if got := codeOf(err); got != want {
		ts.Fatalf("exit code %d, want %d: %v", got, want, err)
	}
}

func codeOf(err error) int {
	if e, ok := err.(interface{ ExitCode() int }); ok {
		return e.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}
