package notify

import (
	"context"
	"fmt"
	"sync"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

const (
	serviceName  = "org.freedesktop.Notifications"
	servicePath  = dbus.ObjectPath("/org/freedesktop/Notifications")
	closedSignal = serviceName + ".NotificationClosed"
	actionSignal = serviceName + ".ActionInvoked"
)

// Service shows notices. It is safe for concurrent use.
type Service struct {
	*outlet
	opts Options

	mu    sync.Mutex // held over Notify, so that no signal about a notice comes before its number is known
	conn  *dbus.Conn // nil: not connected
	owner string     // the service's unique name, "" where none runs
	caps  map[string]bool
	shown shown
}

// New returns a Service. It connects when it is first asked for something.
func New(opts Options) *Service {
	return &Service{outlet: newOutlet(), opts: opts, shown: newShown()}
}

// Available reports whether a notification service runs or can be started by the bus.
func (s *Service) Available() bool {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connect(ctx) == nil && s.learn(ctx) == nil
}

// Show puts n on the screen, in place of an earlier notice with the same ID. ErrUnavailable if no
// service answers.
func (s *Service) Show(ctx context.Context, n agent.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ready(ctx); err != nil {
		return err
	}
	m := compose(n, s.caps, s.opts)
	var number uint32
	err := s.object().CallWithContext(ctx, serviceName+".Notify", 0, s.opts.App, s.shown.number(n.ID),
		s.opts.Icon, m.title, m.body, m.actions, m.hints, m.expire).Store(&number)
	if err != nil {
		return fmt.Errorf("show notice: %w: %w", ErrUnavailable, err)
	}
	s.shown.put(n, number)
	return nil
}

// Close takes a notice off the screen. It is no error if it is not there.
func (s *Service) Close(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	number := s.shown.number(id)
	if number == 0 || s.conn == nil {
		return nil
	}
	if err := s.object().CallWithContext(ctx, serviceName+".CloseNotification", 0, number).Err; err != nil && ctx.Err() != nil {
		return fmt.Errorf("close notice: %w", err)
	}
	return nil // other answers only say that the notice was gone already
}

// Shutdown ends the connection and all that waits on it. The Service shows nothing after it.
func (s *Service) Shutdown() {
	s.shut()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}

func (s *Service) object() dbus.BusObject { return s.conn.Object(serviceName, servicePath) }

// ready makes sure of a connection and of what the service can do. The caller holds mu.
func (s *Service) ready(ctx context.Context) error {
	select {
	case <-s.done:
		return ErrUnavailable
	default:
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	return s.learn(ctx)
}

// connect dials the session bus unless that has been done. The caller holds mu.
func (s *Service) connect(context.Context) error {
	if s.conn != nil && s.conn.Connected() {
		return nil
	}
	if gone := s.lost(); len(gone) > 0 {
		go s.tell(gone) // the reader may be the one who holds on to Show
	}
	conn, err := sessionBus(dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return fmt.Errorf("connect to the session bus: %w: %w", ErrUnavailable, err)
	}
	signals := make(chan *dbus.Signal, 64)
	conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(serviceName), dbus.WithMatchInterface(serviceName), dbus.WithMatchObjectPath(servicePath)},
		ownerChanges(serviceName),
	} {
		if err := conn.AddMatchSignal(match...); err != nil {
			_ = conn.Close()
			return fmt.Errorf("listen to notifications: %w: %w", ErrUnavailable, err)
		}
	}
	s.conn = conn
	go s.listen(signals)
	return nil
}

// learn asks the service what it can do, which also starts it where the bus can, and who it is, so
// that nobody else's signals are believed. The caller holds mu.
func (s *Service) learn(ctx context.Context) error {
	if s.owner != "" {
		return nil
	}
	var caps []string
	if err := s.object().CallWithContext(ctx, serviceName+".GetCapabilities", 0).Store(&caps); err != nil {
		return fmt.Errorf("ask the notification service: %w: %w", ErrUnavailable, err)
	}
	var owner string
	if err := s.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, serviceName).Store(&owner); err != nil {
		return fmt.Errorf("find the notification service: %w: %w", ErrUnavailable, err)
	}
	s.owner, s.caps = owner, map[string]bool{}
	for _, c := range caps {
		s.caps[c] = true
	}
	return nil
}

// lost forgets the service and returns the notices that went with it. The caller holds mu.
func (s *Service) lost() []agent.Pressed {
	s.owner, s.caps = "", nil
	return s.shown.clear()
}
