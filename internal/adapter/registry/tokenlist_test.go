package registry_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// listed reads a list that is one page.
func listed(t *testing.T, reg registry.URL, page string) []access.Token {
	t.Helper()
	all, err := client.New(client.Options{Transport: always(200, page)}).List(t.Context(), reg, canary)
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	leaks(t, all)
	return all
}

// entryOf reads one entry's fields.
func entryOf(t *testing.T, fields string) access.Token {
	t.Helper()
	all := listed(t, far(t), `{"objects":[{"key":"11111111-2222-4333-8444-555555555555","token":"npm_aBcD...7890",`+fields+`}]}`)
	if len(all) != 1 {
		t.Fatalf("%s: %d entries", fields, len(all))
	}
	return all[0]
}

// TestN04_ListOfTheTestRegistry reads what the test registry has, field by field and in both spellings.
func TestN04_ListOfTheTestRegistry(t *testing.T) {
	end := time.Date(2027, time.January, 2, 3, 4, 5, 0, time.UTC)
	for _, spelling := range []verdaccio.Spelling{verdaccio.SpellingNew, verdaccio.SpellingOld} {
		t.Run(string(spelling), func(t *testing.T) {
			f := newFront(t, verdaccio.Options{Spelling: spelling})
			for _, a := range []verdaccio.AccessToken{
				{Name: "ci", Description: "why", Ends: end, ReadOnly: true, Packages: []string{"@acme/private", "plain-sand"}, Scopes: []string{"@sand"}, Addresses: []string{"10.0.0.0/8"}},
				{Name: "orgs", Orgs: []string{"acme"}, NoPackages: true, ReadOnly: true, Bypass: true},
				{Name: "stage", All: true, Stage: true},
				{Name: "gone", Revoked: true, Scopes: []string{"@acme"}, Orgs: []string{"acme"}, OrgWrite: true},
			} {
				f.Issue("alice", a)
			}
			got, err := f.c.List(t.Context(), f.reg, f.session("alice"))
			if err != nil || len(got) != 4 {
				t.Fatalf("%v, %d", err, len(got))
			}
			none := []string{}
			for n, want := range []access.Token{
				{Name: "ci", Description: "why", Ends: end, Packages: []string{"@acme/private", "plain-sand"}, Scopes: []string{"@sand"}, Orgs: none, Addresses: []string{"10.0.0.0/8"}, Permission: access.ReadOnly},
				{Name: "orgs", Packages: none, Scopes: none, Orgs: []string{"acme"}, Addresses: none, Permission: access.NoAccess, OrgPermission: access.ReadOnly, Bypass: true},
				{Name: "stage", Packages: none, Scopes: none, Orgs: none, Addresses: none, All: true, Permission: access.StageOnly},
				{Name: "gone", Packages: none, Scopes: []string{"@acme"}, Orgs: []string{"acme"}, Addresses: none, Permission: access.ReadWrite, OrgPermission: access.ReadWrite},
			} {
				has := f.Tokens("alice")[n]
				want.ID, want.Masked, want.Kind = has.Key, has.Value[:8]+"..."+has.Value[36:], access.Granular
				if !access.Masks(got[n].Masked, token.NewSecret(has.Value)) || got[n].Created.Sub(has.Born).Abs() > time.Second || got[n].Revoked.IsZero() == has.Revoked {
					t.Errorf("%s: %+v", want.Name, got[n])
				}
				got[n].Created, got[n].Updated, got[n].Revoked = time.Time{}, time.Time{}, time.Time{}
				if !reflect.DeepEqual(got[n], want) {
					t.Errorf("got  %+v\nwant %+v", got[n], want)
				}
			}
		})
	}
}

func TestN04_ListOfVerdaccio(t *testing.T) {
	f := newFront(t, verdaccio.Options{OwnTokens: true})
	session := f.session("bob")
	made, err := f.c.Create(t.Context(), agent.CreateOrder{Registry: f.reg, Session: session, Password: token.NewSecret(verdaccio.Password("bob")), Spec: access.Spec{Name: "mine", Addresses: []string{"127.0.0.0/8"}}})
	if err != nil || made.Token.Name != "mine" || made.Token.ID == "" {
		t.Fatalf("%v, %+v", err, made.Token)
	}
	find := func() (found *access.Token) {
		all, err := f.c.List(t.Context(), f.reg, session)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.ID == made.Token.ID {
				found = &a
			}
		}
		return found
	}
	got := find()
	if got == nil || got.Kind != access.Legacy || !access.Masks(got.Masked, made.Secret) || got.Created.IsZero() || !got.Ends.IsZero() || len(got.Addresses) != 1 || got.Permission != access.ReadWrite {
		t.Fatalf("%+v", got)
	}
	if err := f.c.Reads(t.Context(), f.reg, "@bob/own", made.Secret); err != nil {
		t.Error(err)
	}
	if err := f.c.Revoke(t.Context(), agent.RevokeOrder{Registry: f.reg, Session: session, ID: got.ID}); err != nil || find() != nil {
		t.Errorf("%v, it is there yet: %v", err, find() != nil)
	}
	_, err = f.c.Create(t.Context(), agent.CreateOrder{Registry: f.reg, Session: session, Password: token.NewSecret(password), Spec: access.Spec{Name: "mine"}})
	wantError(t, err, agent.ErrDenied)
}

// pages is a registry with so many access tokens, so many on a page, whose next page is somewhere.
func pages(count, size int, next func(page int) string) wire {
	return func(r *http.Request) (*http.Response, error) {
		page := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
		var list []string
		for n := page * size; n < min(count, (page+1)*size); n++ {
			list = append(list, fmt.Sprintf(`{"key":"%08d-2222-4333-8444-555555555555","token":"npm_%04d...%04d","name":"n%d","permissions":[]}`, n, n/10000, n%10000, n))
		}
		urls := `{}`
		if (page+1)*size < count {
			urls = `{"next":"` + next(page+1) + `"}`
		}
		return reply(200, `{"objects":[`+strings.Join(list, ",")+`],"total":0,"urls":`+urls+`}`), nil
	}
}

// TestN04_AllPages reads lists of all lengths, and asks nobody but the registry for them.
func TestN04_AllPages(t *testing.T) {
	for name, next := range map[string]func(int) string{
		"path":      func(p int) string { return fmt.Sprintf("/-/npm/v1/tokens?page=%d&perPage=100", p) },
		"elsewhere": func(p int) string { return fmt.Sprintf("http://evil.example.com:1/x?perPage=10&page=%d", p) },
	} {
		for _, size := range []int{10, 100, 20000} {
			for _, count := range []int{0, 1, 101, 10000} {
				from := pages(count, size, next)
				asked := 0
				c := client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
					asked++
					if r.URL.Host != "registry.example.com" || r.URL.Scheme != "https" || r.URL.Path != "/npm/-/npm/v1/tokens" || asked == 1 && r.URL.RawQuery != "page=0&perPage=100" ||
						r.Method != http.MethodGet || r.Header.Get("npm-command") != "token" || r.Header.Get("Authorization") != "Bearer "+canary.Reveal() {
						t.Errorf("%s: asks %s %s", name, r.Method, r.URL)
					}
					return from(r)
				})})
				all, err := c.List(t.Context(), far(t), canary)
				if err != nil || len(all) != count || count > 0 && all[count-1].Name != fmt.Sprint("n", count-1) || asked != max(1, (count+size-1)/size) {
					t.Errorf("%s, %d at a time: %d of %d in %d requests, %v", name, size, len(all), count, asked, err)
				}
			}
		}
	}
}

// TestN04_NoEnd: a list that goes in circles, or on for ever, is no list; one that says so of its last page is.
func TestN04_NoEnd(t *testing.T) {
	entry := `{"objects":[{"key":"%d"}],"urls":{"next":"%s"}}`
	asked := 0
	ask := func(next func(page string) string) ([]access.Token, error) {
		asked = 0
		return client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
			asked++
			return reply(200, fmt.Sprintf(entry, asked, next(r.URL.Query().Get("page")))), nil
		})}).List(t.Context(), far(t), canary)
	}
	_, err := ask(func(page string) string {
		return map[string]string{"0": "?page=1", "1": "?page=2", "2": "?page=1"}[page]
	})
	if wantError(t, err, agent.ErrBadAnswer); asked != 3 {
		t.Errorf("a circle: %d requests", asked)
	}
	_, err = ask(func(string) string { return fmt.Sprint("?page=", asked) })
	if wantError(t, err, agent.ErrBadAnswer); asked != 1000 {
		t.Errorf("no end: %d requests", asked)
	}
	if all, err := ask(func(string) string { return "/-/npm/v1/tokens?perPage=100&page=0" }); err != nil || len(all) != 1 || asked != 1 {
		t.Errorf("itself: %v, %d requests", err, asked)
	}
	for _, next := range []string{`7`, `{}`, `"%zz"`, `"http://[::1"`, `"?` + strings.Repeat("a", 5000) + `"`} {
		_, err := client.New(client.Options{Transport: always(200, `{"objects":[],"urls":{"next":`+next+`}}`)}).List(t.Context(), far(t), canary)
		wantError(t, err, agent.ErrBadAnswer)
	}
	for _, urls := range []string{`null`, `{}`, `{"next":null}`, `{"next":""}`, `7`, `[]`} {
		listed(t, far(t), `{"objects":[],"urls":`+urls+`}`)
	}
	many := strings.TrimSuffix(strings.Repeat(`{"token":"npm_a"},`, 20), ",")
	if all := listed(t, far(t), `{"objects":[`+many+`]}`); len(all) != 1 {
		t.Errorf("one stands %d times in the list", len(all))
	}
}

func TestN04_NoList(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `{"objects":null}`, `{"objects":{}}`, `{"objects":"x"}`, `<html>`, `{"objects":[]`, "{\"objects\":[\"\xff\"]}", `{"objects":[],"objects":[]}`,
		`{"objects":` + strings.Repeat("[", 100_000), strings.Repeat(" ", 9<<20)} {
		_, err := client.New(client.Options{Transport: always(200, body)}).List(t.Context(), far(t), canary)
		wantError(t, err, agent.ErrBadAnswer)
	}
}

// TestN04_OddEntries: an odd field is not told, and an entry that names itself by nothing is none.
func TestN04_OddEntries(t *testing.T) {
	all := listed(t, far(t), `{"objects":[null,7,"x",[],{},{"name":"nobody"},{"key":"a","key":"b"},{"key":12},{"token":"npm_ab"},{"key":"npm_`+strings.Repeat("a", 36)+`"},{"key":"../x","token":"npm_cd"},{"key":"a b"}]}`)
	got := ""
	for _, a := range all {
		got += a.ID + "|" + a.Masked + " "
	}
	if got != "b| 12| |npm_ab |npm_cd " {
		t.Errorf("got %q", got)
	}
	for _, odd := range []string{`null`, `7`, `-1`, `1e400`, `"x"`, `true`, `[]`, `{}`, `[null,7,{},[],""]`, `[{"name":7,"type":null,"action":[]}]`, `"\u0000"`, `99999999999999999999`} {
		fields := []string{}
		for _, key := range []string{"name", "description", "expiry", "expires", "readonly", "bypass_2fa", "automation", "cidr", "cidr_whitelist", "revoked", "created", "updated", "accessed",
			"permissions", "scopes", "packages", "orgs", "packages_all", "publish_policy", "packages_and_scopes_permission", "orgs_permission", "type", "new"} {
			fields = append(fields, fmt.Sprintf("%q:%s", key, odd))
		}
		if !json.Valid([]byte("{" + strings.Join(fields, ",") + "}")) {
			t.Fatal(odd)
		}
		if a := entryOf(t, strings.Join(fields, ",")); a.ID == "" || a.Masked != "npm_aBcD...7890" {
			t.Errorf("%s: %+v", odd, a)
		}
	}
}

// TestSpellings reads each field in all its spellings.
func TestSpellings(t *testing.T) {
	at, date := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), `"2026-11-21T12:00:00.000Z"`
	is := func(fields string, ok func(access.Token) bool) {
		t.Helper()
		if a := entryOf(t, fields); !ok(a) {
			t.Errorf("%s: %+v", fields, a)
		}
	}
	level := func(fields string, want, orgs access.Level) {
		t.Helper()
		is(fields, func(a access.Token) bool { return a.Permission == want && a.OrgPermission == orgs })
	}
	for _, key := range []string{"expiry", "expires"} {
		is(`"`+key+`":`+date, func(a access.Token) bool { return a.Ends.Equal(at) })
		is(`"`+key+`":1795262400000`, func(a access.Token) bool { return a.Ends.Equal(at) })
	}
	is(`"accessed":`+date, func(a access.Token) bool { return a.Used.Equal(at) })
	for _, key := range []string{"cidr", "cidr_whitelist"} {
		is(`"`+key+`":["10.0.0.0/8","::/0"]`, func(a access.Token) bool { return len(a.Addresses) == 2 })
		is(`"`+key+`":"10.0.0.0/8, 192.0.2.0/24"`, func(a access.Token) bool { return len(a.Addresses) == 2 && a.Addresses[1] == "192.0.2.0/24" })
	}
	for _, fields := range []string{`"bypass_2fa":true`, `"automation":true`, `"type":"automation"`} {
		is(fields, func(a access.Token) bool { return a.Bypass })
	}
	for _, fields := range []string{`"packages_all":true`, `"packages":["*"]`, `"scopes":[{"type":"package","name":"*"}]`} {
		is(fields, func(a access.Token) bool { return a.All && len(a.Packages) == 0 })
	}
	for _, fields := range []string{`"scopes":["@acme"]`, `"scopes":[{"type":"scope","name":"acme"}]`, `"scopes":[{"type":"package","name":"@acme"}]`, `"scopes":[{"type":"scope","name":"@acme/*"}]`, `"packages":["@acme"]`} {
		is(fields, func(a access.Token) bool { return len(a.Scopes) == 1 && a.Scopes[0] == "@acme" && len(a.Packages) == 0 })
	}
	is(`"orgs":["acme","@acme"],"packages":["@acme/x","y"]`, func(a access.Token) bool { return len(a.Orgs) == 1 && a.Orgs[0] == "acme" && len(a.Packages) == 2 })
	level(`"readonly":true`, access.ReadOnly, access.NotTold)
	level(`"readonly":false`, access.ReadWrite, access.NotTold)
	level(`"name":"x"`, access.NotTold, access.NotTold)
	level(`"permissions":[{"name":"package","action":"read"},{"name":"package","action":"write"}]`, access.ReadWrite, access.NotTold)
	level(`"permissions":[{"name":"package","action":"write"}],"readonly":true`, access.ReadOnly, access.NotTold)
	level(`"permissions":[{"name":"org","action":"write"}],"readonly":false`, access.NoAccess, access.ReadWrite)
	level(`"packages_and_scopes_permission":"no-access","orgs_permission":"read-only","readonly":true`, access.NoAccess, access.ReadOnly)
	level(`"packages_and_scopes_permission":"read-write-stage-only"`, access.StageOnly, access.NotTold)
	level(`"permissions":[{"name":"package","action":"write"}],"publish_policy":"stage_only"`, access.StageOnly, access.NotTold)
	level(`"permissions":[{"name":"package","action":"read"}],"publish_policy":"stage_only"`, access.ReadOnly, access.NotTold)
	for fields, want := range map[string]time.Time{
		`"revoked":` + date: at, `"revoked":null`: {}, `"revoked":false`: {}, `"revoked":true,"created":` + date: at,
		`"revoked":true,"created":"2020-01-01T00:00:00Z","updated":` + date: at,
	} {
		is(fields, func(a access.Token) bool { return a.Revoked.Equal(want) })
	}
	is(`"revoked":true`, func(a access.Token) bool { return time.Since(a.Revoked) < time.Minute })
	for fields, want := range map[string]access.Kind{`"permissions":[]`: access.Granular, `"type":"granular"`: access.Granular, `"type":"classic"`: access.Classic, `"type":"publish"`: access.Legacy, `"user":"bob"`: access.Legacy} {
		is(fields, func(a access.Token) bool { return a.Kind == want })
	}
	if all := listed(t, registry.Public, `{"objects":[{"key":"a","type":"publish"}]}`); all[0].Kind != access.Classic {
		t.Errorf("npm's own: %+v", all[0])
	}
}

// TestJ06J08_WhatARegistrySaysIsCleaned: names steer no terminal and are no longer than a line, a whole access token in
// the place of a masked one is cut, and what was sent is hidden wherever it comes back.
func TestJ06J08_WhatARegistrySaysIsCleaned(t *testing.T) {
	evil := `\u001b[31m` + `\u202e` + strings.Repeat("x", 10_000)
	a := entryOf(t, fmt.Sprintf(`"name":"%s","description":"%s %s","scopes":[{"type":"package","name":"%s"}],"cidr":["%s"],"orgs":["%s"]`, evil, evil, canary.Reveal(), evil, evil, evil))
	if text := fmt.Sprint(a); strings.ContainsFunc(text, steers) || len(text) > 2000 {
		t.Errorf("%d: %q", len(text), text)
	}
	whole := "npm_" + strings.Repeat("Zz", 18)
	for shown, want := range map[string]string{
		whole: "npm_ZzZz...ZzZz", "npm_ab": "npm_ab", "npm_aBcD...7890": "npm_aBcD...7890", "npm_aBcD…7890": "npm_aBcD…7890", "npm_aBcD" + strings.Repeat("*", 28) + "7890": "npm_aBcD...7890",
		"abcdefghijklmnop": "abcdefgh...",
	} {
		if all := listed(t, far(t), `{"objects":[{"token":"`+shown+`"}]}`); all[0].Masked != want {
			t.Errorf("%s is shown as %s", shown, all[0].Masked)
		}
	}
}

// TestF28_F04toF06_ListRefused is the table of refusals.
func TestF28_F04toF06_ListRefused(t *testing.T) {
	restricted := `{"error":"npm tokens that bypass 2FA are being restricted from account, organization and package management actions."}`
	for _, c := range []struct {
		status int
		body   string
		want   error
		says   string
	}{
		{401, `{"error":"` + canary.Reveal() + `\u001b[1m"}`, agent.ErrRefused, ""}, {401, restricted, agent.ErrRefused, "only a session may do this"}, {403, restricted, agent.ErrRefused, "only a session may do this"},
		{403, `{"message":"no"}`, agent.ErrDenied, "does not allow it (403: no)"}, {403, ``, agent.ErrForbidden, ""},
		{404, ``, agent.ErrNoTokens, ""}, {405, ``, agent.ErrNoTokens, ""}, {501, ``, agent.ErrNoTokens, ""},
		{408, ``, agent.ErrOffline, ""}, {425, ``, agent.ErrOffline, ""}, {429, ``, agent.ErrOffline, ""}, {500, ``, agent.ErrOffline, ""}, {502, ``, agent.ErrOffline, ""}, {503, ``, agent.ErrOffline, ""}, {504, ``, agent.ErrOffline, ""},
		{301, ``, agent.ErrUnsafe, ""}, {400, ``, agent.ErrBadAnswer, ""}, {204, ``, agent.ErrBadAnswer, ""},
	} {
		all, err := client.New(client.Options{Transport: always(c.status, c.body)}).List(t.Context(), far(t), canary)
		wantError(t, err, c.want)
		if all != nil || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
	}
	f := newFront(t, verdaccio.Options{})
	_, err := f.c.List(t.Context(), f.reg, f.issue("alice", verdaccio.AccessToken{}))
	wantError(t, err, agent.ErrRefused)
	_, err = f.c.List(t.Context(), f.reg, token.NewSecret(f.Mint("alice", -time.Hour)))
	wantError(t, err, agent.ErrRefused)
}

// TestF01_AListEndsInTwoMinutes: however slow each page is.
func TestF01_AListEndsInTwoMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, n := time.Now(), 0
		slow := wire(func(r *http.Request) (*http.Response, error) {
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(9 * time.Second):
			}
			n++
			return reply(200, fmt.Sprintf(`{"objects":[],"urls":{"next":"?page=%d"}}`, n)), nil
		})
		_, err := client.New(client.Options{Transport: slow}).List(t.Context(), far(t), canary)
		if wantError(t, err, agent.ErrOffline); time.Since(began) != 2*time.Minute {
			t.Errorf("it took %v", time.Since(began))
		}
	})
}
