package access

import (
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// What a registry shows of an access token, and how much of it has to be shown to tell it from others.
const (
	maskedHead = 8 // "npm_" and four more
	maskedTail = 4
	maskedBy   = 6 // characters in all, beside "npm_"
	gap        = "…"
	gapMarks   = ".*…" // what registries put in its place
)

// Masks reports whether a masked access token is s: "npm_aBcD...7890", or only its beginning. It is a hint: two may look
// the same.
func Masks(shown string, s token.Secret) bool {
	head, tail := ends(shown)
	whole := s.Reveal()
	return len(strings.TrimPrefix(head, "npm_"))+len(tail) >= maskedBy && len(head)+len(tail) <= len(whole) &&
		strings.HasPrefix(whole, head) && strings.HasSuffix(whole, tail)
}

// ends are the two parts of a masked form. One without a gap is a beginning.
func ends(shown string) (head, tail string) {
	i := strings.IndexAny(shown, gapMarks)
	if i < 0 {
		return shown, ""
	}
	return shown[:i], strings.TrimLeft(shown[i:], gapMarks)
}

// Masked is what may be shown of a credential: of npm's access tokens the first eight and the last four characters, as the
// registry shows them; of others that a program made the first and the last four; of what may be a password, or stand for
// one, four of its beginning, or nothing where it is short.
func Masked(s token.Secret) string {
	text := s.Reveal()
	head, tail := 0, 0
	switch {
	case token.LooksLikeNPM(s):
		head, tail = maskedHead, maskedTail
	case token.Classify(s, token.Found) != token.KindUnknown:
		head, tail = maskedTail, maskedTail
	case len(text) >= 4*maskedTail:
		head = maskedTail
	}
	for _, c := range []byte(text) {
		if c <= ' ' || c >= 0x7f {
			return gap // no registry issues that, and half a character may not be shown
		}
	}
	return text[:head] + gap + text[len(text)-tail:]
}
