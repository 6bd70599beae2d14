package projects

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// some are what a search finds: three projects, of which one is watched.
func some(root string) api.Discovery {
	return api.Discovery{Folders: 1234, Unread: []string{root + "/locked"}, Projects: []api.FoundProject{
		{Dir: root + "/shop", Files: []string{".npmrc"}, Watched: true},
		{Dir: root + "/team/docs", Files: []string{".npmrc", ".yarnrc.yml"}},
		{Dir: root + "/team/site", Files: []string{"bunfig.toml"}},
	}}
}

// search types a folder and has the projects below it found.
func (pg *page) search(t *testing.T, root string) {
	t.Helper()
	pg.Enter(pg.Room, desk.FindProjects)
	pg.Win.Canvas().Focused().(*look.Field).SetText(root)
	pg.Tap(t, pg.t("projects.find"))
}

func TestFindAndFollow(t *testing.T) {
	const root = "/home/alice/src"
	for _, w := range windowkit.Ways {
		t.Run(w.Name(), func(t *testing.T) {
			pg := open(t, w, snapshot())
			pg.agent.Discovery, pg.agent.Way = some(root), []api.Progress{{Done: 7, Found: 1, At: root + "/shop\x1b"}}
			pg.Enter(pg.Room, desk.FindProjects)
			pg.Wants(t, pg.t("projects.find.text"))
			pg.Shot(t, "projects-find-ask-"+w.Name())
			pg.search(t, root)
			pg.Until(t, "what was found", func() bool { return strings.Contains(pg.Read(), pg.Desk.P.N("projects.find.found", 2)) })
			pg.Wants(t, "team/docs", ".yarnrc.yml", "team/site", pg.Desk.P.N("projects.find.unread", 1), pg.t("projects.find.follow.text"))
			pg.Inside(t)
			pg.Shot(t, "projects-find-"+w.Name())
			pg.Tap(t, pg.t("projects.watch"))
			want := api.DefaultSettings()
			want.Roots = []string{root}
			pg.asked(t, api.Action{Verb: api.VerbSet, Settings: &want})
			pg.Until(t, "the word", func() bool { return len(pg.Toasts) == 1 })
			for _, c := range pg.agent.Calls() {
				if c.Method == "discover" && !reflect.DeepEqual(c.Params, api.DiscoverRequest{Roots: []string{root}}) {
					t.Errorf("asked for %+v", c.Params)
				}
			}
		})
	}
}

// TestFindAndChoose: of what was found one is chosen by the keyboard, and nothing else is watched.
func TestFindAndChoose(t *testing.T) {
	const root = "/home/alice/src"
	for _, language := range []string{"en", "ja"} {
		pg := open(t, windowkit.Way{Language: language}, snapshot())
		pg.agent.Discovery = some(root)
		pg.search(t, root)
		pg.Until(t, "what was found", func() bool { return strings.Contains(pg.Read(), "team/docs") })
		pg.Choose(t, true, pg.t("projects.find.follow", i18n.Args{"Folder": root})+" "+pg.t("projects.find.follow.text"))
		pg.Choose(t, true, "team/site bunfig.toml")
		pg.Choose(t, true, pg.t("projects.watch"))
		pg.asked(t, api.Action{Verb: api.VerbWatch, Path: root + "/team/site"})
		for _, c := range pg.agent.Calls() {
			if a, ok := c.Params.(api.Action); ok && (a.Verb != api.VerbWatch || a.Path != root+"/team/site") {
				t.Errorf("asked for %+v", a)
			}
		}
	}
}

// TestFindRefused: what was typed comes back with what is wrong.
func TestFindRefused(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		pg := open(t, windowkit.Way{Language: language, Width: 500}, snapshot())
		pg.agent.Errors = map[string]error{"discover": &api.Error{Code: api.CodeWhole, Args: map[string]string{"Dir": "/"}}}
		pg.search(t, "/")
		pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "⚠") })
		pg.Wants(t, pg.t("error.whole-disk", i18n.Args{"Dir": "/"}))
		pg.Inside(t)
		if field := pg.Win.Canvas().Focused().(*look.Field); field.Text != "/" {
			t.Errorf("the field holds %q", field.Text)
		}
	}
}

// endless is an agent whose searches end with their context alone.
type endless struct {
	*fakeagent.Agent
	ended chan error
}

func (a endless) Discover(ctx context.Context, _ api.DiscoverRequest, report func(api.Progress)) (api.Discovery, error) {
	report(api.Progress{Done: 42, Found: 3, At: "/home/alice/src/\u202eshop"})
	<-ctx.Done()
	a.ended <- ctx.Err()
	return api.Discovery{}, &api.Error{Code: api.CodeCancelled}
}

// TestFindStopped: the search says how far it is, and ends when it is told to.
func TestFindStopped(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		for _, how := range []string{"button", "escape"} {
			a := endless{fakeagent.New(time.Now()), make(chan error, 1)}
			pg := &page{agent: a.Agent, Page: windowkit.Open(t, windowkit.Way{Language: language, Width: 284}, a, snapshot())}
			pg.t = pg.Desk.P.T
			pg.Enter(New(pg.Desk), "")
			pg.search(t, "/home/alice/src")
			pg.Until(t, "how far it is", func() bool { return strings.Contains(pg.Read(), pg.Desk.P.N("projects.find.folders", 42)) })
			pg.Inside(t)
			if strings.Contains(pg.Read(), "\u202e") {
				t.Error("a folder's name turns the text around")
			}
			pg.Shot(t, fmt.Sprintf("projects-finding-%s", language))
			if how == "button" {
				pg.Tap(t, pg.t("window.action.cancel"))
			} else {
				pg.Press(fyne.KeyEscape)
			}
			<-a.ended
			pg.Until(t, "the word", func() bool { return len(pg.Toasts) == 1 })
			if !strings.Contains(pg.Toasts[0], pg.Desk.P.N("projects.find.projects", 3)) || pg.Win.Canvas().Overlays().Top() != nil {
				t.Errorf("said %q", pg.Toasts)
			}
		}
	}
}

// TestFindFits: the list of what was found fits where there is little room.
func TestFindFits(t *testing.T) {
	for _, w := range windowkit.Tight() {
		pg := open(t, w, snapshot())
		pg.agent.Discovery = some("/home/alice/src")
		for i := range 150 {
			pg.agent.Discovery.Projects = append(pg.agent.Discovery.Projects, api.FoundProject{Dir: fmt.Sprintf("/home/alice/src/a-rather-long-name-of-a-project-%d", i), Files: []string{".npmrc"}})
		}
		pg.search(t, "/home/alice/src")
		pg.Until(t, "what was found", func() bool { return strings.Contains(pg.Read(), "team/docs") })
		pg.Wants(t, pg.Desk.P.N("projects.find.more", 52))
		pg.Inside(t)
		pg.Shot(t, "projects-find-tight-"+w.Name())
	}
}

// TestFoundProjects: found ones are marked and counted, and can be watched by name.
func TestFoundProjects(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		found := shop("/home/alice/src/found")
		found.Found, found.Findings = true, nil
		s := snapshot(found, shop("/home/alice/src/shop"))
		pg := open(t, windowkit.Way{Language: language, Height: 1800}, s)
		pg.Wants(t, pg.t("projects.found"), pg.t("projects.drop"))
		if sub := pg.Room.Header(time.Now()).Sub; sub != pg.Desk.P.N("projects.sub", 1)+pg.t("projects.comma")+pg.Desk.P.N("projects.sub.found", 1) {
			t.Errorf("the header says %q", sub)
		}
		pg.Tap(t, pg.t("projects.keep"))
		pg.asked(t, api.Action{Verb: api.VerbWatch, Path: found.Dir})
		s.MoreProjects = 12
		pg.Show(s)
		if sub := pg.Room.Header(time.Now()).Sub; !strings.Contains(sub, pg.Desk.P.N("projects.sub.found", 13)) || !strings.Contains(sub, pg.Desk.P.N("projects.sub.shown", 1)) {
			t.Errorf("the header says %q", sub)
		}
		pg.Inside(t)
		pg.Shot(t, "projects-found-"+language)
	}
}
