package sessions

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const (
	acme = "https://artifactory.example.com/api/npm/npm-virtual/"
	team = "https://npm.team-eu.example.com/"
	base = "https://npm.base.example.com/"
)

var npm = registry.Public.String()

// sample is a snapshot with a session in each of the common states and two credentials that live for months.
func sample(now time.Time) api.Snapshot {
	one := func(address, name string, state api.State, started, ends time.Duration) api.Session {
		return api.Session{
			Registry: address, Name: name, Account: "alice", Kind: token.KindSession, State: state, Started: now.Add(started), Ends: now.Add(ends),
			Lifetime: api.LifetimeTold, Length: int64((ends - started).Seconds()), Mode: injection.ModeEnv, Variables: []string{"SG_7F3A"}, Fingerprint: "sha256:3f9a1c04",
			Places: []api.Place{{File: "/home/alice/.npmrc", Line: 3, Level: api.LevelUser, Variable: "SG_7F3A"}}, Probed: now.Add(-2 * time.Minute),
		}
	}
	day := 24 * time.Hour
	first := one(npm, "npm", api.StateRunning, -47*time.Minute, 72*time.Minute+30*time.Second)
	first.Lifetime, first.Learned = api.LifetimeLearned, 6
	ending := one(acme, "Acme Artifactory", api.StateEnding, -time.Hour, 9*time.Minute+30*time.Second)
	ending.Mode, ending.Places = injection.ModeExec, nil
	ended := one(team, "Verdaccio (team-eu)", api.StateEnded, -4*time.Hour, -2*time.Hour)
	ended.Account, ended.Places[0].Literal = "alice.k", true
	base := one(base, "Base registry", api.StateUnknown, -4*time.Hour, 0)
	base.Started, base.Ends, base.Lifetime, base.Muted = time.Time{}, time.Time{}, api.LifetimeUnknown, true
	github := one("https://npm.pkg.example.com/", "GitHub Packages", api.StateRunning, -30*day, 41*day)
	github.Kind = token.KindGitHub
	granular := one("https://ci.example.com/", "CI read", api.StateRunning, -80*day, 9*day)
	granular.Kind, granular.Account = token.KindGranular, ""
	return api.Snapshot{
		Schema: api.Schema, Version: 7, At: now, Sessions: []api.Session{ended, ending, first, base, granular, github}, Settings: api.DefaultSettings(),
		Managers: []injection.Manager{{Name: "npm", Version: "12.1.0"}, {Name: "pnpm", Version: "12.0.2"}, {Name: "yarn", Version: "4.9.1"}},
		Shells:   []api.Shell{{Name: "bash", Hooked: true}, {Name: "zsh", Hooked: true}, {Name: "fish"}},
		Uses: []api.Use{
			{At: now.Add(-5 * time.Minute), Use: api.UseExec, Program: "npm", Registry: npm},
			{At: now.Add(-50 * time.Minute), Use: api.UseExec, Program: "code", Registry: npm},
		},
		Projects: []api.Project{
			{Dir: "/home/alice/shop", Scopes: []api.Scope{{Registry: npm, Name: "npm"}, {Scope: "@acme", Registry: acme, Name: "Acme Artifactory"}}},
			{Dir: "/home/alice/site", Scopes: []api.Scope{{Registry: npm, Name: "npm"}, {Scope: "@eu", Registry: team}}},
		},
	}
}
