package sessions

import (
	"flag"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// open puts the room on a window with s.
func open(t *testing.T, w windowkit.Way, s api.Snapshot) (*windowkit.Page, *Room, *fakeagent.Agent) {
	t.Helper()
	agent := fakeagent.New(time.Now())
	pg := windowkit.Open(t, w, agent, s)
	r := New(pg.Desk)
	return pg.Enter(r, ""), r, agent
}

// TestPictures draws the room for people to look at: go test -artifacts. Otherwise in one way only.
func TestPictures(t *testing.T) {
	ways := append([]windowkit.Way{}, windowkit.Ways...)
	ways = append(ways, windowkit.Way{Language: "en", Width: 372, Height: 900}, windowkit.Way{Language: "ja", Width: 372, Height: 900, Scale: 1.6}, windowkit.Way{Language: "en", Width: 1150, Scale: 1.6, Height: 900})
	if flag.Lookup("test.artifacts").Value.String() != "true" {
		ways = ways[:1]
	}
	for i, w := range ways {
		if w.Height == 0 {
			w.Height = 1050
		}
		t.Run(w.Name(), func(t *testing.T) {
			w.Outside = desk.Outside{Copy: func(token.Secret) error { return nil }, Browse: func(string) error { return nil }}
			pg, r, _ := open(t, w, sample(time.Now()))
			pg.Shot(t, w.Name()+string(rune('a'+i)))
			pg.Press(fyne.KeyTab)
			r.hand.Scroll.ScrollToBottom()
			look.Focus(r.chart.Row())
			pg.Press(fyne.KeyRight, fyne.KeyRight)
			pg.Shot(t, w.Name()+string(rune('a'+i))+"-end")
			r.openDetails(npm)
			pg.Shot(t, w.Name()+string(rune('a'+i))+"-details")
			r.box.Hide()
			r.long.Reveal(2)
			r.openMenu(r.cards[npm])
			pg.Shot(t, w.Name()+string(rune('a'+i))+"-menu")
			r.popup.Hide()
			s := sample(time.Now())
			s.Locked = true
			waits(&s.Sessions[2])
			pg.Show(s)
			r.hand.Scroll.ScrollToTop()
			pg.Shot(t, w.Name()+string(rune('a'+i))+"-login")
			pg.Show(sample(time.Now()))
			r.hand.Scroll.ScrollToBottom()
			pg.Tap(t, pg.Desk.P.T("sessions.ends.list"))
			r.hand.Scroll.ScrollToBottom()
			r.askLogout(s.Sessions[2])
			pg.Shot(t, w.Name()+string(rune('a'+i))+"-list")
			r.box.Hide()
			pg.Show(api.Snapshot{Version: 9})
			pg.Shot(t, w.Name()+string(rune('a'+i))+"-empty")
		})
	}
}
