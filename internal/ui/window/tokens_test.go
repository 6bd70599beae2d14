package window

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

// TestAccessTokens: the rail counts the access tokens that need attention, the header has both actions at each width, and to look again reads the
// list anew.
func TestAccessTokens(t *testing.T) {
	for _, w := range []windowkit.Way{{Language: "en"}, {Language: "ja", Dark: true}, {Language: "en", Width: 900}, {Language: "ja", Width: 426}, {Language: "en", Width: 340}} {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			f := openFrame(t, w)
			now := time.Now()
			f.agent.List = api.TokenList{Registry: "r", Account: "alice", At: now.Add(-time.Minute), Tokens: []api.AccessToken{
				{Token: access.Token{ID: "1", Name: "ci-publish", Masked: "npm_aB3d…9fQ2", Kind: access.Granular, Scopes: []string{"@acme"}, Permission: access.ReadWrite, Bypass: true, Ends: now.Add(300 * time.Hour)}, Marks: []access.Mark{{Code: access.MarkBypass, Serious: true}}}}}
			s := f.settled(t, w.Language)
			s.Soon = []api.TokenSoon{{Registry: s.Default, ID: "1", Name: "ci-publish", Ends: now.Add(300 * time.Hour), Marks: 2}, {Registry: s.Default, ID: "2", Name: "other", Marks: 5}}
			f.Show(s)
			if n := f.rail.rows[api.RoomTokens].count; n != 2 {
				t.Errorf("the badge says %d", n)
			}
			f.Enter(api.RoomTokens, "")
			asked := func() (n int) {
				for _, c := range f.agent.Calls() {
					if c.Method == "tokens" {
						n++
					}
				}
				return n
			}
			f.until(t, "the list", func() bool { return strings.Contains(f.read(), "ci-publish") })
			f.refresh()
			f.wants(t, f.desk.P.T("tokens.create"), f.desk.P.T("tokens.export"), "ci-publish")
			f.inside(t)
			f.shot(t, fmt.Sprintf("window-tokens-%s-%.0f", w.Name(), w.Width))
			f.shortcut(fyne.KeyR)
			f.until(t, "the next list", func() bool { return asked() == 2 })
		})
	}
}

// page is the frame as windowkit knows one.
func (f *frame) page() *windowkit.Page { return &windowkit.Page{Desk: f.desk, Win: f.win} }

func (f *frame) inside(t *testing.T) { f.page().Inside(t) }

func (f *frame) shot(t *testing.T, name string) { f.page().Shot(t, name) }
