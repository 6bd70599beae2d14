package verdaccio

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"
)

// sign makes a JWT as Verdaccio does. A negative life makes one that has ended. The id keeps two
// tokens of one second apart. Verdaccio's rules are met by the user or by any of the groups.
func (b *backend) sign(user string, life time.Duration, groups ...string) string {
	now := time.Now()
	end := now.Add(life)
	issued := now
	if life <= 0 {
		issued = end.Add(-time.Second)
	}
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // maps of strings and numbers always marshal
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	body := part(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + part(map[string]any{
		"name": user, "real_groups": []string{user}, "jti": random(8),
		"groups": append([]string{user, "$all", "$authenticated", "@all", "@authenticated", "all"}, groups...),
		"iat":    issued.Unix(), "nbf": issued.Unix(), "exp": end.Unix(),
	})
	mac := hmac.New(sha256.New, b.secret)
	mac.Write([]byte(body))
	return body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// random returns 2n hex digits.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
