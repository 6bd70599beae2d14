package settings

import (
	"slices"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// TestRoots: each folder can be removed, and another one is chosen in the room of the projects.
func TestRoots(t *testing.T) {
	rooted := func() api.Snapshot {
		s := house(time.Now())
		s.Settings.Roots = []string{"/home/alice/src", "/home/alice/日本"}
		return s
	}
	everyWay(t, rooted, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		opened := ""
		pg.Desk.Open = func(room api.Room, about string) { opened = string(room) + " " + about }
		pg.Wants(t, "/home/alice/src", "/home/alice/日本")
		press("settings.roots.remove") // the first
		pg.did(t, "remove", func(a api.Action) bool {
			return a.Verb == api.VerbSet && slices.Equal(a.Settings.Roots, []string{"/home/alice/日本"})
		})
		press("settings.roots.find")
		if opened != string(api.RoomProjects)+" "+desk.FindProjects {
			t.Errorf("opened %q", opened)
		}
	})
	for _, w := range windowkit.Tight() {
		s := rooted()
		s.Settings.Roots = append(s.Settings.Roots, "/home/alice/a/folder/with-a-rather-long-name/and/another-one/below/it/somewhere/far/down")
		pg := open(t, w, s)
		pg.room.Search("alice")
		pg.Wants(t, "/home/alice/src")
		pg.Inside(t)
	}
}
