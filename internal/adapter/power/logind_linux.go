package power

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

const (
	login        = "org.freedesktop.login1"
	loginPath    = "/org/freedesktop/login1"
	loginManager = login + ".Manager"
	loginSession = login + ".Session"
	properties   = "org.freedesktop.DBus.Properties"
)

// brakeTime is how long the machine's sleep is held up at most.
const brakeTime = 2 * time.Second

func loginRules() [][]dbus.MatchOption {
	sessions := dbus.WithMatchPathNamespace(loginPath + "/session")
	return [][]dbus.MatchOption{
		{dbus.WithMatchSender(login), dbus.WithMatchInterface(loginManager), dbus.WithMatchMember("PrepareForSleep")},
		{dbus.WithMatchSender(login), dbus.WithMatchInterface(loginSession), sessions},
		{
			dbus.WithMatchSender(login), dbus.WithMatchInterface(properties), sessions,
			dbus.WithMatchMember("PropertiesChanged"), dbus.WithMatchArg(0, loginSession),
		},
	}
}

// login handles a signal of logind's.
func (e *Events) login(ctx context.Context, b *bus, s *dbus.Signal) {
	if s.Name == loginManager+".PrepareForSleep" {
		if start, ok := first[bool](s); ok && b.from(ctx, s, login) {
			e.sleep(ctx, b, start)
		}
		return
	}
	if locked, ok := sessionLock(s); ok && b.from(ctx, s, login) && b.mine(ctx, s.Path) {
		e.screen(ctx, locked)
	}
}

// sleep handles the machine's going to sleep and waking.
func (e *Events) sleep(ctx context.Context, b *bus, start bool) {
	if start {
		e.brake.limit(brakeTime)
		e.tell(ctx, agent.PowerSleep)
		return
	}
	e.brake.release()
	e.tell(ctx, agent.PowerWake)
	e.hold(ctx, b)
}

// sessionLock reads a signal of a session's: a demand to lock or unlock it, or its having been done.
func sessionLock(s *dbus.Signal) (locked, ok bool) {
	switch s.Name {
	case loginSession + ".Lock":
		return true, true
	case loginSession + ".Unlock":
		return false, true
	case properties + ".PropertiesChanged":
		if len(s.Body) < 2 {
			return false, false
		}
		changed, _ := s.Body[1].(map[string]dbus.Variant)
		locked, ok = changed["LockedHint"].Value().(bool)
	}
	return locked, ok
}

func first[T any](s *dbus.Signal) (v T, ok bool) {
	if len(s.Body) == 1 {
		v, ok = s.Body[0].(T)
	}
	return v, ok
}

// mine tells whether a login session is one of this user's. The agent is one per user, and as a service of
// the user's it has no session of its own.
func (b *bus) mine(ctx context.Context, path dbus.ObjectPath) bool {
	if !strings.HasPrefix(string(path), loginPath+"/session/") {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	var v dbus.Variant
	err := b.conn.Object(login, path).CallWithContext(ctx, properties+".Get", 0, loginSession, "User").Store(&v)
	if err != nil {
		return false
	}
	var user struct {
		UID  uint32
		Path dbus.ObjectPath
	}
	return v.Store(&user) == nil && int(user.UID) == os.Getuid()
}

// hold asks logind to wait a little before the machine sleeps. Without it the agent is told all the same,
// only later than it might like.
func (e *Events) hold(ctx context.Context, b *bus) {
	if b == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	var fd dbus.UnixFD
	err := b.conn.Object(login, loginPath).CallWithContext(ctx, loginManager+".Inhibit", dbus.FlagNoAutoStart,
		"sleep", e.opts.Who, e.opts.Why, "delay").Store(&fd)
	if err == nil {
		e.brake.take(os.NewFile(uintptr(fd), "sleep inhibitor"))
	}
}

// Done lets the machine sleep: call it once PowerSleep is handled. Without it the machine sleeps after two
// seconds. At any other time it does nothing.
func (e *Events) Done() { e.brake.done() }

// brake is logind's leave to hold up sleep: as long as the file is open.
type brake struct {
	mu     sync.Mutex
	file   *os.File
	timer  *time.Timer
	asleep bool
}

func (b *brake) take(f *os.File) {
	b.release()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.file = f
}

// limit starts the time after which the machine may sleep in any case.
func (b *brake) limit(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asleep = true
	if b.timer == nil {
		b.timer = time.AfterFunc(d, b.done)
	}
}

func (b *brake) done() {
	b.mu.Lock()
	asleep := b.asleep
	b.mu.Unlock()
	if asleep {
		b.release()
	}
}

func (b *brake) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asleep = false
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	if b.file != nil {
		_ = b.file.Close()
		b.file = nil
	}
}
