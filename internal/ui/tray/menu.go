package tray

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// Menu is what the menu says at now, from top to bottom.
func Menu(s api.Snapshot, p *i18n.Printer, now time.Time) []Item {
	v := view{s, p, now}
	menu := []Item{{Key: keyStatus, Label: v.status(), Disabled: true}}
	menu = append(menu, v.sessions()...)
	menu = append(menu, v.pages()...)
	menu = append(menu, Item{Key: keyLine + "0", Separator: true})
	if n := len(s.Findings); n > 0 {
		menu = append(menu, Item{Key: keyFindings, Label: p.N("tray.findings", n), Do: show(api.RoomFindings)})
	}
	return append(menu,
		Item{Key: keyOpen, Label: p.T("tray.open"), Do: show(api.RoomSessions)},
		v.pause(),
		v.lock(),
		Item{Key: keySettings, Label: p.T("tray.settings"), Do: show(api.RoomSettings)},
		Item{Key: keyLine + "1", Separator: true},
		Item{Key: keyQuit, Label: p.T("tray.quit"), Do: Do{Verb: api.VerbQuit}},
	)
}

// show opens the window in a room.
func show(room api.Room) Do { return Do{Verb: api.VerbShow, Room: room} }

// Tooltip is the icon's own text, for the pointer and for those who cannot see the icon: the time left of
// the session that the icon shows, and how many others there are.
func Tooltip(s api.Snapshot, p *i18n.Printer, now time.Time) string { return view{s, p, now}.tip() }

// view is a snapshot seen by a reader at a moment.
type view struct {
	s   api.Snapshot
	p   *i18n.Printer
	now time.Time
}

// sessions are the lines of those that end first, in an order that stays: a line must not move under
// the pointer because another session was renewed.
func (v view) sessions() []Item {
	all := slices.Clone(v.s.Sessions)
	slices.SortStableFunc(all, func(a, b api.Session) int { return cmp.Compare(rank(a, v.now), rank(b, v.now)) })
	hidden := max(0, len(all)-maxSessions)
	shown := all[:len(all)-hidden]
	slices.SortFunc(shown, func(a, b api.Session) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Registry, b.Registry))
	})
	var items []Item
	for i, x := range shown {
		items = append(items, Item{Key: keySession + strconv.Itoa(i), Label: v.line(x), Do: Do{Login: x.Registry}})
	}
	if hidden > 0 {
		items = append(items, Item{Key: keyMore, Label: v.p.N("tray.more", hidden), Do: show(api.RoomSessions)})
	}
	return items
}

// pages are the login pages that no browser was started on.
func (v view) pages() []Item {
	var items []Item
	for _, x := range v.s.Sessions {
		if l := x.Login; l != nil && l.State == api.LoginWaiting && !l.Browser && l.URL != "" && len(items) < maxPages {
			items = append(items, Item{
				Key:   keyPage + strconv.Itoa(len(items)),
				Label: v.p.T("tray.page", i18n.Args{"Who": who(v.p, x), "Host": clean(l.Host)}),
				Do:    Do{Page: l.URL},
			})
		}
	}
	return items
}

func (v view) pause() Item {
	if v.s.Paused.After(v.now) {
		return Item{
			Key:   keyPause,
			Label: v.p.T("tray.resume", i18n.Args{"Clock": v.p.Clock(v.s.Paused, v.now)}),
			Do:    Do{Verb: api.VerbResume},
		}
	}
	return Item{Key: keyPause, Label: v.p.T("tray.pause"), Do: Do{Pause: pauseFor}}
}

func (v view) lock() Item {
	if v.s.Locked {
		return Item{Key: keyLock, Label: v.p.T("tray.unlock"), Do: Do{Verb: api.VerbUnlock}}
	}
	return Item{Key: keyLock, Label: v.p.T("tray.lock"), Do: Do{Verb: api.VerbLock}}
}
