package agent

import (
	"context"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
)

// retryKeyring is how often a keyring that would not answer is asked again.
const retryKeyring = time.Minute

// alarm is called when wall time reached the moment that was armed, the clock was set, or the machine
// woke. Everything follows from now, so there is nothing to do but to look.
func (c *core) alarm() {
	now := c.now()
	for u, e := range c.sessions {
		if !e.keepAt.IsZero() && !now.Before(e.keepAt) {
			c.keepAgain(e)
		}
		if !e.nextTry.IsZero() && !now.Before(e.nextTry) {
			e.nextTry = time.Time{}
			if e.lost {
				c.fetchSecret(u)
			} else {
				c.probe(u)
			}
		}
	}
	if !c.keptAt.IsZero() && !now.Before(c.keptAt) {
		c.keptAt = time.Time{}
		c.fetchKept()
	}
	if !c.staleAt.IsZero() && !now.Before(c.staleAt) {
		c.staleAt = time.Time{}
		c.lookForStale()
	}
	c.dirty = true
}

// stages notices what the passing of time did: sessions that ended, notices that are due.
func (c *core) stages() {
	now := c.now()
	if !c.paused.IsZero() && !now.Before(c.paused) {
		c.paused = time.Time{}
		c.touch()
	}
	asking := false
	for u, e := range c.sessions {
		if e.lost && e.nextTry.IsZero() && c.keyring.err != nil {
			e.nextTry = now.Add(retryKeyring)
		}
		if e.Fingerprint == "" {
			continue
		}
		if e.life().Stage(now) == session.Ended && !e.Refused && !e.secret.IsZero() {
			c.atEnd(e, now)
		}
		if d, any := c.tell(u, e, now); any {
			c.dueNow = append(c.dueNow, d)
		}
		asking = asking || e.probing
	}
	if !asking { // after a sleep all are asked about, and answer one after the other
		c.showDue(c.dueNow)
		c.dueNow = nil
	}
	c.offerAgain(now)
	c.listsDue(now)
	c.remindDue(now)
}

// atEnd is reached when a session's end has passed. A told end is the end. A learned or assumed one
// is asked about first: only the registry knows.
func (c *core) atEnd(e *entry, now time.Time) {
	if e.Lifetime == api.LifetimeTold || e.Probed.After(e.Ends) || e.offline || e.probing {
		return
	}
	e.Probed = now
	c.probe(e.Registry)
}

// arm sets the one alarm to the next moment at which something changes by itself.
func (c *core) arm() {
	now := c.now()
	var next time.Time
	at := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	at(c.paused)
	at(c.stateAt)
	at(c.noticeAt)
	at(c.quietUntil(now))
	at(c.staleAt)
	at(c.jobsAt)
	at(c.keptAt)
	at(c.reminding.at)
	for _, b := range c.books {
		at(b.Tried.Add(listAgain))
	}
	for _, f := range c.files {
		at(f.moveAt)
	}
	for _, e := range c.sessions {
		at(e.nextTry)
		at(e.keepAt)
		if e.Fingerprint != "" {
			at(e.life().NextChange(now))
			at(e.Ladder.Snoozed)
		}
	}
	if !next.Equal(c.armed) {
		c.armed = next
		c.a.ports.Clock.WakeAt(next)
	}
}

// power handles what happened to the machine.
func (c *core) power(e PowerEvent) {
	c.dirty = true
	switch e {
	case PowerSleep:
		c.asleep = true
	case PowerWake:
		c.asleep = false
		c.lookAgain()
	case PowerLock:
		c.screenLock = c.settings.EmptyOnLock
	case PowerUnlock:
		c.screenLock = false
		c.lookAgain()
	}
	c.publishEnv()
	if e == PowerSleep {
		c.goToSleep()
	}
}

// beforeSleep is how long the machine is kept awake for a file that is just being written.
const beforeSleep = time.Second

// goToSleep takes sessions out of files and lets the machine sleep. A line that is being written at this very
// moment may still hold one: then it is done again once that is over.
func (c *core) goToSleep() {
	c.clearFiles()
	for path := range c.files {
		c.filesChanged([]string{path}) // before anybody acts on what they said
	}
	if !c.rewriting() {
		c.a.ports.Power.Done()
		return
	}
	c.sleepy = true
	c.a.spawn(func(ctx context.Context) func() {
		late := time.NewTimer(beforeSleep)
		defer late.Stop()
		select {
		case <-late.C:
		case <-ctx.Done():
		}
		return c.nowSleep
	})
}

// nowSleep lets the machine sleep that was kept awake.
func (c *core) nowSleep() {
	if c.sleepy {
		c.sleepy = false
		c.clearFiles()
		c.a.ports.Power.Done()
	}
}

// rewriting reports whether a file is being written.
func (c *core) rewriting() bool {
	for _, f := range c.files {
		if f.moving {
			return true
		}
	}
	return false
}

// keepAgain offers a secret to the keyring that would not take it before.
func (c *core) keepAgain(e *entry) {
	e.keepAt = time.Time{}
	if !e.secret.IsZero() && !e.over(c.now()) {
		c.hold(e, e.secret)
	}
}

// lookAgain asks keyring and registries anew after an absence.
func (c *core) lookAgain() {
	c.askNotices()
	for u, e := range c.sessions {
		switch {
		case e.Fingerprint == "":
		case e.secret.IsZero():
			c.fetchSecret(u)
		case !e.keepAt.IsZero():
			c.keepAgain(e)
		default:
			c.probe(u)
		}
	}
}
