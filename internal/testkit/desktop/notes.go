package desktop

import (
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	notesName = "org.freedesktop.Notifications"
	notesPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Note is a notification as the program sent it.
type Note struct {
	ID, Replaces       uint32
	App, Icon          string
	Summary, Body      string
	Actions            []string // key and label by turns
	Hints              map[string]dbus.Variant
	ExpireMilliseconds int32
}

// NoteServer is a notification service that shows nothing and does as the test says.
type NoteServer struct {
	conn   *dbus.Conn
	caps   []string
	notes  chan Note
	closed chan uint32

	mu   sync.Mutex
	last uint32
}

// NewNoteServer takes the notification service's place on a bus, with the given capabilities. Its
// numbers begin after first, so that two services after each other can be told apart.
func NewNoteServer(t testing.TB, address string, first uint32, caps ...string) *NoteServer {
	t.Helper()
	s := &NoteServer{conn: Connect(t, address), caps: caps, last: first, notes: make(chan Note, 64), closed: make(chan uint32, 64)}
	if err := s.conn.Export(noteMethods{s}, notesPath, notesName); err != nil {
		t.Fatal(err)
	}
	own(t, s.conn, notesName)
	return s
}

// Leave ends the service.
func (s *NoteServer) Leave() { closeAll(s.conn) }

// Note waits for the next notification.
func (s *NoteServer) Note(t testing.TB) Note {
	t.Helper()
	select {
	case n := <-s.notes:
		return n
	case <-time.After(limit):
		t.Fatal("no notification was sent")
		return Note{}
	}
}

// Closed waits until the program takes a notification off the screen, and returns its number.
func (s *NoteServer) Closed(t testing.TB) uint32 {
	t.Helper()
	select {
	case id := <-s.closed:
		return id
	case <-time.After(limit):
		t.Fatal("no notification was closed")
		return 0
	}
}

// Press presses an action, after which the notification is gone.
func (s *NoteServer) Press(t testing.TB, id uint32, key string) {
	t.Helper()
	s.emit(t, "ActionInvoked", id, key)
	s.Dismiss(t, id)
}

// Dismiss is the user who takes the notification off the screen.
func (s *NoteServer) Dismiss(t testing.TB, id uint32) {
	t.Helper()
	s.emit(t, "NotificationClosed", id, uint32(2))
}

func (s *NoteServer) emit(t testing.TB, signal string, args ...any) {
	t.Helper()
	if err := s.conn.Emit(notesPath, notesName+"."+signal, args...); err != nil {
		t.Fatal(err)
	}
}

// noteMethods are what programs call.
type noteMethods struct{ s *NoteServer }

// GetCapabilities is part of the protocol.
func (m noteMethods) GetCapabilities() ([]string, *dbus.Error) { return m.s.caps, nil }

// GetServerInformation is part of the protocol.
func (m noteMethods) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return "testkit", "sandglass", "1", "1.2", nil
}

// Notify is part of the protocol.
func (m noteMethods) Notify(app string, replaces uint32, icon, summary, body string, actions []string,
	hints map[string]dbus.Variant, expire int32) (uint32, *dbus.Error) {
	m.s.mu.Lock()
	id := replaces
	if id == 0 {
		m.s.last++
		id = m.s.last
	}
	m.s.mu.Unlock()
	m.s.notes <- Note{id, replaces, app, icon, summary, body, actions, hints, expire}
	return id, nil
}

// CloseNotification is part of the protocol.
func (m noteMethods) CloseNotification(id uint32) *dbus.Error {
	m.s.closed <- id
	_ = m.s.conn.Emit(notesPath, notesName+".NotificationClosed", id, uint32(3)) // a test that waits for it fails
	return nil
}
