package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"log/slog"
)

// redacted stands wherever somebody tries to print a Secret.
const redacted = "[secret]"

// MaxLength is the longest credential that is accepted, in bytes.
const MaxLength = 8192

// Errors of Check.
var (
	ErrEmpty   = errors.New("credential is empty")
	ErrTooLong = errors.New("credential is longer than 8192 bytes")
	ErrCharset = errors.New("credential holds a character that no registry issues")
)

// Secret is a credential's text. It cannot be printed, logged or marshalled:
// the text sits behind a pointer, so that even reflection over a struct with an
// unexported Secret shows an address. The zero value is an empty secret.
type Secret struct{ p *string }

// NewSecret takes s as a credential.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal returns the text. Call it only where it leaves the process: an
// Authorization header, the keyring, the env file, a child's environment.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// IsZero reports whether there is no text.
func (s Secret) IsZero() bool { return s.p == nil || *s.p == "" }

// Equal compares two secrets in constant time.
func (s Secret) Equal(o Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(o.Reveal())) == 1
}

// Fingerprint names the secret without giving it away: the first 16 hex digits
// of its SHA-256, or "" for an empty secret. Credentials have over 100 bits of
// entropy, so the digest cannot be turned back.
func (s Secret) Fingerprint() string {
	if s.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(*s.p))
	return hex.EncodeToString(sum[:8])
}

// Check returns nil if the text may travel through env files, config files and
// headers: 1 to 8192 bytes of [A-Za-z0-9._~+/=:-]. All else is refused, never escaped.
func (s Secret) Check() error {
	v := s.Reveal()
	switch {
	case v == "":
		return ErrEmpty
	case len(v) > MaxLength:
		return ErrTooLong
	}
	for i := range len(v) {
		if !allowed(v[i]) {
			return ErrCharset
		}
	}
	return nil
}

func allowed(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	switch c {
	case '.', '_', '~', '+', '/', '=', ':', '-':
		return true
	}
	return false
}

// String hides the text.
func (s Secret) String() string { return redacted }

// GoString hides the text from %#v.
func (s Secret) GoString() string { return redacted }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the text from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
