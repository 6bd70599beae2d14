package projects

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

const acme = "https://npm.acme.example.com/"

// shop is a project in which each package manager does something else.
func shop(dir string) api.Project {
	npmrc, home := filepath.Join(dir, ".npmrc"), "/home/alice/.npmrc"
	return api.Project{
		Dir: dir, Files: []string{npmrc, filepath.Join(dir, ".yarnrc.yml"), "/home/alice/src/.npmrc"},
		Scopes: []api.Scope{
			{Registry: registry.Public.String(), Name: "npm", Credentials: []api.Credential{
				{Manager: "npm 12", Source: api.SourcePlaceholder, File: home, Line: 4, Level: api.LevelUser, Variable: "SG_7f3a", Live: true, Hides: &api.Place{File: "/etc/npmrc", Line: 2}},
				{Manager: "bun 1.4", Source: api.SourcePlaceholder, File: home, Line: 4, Level: api.LevelUser, Variable: "SG_7f3a", Live: true, Hides: &api.Place{File: "/etc/npmrc", Line: 2}},
				{Manager: "deno 2", Source: api.SourceNone},
				{Manager: "pnpm 11", Source: api.SourceHelper, File: "/home/alice/.config/pnpm/auth.ini", Line: 1, Level: api.LevelPnpm},
			}},
			{Scope: "@acme", Registry: acme, Name: "npm.acme.example.com", File: npmrc, Line: 1, Credentials: []api.Credential{
				{Manager: "npm 12", Source: api.SourceLiteral, File: npmrc, Line: 3, Level: api.LevelProject},
				{Manager: "pnpm 11", Source: api.SourceIgnored, File: npmrc, Line: 3, Level: api.LevelProject, Variable: "NPM_TOKEN"},
				{Manager: "yarn 4", Registry: registry.Public.String(), Source: api.SourceNone},
				{Manager: "bun 1.4", Source: api.SourceNone},
				{Manager: "yarn 1", Source: api.SourceIgnored, File: home, Line: 9, Level: api.LevelUser},
				{Manager: "pnpm 10", Source: api.SourcePlaceholder, File: npmrc, Line: 5, Variable: "OLD"},
				{Manager: "deno 2", Source: api.SourceUnreadable, File: npmrc},
			}},
		},
		Findings: []api.Finding{{Code: api.FindingLintSlash, Severity: api.SeverityWarning, File: npmrc, Line: 3,
			Args: map[string]string{"Key": "//npm.acme.example.com", "Registry": "acme", "Managers": "npm", "Right": "//npm.acme.example.com/:_authToken"}, Action: &api.Action{Verb: api.VerbFix, Path: npmrc}}},
	}
}

func snapshot(projects ...api.Project) api.Snapshot {
	agent := fakeagent.New(time.Now())
	s, _ := agent.Snapshot(context.Background())
	s.Projects = projects
	s.Files = []api.WatchedFile{
		{Path: "/home/alice/.npmrc", Level: api.LevelUser, Exists: true}, {Path: "/etc/npmrc", Level: api.LevelGlobal, Exists: true, Polling: true},
		{Path: "/home/alice/.config/pnpm/auth.ini", Level: api.LevelPnpm}, {Path: "/home/alice/.yarnrc.yml", Level: api.LevelYarn},
	}
	return s
}

// page is the room with a fake agent behind it.
type page struct {
	*windowkit.Page
	agent  *fakeagent.Agent
	opened []string
	t      func(key string, args ...i18n.Args) string
}

func open(t *testing.T, w windowkit.Way, s api.Snapshot) *page {
	t.Helper()
	pg := &page{agent: fakeagent.New(time.Now())}
	pg.agent.Changes = []api.PlanEdit{{File: "/home/alice/src/shop/.npmrc", Diff: []string{"-//npm.acme.example.com:_authToken=x", "+//npm.acme.example.com/:_authToken=x"}}}
	w.Outside = desk.Outside{OpenPath: func(path string) error {
		pg.opened = append(pg.opened, path)
		return nil
	}}
	pg.Page = windowkit.Open(t, w, pg.agent, s)
	pg.t = pg.Desk.P.T
	pg.Enter(New(pg.Desk), "")
	return pg
}

// asked waits until the agent was asked for an action.
func (pg *page) asked(t *testing.T, want api.Action) {
	t.Helper()
	pg.Until(t, fmt.Sprint(want), func() bool {
		return slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "do" && reflect.DeepEqual(c.Params, want) })
	})
}

// TestSays: every source of a credential is told in words, with its place, in both languages.
func TestSays(t *testing.T) {
	for _, w := range windowkit.Ways {
		t.Run(w.Name(), func(t *testing.T) {
			w.Height = 1500
			pg := open(t, w, snapshot(shop("/home/alice/src/shop")))
			var sources []string
			for _, key := range []string{"none", "none.public", "literal", "placeholder", "placeholder.dead", "helper", "ignored", "ignored.project", "unreadable"} {
				variable := "${SG_7f3a}"
				if key == "placeholder.dead" {
					variable = "${OLD}"
				}
				sources = append(sources, pg.t("projects.source."+key, i18n.Args{"Variable": variable}))
			}
			pg.Wants(t, sources...)
			pg.Wants(t, "shop", "@acme", acme, pg.t("findings.at", i18n.Args{"File": ".npmrc", "Line": 3}),
				pg.t("projects.hides", i18n.Args{"Place": pg.t("findings.at", i18n.Args{"File": "/etc/npmrc", "Line": 2})}),
				"npm 12"+pg.t("projects.comma")+"bun 1.4", pg.t("projects.other", i18n.Args{"Registry": "npm"}), pg.t("projects.everywhere"))
			pg.Inside(t)
			pg.Shot(t, "projects-"+w.Name())
		})
	}
}

// TestFits: nothing is cut off in a narrow window or with large type.
func TestFits(t *testing.T) {
	for _, w := range []windowkit.Way{
		{Language: "en", Width: 284, Height: 2600}, {Language: "ja", Width: 284, Height: 2600, Dark: true},
		{Language: "en", Width: 908, Height: 2400, Scale: 1.6}, {Language: "ja", Width: 500, Height: 2600, Scale: 1.6},
	} {
		name := fmt.Sprintf("%s-%.0f-%.1f", w.Name(), w.Width, w.Scale)
		t.Run(name, func(t *testing.T) {
			pg := open(t, w, snapshot(shop("/home/alice/src/shop"), api.Project{Dir: "/home/alice/src/gone", Missing: true}))
			pg.Tap(t, pg.t("projects.everywhere"))
			pg.Inside(t)
			pg.Shot(t, "projects-"+name)
		})
	}
}

// TestActions: each action by a tap and by the keyboard.
func TestActions(t *testing.T) {
	const dir = "/home/alice/src/shop"
	file := filepath.Join(dir, ".npmrc")
	for _, c := range []struct {
		name  string
		label string // key of the button, or "=" and what it reads like
		holds func(*testing.T, *page)
	}{
		{"open folder", "projects.open", func(t *testing.T, pg *page) {
			pg.Until(t, "the folder", func() bool { return slices.Contains(pg.opened, dir) })
		}},
		{"open file", "=.npmrc", func(t *testing.T, pg *page) {
			pg.Until(t, "the file", func() bool { return slices.Contains(pg.opened, file) })
		}},
		{"stop watching", "projects.drop", func(t *testing.T, pg *page) {
			pg.asked(t, api.Action{Verb: api.VerbUnwatch, Path: dir})
			pg.Until(t, "the word", func() bool { return len(pg.Toasts) == 1 && strings.Contains(pg.Toasts[0], dir) })
		}},
		{"fix", "window.verb.fix", func(t *testing.T, pg *page) {
			pg.Until(t, "the edit", func() bool { return strings.Contains(pg.Read(), "//npm.acme.example.com/:_authToken=x") })
			pg.Tap(t, pg.t("window.setup.apply"))
			pg.Until(t, "the end", func() bool { return pg.Win.Canvas().Overlays().Top() == nil })
		}},
		{"fold", "=shop", func(t *testing.T, pg *page) {
			if strings.Contains(pg.Read(), "@acme") {
				t.Error("a folded card shows its scopes")
			}
		}},
	} {
		for _, language := range []string{"en", "ja"} {
			for _, keyboard := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", c.name, language, keyboard), func(t *testing.T) {
					pg := open(t, windowkit.Way{Language: language}, snapshot(shop(dir)))
					label, literal := strings.CutPrefix(c.label, "=")
					if !literal {
						label = pg.t(c.label)
					}
					if keyboard {
						pg.reach(t, label)
						pg.Press(fyne.KeyReturn)
					} else {
						pg.Tap(t, label)
					}
					c.holds(t, pg)
				})
			}
		}
	}
}

// reach goes to what reads like this by the Tab key.
func (pg *page) reach(t *testing.T, label string) {
	t.Helper()
	for range 60 {
		pg.Press(fyne.KeyTab)
		if a, ok := pg.Win.Canvas().Focused().(interface{ AccessibilityLabel() string }); ok && a.AccessibilityLabel() == label {
			return
		}
	}
	t.Fatalf("Tab does not come to %q:%s", label, pg.Read())
}

// TestAdd: a folder is typed; what was typed is not lost when it is not taken.
func TestAdd(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		t.Run(language, func(t *testing.T) {
			pg := open(t, windowkit.Way{Language: language}, snapshot())
			pg.Wants(t, pg.t("projects.empty"), pg.t("projects.empty.hint"))
			pg.Shot(t, "projects-empty-"+language)
			pg.agent.Errors = map[string]error{"do": &api.Error{Code: api.CodeUsage, Cause: "x"}}
			pg.Room.Header(time.Now()).Do()
			pg.Shot(t, "projects-add-"+language)
			pg.Win.Canvas().Focused().(*look.Field).SetText("~/src/../shop")
			pg.Press(fyne.KeyReturn)
			pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "⚠") })
			pg.Inside(t)
			field := pg.Win.Canvas().Focused().(*look.Field)
			if want := desk.Folder("~/shop"); field.Text != want || strings.Contains(want, "~") {
				t.Errorf("the field holds %q, want %q", field.Text, want)
			}
			pg.agent.Errors = nil
			pg.Tap(t, pg.t("projects.watch"))
			pg.asked(t, api.Action{Verb: api.VerbWatch, Path: desk.Folder("~/shop")})
			pg.Until(t, "the word", func() bool { return len(pg.Toasts) == 1 })
			pg.Room.Header(time.Now()).Do()
			pg.Tap(t, pg.t("projects.choose"))
			if pg.Win.Canvas().Overlays().Top() == nil {
				t.Error("there is nothing to choose a folder from")
			}
		})
	}
}

func TestMissingAndErrors(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, snapshot(api.Project{Dir: "/home/alice/gone", Missing: true}))
	pg.Wants(t, "folder is gone", "There is no such folder any more")
	pg.agent.Errors = map[string]error{"do": errors.New("no")}
	pg.Tap(t, "Stop watching")
	pg.Until(t, "the error", func() bool { return pg.Win.Canvas().Overlays().Top() != nil })
	pg.Desk.Outside.OpenPath = func(string) error { return errors.New("no") }
}

// many are n projects, of which every tenth has a finding.
func many(n int) (all []api.Project) {
	for i := range n {
		p := shop(fmt.Sprintf("/home/alice/src/project-%03d", i))
		if i%10 != 0 {
			p.Findings = nil
		}
		all = append(all, p)
	}
	return all
}

// TestMany: the keyboard goes through 500 projects, those that are far away are not made, and a search finds one.
func TestMany(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, snapshot(many(500)...))
	room := pg.Room.(*Room)
	if n := len(room.cards); n > 40 {
		t.Errorf("%d cards are made at once", n)
	}
	pg.Press(fyne.KeyTab)
	for range 120 {
		pg.Press(fyne.KeyDown)
	}
	if a := pg.Win.Canvas().Focused().(interface{ AccessibilityLabel() string }).AccessibilityLabel(); a != "project-119" {
		t.Errorf("the keyboard is at %q", a)
	}
	for range 120 {
		pg.Press(fyne.KeyTab)
	}
	if a := pg.Win.Canvas().Focused().(interface{ AccessibilityLabel() string }).AccessibilityLabel(); a != "project-239" {
		t.Errorf("Tab leads to %q", a)
	}
	pg.Room.Search("project-377 @acme")
	if all := pg.Read(); !strings.Contains(all, "project-377") || strings.Contains(all, "project-376") {
		t.Errorf("the search finds:%s", all)
	}
	pg.Room.Search("nowhere")
	pg.Wants(t, "Nothing matches")
	pg.Room.Enter("/home/alice/src/project-250")
	pg.Wants(t, "project-250", "@acme")
	pg.Show(snapshot(many(500)...))
	pg.Wants(t, "project-250", "@acme")
	pg.Shot(t, "projects-many")
}

// BenchmarkScroll goes through 500 projects by the page.
func BenchmarkScroll(b *testing.B) {
	pg := windowkit.Open(b, windowkit.Way{Language: "en"}, fakeagent.New(time.Now()), snapshot(many(500)...))
	pg.Enter(New(pg.Desk), "")
	scroll := pg.Room.Hand().Scroll
	for b.Loop() {
		to := scroll.Offset
		if to.Y += 500; to.Y > scroll.Content.Size().Height {
			to.Y = 0
		}
		scroll.ScrollToOffset(to)
	}
}
