package registry

import (
	"encoding/json"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// word is the first of keys that holds a text, or a number as it is written.
func (o object) word(keys ...string) string {
	for _, key := range keys {
		raw := o[key]
		if s, ok := o.text(key); ok && s != "" {
			return s
		}
		if len(raw) > 0 && len(raw) <= 20 && (raw[0] >= '0' && raw[0] <= '9' || raw[0] == '-') {
			return string(raw)
		}
	}
	return ""
}

// list is the first of keys that holds texts, be they a list or one text with commas.
func (o object) list(keys ...string) []string {
	for _, key := range keys {
		var all []json.RawMessage
		if s, ok := o.text(key); ok && s != "" {
			return strings.Split(s, ",")
		}
		if json.Unmarshal(o[key], &all) != nil || len(all) == 0 {
			continue
		}
		var out []string
		for _, raw := range all {
			out = append(out, object{"": raw}.word(""))
		}
		return out
	}
	return nil
}

const maxID = 128

// idOf is s if it can be an access token's id, else "". It goes into addresses, so it must be no credential.
func idOf(s string) string {
	if s == "" || len(s) > maxID || s[0] == '.' {
		return ""
	}
	for _, r := range s {
		if !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune("-_.:", r)) {
			return ""
		}
	}
	if low := strings.ToLower(s); strings.HasPrefix(low, "npm_") || strings.HasPrefix(low, "npms_") {
		return ""
	}
	switch token.Classify(token.NewSecret(s), token.Found) {
	case token.KindUnknown, token.KindClassic: // ids and classic access tokens are UUIDs
		return s
	}
	return ""
}

const (
	maxMasked = 24 // characters of a masked form
	maxBare   = 12 // of one that shows the beginning and has no mask
)

// shorten makes a masked form of a text that shows more than one does: not every registry masks.
func shorten(s string) string {
	masked := strings.Contains(s, "..") || strings.ContainsAny(s, "*…")
	r := []rune(s)
	if masked && len(r) <= maxMasked || len(r) <= maxBare {
		return s
	}
	if len(r) <= maxMasked {
		return string(r[:8]) + "..."
	}
	return string(r[:8]) + "..." + string(r[len(r)-4:])
}
