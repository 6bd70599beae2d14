package agent

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// The buttons of notices.
const (
	buttonRenew = "renew"
	buttonLater = "later"
	buttonMove  = "move"
	buttonOpen  = "open"
)

// snoozeFor is how long "Later" holds a notice back.
const snoozeFor = 5 * time.Minute

// due is a notice whose time has come. unseen takes back that it was told.
type due struct {
	u      registry.URL
	notice Notice
	line   string // it in a line, among others
	unseen func()
}

// tell returns the notice that is due for a session, if any, and notes it as told. There is one notice per session: a
// newer one replaces the older, so that they never pile up.
func (c *core) tell(u registry.URL, e *entry, now time.Time) (d due, any bool) {
	if e.probing || c.asleep || c.stopping || e.Lifetime == "" || !c.mayTell(e, now) {
		return d, false
	}
	before := e.Ladder
	what, ladder := before.Next(e.life(), c.lastUse(e), now)
	if ladder != before {
		e.Ladder = ladder
		c.touch()
	}
	if what == session.Nothing {
		return d, false
	}
	p := c.printer()
	args := i18n.Args{"Registry": u.Name(), "Account": printable(e.Account), "Time": p.Clock(e.Ends, now), "Left": p.Left(e.Ends.Sub(now))}
	key := "notice.soon"
	if what == session.TellEnded {
		key = "notice.ended"
	}
	title := key + ".title"
	if e.Account == "" {
		title = key + ".title.noaccount"
	}
	return due{u, Notice{
		ID: u.String(), Title: p.T(title, args), Body: p.T(key+".body", args), Critical: what == session.TellEnded,
		Buttons: []Button{{buttonRenew, p.T("notice.renew")}, {buttonLater, p.T("notice.later")}},
	}, p.T(key+".line", args), func() {
		// Nobody saw it: it is to be told again.
		if e.Ladder == ladder {
			e.Ladder = before
			c.noticeAt = c.now().Add(retryNotice)
			c.touch()
		}
	}}, true
}

// showDue shows what is due in one notice, together with what nobody has read yet: after a long sleep there are not
// as many notices as logins.
func (c *core) showDue(all []due) {
	if len(all) == 0 {
		return
	}
	for _, d := range all {
		c.standing[d.u] = d
	}
	if len(c.standing) == 1 {
		c.show(all[0].notice, func() {
			delete(c.standing, all[0].u)
			all[0].unseen()
		})
		return
	}
	p := c.printer()
	n := Notice{
		ID: noticeSeveral, Title: p.N("notice.several.title", len(c.standing)),
		Buttons: []Button{{buttonOpen, p.T("notice.open")}, {buttonLater, p.T("notice.later")}},
	}
	for _, u := range slices.SortedFunc(maps.Keys(c.standing), func(a, b registry.URL) int { return strings.Compare(a.String(), b.String()) }) {
		n.Body += c.standing[u].line + "\n"
		n.Critical = n.Critical || c.standing[u].notice.Critical
		c.closeShown(u)
	}
	n.Body, c.several = strings.TrimSuffix(n.Body, "\n"), true
	c.show(n, func() {
		c.several = false
		for _, d := range c.standing {
			d.unseen()
		}
		clear(c.standing)
	})
}

// noticeSeveral is the notice about more than one login.
const noticeSeveral = "several"

// tellHelper says why pnpm gets nothing: it shows nothing of what a helper says. Once a minute at most, since
// pnpm may ask several times.
func (c *core) tellHelper(e *entry, program string) {
	now := c.now()
	if !c.mayTell(e, now) || c.asleep || now.Sub(e.helperTold) < time.Minute {
		return
	}
	e.helperTold = now
	if _, said := e.Ladder.Next(e.life(), now, now); said.Said == session.TellEnded {
		e.Ladder = said // this notice says it, too
		c.touch()
	}
	p := c.printer()
	args := i18n.Args{"Registry": e.Registry.Name(), "Program": program}
	key := "notice.helper"
	if c.userLock || c.screenLock {
		key = "notice.helper.locked"
	}
	c.show(Notice{
		ID: e.Registry.String(), Title: p.T(key+".title", args), Body: p.T(key+".body", args), Critical: true,
		Buttons: []Button{{buttonRenew, p.T("notice.renew")}, {buttonLater, p.T("notice.later")}},
	}, func() { e.helperTold = time.Time{} })
}

// tellUnsafe says why pnpm got nothing in a folder whose files would lead the session elsewhere.
func (c *core) tellUnsafe(e *entry, program, dir string) {
	now := c.now()
	if !c.mayTell(e, now) || now.Sub(e.helperTold) < time.Minute {
		return
	}
	e.helperTold = now
	p := c.printer()
	args := i18n.Args{"Registry": e.Registry.Name(), "Program": program, "Dir": printable(dir)}
	c.show(Notice{ID: e.Registry.String(), Title: p.T("notice.helper.unsafe.title", args), Body: p.T("notice.helper.unsafe.body", args), Critical: true}, func() { e.helperTold = time.Time{} })
}

// retryNotice is how long a notification service that did not answer is left alone.
const retryNotice = time.Minute

// lastUse is when a shell last ran a package manager, as the hooks note it, or the agent itself saw the
// session used. Where no hook has noted anything yet, nobody would: it may be in use.
func (c *core) lastUse(e *entry) time.Time {
	noted, err := c.a.ports.Files.Modified(filepath.Join(c.a.ports.Env.Dir(), usedFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c.now()
	case err != nil, noted.Before(e.Used):
		return e.Used
	}
	return noted.Round(0)
}

// usedFile is what the hooks touch when a package manager is run. It is always empty.
const usedFile = "used"

// mayTell reports whether notices about e are wanted now. What is held back is told later, if it is
// still true then.
func (c *core) mayTell(e *entry, now time.Time) bool { return !e.Muted && c.mayShow(now) }

// mayShow reports whether notices are wanted now.
func (c *core) mayShow(now time.Time) bool {
	return c.settings.Notices && c.a.ports.Notices != nil && !now.Before(c.paused) && !now.Before(c.noticeAt) && c.quietUntil(now).IsZero()
}

// quietUntil is when the quiet hours are over that now lies in, the zero time if it does not.
func (c *core) quietUntil(now time.Time) time.Time {
	q, err := session.ParseQuiet(c.settings.Quiet)
	if err != nil {
		return time.Time{} // settings.toml was refused with a finding
	}
	return q.End(now)
}

// offerMove asks once, with the first literal that was seen, whether literals may become placeholders.
func (c *core) offerMove(u registry.URL, place api.Place) {
	c.offer = nil
	if c.offered || c.settings.Move || !c.settings.Notices || c.a.ports.Notices == nil {
		return
	}
	if !c.mayShow(c.now()) {
		c.offer = &offer{u, place.File}
		return
	}
	c.offered = true
	p := c.printer()
	args := i18n.Args{"Registry": u.Name(), "File": printable(place.File), "Line": place.Line}
	c.show(Notice{
		ID: "move", Title: p.T("notice.move.title", args), Body: p.T("notice.move.body", args),
		Buttons: []Button{{buttonMove, p.T("notice.move.button")}, {buttonLater, p.T("notice.later")}},
	}, func() { c.offered = false })
}

// offer is a literal of which nothing could be said when it was seen.
type offer struct {
	registry registry.URL
	file     string
}

// offerAgain asks what was held back, if the literal still stands there.
func (c *core) offerAgain(now time.Time) {
	if c.offer == nil || !c.mayShow(now) {
		return
	}
	f, u := c.files[c.offer.file], c.offer.registry
	c.offer = nil
	if f == nil {
		return
	}
	for _, cred := range f.creds {
		if open(cred) && cred.RegistryKey == u.Key() {
			c.offerMove(u, api.Place{File: f.path, Line: cred.Line})
			return
		}
	}
}

// show puts a notice on the screen. unseen is called on the loop if that did not work.
func (c *core) show(n Notice, unseen func()) {
	c.a.spawn(func(ctx context.Context) func() {
		err := c.a.ports.Notices.Show(ctx, n)
		return func() {
			if err != nil {
				c.log.Info("Show notice", "error", err)
				unseen()
			}
			c.noticesAnswer(err == nil)
		}
	})
}

// askNotices finds out whether a notification service is there.
func (c *core) askNotices() {
	if c.a.ports.Notices == nil {
		return
	}
	c.a.spawn(func(context.Context) func() {
		there := c.a.ports.Notices.Available()
		return func() { c.noticesAnswer(there) }
	})
}

func (c *core) noticesAnswer(there bool) {
	if there != c.noticed || !c.noticesAsked {
		if !there {
			c.log.Info("No notification service; everything else goes on")
		}
		c.noticed, c.noticesAsked, c.dirty = there, true, true
	}
}

// closeNotice takes a session's notice off the screen, and the one about several when the last of them is settled.
func (c *core) closeNotice(u registry.URL) {
	_, told := c.standing[u]
	delete(c.standing, u)
	c.dueNow = slices.DeleteFunc(c.dueNow, func(d due) bool { return d.u == u })
	c.closeShown(u)
	if told && len(c.standing) == 0 && c.several {
		c.several = false
		c.closeID(noticeSeveral)
	}
}

func (c *core) closeShown(u registry.URL) { c.closeID(u.String()) }

func (c *core) closeID(id string) {
	if c.a.ports.Notices == nil {
		return
	}
	c.a.spawn(func(ctx context.Context) func() {
		if err := c.a.ports.Notices.Close(ctx, id); err != nil {
			return func() { c.log.Debug("Close notice", "error", err) }
		}
		return nil
	})
}

// pressed handles a button of a notice, or that it is gone.
func (c *core) pressed(p Pressed) {
	switch p.ID {
	case noticeSeveral:
		c.pressedSeveral(p.Key)
		return
	case noticeTokens:
		c.pressedTokens(p.Key)
		return
	case noticeExplain:
		c.pressedExplain(p.Key)
		return
	}
	u, err := registry.Parse(p.ID)
	if err == nil && !c.several { // its own notice goes when the one about several comes
		delete(c.standing, u)
	}
	switch {
	case p.Key == buttonMove:
		if err := c.agreeToMove(); err != nil {
			c.log.Warn("Note the agreement to move", "error", err)
		}
	case err != nil || c.sessions[u] == nil:
	case p.Key == buttonRenew:
		c.log.Info("Renew asked for in a notice", "registry", u.String())
		c.login(u, false)
	case p.Key == buttonLater:
		c.snooze(u, c.now().Add(snoozeFor))
	}
}

func (c *core) pressedSeveral(key string) {
	switch key {
	case buttonOpen:
		c.openRoom(api.RoomSessions)
	case buttonLater:
		for u := range c.standing {
			c.snooze(u, c.now().Add(snoozeFor))
		}
	}
	clear(c.standing)
	c.several = false
}

// openRoom brings up the window.
func (c *core) openRoom(room api.Room) {
	c.a.spawn(func(ctx context.Context) func() {
		if err := c.a.show(ctx, room); err != nil {
			return func() { c.log.Info("Show window", "error", err) }
		}
		return nil
	})
}

func (c *core) snooze(u registry.URL, until time.Time) {
	if e := c.sessions[u]; e != nil {
		e.Ladder.Snoozed = until
		c.touch()
	}
}
