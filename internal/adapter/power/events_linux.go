package power

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// busTime is how long a bus, or a service on it, may take to answer.
const busTime = 2 * time.Second

// system is what Linux holds.
type system struct {
	opts   Options
	brake  brake
	locked bool // what was told last; the goroutine's own
}

// NewEvents listens to logind on the system bus and to screen savers on the session bus until ctx is over. On
// buses that do not answer it takes up to two seconds, and two more for a logind that does not.
// The error says which bus is missing; Events is nil only if both are.
func NewEvents(ctx context.Context, o Options) (*Events, error) {
	o.SystemBus = cmp.Or(o.SystemBus, systemAddress())
	o.SessionBus = cmp.Or(o.SessionBus, sessionAddress())
	o.Who = cmp.Or(o.Who, "Sandglass")
	o.Why = cmp.Or(o.Why, "takes credentials out of env files first")
	e := &Events{out: make(chan agent.PowerEvent, 4), system: system{opts: o}}
	var sys, ses *bus
	var err1, err2 error
	var wg sync.WaitGroup
	wg.Go(func() { sys, err1 = listen(ctx, o.SystemBus, loginRules()) })
	wg.Go(func() { ses, err2 = listen(ctx, o.SessionBus, saverRules()) })
	wg.Wait()
	if err1 != nil {
		err1 = fmt.Errorf("listen to the system bus: %w", err1)
	}
	if err2 != nil {
		err2 = fmt.Errorf("listen to the session bus: %w", err2)
	}
	if sys == nil && ses == nil {
		return nil, errors.Join(err1, err2)
	}
	e.hold(ctx, sys)
	e.wg.Go(func() { e.run(ctx, sys, ses) })
	return e, errors.Join(err1, err2)
}

// run turns signals into events.
func (e *Events) run(ctx context.Context, sys, ses *bus) {
	defer e.brake.release()
	defer sys.close()
	defer ses.close()
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-sys.incoming():
			if !ok {
				sys.close()
				sys = nil
				continue
			}
			e.login(ctx, sys, s)
		case s, ok := <-ses.incoming():
			if !ok {
				ses.close()
				ses = nil
				continue
			}
			if active, ok := saver(s); ok {
				e.screen(ctx, active)
			}
		}
	}
}

// screen tells of a lock or unlock, once however many say so.
func (e *Events) screen(ctx context.Context, locked bool) {
	if locked == e.locked {
		return
	}
	e.locked = locked
	if locked {
		e.tell(ctx, agent.PowerLock)
	} else {
		e.tell(ctx, agent.PowerUnlock)
	}
}

// saverNames are the interfaces of the screen savers, which are also their names on the bus.
var saverNames = []string{
	"org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.xfce.ScreenSaver",
	"org.cinnamon.ScreenSaver", "org.mate.ScreenSaver",
}

func saverRules() (rules [][]dbus.MatchOption) {
	for _, n := range saverNames {
		rules = append(rules, []dbus.MatchOption{
			dbus.WithMatchSender(n), dbus.WithMatchInterface(n), dbus.WithMatchMember("ActiveChanged"),
		})
	}
	return rules
}

// saver reads a screen saver's signal.
func saver(s *dbus.Signal) (active, ok bool) {
	for _, n := range saverNames {
		if s.Name == n+".ActiveChanged" && len(s.Body) == 1 {
			active, ok = s.Body[0].(bool)
		}
	}
	return active, ok
}
