package access

import (
	"errors"
	"strings"
)

// The errors of Find. They name nothing of the word: somebody may have pasted a secret.
var (
	ErrNone    = errors.New("no access token of that name, id or masked form")
	ErrSeveral = errors.New("several access tokens of that name, beginning of an id or masked form")
)

// shortestID is how much of an id names it.
const shortestID = 6

// Find finds the one access token that a word names: its id, six characters or more of the id's beginning that no other
// begins with, its masked form, or its name. A whole id goes before all; beside it a word that could mean two is
// ErrSeveral.
func Find(list []Token, word string) (Token, error) {
	word = strings.TrimSpace(word)
	if word == "" {
		return Token{}, ErrNone
	}
	var found []Token
	for _, t := range list {
		if t.ID != "" && strings.EqualFold(t.ID, word) {
			return t, nil
		}
		if named(t, word) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return Token{}, ErrNone
	case 1:
		return found[0], nil
	}
	return Token{}, ErrSeveral
}

func named(t Token, word string) bool {
	if len(word) >= shortestID && len(t.ID) > len(word) && strings.EqualFold(t.ID[:len(word)], word) {
		return true
	}
	return t.Name == word || t.Masked != "" && sameMask(t.Masked, word)
}

// sameMask compares masked forms, whatever stands in their gaps.
func sameMask(a, b string) bool {
	if !strings.ContainsAny(b, gapMarks) {
		return false
	}
	headA, tailA := ends(a)
	headB, tailB := ends(b)
	return headA == headB && tailA == tailB && headA+tailA != ""
}
