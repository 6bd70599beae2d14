package tokens

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

var npm = registry.Public.String()

const day = 24 * time.Hour

// few is a list of which each access token lacks something else.
func few(now time.Time) api.TokenList {
	serious := func(code string) access.Mark { return access.Mark{Code: code, Serious: true} }
	file := func(name string, line int, literal bool) api.Place {
		return api.Place{File: "/home/alice/" + name, Line: line, Level: api.LevelUser, Literal: literal}
	}
	in := func(days int) time.Time { return now.Add(time.Duration(days)*day + time.Hour) }
	return api.TokenList{Registry: npm, Name: "npm", Account: "alice", At: now.Add(-90 * time.Second), Tokens: []api.AccessToken{
		{Token: access.Token{ID: "11111111-ci", Name: "ci-publish", Masked: "npm_aB3d…9fQ2", Kind: access.Granular, Scopes: []string{"@acme"}, Permission: access.ReadWrite, Bypass: true, Created: in(-78), Used: now, Ends: in(12)},
			Marks: []access.Mark{serious(access.MarkBypass), serious(access.MarkEnds)}, Note: "GitHub secret NPM_TOKEN", Kept: ""},
		{Token: access.Token{ID: "22222222-laptop", Name: "laptop-read", Masked: "npm_k0Pz…Lm41", Kind: access.Granular, Scopes: []string{"@acme", "@eu"}, Permission: access.ReadOnly, Used: now.Add(-time.Minute), Ends: in(34)},
			Kept: "kept-1", InUse: true, Places: []api.Place{file(".npmrc", 3, false)}},
		{Token: access.Token{ID: "33333333-renovate", Name: "renovate", Masked: "npm_Q81x…ab7T", Kind: access.Granular, All: true, Permission: access.ReadOnly, Used: now.Add(-2 * day), Ends: in(61)},
			Marks: []access.Mark{{Code: access.MarkAll}, {Code: access.MarkWide, Args: map[string]string{"Scopes": "@eu"}}}},
		{Token: access.Token{ID: "44444444-old", Name: "old-release", Masked: "npm_Zz90…Wq3e", Kind: access.Granular, Packages: []string{"@acme/a", "@acme/b", "left-pad"}, Permission: access.ReadWrite, Bypass: true, Used: now.Add(-47 * day), Ends: in(73)},
			Marks: []access.Mark{serious(access.MarkBypass), {Code: access.MarkUnused}}, Places: []api.Place{file("src/tool/.npmrc", 3, true), file("src/web/.npmrc", 1, true)}},
		{Token: access.Token{ID: "55555555-docs", Name: "docs-bot", Masked: "npm_77sT…p0Vn", Kind: access.Granular, Packages: []string{"@acme/docs"}, Permission: access.StageOnly, Addresses: []string{"192.0.2.0/24"}, Used: now.Add(-day), Ends: in(88)},
			Note: "GitHub secret DOCS_TOKEN"},
		{Token: access.Token{ID: "note-1", Name: "by-hand", Kind: access.Entered, Ends: in(200)}, Note: "a drawer"},
	}}
}

// local is a snapshot with a session, and with credentials that no list tells of.
func local(now time.Time) api.Snapshot {
	s, _ := fakeagent.New(now).Snapshot(context.Background())
	s.Kept = []api.Kept{{ID: "kept-1", Registry: npm, Kind: token.KindGranular, Name: "laptop-read", Token: "22222222-laptop", Masked: "npm_k0Pz…Lm41", Variable: "SG_7F3A"}}
	s.Notes = []api.TokenNote{{ID: "note-1", Registry: npm, Name: "by-hand", Where: "a drawer", Ends: now.Add(200 * day)}, {ID: "11111111-ci", Registry: npm, Where: "GitHub secret NPM_TOKEN"}}
	s.Projects = []api.Project{{Dir: "/home/alice/src/web", Scopes: []api.Scope{{Registry: npm, Name: "npm"}, {Scope: "@acme", Registry: npm, Name: "npm"}, {Scope: "@corp", Registry: "https://npm.acme.example.com/", Name: "acme"}}}}
	s.Sessions = append(s.Sessions,
		api.Session{Registry: npm, Name: "npm", Account: "alice", Kind: token.KindGranular, State: api.StateRunning, Places: []api.Place{{File: "/home/alice/src/tool/.npmrc", Line: 3, Literal: true}}},
		api.Session{Registry: "https://npm.acme.example.com/", Name: "npm.acme.example.com", Account: "build-server", Kind: token.KindGitHub, State: api.StateRunning, Ends: now.Add(60*day + time.Hour), Places: []api.Place{{File: "/home/alice/src/tool/.npmrc", Line: 9, Literal: true}}},
		api.Session{Registry: "https://none.example.com/", Name: "none.example.com", Kind: token.KindUnknown, State: api.StateNone},
	)
	return s
}

// many is a list of n.
func many(now time.Time, n int) api.TokenList {
	list := api.TokenList{Registry: npm, Name: "npm", Account: "alice", At: now}
	levels := []access.Level{access.ReadOnly, access.ReadWrite, access.StageOnly}
	for i := range n {
		name := fmt.Sprintf("ci-%05d", i*7919%n)
		t := api.AccessToken{Token: access.Token{ID: fmt.Sprintf("%08x-%d", i*7919, i), Name: name, Masked: fmt.Sprintf("npm_%04d…%04d", i%10000, i*31%10000), Kind: access.Granular, Scopes: []string{fmt.Sprintf("@team%d", i%97)}, Permission: levels[i%3],
			Ends: now.Add(time.Duration(i*613%n) * time.Hour), Used: now.Add(-time.Duration(i%5000) * time.Minute)}}
		if i%3 == 0 {
			t.Places = []api.Place{{File: fmt.Sprintf("/home/alice/src/p%d/.npmrc", i%800), Line: 1 + i%20}}
		}
		if i%5 == 1 {
			t.Bypass, t.Marks = true, []access.Mark{{Code: access.MarkBypass, Serious: true}, {Code: access.MarkUnused}}
		}
		list.Tokens = append(list.Tokens, t)
	}
	return list
}

// page is the open room, with a fake agent behind it.
type testPage struct {
	*windowkit.Page
	room  *Room
	agent *fakeagent.Agent
}

// open opens the room on a list and waits for it.
func open(t testing.TB, w windowkit.Way, list api.TokenList, s api.Snapshot) *testPage {
	t.Helper()
	agent := fakeagent.New(time.Now())
	agent.List = list
	return openWith(t, w, agent, s)
}

func openWith(t testing.TB, w windowkit.Way, agent *fakeagent.Agent, s api.Snapshot) *testPage {
	t.Helper()
	pg := &testPage{Page: windowkit.Open(t, w, agent, s), agent: agent}
	pg.room = New(pg.Desk)
	pg.Enter(pg.room, "")
	pg.wait(t, "the list", func() bool { return !pg.room.now().asking })
	return pg
}

// wait is Until in tests and benchmarks.
func (pg *testPage) wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	if one, real := t.(*testing.T); real {
		pg.Until(one, what, ok)
		return
	}
	pg.Until(&testing.T{}, what, ok)
}

// names are the rows in the order of the table.
func (pg *testPage) names() (all []string) {
	for _, e := range pg.room.table.rows {
		all = append(all, e.name)
	}
	return all
}

// asked are the parameters of the calls of a method.
func (pg *testPage) asked(method string) (all []any) {
	for _, c := range pg.agent.Calls() {
		if c.Method == method {
			all = append(all, c.Params)
		}
	}
	return all
}

// row is the number of the row of that name.
func (pg *testPage) row(t testing.TB, name string) int {
	t.Helper()
	for i, e := range pg.room.table.rows {
		if e.name == name {
			return i
		}
	}
	t.Fatalf("there is no row %q", name)
	return 0
}
