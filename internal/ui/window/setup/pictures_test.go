package setup

import (
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

// TestPictures writes every step as pictures for people to look at: go test -artifacts.
func TestPictures(t *testing.T) {
	ways := append([]windowkit.Way{}, windowkit.Ways...)
	ways = append(ways, windowkit.Way{Language: "en", Width: 340, Height: 700}, windowkit.Way{Language: "ja", Width: 340, Height: 700, Dark: true},
		windowkit.Way{Language: "en", Scale: 1.6}, windowkit.Way{Language: "ja", Scale: 1.6, Width: 340, Height: 700})
	for _, w := range ways {
		t.Run(name(w), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, freshMorning(now), "")
			shot := func(what string) { pg.Shot(t, what+"-"+name(w)) }
			shot("1-look")
			pg.room.turn(stepKeep)
			pg.Tap(t, pg.Desk.P.T("setup.keep.file"))
			pg.room.form.Complain()
			shot("2-keep")
			pg.room.form.Reset()
			pg.room.turn(stepReach)
			shot("3-reach")
			pg.Tap(t, pg.Desk.P.T("setup.apply"))
			pg.Until(t, "the end", func() bool { return pg.room.reach.stage == stageDone })
			shot("3-reach-done")
			none := nobody(now)
			pg.Show(none)
			pg.room.turn(stepLogin)
			shot("4-login")
			none.Sessions = []api.Session{{Registry: "https://npm.example.com/", Name: "npm", State: api.StateNone, Login: &api.Login{Registry: "https://npm.example.com/", State: api.LoginWaiting, Host: "www.example.com", URL: "https://www.example.com/login?next=/login/cli/1f0c2b9e-1c4a-4a8b-9d6a-3f1f3b1f4a55", Browser: true}}}
			pg.Show(none)
			shot("4-login-waiting")
			pg.Show(freshMorning(now))
			shot("4-login-done")
			hooked := freshMorning(now)
			hooked.Shells[0].Hooked, hooked.Shells[1].Hooked = true, true
			pg.agent.prove = func(req api.ProveRequest) (api.Proof, error) {
				if req.Shell == "zsh" {
					return api.Proof{Shell: "zsh", Command: "npm whoami", Answer: "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be logged in."}, nil
				}
				return answers(req)
			}
			pg.Show(hooked)
			pg.room.turn(stepProve)
			prove := pg.room.steps[stepProve].(*proveStep)
			pg.Until(t, "the answers", func() bool { return len(prove.proofs) == 2 })
			shot("5-prove")
		})
	}
}

func name(w windowkit.Way) string {
	n := w.Name()
	if w.Width > 0 {
		n += "-narrow"
	}
	if w.Scale > 0 {
		n += "-large"
	}
	return n
}

// TestInside: nothing is cut off or lies on something else, however narrow the window and large the type.
func TestInside(t *testing.T) {
	for _, w := range windowkit.Tight() {
		t.Run(name(w), func(t *testing.T) {
			pg := open(t, w, freshMorning(time.Now()), "")
			pg.Inside(t)
			pg.room.turn(stepKeep)
			pg.Tap(t, pg.Desk.P.T("setup.keep.file"))
			pg.room.form.Complain()
			pg.Inside(t)
			pg.room.form.Reset()
			pg.room.turn(stepReach)
			for range 12 {
				pg.Inside(t)
				pg.room.hand.Scroll.ScrollToOffset(pg.room.hand.Scroll.Offset.AddXY(0, 400))
			}
			pg.Show(nobody(time.Now()))
			pg.room.turn(stepLogin)
			pg.Inside(t)
			hooked := freshMorning(time.Now())
			hooked.Shells[0].Hooked = true
			pg.Show(hooked)
			pg.room.turn(stepProve)
			prove := pg.room.steps[stepProve].(*proveStep)
			pg.Until(t, "the answers", func() bool { return len(prove.proofs) == 1 })
			pg.Inside(t)
		})
	}
}
