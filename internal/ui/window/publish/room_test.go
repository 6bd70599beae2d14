package publish

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

const acme = "https://npm.acme.example.com/"

// logins are one of each kind.
func logins(t testing.TB, agent *fakeagent.Agent) api.Snapshot {
	t.Helper()
	s, err := agent.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	add := func(name string, kind token.Kind, state api.State) {
		s.Sessions = append(s.Sessions, api.Session{Registry: "https://" + name + "/", Name: name, Account: "alice", Kind: kind, State: state})
	}
	s.Sessions[0].Name, s.Sessions[0].Mode = "npm", injection.ModeExec
	add("npm.acme.example.com", token.KindSession, api.StateUnknown)
	add("token.example.com", token.KindGitLab, api.StateUnknown)
	add("ended.example.com", token.KindSession, api.StateEnded)
	add("none.example.com", token.KindSession, api.StateNone)
	add("locked.example.com", token.KindSession, api.StateLocked)
	return s
}

func open(t testing.TB, w windowkit.Way, agent *fakeagent.Agent, s api.Snapshot) *windowkit.Page {
	t.Helper()
	pg := windowkit.Open(t, w, agent, s)
	return pg.Enter(New(pg.Desk), "")
}

// TestSays: of each login it says what is known of publishing and how to publish today, and nothing else.
func TestSays(t *testing.T) {
	ways := slices.Concat(windowkit.Ways, []windowkit.Way{{Language: "en", Width: 284}, {Language: "ja", Width: 284, Dark: true, Scale: 1.6}, {Language: "en", Scale: 1.6}})
	for _, w := range ways {
		name := fmt.Sprintf("%s-%.0f-%.1f", w.Name(), w.Width, w.Scale)
		t.Run(name, func(t *testing.T) {
			w.Height = 2000
			agent := fakeagent.New(time.Now())
			pg := open(t, w, agent, logins(t, agent))
			p := pg.Desk.P
			pg.Wants(t, p.T("publish.npm", map[string]any{"Account": "alice"}), p.T("publish.unknown"), p.T("publish.token"), p.T("publish.ended"), p.T("publish.none"), p.T("publish.locked"),
				"\nsandglass exec -- npm publish\n", "\nnpm publish --registry "+acme+"\n")
			if n := strings.Count(pg.Read(), "npm publish"); n != 3 {
				t.Errorf("%d commands are shown", n)
			}
			if h := pg.Room.Header(time.Now()); h.Sub != p.N("publish.sub", 3) {
				t.Errorf("the header says %q", h.Sub)
			}
			pg.Inside(t)
			pg.Shot(t, "publish-"+name)
		})
	}
}

// TestActions: copy and log in, by tap and keyboard.
func TestActions(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		for _, keyboard := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", language, keyboard), func(t *testing.T) {
				agent := fakeagent.New(time.Now())
				s := logins(t, agent)
				s.Sessions = []api.Session{s.Sessions[0], s.Sessions[3], s.Sessions[5]}
				pg := open(t, windowkit.Way{Language: language}, agent, s)
				press := func(key string) {
					if keyboard {
						pg.Press(fyne.KeyTab, fyne.KeyReturn)
					} else {
						pg.Tap(t, pg.Desk.P.T(key))
					}
				}
				press("publish.copy")
				if got := fyne.CurrentApp().Clipboard().Content(); got != "sandglass exec -- npm publish" || len(pg.Toasts) != 1 {
					t.Errorf("copied %q, told %q", got, pg.Toasts)
				}
				press("publish.login")
				want := api.LoginRequest{Registry: "https://ended.example.com/"}
				pg.Until(t, "the login", func() bool {
					return slices.ContainsFunc(agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "login" && reflect.DeepEqual(c.Params, want) })
				})
				press("window.verb.unlock")
				pg.Until(t, "the unlocking", func() bool {
					return slices.ContainsFunc(agent.Calls(), func(c fakeagent.Call) bool {
						return c.Method == "do" && reflect.DeepEqual(c.Params, api.Action{Verb: api.VerbUnlock})
					})
				})
			})
		}
	}
}

// TestEmpty: without a login there is one thing to do.
func TestEmpty(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		agent := fakeagent.New(time.Now())
		s := logins(t, agent)
		s.Sessions = nil
		pg := open(t, windowkit.Way{Language: language}, agent, s)
		pg.Wants(t, pg.Desk.P.T("publish.empty"), pg.Desk.P.T("publish.empty.hint"))
		pg.Shot(t, "publish-empty-"+language)
		pg.Press(fyne.KeyTab, fyne.KeySpace)
		pg.Until(t, "the login", func() bool {
			return slices.ContainsFunc(agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "login" })
		})
	}
}

// TestEnds: a login that ends while the room is open is told as ended.
func TestEnds(t *testing.T) {
	agent := fakeagent.New(time.Now())
	pg := open(t, windowkit.Way{Language: "en"}, agent, logins(t, agent))
	pg.Room.Tick(time.Now().Add(2 * time.Hour))
	if n := strings.Count(pg.Read(), pg.Desk.P.T("publish.ended")); n != 2 {
		t.Errorf("%d logins have ended:%s", n, pg.Read())
	}
	if pg.Desk.Snapshot.Sessions[0].Registry != registry.Public.String() {
		t.Error("the first is not npm's")
	}
}
