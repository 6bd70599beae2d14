package sessions

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/glass"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// card is one session. It is made once and updated in place.
type card struct {
	r                        *Room
	box                      *fyne.Container
	glass                    *glass.Glass
	title, about, big, small *look.Label
	chips                    *fyne.Container
	button, more             *look.Button
	strip                    *strip
	session                  api.Session
	facts                    facts
	shown                    words
	stamp                    stamp
}

// stamp is what the words of a card hang on: they are not made again while it stays.
type stamp struct {
	turn  int // of Room.Show
	state api.State
	left  time.Duration // in the steps in which it is told
	day   int
}

// newCard makes the card of a session, with its words as they are at now.
func (r *Room) newCard(s api.Session, now time.Time) *card {
	p := r.d.P
	c := &card{r: r, glass: glass.New(glassSide)}
	c.glass.UI = r.d.UI
	c.title = look.NewLabel("", look.SizeHead, look.Ink).Bold().Wrapped()
	c.about = look.NewLabel("", look.SizeText, look.Dim).Wrapped()
	c.big = look.NewLabel("", look.SizeTitle, look.Ink).Bold().Wrapped()
	c.small = look.NewLabel("", look.SizeText, look.Dim).Wrapped()
	c.chips = container.New(look.Flow(6))
	c.button = r.hand.Button("", false, func() { r.press(c.session) })
	c.more = r.hand.IconButton("more", p.T("sessions.more", nameArg(s)), func() { r.openMenu(c) })
	c.strip = newStrip(r)
	facts := look.Column(look.Grid/2, c.title, c.about, look.Space(2), c.chips)
	actions := container.New(look.Ends(look.Grid), c.button, c.more)
	row := container.New(&cardLayout{actions: r.actionWidth()}, c.glass, facts, look.Column(2, c.big, c.small), actions)
	c.box = look.Card(look.Pad(look.Column(2*look.Grid, row, c.strip.box), 2*look.Grid+4, 3*look.Grid))
	c.update(s, r.facts[s.Registry], now)
	return c
}

// actionWidth is that of the main button, whatever it says, and of the one for more.
func (r *Room) actionWidth() float32 {
	var widest float32
	for _, what := range []string{"renew", "login", "cancel", "unlock"} {
		widest = max(widest, r.hand.Button(r.d.P.T("sessions.action."+what), true, nil).MinSize().Width)
	}
	return widest + 5*look.Grid
}

// update draws the session as it stands at now. It reports whether the card's parts need new room.
func (c *card) update(s api.Session, f facts, now time.Time) (grown bool) {
	next := stamp{c.r.turn, s.StateAt(now), told(s.Left(now)), now.YearDay()}
	c.glass.Set(icon.Spec{State: glasses[next.state], Share: s.Share(now), Dark: look.Dark()})
	if next == c.stamp {
		return false
	}
	c.stamp, c.session, c.facts = next, s, f
	w := wordsFor(s, f, c.r.d.P, now)
	tone := look.Ink
	if w.Alarm {
		tone = look.Warn
	}
	for _, said := range []bool{c.title.Say(w.Title, look.Ink), c.about.Say(w.About, look.Dim), c.small.Say(w.Small, look.Dim), c.big.Say(w.Big, tone), c.strip.say(w)} {
		grown = said || grown
	}
	if none := w.Action == ""; c.button.Text != w.Action || w.Primary != c.shown.Primary || c.button.Hidden != none {
		c.button.Importance = widget.MediumImportance
		if w.Primary {
			c.button.Importance = widget.HighImportance
		}
		c.button.Hidden = none
		c.button.SetText(w.Action)
	}
	if !slices.Equal(w.Chips, c.shown.Chips) {
		grown = true
		c.chips.RemoveAll()
		for _, fact := range w.Chips {
			if fact.Warn {
				c.chips.Add(look.Mark(fact.Text))
			} else {
				c.chips.Add(look.Chip(fact.Text))
			}
		}
	}
	c.chips.Hidden = len(w.Chips) == 0
	c.shown = w
	return grown
}

// told is the time left in the steps in which Printer.Left tells it.
func told(left time.Duration) time.Duration {
	if left <= time.Minute {
		return (left + time.Second - 1).Truncate(time.Second)
	}
	return left.Truncate(time.Minute)
}

// glasses are the icon's states for a session's.
var glasses = map[api.State]icon.State{
	api.StateRunning: icon.Running, api.StateEnding: icon.Ending, api.StateEnded: icon.Ended,
	api.StateUnknown: icon.Unknown, api.StateOffline: icon.Offline, api.StateLocked: icon.Locked, api.StateNone: icon.Idle,
}

// strip is the part of a card that says where a login stands which is under way.
type strip struct {
	box        *fyne.Container
	what, hint *look.Label
	again      *look.Button
	page       string
	browses    bool
}

func newStrip(r *Room) *strip {
	s := &strip{what: look.Prose("").Bold(), hint: look.NewLabel("", look.SizeText, look.Dim).Wrapped()}
	s.again = r.hand.Button(r.d.P.T("sessions.action.again"), true, func() { r.browse(s.page) })
	words := look.Column(2, s.what, s.hint)
	s.box = look.Column(2*look.Grid, look.Rule(), container.New(wideOrStacked(), words, container.NewHBox(s.again)))
	s.box.Hide()
	s.browses = r.d.Outside.Browse != nil
	return s
}

// say shows the strip while a login waits. It reports whether anything has changed.
func (s *strip) say(w words) bool {
	was := s.box.Visible()
	changed := s.what.Say(w.Login, look.Ink)
	changed = s.hint.Say(w.LoginHint, look.Dim) || changed
	if s.page != w.Page {
		s.page, changed = w.Page, true
	}
	s.box.Hidden = w.Login == ""
	s.hint.Hidden = w.LoginHint == ""
	s.again.Hidden = !s.browses || s.page == ""
	if changed || was == s.box.Hidden {
		s.box.Refresh()
		return true
	}
	return false
}
