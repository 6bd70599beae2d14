package notify

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// keepClosed is how many closed notices stay known: some services tell that a notice closed before
// they tell which button closed it.
const keepClosed = 16

// shown are the notices on the screen.
type shown struct {
	byID     map[string]uint32
	byNumber map[uint32]note
	closed   []uint32 // the newest last
}

// note is one notice on the screen.
type note struct {
	id    string
	first string // the key of the first button, which is also the body's
	gone  bool
}

func newShown() shown {
	return shown{byID: map[string]uint32{}, byNumber: map[uint32]note{}}
}

// number is the service's number of the notice, 0 where it is not on the screen.
func (s *shown) number(id string) uint32 { return s.byID[id] }

func (s *shown) put(n agent.Notice, number uint32) {
	if old := s.byID[n.ID]; old != number {
		delete(s.byNumber, old)
	}
	s.closed = slices.DeleteFunc(s.closed, func(c uint32) bool { return c == number })
	put := note{id: n.ID}
	if len(n.Buttons) > 0 {
		put.first = n.Buttons[0].Key
	}
	s.byID[n.ID], s.byNumber[number] = number, put
}

// press says which button of which notice was meant.
func (s *shown) press(number uint32, key string) []agent.Pressed {
	n, ok := s.byNumber[number]
	if !ok {
		return nil
	}
	if key == bodyAction {
		key = n.first
	}
	if key == "" {
		return nil
	}
	return []agent.Pressed{{ID: n.id, Key: key}}
}

// drop marks a notice as gone.
func (s *shown) drop(number uint32) []agent.Pressed {
	n, ok := s.byNumber[number]
	if !ok || n.gone {
		return nil
	}
	n.gone = true
	s.byNumber[number] = n
	if s.byID[n.id] == number {
		delete(s.byID, n.id)
	}
	if s.closed = append(s.closed, number); len(s.closed) > keepClosed {
		delete(s.byNumber, s.closed[0])
		s.closed = s.closed[1:]
	}
	return []agent.Pressed{{ID: n.id}}
}

// clear forgets everything and returns what was still on the screen, as closed.
func (s *shown) clear() []agent.Pressed {
	var gone []agent.Pressed
	for id := range s.byID {
		gone = append(gone, agent.Pressed{ID: id})
	}
	*s = newShown()
	return gone
}
