package access

import (
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Index finds which of many credentials a masked form could be, without trying each. The zero value is empty. It must not
// be used by several at once.
type Index[T any] struct {
	all    []indexed[T]
	shapes map[shape]map[string][]T
}

// indexed is a credential as far as it is known: of a secret both parts are all of it.
type indexed[T any] struct {
	head, tail string
	most       int // characters that a masked form may show
	value      T
}

// shape is how much a masked form shows.
type shape struct{ head, tail int }

// Add puts a secret in.
func (x *Index[T]) Add(s token.Secret, v T) {
	whole := s.Reveal()
	x.add(indexed[T]{whole, whole, len(whole), v})
}

// AddMasked puts a credential in of which only a masked form is at hand.
func (x *Index[T]) AddMasked(shown string, v T) {
	head, tail := ends(shown)
	x.add(indexed[T]{head, tail, len(head) + len(tail), v})
}

func (x *Index[T]) add(e indexed[T]) { x.all, x.shapes = append(x.all, e), nil }

// Find returns what was put in with the credentials that a masked form could be, by the rules of Masks.
func (x *Index[T]) Find(shown string) []T {
	head, tail := ends(shown)
	if len(strings.TrimPrefix(head, "npm_"))+len(tail) < maskedBy {
		return nil
	}
	of := shape{len(head), len(tail)}
	known, ok := x.shapes[of]
	if !ok {
		known = map[string][]T{}
		for _, e := range x.all {
			if of.head+of.tail <= e.most && of.head <= len(e.head) && of.tail <= len(e.tail) {
				key := e.head[:of.head] + e.tail[len(e.tail)-of.tail:]
				known[key] = append(known[key], e.value)
			}
		}
		if x.shapes == nil {
			x.shapes = map[shape]map[string][]T{}
		}
		x.shapes[of] = known
	}
	return known[head+tail]
}
