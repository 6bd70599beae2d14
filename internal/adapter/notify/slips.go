package notify

import (
	"crypto/rand"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// slips are random words that stand for buttons where another process keeps what a button means. Nothing
// of a notice can be read from them, and a word that was not given out means nothing.
type slips map[string]agent.Pressed

// issue returns a word for a button.
func (s slips) issue(p agent.Pressed) string {
	word := rand.Text()
	s[word] = p
	return word
}

// redeem says what a word stands for. The notice is gone then, and all its words with it.
func (s slips) redeem(word string) []agent.Pressed {
	p, ok := s[word]
	if !ok {
		return nil
	}
	gone := s.drop(func(_, id string) bool { return id == p.ID })
	if p.Key == "" {
		return gone
	}
	return append([]agent.Pressed{p}, gone...)
}

// drop forgets words, each with the ID of its notice, and tells these notices as gone.
func (s slips) drop(which func(word, id string) bool) (gone []agent.Pressed) {
	for word, p := range s {
		if !which(word, p.ID) {
			continue
		}
		delete(s, word)
		if lost := (agent.Pressed{ID: p.ID}); !slices.Contains(gone, lost) {
			gone = append(gone, lost)
		}
	}
	return gone
}
