package demo

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/demo/order"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const maxCredentials = 1000 // of all users; an ended one makes room

// digest stands for a credential's text, which is not kept.
type digest [sha256.Size]byte

func digestOf(text string) digest { return sha256.Sum256([]byte(text)) }

// credential is a session or an access token.
type credential struct {
	user        string
	session     bool
	created     time.Time
	ends        time.Time
	fingerprint string

	// What follows is an access token's.
	key, masked string
	accessed    time.Time
	asked       order.Order // without its password
}

// Session is a login that has not ended.
type Session struct {
	User        string
	Fingerprint string // token.Secret.Fingerprint of it
	Created     time.Time
	Ends        time.Time
}

// Sessions lists the sessions that have not ended, the oldest first.
func (r *Registry) Sessions() []Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Session
	for _, c := range r.creds {
		if c.session && r.alive(c) {
			out = append(out, Session{c.user, c.fingerprint, c.created, c.ends})
		}
	}
	slices.SortFunc(out, func(a, b Session) int { return a.Created.Compare(b.Created) })
	return out
}

// ExpireAll ends every session now. Access tokens live on.
func (r *Registry) ExpireAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.opts.Clock()
	for _, c := range r.creds {
		if c.session && r.alive(c) {
			c.ends = now
		}
	}
}

func (r *Registry) alive(c *credential) bool { return r.opts.Clock().Before(c.ends) }

// issue makes the text of a new credential and remembers its digest. The caller holds mu. ok is false
// where there are too many.
func (r *Registry) issue(c credential) (s token.Secret, ok bool) {
	for d, old := range r.creds {
		if !r.alive(old) {
			delete(r.creds, d)
		}
	}
	if len(r.creds) >= maxCredentials {
		return token.Secret{}, false
	}
	s = newToken()
	text := s.Reveal()
	c.fingerprint, c.key = s.Fingerprint(), newKey()
	if c.created.IsZero() {
		c.created = r.opts.Clock()
	}
	c.masked = text[:8] + "..." + text[len(text)-4:]
	r.creds[digestOf(text)] = &c
	return s, true
}

// passwordOK compares in constant time, whether the name is known or not.
func (r *Registry) passwordOK(name string, password token.Secret) bool {
	ok := 0
	for _, u := range r.opts.Users {
		ok |= subtle.ConstantTimeCompare([]byte(u.Name), []byte(name)) & equal(u.Password, password)
	}
	return ok == 1
}

func equal(a, b token.Secret) int {
	x, y := digestOf(a.Reveal()), digestOf(b.Reveal())
	return subtle.ConstantTimeCompare(x[:], y[:])
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newToken has the shape of npm's: 30 random letters and digits and their checksum behind "npm_".
func newToken() token.Secret {
	var text strings.Builder
	var b [1]byte
	for text.Len() < 30 {
		_, _ = rand.Read(b[:]) // never fails
		if b[0] < 4*62 {       // a byte above would make some letters likelier than others
			text.WriteByte(base62[b[0]%62])
		}
	}
	return token.NewSecret("npm_" + text.String() + token.Checksum(text.String()))
}

func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
