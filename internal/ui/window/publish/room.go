// Package publish is the room of what can be published: for each login what is known of that today, and the
// command that does it.
package publish

import (
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Room is the room of publishing.
type Room struct {
	desk.Quiet
	d      *desk.Desk
	hand   *look.Hand
	long   *look.Long
	logins []login
	rows   []fyne.CanvasObject
}

// New makes the room.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, hand: d.Hand()}
	r.long = r.hand.Long(2*look.Grid, 20*look.Grid, r.row)
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.hand.Scroll }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(time.Time) desk.Header {
	n := 0
	for _, l := range r.logins {
		if l.live {
			n++
		}
	}
	return desk.Header{Sub: r.d.P.N("publish.sub", n)}
}

// Show implements desk.Room.
func (r *Room) Show() { r.draw(time.Now()) }

// Tick implements desk.Room: a login may have ended meanwhile.
func (r *Room) Tick(now time.Time) { r.draw(now) }

// draw makes the cards anew where there is something else to say.
func (r *Room) draw(now time.Time) {
	if r.d.Snapshot.Version == 0 {
		return
	}
	var logins []login
	for _, s := range r.d.Snapshot.Sessions {
		logins = append(logins, r.about(s, now))
	}
	if reflect.DeepEqual(logins, r.logins) && len(r.rows) > 0 {
		return
	}
	r.logins, r.rows = logins, make([]fyne.CanvasObject, max(1, len(logins)))
	r.long.Set(len(r.rows))
}

// row is a card, made when it comes into view.
func (r *Room) row(i int) fyne.CanvasObject {
	if r.rows[i] == nil && len(r.logins) == 0 {
		log := r.hand.Button(r.d.P.T("publish.login"), true, func() { r.d.Login("") })
		r.rows[i] = desk.Empty(r.d.P.T("publish.empty"), r.d.P.T("publish.empty.hint"), log)
	}
	if r.rows[i] == nil {
		r.rows[i] = r.card(r.logins[i])
	}
	return r.rows[i]
}

// login is what is known of publishing with one login.
type login struct {
	registry, name, account, text, command string
	live, login, locked                    bool
}

func (r *Room) about(s api.Session, now time.Time) login {
	l := login{registry: s.Registry, name: desk.Plain(s.Name), account: desk.Plain(s.Account)}
	state := s.StateAt(now)
	key := "publish.unknown"
	switch {
	case state == api.StateEnded, state == api.StateNone:
		key, l.login = "publish."+string(state), true
	case state == api.StateLocked:
		key, l.locked = "publish.locked", true
	case s.Kind != token.KindSession:
		key, l.live = "publish.token", true
	case s.Registry == registry.Public.String():
		key, l.live = "publish.npm", true
		if s.Account == "" {
			key = "publish.npm.noaccount"
		}
	default:
		l.live = true
	}
	l.text = r.d.P.T(key, i18n.Args{"Account": l.account})
	if l.live {
		l.command = command(s)
	}
	return l
}

// command publishes with a login. In exec mode no shell has it.
func command(s api.Session) string {
	c := "npm publish"
	if s.Registry != registry.Public.String() {
		c += " --registry " + desk.Plain(s.Registry)
	}
	if s.Mode == injection.ModeExec {
		c = "sandglass exec -- " + c
	}
	return c
}

func (r *Room) card(l login) fyne.CanvasObject {
	p := r.d.P
	title := look.Column(2, look.Head(l.name))
	if l.account != "" {
		title.Add(look.Line(l.account, look.SizeText, look.Dim))
	}
	parts := look.Column(12, title, look.Prose(l.text))
	if l.login {
		parts.Add(container.NewHBox(r.hand.Button(p.T("publish.login"), true, func() { r.d.Login(l.registry) })))
	}
	if l.locked {
		parts.Add(container.NewHBox(r.hand.Button(p.T("window.verb.unlock"), true, func() { r.d.Act(api.Action{Verb: api.VerbUnlock}) })))
	}
	if l.command != "" {
		copied := r.hand.Button(p.T("publish.copy"), false, func() {
			fyne.CurrentApp().Clipboard().SetContent(l.command)
			r.d.Toast(p.T("publish.copied"))
		})
		copied.Label = p.T("publish.copy") + " " + l.command
		line := container.New(look.Either(56*look.Grid, look.Ends(look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid)), look.Command(l.command), container.NewHBox(copied))
		parts.Add(look.Column(look.Grid/2, look.NewLabel(p.T("publish.how"), look.SizeText, look.Dim).Wrapped(), line))
	}
	return look.Panel(parts)
}
