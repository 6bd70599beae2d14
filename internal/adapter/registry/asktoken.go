package registry

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// maxPages of a list of access tokens are read: npm allows 1,000, and a registry may give ten a page.
const maxPages = 100

// Token asks the registry's list of access tokens about one of them. Listed is No only where the whole list was read;
// npm's public registry lists no sessions. Entries are found by what their masked form shows; if several fit, that they
// stand there is all that is told.
func (c *Client) Token(ctx context.Context, reg registry.URL, q agent.TokenQuestion) finding.Token {
	if q.Session.IsZero() || q.About.IsZero() {
		return finding.Token{}
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	query := firstPage
	var found []object
	for range maxPages {
		a := c.ask(ctx, question{reg: reg, path: tokensPath + "?" + query, s: q.Session, most: maxList})
		o, ok := a.object()
		if !ok {
			return finding.Token{}
		}
		entries, next, ok := tokenPage(o)
		if !ok {
			return finding.Token{}
		}
		for _, e := range entries {
			if shown, _ := e.text("token"); access.Masks(shown, q.About) {
				found = append(found, e)
			}
		}
		if next == "" || next == query {
			return tokenFrom(found, q)
		}
		query = next
	}
	return finding.Token{} // there is no end to it
}

// tokenPage takes a page apart, as pageOf does. One that holds anything but entries is none.
func tokenPage(o object) (entries []object, next string, ok bool) {
	list, next, ok := pageOf(o)
	for _, raw := range list {
		e, err := parseObject(raw)
		if err != nil {
			return nil, "", false
		}
		entries = append(entries, e)
	}
	return entries, next, ok
}

func tokenFrom(found []object, q agent.TokenQuestion) finding.Token {
	switch len(found) {
	case 0:
		return finding.Token{Listed: finding.No}
	case 1:
		return describe(found[0], q)
	}
	return finding.Token{Listed: finding.Yes}
}

// describe reads an entry in both spellings: the API's documented one and the one of npm's own client.
func describe(e object, q agent.TokenQuestion) finding.Token {
	t := finding.Token{
		Listed:   finding.Yes,
		Ends:     e.time("expiry", "expires"),
		Revoked:  e.happened("revoked"),
		ReadOnly: e.flag("readonly", "read_only"),
		Bypass:   e.flag("bypass_2fa", "automation"),
		Address:  e.filled("cidr", "cidr_whitelist"),
		Covers:   e.covers(q.Package),
	}
	kind, _ := e.text("type")
	if kind == "automation" && t.Bypass == finding.Unasked {
		t.Bypass = finding.Yes
	}
	if t.ReadOnly != finding.Yes && (kind == "readonly" || e.onlyReads()) {
		t.ReadOnly = finding.Yes
	}
	for _, key := range []string{"publish_policy", "packages_and_scopes_permission"} {
		if s, ok := e.text(key); ok && s != "" {
			t.Stage = yes(strings.Contains(strings.ReplaceAll(s, "-", "_"), "stage_only"))
		}
	}
	return t
}

// time is the first of keys that holds a time, as a text or in milliseconds.
func (o object) time(keys ...string) time.Time {
	for _, key := range keys {
		var ms int64
		if s, ok := o.text(key); ok {
			if t, err := time.Parse(time.RFC3339, s); err == nil {
				return t.UTC()
			}
		} else if json.Unmarshal(o[key], &ms) == nil && ms > 0 && ms < 1<<47 {
			return time.UnixMilli(ms).UTC()
		}
	}
	return time.Time{}
}

// happened is Yes where a key holds true or a time, and No where it says that there is none.
func (o object) happened(key string) finding.Known {
	raw, there := o[key]
	if !there {
		return finding.Unasked
	}
	switch string(raw) {
	case "null", "false", `""`, "0":
		return finding.No
	}
	return finding.Yes
}

// flag is the first of keys that holds true or false.
func (o object) flag(keys ...string) finding.Known {
	for _, key := range keys {
		switch string(o[key]) {
		case "true":
			return finding.Yes
		case "false":
			return finding.No
		}
	}
	return finding.Unasked
}

// filled is Yes where a key holds a list with something in it.
func (o object) filled(keys ...string) finding.Known {
	known := finding.Unasked
	for _, key := range keys {
		raw, there := o[key]
		var list []json.RawMessage
		if !there || json.Unmarshal(raw, &list) != nil {
			continue
		}
		if len(list) > 0 {
			return finding.Yes
		}
		known = finding.No
	}
	return known
}

// grants is a list of objects with texts: scopes and permissions.
func (o object) grants(key string) (list []map[string]any) {
	if json.Unmarshal(o[key], &list) != nil {
		return nil // another thing tells nothing
	}
	return list
}

// covers says whether an access token is for a package. One without packages or scopes names no limit that could be
// told from none at all. A right for an organisation is no right for its packages.
func (o object) covers(name string) finding.Known {
	known := finding.Unasked
	scope, _, scoped := strings.Cut(name, "/")
	for _, g := range o.grants("scopes") {
		kind, _ := g["type"].(string)
		what, _ := g["name"].(string)
		if kind != "package" && kind != "scope" {
			continue
		}
		if what == name || what == "*" || scoped && strings.TrimPrefix(what, "@") == scope[1:] {
			return finding.Yes
		}
		known = finding.No
	}
	return known
}

// onlyReads reports that all rights for packages are rights to read.
func (o object) onlyReads() bool {
	some := false
	for _, g := range o.grants("permissions") {
		kind, _ := g["name"].(string)
		if kind != "package" && kind != "scope" {
			continue
		}
		if action, _ := g["action"].(string); action != "read" {
			return false
		}
		some = true
	}
	return some
}
