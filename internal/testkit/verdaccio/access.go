package verdaccio

import (
	"math/rand/v2"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// issue is an access token that the front issued.
type issue struct {
	AccessToken
	user, value, key    string
	born, used, revoked time.Time
	dies                time.Time // when it opens nothing any more because it was revoked
}

// Issue makes an access token of an account and returns its value, which has npm's shape and checksum. A classic one
// is a UUID, as the oldest were.
func (s *Server) Issue(user string, a AccessToken) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issue(user, a).value
}

// issue makes an access token. The caller holds the lock.
func (s *Server) issue(user string, a AccessToken) *issue {
	i := &issue{AccessToken: a, user: user, key: uuid(), born: s.now()}
	entropy := ""
	for range 30 {
		entropy += string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rand.IntN(62)])
	}
	i.value = "npm_" + entropy + token.Checksum(entropy)
	if a.Classic {
		i.value = uuid()
	}
	if a.Revoked || a.Classic {
		i.revoked, i.dies = i.born, i.born
	}
	s.tokens[i.value] = session{user: user, ends: a.Ends, access: i}
	s.issued = append(s.issued, i)
	return i
}

// Revoke revokes an access token at once, whatever Options.Lag says. It stays in the list.
func (s *Server) Revoke(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.tokens[value].access; i != nil {
		i.revoked, i.dies = s.now(), s.now()
	}
}

// Settle ends all access tokens at once that were revoked and go on working.
func (s *Server) Settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if t.access != nil && !t.access.revoked.IsZero() {
			t.access.dies = t.access.revoked
		}
	}
}

// Issued is an access token as the registry knows it.
type Issued struct {
	AccessToken
	Key, Value              string
	Born, Used, RevokedTime time.Time
}

// Tokens are the access tokens of an account that stand in its list, and its classic ones; the oldest first.
func (s *Server) Tokens(user string) []Issued {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Issued
	for _, i := range s.issued {
		if i.user == user {
			all = append(all, Issued{i.AccessToken, i.key, i.value, i.born, i.used, i.revoked})
		}
	}
	return all
}

// use remembers that an access token, if it is one, came with a request.
func (s *Server) use(i *issue) {
	if i == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i.used = s.now()
}

// uuid returns a random one.
func uuid() string {
	h := random(16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

// reaches tells whether an access token is for a package. What is no access token reaches all.
func (i *issue) reaches(name string) bool {
	if i == nil || name == "" || len(i.Packages)+len(i.Scopes) == 0 && !i.NoPackages {
		return true
	}
	return i.order().Covers(name)
}

// from tells whether an access token may be used from an address.
func (i *issue) from(remote string) bool { return i.order().Admits(remote) }
