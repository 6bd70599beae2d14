// Package token knows credentials: a text that cannot print itself (Secret), and what kind of
// credential a text is. A kind is told by shape first and by provenance second: npm's sessions and
// granular access tokens look alike, so only who wrote it, and when, tells them apart.
//
// Everything here is pure. Nothing in this package keeps, logs or sends a secret.
package token

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Kind is what a credential is.
type Kind string

// The kinds. A registry's own docs use the same words.
const (
	KindUnknown  Kind = "unknown"  // a text with no known shape
	KindSession  Kind = "session"  // ends by itself within hours, renewed by logging in
	KindGranular Kind = "granular" // an npm granular access token
	KindClassic  Kind = "classic"  // an npm classic token: a bare UUID, dead since December 2025
	KindGitHub   Kind = "github"   // a GitHub personal access token or app token
	KindGitLab   Kind = "gitlab"   // a GitLab personal, deploy, job or agent token
	KindJFrog    Kind = "jfrog"    // an Artifactory API key or reference token
	KindAzure    Kind = "azure"    // an Azure DevOps personal access token
	KindJWT      Kind = "jwt"      // a signed token that tells its own end
	KindBasic    Kind = "basic"    // user name and password, base64
)

// Provenance is how a credential came to us. It decides where the shape cannot.
type Provenance int

// The provenances.
const (
	Found    Provenance = iota // it lay in a file when we first looked
	Appeared                   // it was written into a file while we watched: somebody logged in
	LoggedIn                   // we logged in and the registry gave it to us
	Created                    // we created it as an access token
)

var (
	uuidShape   = lazy(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	npmShape    = lazy(`^npms?_[A-Za-z0-9]{36,48}$`)
	githubShape = lazy(`^(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{82})$`)
	gitlabShape = lazy(`^gl(pat|dt|cbt|oas|agent|ptt|rt|soat|ft|ffct)-[A-Za-z0-9_.=-]{20,320}$`)
	jfrogShape  = lazy(`^(AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})$`)
	azureNew    = lazy(`^[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}$`)
	azureOld    = lazy(`^[a-z2-7]{52}$`)
	jwtShape    = lazy(`^eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`)
)

// Classify tells the kind of a credential that stands where a bearer token stands.
func Classify(s Secret, from Provenance) Kind {
	v := s.Reveal()
	switch {
	case uuidShape.MatchString(v):
		return KindClassic
	case githubShape.MatchString(v):
		return KindGitHub
	case gitlabShape.MatchString(v):
		return KindGitLab
	case jfrogShape.MatchString(v):
		return KindJFrog
	case azureNew.MatchString(v), azureOld.MatchString(v):
		return KindAzure
	case jwtShape.MatchString(v):
		return jwtKind(s, from)
	case from == LoggedIn, from == Appeared:
		return KindSession
	case from == Created:
		return KindGranular
	}
	return KindUnknown
}

// ClassifyLine tells the kind of a credential from the name of the config line that it stands in:
// _authToken takes a bearer token, _auth and _password take base64, as an Azure DevOps token is stored.
func ClassifyLine(name string, s Secret, from Provenance) Kind {
	if name == "_authToken" {
		return Classify(s, from)
	}
	raw, err := base64.StdEncoding.DecodeString(s.Reveal())
	_, password, both := strings.Cut(string(raw), ":")
	if name == "_password" || !both {
		password = string(raw)
	}
	if err == nil && Classify(NewSecret(password), Found) == KindAzure {
		return KindAzure
	}
	return KindBasic
}

// sessionLength is the longest life that still counts as a session.
const sessionLength = 48 * time.Hour

func jwtKind(s Secret, from Provenance) Kind {
	t, ok := JWTTimes(s)
	if from == LoggedIn || from == Appeared {
		return KindSession
	}
	if ok && !t.Issued.IsZero() && t.Expires.Sub(t.Issued) <= sessionLength {
		return KindSession
	}
	return KindJWT
}

// LooksLikeNPM reports whether the text has the shape of npm's tokens: npm_ and 36 to 48 letters and digits.
func LooksLikeNPM(s Secret) bool { return npmShape.MatchString(s.Reveal()) }

// Times are what a JWT says of itself. A zero time was not told.
type Times struct{ Issued, Expires time.Time }

// JWTTimes reads iat and exp of a JWT without verifying it: it is our own credential, and only its
// end is of interest. ok is false if the text is no JWT or tells no end.
func JWTTimes(s Secret) (t Times, ok bool) {
	parts := strings.Split(s.Reveal(), ".")
	if len(parts) != 3 {
		return Times{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Times{}, false
	}
	var claims struct {
		Issued  *float64 `json:"iat"`
		Expires *float64 `json:"exp"`
	}
	if json.Unmarshal(body, &claims) != nil || claims.Expires == nil {
		return Times{}, false
	}
	exp, fine := epoch(*claims.Expires)
	if !fine {
		return Times{}, false
	}
	t.Expires = exp
	if claims.Issued != nil {
		t.Issued, _ = epoch(*claims.Issued)
	}
	return t, true
}

// epoch turns seconds since 1970 into a time. Values past the year 9999 are milliseconds that
// somebody forgot to divide, or nonsense; both are refused rather than guessed.
func epoch(sec float64) (time.Time, bool) {
	const year9999 = 253402300799
	if !(sec >= 0 && sec <= year9999) { // also false for NaN
		return time.Time{}, false
	}
	whole := int64(sec)
	return time.Unix(whole, int64((sec-float64(whole))*1e9)).UTC(), true
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// ChecksumOK reports whether the last six characters of an npm_ or gh?_ token are the CRC-32 of its
// 30 random ones, in base 62. It is a hint only: a wrong sum makes a token suspicious, not dead,
// and longer tokens have none that we know.
func ChecksumOK(s Secret) bool {
	_, body, ok := strings.Cut(s.Reveal(), "_")
	if !ok || len(body) != 36 {
		return false
	}
	return Checksum(body[:30]) == body[30:]
}

// Checksum returns the six characters that npm and GitHub put behind 30 random ones.
func Checksum(entropy string) string {
	sum := crc32.ChecksumIEEE([]byte(entropy))
	var out [6]byte
	for i := 5; i >= 0; i-- {
		out[i] = base62[sum%62]
		sum /= 62
	}
	return string(out[:])
}

// shape is a pattern that is compiled when it is first asked: all of them take a millisecond, as long as a
// whole command, and most commands never look at a credential's shape.
type shape func() *regexp.Regexp

func lazy(pattern string) shape {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// MatchString reports whether s has the shape.
func (f shape) MatchString(s string) bool { return f().MatchString(s) }
