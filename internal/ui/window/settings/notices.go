package settings

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// notices is the card of what is told, and when not.
func (r *Room) notices() *card {
	p := r.d.P
	on := r.toggle("settings.notices.on", func(s *api.Settings) *bool { return &s.Notices })
	explain := r.toggle("settings.explain", func(s *api.Settings) *bool { return &s.Explain })
	deaf := look.NewLabel(p.T("settings.notices.deaf"), look.SizeSmall, look.Warn).Wrapped()
	hours := newHours(r)
	r.hours = hours
	hour := r.hand.Button(p.T("settings.pause.hour"), false, func() { r.pause(r.now.Add(time.Hour)) })
	morning := r.hand.Button(p.T("settings.pause.morning"), false, func() { r.pause(nextMorning(r.now)) })
	resume := r.hand.Button(p.T("settings.pause.resume"), false, func() { r.d.Act(api.Action{Verb: api.VerbResume}) })
	pause := newLine(p.T("settings.pause"), p.T("settings.pause.text"), hour, morning, resume)
	c := r.card("settings.notices", look.Column(look.Grid/2, flush(on), deaf), flush(explain), hours.box, pause.Container)
	c.words = []string{p.T("settings.notices.on"), p.T("settings.explain"), p.T("settings.quiet"), p.T("settings.quiet.text"), p.T("settings.pause")}
	c.update = func() {
		s := r.d.Snapshot
		on.Set(s.Settings.Notices)
		explain.Set(s.Settings.Explain)
		deaf.Hidden = s.Agent.Notices || s.Version == 0
		hours.update(s.Settings.Quiet)
		hour.Hidden, morning.Hidden, resume.Hidden = r.paused(), r.paused(), !r.paused()
		pause.say(p.T("settings.pause.text"), look.Dim)
		if r.paused() {
			pause.say(p.T("settings.pause.until", i18n.Args{"Clock": p.Clock(s.Paused, r.now)}), look.Ink)
		}
		c.body.Refresh()
	}
	return c
}

func (r *Room) paused() bool { return r.d.Snapshot.Paused.After(r.now) }

func (r *Room) pause(until time.Time) {
	r.d.Act(api.Action{Verb: api.VerbPause, Until: until})
}

// nextMorning is the next time that a clock shows eight in the morning.
func nextMorning(now time.Time) time.Time {
	y, m, d := now.Local().Date()
	if at := time.Date(y, m, d, 8, 0, 0, 0, time.Local); at.After(now) {
		return at
	}
	return time.Date(y, m, d+1, 8, 0, 0, 0, time.Local)
}

// hours are the quiet hours: two fields, and what is wrong with them below.
type hours struct {
	r        *Room
	box      fyne.CanvasObject
	from, to *look.Field
	save     *look.Button
	wrong    *look.Label
	inForce  string
}

func newHours(r *Room) *hours {
	p := r.d.P
	h := &hours{r: r, wrong: look.NewLabel("", look.SizeSmall, look.Warn).Wrapped()}
	h.from, h.to = r.hand.Field(p.T("settings.quiet.from"), h.typed), r.hand.Field(p.T("settings.quiet.to"), h.typed)
	h.from.OnSubmitted, h.to.OnSubmitted = func(string) { h.store() }, func(string) { h.store() }
	h.save = r.hand.Button(p.T("settings.quiet.save"), false, h.store)
	h.save.Disable()
	h.wrong.Hide()
	width := func(f *look.Field) fyne.CanvasObject {
		need := fyne.MeasureText(f.PlaceHolder, f.MinSize().Height/2, fyne.TextStyle{}).Width
		return look.Wide(f, need+4*look.Grid)
	}
	l := newLine(p.T("settings.quiet"), p.T("settings.quiet.text"), width(h.from), width(h.to), h.save)
	h.box = container.New(look.Column(look.Grid).Layout, l.Container, h.wrong)
	return h
}

// update shows the span in force, unless the user is about to type another.
func (h *hours) update(span string) {
	if span == h.inForce {
		return
	}
	if from, to, _ := parts(h.inForce); clean(h.from.Text) != from || clean(h.to.Text) != to {
		if now, _ := h.span(); now != span {
			h.inForce = span
			h.typed()
			return
		}
	}
	h.inForce = span
	from, to, _ := parts(span)
	h.from.SetText(from)
	h.to.SetText(to)
	h.typed()
}

// span is what is typed, and what is wrong with it.
func (h *hours) span() (span, wrong string) {
	return quietSpan(h.r.d.P, h.from.Text, h.to.Text)
}

// typed says what is wrong while it is typed, and lets it be stored if nothing is.
func (h *hours) typed() {
	span, wrong := h.span()
	allowed := wrong == "" && span != h.inForce
	if allowed {
		h.save.Enable()
	} else {
		h.save.Disable()
	}
	half := (h.from.Text == "") != (h.to.Text == "")
	h.say(wrong, wrong != "" && !half)
}

func (h *hours) say(wrong string, shown bool) {
	h.wrong.Say(wrong, look.Warn)
	if h.wrong.Hidden == shown {
		h.wrong.Hidden = !shown
		h.box.Refresh()
	}
}

// store asks for the span that is typed, or says why not.
func (h *hours) store() {
	span, wrong := h.span()
	h.say(wrong, wrong != "")
	if wrong != "" || span == h.inForce {
		return
	}
	h.r.d.Set(func(s *api.Settings) { s.Quiet = span })
}
