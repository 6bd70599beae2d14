package agent

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// noticeTokens is the notice about access tokens that end soon. There is one, about all of which nobody has read yet.
const noticeTokens = "tokens"

// maxReminders is how many access tokens a notice names.
const maxReminders = 6

// reminding is how far the reminders of access tokens are.
type reminding struct {
	at    time.Time         // when to look again; zero: now
	idle  bool              // nothing is to come
	shown map[string]remind // on the screen, by registry and id

	soon   []api.TokenSoon // what a timeline shows; nil: to be put together
	soonAt time.Time
}

// remind is a reminder that is due.
type remind struct {
	registry, name, key string
	ends                time.Time
	told                *[]int
	days                int
}

// remindAnew has the reminders looked at again: what they are about has changed.
func (c *core) remindAnew() {
	c.reminding.at, c.reminding.idle, c.reminding.soon = time.Time{}, false, nil
}

// reminders calls see with everything that may be told.
func (c *core) reminders(see func(remind)) {
	for _, b := range c.books {
		for i := range b.Tokens {
			l := &b.Tokens[i]
			see(remind{registry: b.Registry.String(), name: l.Name, key: b.Registry.String() + " " + l.ID, ends: l.Ends, told: &l.Told})
		}
	}
	for i := range c.notes {
		if n := &c.notes[i]; n.Own {
			see(remind{registry: n.Registry, name: n.Name, key: n.Registry + " " + n.ID, ends: n.Ends, told: &n.Told})
		}
	}
}

// remindDue tells of access tokens that end in 14, 7 and 1 days, each once. What must not be told now is told later, if
// it is still true then.
func (c *core) remindDue(now time.Time) {
	r := &c.reminding
	if r.idle || now.Before(r.at) || c.asleep || c.stopping || !c.mayShow(now) {
		return
	}
	var fresh []remind
	var next time.Time
	held, there := false, map[string]time.Time{}
	c.reminders(func(d remind) {
		there[d.key] = d.ends
		days, due := access.Due(d.ends, now, *d.told)
		switch u, err := registry.Parse(d.registry); {
		case due && err == nil && c.sessions[u] != nil && c.sessions[u].Muted:
			held = true
		case due:
			d.days = days
			fresh = append(fresh, d)
			*d.told = append(slices.Clone(*d.told), days)
		}
		if at := access.NextDue(d.ends, now, *d.told); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	})
	r.at, r.idle = next, next.IsZero()
	if held {
		r.at, r.idle = time.Time{}, false
	}
	c.unshow(there)
	if len(fresh) > 0 {
		c.touch()
		c.showReminders(fresh, now)
	}
}

// unshow takes the notice off the screen once nothing that it tells is true any more: revoked, or rotated.
func (c *core) unshow(there map[string]time.Time) {
	before := len(c.reminding.shown)
	maps.DeleteFunc(c.reminding.shown, func(key string, d remind) bool { return !there[key].Equal(d.ends) })
	if before > 0 && len(c.reminding.shown) == 0 {
		c.closeID(noticeTokens)
	}
}

// showReminders shows one notice about what is due, and about what nobody has read yet.
func (c *core) showReminders(fresh []remind, now time.Time) {
	r := &c.reminding
	if r.shown == nil {
		r.shown = map[string]remind{}
	}
	for _, d := range fresh {
		r.shown[d.key] = d
	}
	var all []remind
	for key, d := range r.shown {
		if now.Before(d.ends) {
			all = append(all, d)
		} else {
			delete(r.shown, key)
		}
	}
	slices.SortFunc(all, func(x, y remind) int {
		if by := x.ends.Compare(y.ends); by != 0 {
			return by
		}
		return strings.Compare(x.key, y.key)
	})
	c.show(c.reminderNotice(all, now), func() { c.unremind(fresh) })
}

func (c *core) reminderNotice(all []remind, now time.Time) Notice {
	p := c.printer()
	line := func(key string, d remind) string {
		name := d.registry
		if u, err := registry.Parse(d.registry); err == nil {
			name = u.Name()
		}
		return p.T(key, i18n.Args{"Name": plain(d.name), "Registry": name, "Time": p.Clock(d.ends, now), "Left": p.Left(d.ends.Sub(now))})
	}
	n := Notice{ID: noticeTokens, Critical: all[0].days <= 1, Buttons: []Button{{buttonOpen, p.T("notice.open")}}}
	if len(all) == 1 {
		n.Title, n.Body = line("notice.token.title", all[0]), line("notice.token.body", all[0])
		return n
	}
	n.Title = p.N("notice.token.several", len(all))
	var lines []string
	for _, d := range all[:min(len(all), maxReminders)] {
		lines = append(lines, line("notice.token.line", d))
	}
	if more := len(all) - maxReminders; more > 0 {
		lines = append(lines, p.N("notice.token.more", more))
	}
	n.Body = strings.Join(lines, "\n")
	return n
}

// unremind takes back that reminders were told: nobody saw them.
func (c *core) unremind(unseen []remind) {
	c.reminders(func(d remind) {
		for _, u := range unseen {
			if u.key == d.key && u.ends.Equal(d.ends) {
				*d.told = slices.DeleteFunc(slices.Clone(*d.told), func(days int) bool { return days == u.days })
				delete(c.reminding.shown, d.key)
			}
		}
	})
	c.noticeAt = c.now().Add(retryNotice)
	c.remindAnew()
	c.touch()
}

// pressedTokens handles the notice's button, or that it is gone.
func (c *core) pressedTokens(key string) {
	clear(c.reminding.shown)
	if key == buttonOpen {
		c.openRoom(api.RoomTokens)
	}
}
