package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/demo/order"
)

// account is a session of the demo's user.
type account struct {
	*Registry
	clock *clock
	auth  string
}

func signedIn(t *testing.T) account {
	t.Helper()
	c := newClock()
	r := start(t, Options{Clock: c.Now, Session: 365 * day})
	auth, _ := login(t, r)
	return account{r, c, auth}
}

func (a account) tokens(t *testing.T, method, path, body string) response {
	t.Helper()
	return ask(t, method, a.URL()+"-/npm/v1/tokens"+path, body, a.auth)
}

// page is a page of the list.
type listPage struct {
	Objects []listed
	Total   int
	URLs    struct{ Next, Prev string }
}

// TestSamples reads the access tokens that are there at first, page by page.
func TestSamples(t *testing.T) {
	a := signedIn(t)
	var all []listed
	for path := "/-/npm/v1/tokens?perPage=2"; path != ""; {
		var p listPage
		want(t, ask(t, "GET", strings.TrimSuffix(a.URL(), "/")+path, "", a.auth), 200).decode(t, &p)
		if p.Total != len(samples) || (len(all) > 0) != (p.URLs.Prev != "") {
			t.Errorf("%s: %+v", path, p)
		}
		all, path = append(all, p.Objects...), p.URLs.Next
	}
	seen := map[string]listed{}
	for _, l := range all {
		seen[l.Name] = l
		if len(l.Token) != 15 || len(l.Key) != 36 || l.Revoked != nil || !l.Created.Before(*l.Accessed) {
			t.Errorf("%+v", l)
		}
		if o := l.Expiry.Sub(l.Created); !l.ReadOnly && o > 90*day {
			t.Errorf("%s lives for %v", l.Name, o)
		}
	}
	now := a.clock.Now()
	if l := seen["ci-publish"]; !l.Bypass || l.ReadOnly || !l.Expiry.Equal(now.AddDate(0, 0, 12)) || l.Permissions[0].Action != "write" {
		t.Errorf("%+v", l)
	}
	if l := seen["renovate"]; !l.ReadOnly || l.Scopes[0] != (order.Scope{Type: "package", Name: "*"}) {
		t.Errorf("%+v", l)
	}
	if l := seen["old-release"]; now.Sub(*l.Accessed) != 47*day || l.Description != nil || len(l.Scopes) != 3 {
		t.Errorf("%+v", l)
	}
	if l := seen["docs-bot"]; l.Policy != "stage_only" || l.CIDR[0] != "192.0.2.0/24" || l.Scopes[1] != (order.Scope{Type: "org", Name: "acme"}) {
		t.Errorf("%+v", l)
	}
}

// TestAccessTokens makes one, uses it and revokes it.
func TestAccessTokens(t *testing.T) {
	a := signedIn(t)
	body := `{"name":"mine","description":"why","password":"sandglass","expires":30,"packages_and_scopes_permission":"read-only","packages":["@acme/private"]}`
	var made listed
	want(t, a.tokens(t, "POST", "", body), 201).decode(t, &made)
	if made.Accessed != nil || *made.Description != "why" || !made.Expiry.Equal(a.clock.Now().AddDate(0, 0, 30)) {
		t.Errorf("%+v", made)
	}
	mine := "Authorization: Bearer " + made.Token
	a.clock.forward(time.Hour)
	want(t, ask(t, "GET", a.URL()+"@acme%2fprivate", "", mine), 200)
	want(t, ask(t, "GET", a.URL()+"-/npm/v1/tokens", "", mine), 401) // an access token cannot list itself
	var list listPage
	res := want(t, a.tokens(t, "GET", "?perPage=100", ""), 200)
	res.decode(t, &list)
	if l := list.Objects[len(samples)]; l.Name != "mine" || l.Accessed == nil || !l.Accessed.Equal(a.clock.Now()) || strings.Contains(res.body, made.Token) {
		t.Errorf("the list: %+v", l)
	}
	want(t, a.tokens(t, "POST", "", strings.Replace(body, `"sandglass"`, `"wrong"`, 1)), 401)
	want(t, a.tokens(t, "POST", "", strings.Replace(body, `"sandglass"`, `""`, 1)), 201) // nobody has set one here
	res = want(t, a.tokens(t, "POST", "", strings.Replace(strings.Replace(body, "30", "91", 1), "read-only", "read-write", 1)), 400)
	if !strings.Contains(res.body, order.SaysTooLong) {
		t.Errorf("too long: %s", res.body)
	}
	for fields, status := range map[string]int{
		`"packages":["@acme/public"]`: 404, `"scopes":["@acme"]`: 200, `"packages":["*"]`: 200, `"orgs":["acme"]`: 404,
		`"packages":["*"],"cidr":["192.0.2.0/24"]`: 404, `"packages":["*"],"cidr":["127.0.0.0/8"]`: 200,
	} {
		var other listed
		want(t, a.tokens(t, "POST", "", `{"name":"other",`+fields+`}`), 201).decode(t, &other)
		if res := ask(t, "GET", a.URL()+"@acme%2fprivate", "", "Authorization: Bearer "+other.Token); res.status != status {
			t.Errorf("%s opens with %d", fields, res.status)
		}
	}
	want(t, a.tokens(t, "DELETE", "/token/"+made.Key, ""), 204)
	want(t, a.tokens(t, "DELETE", "/token/"+made.Key, ""), 404)
	want(t, ask(t, "GET", a.URL()+"@acme%2fprivate", "", mine), 404)
}
