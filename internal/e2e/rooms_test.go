package e2e

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// aMorning is what an agent knows of somebody who works: logins, credentials, projects, and things to mend.
func aMorning(s *api.Snapshot, now time.Time) {
	npmrc := func(line int) api.Place {
		return api.Place{File: "/home/alice/.npmrc", Line: line, Level: api.LevelUser, Variable: "SG_7F3A"}
	}
	s.Sessions = append(threeSessions(now),
		api.Session{Registry: "https://npm.ci.example.com/", Name: "npm.ci.example.com", Account: "ci-publish", Kind: "granular", State: api.StateRunning, Started: now.AddDate(0, 0, -78), Ends: now.AddDate(0, 0, 12), Lifetime: api.LifetimeTold, Places: []api.Place{npmrc(9)}},
		api.Session{Registry: "https://docs.example.com/", Name: "docs.example.com", Account: "docs-bot", Kind: "gitlab", State: api.StateRunning, Started: now.AddDate(0, 0, -2), Ends: now.AddDate(0, 0, 61), Lifetime: api.LifetimeTold, Places: []api.Place{{File: "/home/alice/src/docs/.npmrc", Line: 2, Level: api.LevelProject, Literal: true}}})
	s.Settings.Welcomed = true
	s.Agent.Settings, s.Agent.Log, s.Agent.Startable = "/home/alice/.config/sandglass/settings.toml", "/home/alice/.local/state/sandglass", true
	s.Shells = []api.Shell{{Name: "bash", Hooked: true}, {Name: "zsh", Hooked: true}, {Name: "fish"}}
	s.Managers = []injection.Manager{{Name: "npm", Version: "12.0.1"}, {Name: "pnpm", Version: "11.2.0"}, {Name: "yarn", Version: "4.9.2"}}
	s.Uses = []api.Use{{At: now.Add(-4 * time.Minute), Use: api.UseExec, Program: "npm", Registry: s.Sessions[2].Registry}}
	s.Findings = []api.Finding{
		{Code: api.FindingProjectLiteral, Severity: api.SeverityError, File: "/home/alice/src/docs/.npmrc", Line: 2, Args: map[string]string{"Registry": "docs.example.com", "Key": "//docs.example.com/"}},
		{Code: api.FindingKnownVariable, Severity: api.SeverityWarning, Registry: s.Sessions[2].Registry, Args: map[string]string{"Variable": "NPM_TOKEN", "Own": "SG_7F3A", "Registry": "npm"}},
		{Code: api.FindingNoTray, Severity: api.SeverityInfo},
	}
	shop := api.Project{Dir: "/home/alice/src/shop", Files: []string{"/home/alice/src/shop/.npmrc"}}
	for _, scope := range []string{"", "@acme"} {
		from := s.Sessions[2]
		one := api.Scope{Scope: scope, Registry: from.Registry, Name: from.Name}
		if scope != "" {
			from = s.Sessions[1]
			one = api.Scope{Scope: scope, Registry: from.Registry, Name: from.Name, File: shop.Files[0], Line: 1}
		}
		for _, m := range s.Managers {
			one.Credentials = append(one.Credentials, api.Credential{Manager: m.Name + " " + m.Version, Source: api.SourcePlaceholder, File: "/home/alice/.npmrc", Line: 4, Level: api.LevelUser, Variable: "NPM_TOKEN", Live: true})
		}
		shop.Scopes = append(shop.Scopes, one)
	}
	docs := api.Project{Dir: "/home/alice/src/docs", Files: []string{"/home/alice/src/docs/.npmrc"}, Findings: s.Findings[:1]}
	s.Projects = []api.Project{docs, shop, {Dir: "/home/alice/src/old", Missing: true}}
}

// itsTokens are the access tokens of that somebody's account.
func itsTokens(now time.Time) api.TokenList {
	list := api.TokenList{Registry: registry.Public.String(), Name: registry.Public.Name(), Account: "alice", At: now.Add(-time.Minute)}
	days := func(n int) time.Time { return now.AddDate(0, 0, n).Add(time.Hour) }
	add := func(t access.Token, note string, places ...api.Place) {
		t.Kind = access.Granular
		marks := access.Audit(t, access.Facts{Now: now, Here: len(places) > 0, NeededScopes: []string{"@acme"}, Automation: access.SaysAutomation(note)})
		list.Tokens = append(list.Tokens, api.AccessToken{Token: t, Marks: marks, Places: places, Note: note})
	}
	add(access.Token{ID: "1", Name: "ci-publish", Masked: "npm_aB3d…9fQ2", Scopes: []string{"@acme"}, Permission: access.ReadWrite, Bypass: true, Created: days(-78), Used: now.Add(-4 * time.Hour), Ends: days(12)}, "GitHub secret NPM_TOKEN")
	add(access.Token{ID: "2", Name: "laptop-read", Masked: "npm_k0Pz…Lm41", Scopes: []string{"@acme"}, Permission: access.ReadOnly, Created: days(-20), Used: now.Add(-time.Hour), Ends: days(34)}, "",
		api.Place{File: "/home/alice/.npmrc", Line: 4, Level: api.LevelUser, Variable: "SG_7F3A"})
	add(access.Token{ID: "3", Name: "renovate", Masked: "npm_Q81x…ab7T", All: true, Permission: access.ReadOnly, Created: days(-29), Used: days(-2), Ends: days(61)}, "")
	add(access.Token{ID: "4", Name: "old-release", Masked: "npm_Zz90…Wq3e", Packages: []string{"@acme/web", "@acme/tool", "@acme/docs"}, Permission: access.ReadWrite, Bypass: true, Created: days(-17), Ends: days(73)}, "",
		api.Place{File: "/home/alice/src/docs/.npmrc", Line: 2, Level: api.LevelProject, Literal: true})
	add(access.Token{ID: "5", Name: "docs-bot", Masked: "npm_77sT…p0Vn", Packages: []string{"@acme/docs"}, Permission: access.StageOnly, Addresses: []string{"192.0.2.0/24"}, Created: days(-2), Used: days(-1), Ends: days(88)}, "GitHub secret DOCS_TOKEN")
	return list
}

// TestWindowRooms opens every room of the real window in each look, by the keyboard, and keeps a picture. A
// room that draws the same as the one before it was not opened.
func TestWindowRooms(t *testing.T) {
	buildWindow(t)
	for name, look := range map[string]struct {
		language string
		env      []string
	}{
		"light":    {"en", []string{"FYNE_THEME=light"}},
		"dark":     {"en", []string{"FYNE_THEME=dark"}},
		"japanese": {"ja", []string{"FYNE_THEME=light"}},
		"double":   {"en", []string{"FYNE_THEME=light", "FYNE_SCALE=2"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := desktop.Start(t)
			agent := fakeagent.New(time.Now())
			agent.List = itsTokens(time.Now())
			agent.Set(func(s *api.Snapshot) {
				aMorning(s, time.Now())
				s.Settings.Language, s.Settings.Animations = look.language, false
			})
			w := openWindow(t, d, agent, look.env...)
			before := []byte(nil)
			for i, room := range api.Rooms {
				if i > 0 {
					d.Key(t, "ctrl+"+strconv.Itoa(i+1))
				}
				desktop.Until(t, "the room "+string(room), func() bool {
					now := d.Capture(t, w).Pix
					if bytes.Equal(now, before) || !bytes.Equal(now, d.Capture(t, w).Pix) { // the last room, or not at rest
						return false
					}
					before = now
					return true
				})
				d.Shot(t, "room-"+string(room)+"-"+name)
			}
		})
	}
}

// TestWindowStandsStill: where nothing changes nothing is drawn, and the sand falls only where it may.
func TestWindowStandsStill(t *testing.T) {
	buildWindow(t)
	d := desktop.Start(t)
	agent := fakeagent.New(time.Now())
	still := func(s *api.Snapshot) {
		s.Sessions[0].Ends = time.Now().Add(90*24*time.Hour + 12*time.Hour)
		s.Settings.Welcomed, s.Settings.Animations = true, false
	}
	agent.Set(still)
	w := openWindow(t, d, agent)
	desktop.Until(t, "the window to come to rest", func() bool { return d.Redraws(t, windowClass, time.Second) == 0 })
	// What is left is told in minutes, and the timeline's "now" goes by them.
	desktop.Until(t, "the middle of a minute", func() bool { return time.Now().Second() >= 5 && time.Now().Second() < 50 })
	if n := d.Redraws(t, windowClass, 5*time.Second); n > 0 {
		t.Errorf("drew %d times in five seconds in which nothing changed", n)
	}
	d.Click(t, w.X+w.Width/2, w.Y+w.Height-20) // the user's eye is on it
	agent.Set(func(s *api.Snapshot) { s.Settings.Animations = true })
	desktop.Until(t, "the sand to fall", func() bool { return d.Redraws(t, windowClass, time.Second) > 2 })
}
