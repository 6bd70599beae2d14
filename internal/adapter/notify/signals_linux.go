package notify

import (
	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// listen turns signals into presses until the connection ends.
func (s *Service) listen(signals <-chan *dbus.Signal) {
	for sig := range signals {
		s.tell(s.read(sig))
	}
	s.mu.Lock()
	gone := []agent.Pressed(nil)
	if s.conn != nil && !s.conn.Connected() {
		gone = s.lost()
	}
	s.mu.Unlock()
	s.tell(gone)
}

// read says what a signal means. Only the service itself is believed: any program of the session may
// send a signal straight to this connection, past its match rules.
func (s *Service) read(sig *dbus.Signal) []agent.Pressed {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sig.Name == ownerSignal {
		if name, owner, ok := ownerOf(sig); ok && name == serviceName && owner != s.owner {
			return s.lost()
		}
		return nil
	}
	if sig.Sender != s.owner || len(sig.Body) < 2 {
		return nil
	}
	number, _ := sig.Body[0].(uint32)
	switch sig.Name {
	case actionSignal:
		key, _ := sig.Body[1].(string)
		return s.shown.press(number, key)
	case closedSignal:
		return s.shown.drop(number)
	}
	return nil
}
