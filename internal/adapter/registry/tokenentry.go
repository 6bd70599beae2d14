package registry

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

const maxReach = 1000 // names that an access token is for, or address ranges; npm allows 50

// entryReader reads what an answer tells of an access token.
type entryReader struct {
	reg  registry.URL
	now  time.Time // when the registry answered
	hide []string
}

func (a answer) entries(reg registry.URL) entryReader {
	now := a.date()
	if now.IsZero() {
		now = time.Now().UTC()
	}
	return entryReader{reg, now, a.hide}
}

// token reads an entry in all spellings that are known: the API's documented one, that of npm's own client, the older
// ones and Verdaccio's.
func (r entryReader) token(e object) access.Token {
	t := access.Token{
		ID: r.id(e.word("key", "id")), Name: r.plain(e.word("name")), Description: r.plain(e.word("description", "token_description")),
		Masked:    shorten(r.plain(e.word("token", "masked"))),
		Kind:      r.kind(e),
		Addresses: r.plainAll(e.list("cidr", "cidr_whitelist")),
		Created:   e.time("created"), Updated: e.time("updated"), Used: e.time("accessed", "last_used"), Ends: e.time("expiry", "expires"),
		All: string(e["packages_all"]) == "true",
	}
	t.Bypass = string(e["bypass_2fa"]) == "true" || string(e["automation"]) == "true" || e.word("type") == "automation"
	r.reach(&t, e)
	t.Permission, t.OrgPermission = levels(e, len(t.Packages)+len(t.Scopes) > 0 || t.All)
	t.Revoked = r.revoked(t, e)
	return t
}

// id is s as an id, unless it holds what the request was sent with, or the access token itself: an id is shown, kept and
// put into addresses. A one-time password may be a part of one by chance.
func (r entryReader) id(s string) string {
	if slices.ContainsFunc(r.hide, func(h string) bool { return len(h) >= shortestHidden && strings.Contains(s, h) }) {
		return ""
	}
	return idOf(s)
}

const shortestHidden = 12

func (r entryReader) plain(s string) string { return clean(s, r.hide) }

func (r entryReader) plainAll(list []string) []string {
	out := []string{}
	for _, s := range list {
		if s = r.plain(s); s != "" && len(out) < maxReach {
			out = append(out, s)
		}
	}
	return out
}

// kind tells apart what lists call an access token. The types that npm had before granular ones are dead at npm's
// public registry alone.
func (r entryReader) kind(e object) access.Kind {
	kind := strings.ToLower(e.word("type"))
	switch {
	case strings.Contains(kind, "classic"):
		return access.Classic
	case strings.Contains(kind, "granular"):
		return access.Granular
	case slices.Contains([]string{"automation", "publish", "readonly", "read-only", "legacy"}, kind):
		if r.reg == registry.Public {
			return access.Classic
		}
		return access.Legacy
	}
	for _, key := range []string{"permissions", "scopes", "expiry", "bypass_2fa", "publish_policy", "packages_and_scopes_permission"} {
		if _, told := e[key]; told {
			return access.Granular
		}
	}
	return access.Legacy
}

// reach reads what an access token is for: scopes with a type each, or lists of names as an order has them.
func (r entryReader) reach(t *access.Token, e object) {
	t.Packages, t.Scopes, t.Orgs = []string{}, []string{}, []string{}
	for _, key := range []string{"packages", "scopes", "orgs"} {
		var list []json.RawMessage
		if json.Unmarshal(e[key], &list) != nil {
			continue
		}
		for _, raw := range list {
			g := object{"name": raw} // a bare name
			if raw[0] == '{' && json.Unmarshal(raw, &g) != nil {
				continue
			}
			kind := g.word("type")
			if kind == "" && key == "orgs" {
				kind = "org"
			}
			covers(t, kind, r.plain(g.word("name")))
		}
	}
}

// covers adds one name to what an access token is for. Scopes come as packages, too.
func covers(t *access.Token, kind, name string) {
	list := &t.Packages
	switch {
	case name == "":
		return
	case kind == "org", kind == "organization":
		list, name = &t.Orgs, strings.TrimPrefix(name, "@")
	case name == "*":
		t.All = true
		return
	case kind == "scope", strings.HasPrefix(name, "@") && !strings.Contains(strings.TrimSuffix(name, "/*"), "/"):
		list, name = &t.Scopes, "@"+strings.TrimPrefix(strings.TrimSuffix(name, "/*"), "@")
	case kind != "" && kind != "package":
		return
	}
	if len(*list) < maxReach && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

// levels reads how far it reaches. Packages without a right of their own have what "readonly" says of the whole.
func levels(e object, packages bool) (forPackages, forOrgs access.Level) {
	var list []json.RawMessage
	_ = json.Unmarshal(e["permissions"], &list) // another thing tells nothing
	for _, raw := range list {
		var g object
		if json.Unmarshal(raw, &g) != nil {
			continue
		}
		switch level := levelOf(g.word("action")); g.word("name") {
		case "package", "scope", "packages", "scopes":
			forPackages = higher(forPackages, level)
		case "org", "orgs", "organization":
			forOrgs = higher(forOrgs, level)
		}
	}
	forPackages = higher(forPackages, levelOf(e.word("packages_and_scopes_permission")))
	forOrgs = higher(forOrgs, levelOf(e.word("orgs_permission")))
	switch readonly := string(e["readonly"]); {
	case forPackages == access.NotTold && forOrgs != access.NotTold && !packages:
		forPackages = access.NoAccess
	case readonly == "true" && forPackages != access.NoAccess, e.word("type") == "readonly":
		forPackages = access.ReadOnly
	case readonly == "false" && forPackages == access.NotTold:
		forPackages = access.ReadWrite
	}
	if forPackages == access.ReadWrite && levelOf(e.word("publish_policy")) == access.StageOnly {
		forPackages = access.StageOnly
	}
	return forPackages, forOrgs
}

// ranks are the levels, the least first.
var ranks = []access.Level{access.NotTold, access.NoAccess, access.ReadOnly, access.StageOnly, access.ReadWrite}

func higher(a, b access.Level) access.Level {
	if slices.Index(ranks, a) < slices.Index(ranks, b) {
		return b
	}
	return a
}

func levelOf(s string) access.Level {
	switch strings.ToLower(strings.ReplaceAll(s, "_", "-")) {
	case "no-access", "none":
		return access.NoAccess
	case "read", "read-only", "readonly":
		return access.ReadOnly
	case "read-write-stage-only", "stage-only", "stage":
		return access.StageOnly
	case "write", "read-write":
		return access.ReadWrite
	}
	return access.NotTold
}

// revoked is when it was. A registry that says no more than that it was is taken to have done it when the access
// token was last changed, or made; where it tells neither, by the time of its answer at the latest.
func (r entryReader) revoked(t access.Token, e object) time.Time {
	switch string(e["revoked"]) {
	case "", "null", "false", `""`, "0":
		return time.Time{}
	}
	for _, at := range []time.Time{e.time("revoked"), t.Updated, t.Created} {
		if !at.IsZero() {
			return at
		}
	}
	return r.now
}
