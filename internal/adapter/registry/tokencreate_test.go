package registry_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// full is an order with everything in it.
var full = access.Spec{
	Name: "ci of acme", Description: "why <it> is", Days: 30, Packages: []string{"@acme/private", "plain-sand"}, Scopes: []string{"@sand"}, Orgs: []string{"acme"},
	Permission: access.ReadWrite, OrgPermission: access.ReadOnly, Addresses: []string{"127.0.0.0/8", "192.0.2.0/24"}, Bypass: true,
}

// order is one for alice.
func (f front) order(s access.Spec) agent.CreateOrder {
	return agent.CreateOrder{Registry: f.reg, Session: f.session("alice"), Password: token.NewSecret(verdaccio.Password("alice")), Spec: s}
}

// last is the newest request about access tokens.
func (f front) last() verdaccio.Request {
	f.t.Helper()
	all := f.Requests()
	for n := len(all) - 1; n >= 0; n-- {
		if strings.HasPrefix(all[n].Path, "/-/npm/v1/tokens") {
			return all[n]
		}
	}
	f.t.Fatal("nobody asked about access tokens")
	return verdaccio.Request{}
}

func way(t *testing.T, err error, want agent.ChallengeWay) *agent.Challenge {
	t.Helper()
	var c *agent.Challenge
	if !errors.As(err, &c) || c.Way != want || !errors.Is(err, agent.ErrOTP) {
		t.Fatalf("error %v, want a challenge by %s", err, want)
	}
	leaks(t, err)
	return c
}

func TestCreate_AllThatCanBeOrdered(t *testing.T) {
	f := newFront(t, verdaccio.Options{})
	for _, s := range []access.Spec{
		full,
		{Name: "all", All: true, Permission: access.ReadOnly},
		{Name: "all", All: true, Packages: []string{"passed-over"}},
		{Name: "stage", Scopes: []string{"@acme"}, Permission: access.StageOnly, Days: 90},
		{Name: "orgs", Orgs: []string{"acme"}, OrgPermission: access.ReadWrite},
		{Name: "least", Packages: []string{"plain-sand"}},
	} {
		o := f.order(s)
		made, err := f.c.Create(t.Context(), o)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		leaks(t, made)
		all := f.Tokens("alice")
		has := all[len(all)-1]
		if made.Secret.Reveal() != has.Value || made.Token.ID != has.Key || !access.Masks(made.Token.Masked, made.Secret) || strings.Contains(fmt.Sprint(made), has.Value) || made.Token.Ends.Sub(has.Ends).Abs() > time.Second || time.Since(made.Date).Abs() > time.Minute {
			t.Errorf("%s: %+v", s.Name, made)
		}
		if s.Days > 0 && has.Ends.Sub(has.Born).Round(time.Hour) != time.Duration(s.Days)*24*time.Hour {
			t.Errorf("%s: it ends at %s", s.Name, has.Ends)
		}
		listed, err := f.c.List(t.Context(), f.reg, o.Session)
		if err != nil {
			t.Fatal(err)
		}
		got := listed[len(listed)-1]
		again := access.Spec{Name: got.Name, Description: got.Description, Days: s.Days, Packages: got.Packages, Scopes: got.Scopes, Orgs: got.Orgs, All: got.All, Permission: got.Permission, OrgPermission: got.OrgPermission, Addresses: got.Addresses, Bypass: got.Bypass}
		if s.Name == "all" {
			s.Packages = nil
		}
		if s.Permission == access.NotTold {
			again.Permission = access.NotTold // the registry decided it
		}
		if fmt.Sprint(again) != fmt.Sprint(s) {
			t.Errorf("ordered %+v\nlisted  %+v", s, again)
		}
	}
}

// TestN07_DraftIsWhatIsSent compares the drafts with what the test registry received.
func TestN07_DraftIsWhatIsSent(t *testing.T) {
	f := newFront(t, verdaccio.Options{Accounts: map[string]verdaccio.Account{"alice": {Factor: verdaccio.FactorDigits}}})
	same := func(d api.Draft, hide ...string) {
		t.Helper()
		r := f.last()
		clean := strings.NewReplacer(hide...)
		for _, name := range []string{"Accept-Encoding", "Content-Length"} { // net/http's own
			r.Header.Del(name)
		}
		var sent []string
		for name, values := range r.Header {
			sent = append(sent, name+": "+clean.Replace(values[0]))
		}
		slices.Sort(sent)
		if d.Method != r.Method || d.URL != f.URL+strings.TrimPrefix(r.Path, "/") || !slices.Equal(d.Header, sent) || d.Body != clean.Replace(r.Body) {
			t.Errorf("draft %s %s\n%q\n%s\nsent %s %s\n%q\n%s", d.Method, d.URL, d.Header, d.Body, r.Method, r.Path, sent, clean.Replace(r.Body))
		}
		for _, secret := range hide {
			if strings.HasPrefix(secret, "[") {
				continue
			}
			if strings.Contains(fmt.Sprint(d), secret) {
				t.Errorf("a secret stands in the draft")
			}
		}
	}
	o := f.order(full)
	hide := []string{o.Session.Reveal(), "[session]", o.Password.Reveal(), "[password]", verdaccio.OTP, "[one-time password]"}
	_, err := f.c.Create(t.Context(), o)
	way(t, err, agent.WayDigits)
	same(f.c.CreateDraft(o), hide...)
	dry := o
	dry.Password, dry.Session = token.Secret{}, token.Secret{}
	same(f.c.CreateDraft(dry), hide...)
	o.OTP = token.NewSecret(verdaccio.OTP)
	made, err := f.c.Create(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	same(f.c.CreateDraft(o), hide...)
	var body map[string]any
	if err := json.Unmarshal([]byte(f.last().Body), &body); err != nil {
		t.Fatal(err)
	}
	for one, other := range map[string]string{"description": "token_description", "cidr": "cidr_whitelist"} {
		if body[one] == nil || !reflect.DeepEqual(body[one], body[other]) {
			t.Errorf("%s is %v, %s is %v", one, body[one], other, body[other])
		}
	}
	r := agent.RevokeOrder{Registry: f.reg, Session: o.Session, OTP: o.OTP, ID: made.Token.ID}
	if err := f.c.Revoke(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	same(f.c.RevokeDraft(r), hide...)
	r.ID = made.Secret.Reveal()
	if d := fmt.Sprint(f.c.RevokeDraft(r)); strings.Contains(d, r.ID) {
		t.Error("a secret stands in the draft")
	}
}

// TestN06_SecondFactors shows each, wrong, late and absent; a page's one is right once.
func TestN06_SecondFactors(t *testing.T) {
	f := newFront(t, verdaccio.Options{})
	spec := access.Spec{Name: "x", All: true}
	try := func(o agent.CreateOrder, otp string) (agent.Created, error) {
		if otp != "" {
			o.OTP = token.NewSecret(otp)
		}
		made, err := f.c.Create(t.Context(), o)
		leaks(t, err)
		return made, err
	}
	for factor, c := range map[verdaccio.Factor]struct {
		way   agent.ChallengeWay
		right string
	}{
		verdaccio.FactorDigits: {agent.WayDigits, verdaccio.OTP}, verdaccio.FactorMail: {agent.WayMail, verdaccio.MailOTP}, verdaccio.FactorMissing: {agent.WayMail, verdaccio.MailOTP},
	} {
		f.SetAccount("alice", verdaccio.Account{Factor: factor})
		o := f.order(spec)
		_, err := try(o, "")
		way(t, err, c.way)
		_, err = try(o, "000000")
		way(t, err, agent.WayDigits) // "invalid OTP" says no more
		_, err = try(o, "12\r\nx: y")
		way(t, err, agent.WayDigits)
		made, err := try(o, c.right)
		if err != nil || made.Secret.IsZero() {
			t.Fatalf("%s: %v", factor, err)
		}
		r := agent.RevokeOrder{Registry: f.reg, Session: o.Session, ID: made.Token.ID}
		if err := f.c.Revoke(t.Context(), r); factor != verdaccio.FactorMissing {
			way(t, err, c.way)
			r.OTP = token.NewSecret("000000")
			way(t, f.c.Revoke(t.Context(), r), agent.WayDigits)
			r.OTP = token.NewSecret(c.right)
			if err := f.c.Revoke(t.Context(), r); err != nil {
				t.Errorf("%s: %v", factor, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", factor, err)
		}
	}
	f.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorPage})
	o := f.order(spec)
	_, err := try(o, "")
	page := way(t, err, agent.WayPage)
	if page.Host != f.reg.Host() || !strings.HasPrefix(page.Page, f.URL+"auth/cli/") || !strings.HasPrefix(page.Done, f.URL+"-/v1/done/") {
		t.Errorf("%+v", page)
	}
	if err := f.Confirm(page.Page); err != nil {
		t.Fatal(err)
	}
	proof, err := f.c.AwaitProof(t.Context(), f.reg, *page)
	if err != nil || len(proof.Reveal()) != 16 {
		t.Fatal(err)
	}
	for _, r := range f.Requests() {
		if strings.HasPrefix(r.Path, "/-/v1/done/") && r.Token != "" {
			t.Error("a credential was sent to the page")
		}
	}
	made, err := try(o, proof.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	_, err = try(o, proof.Reveal())
	way(t, err, agent.WayPage)
	page = way(t, f.c.Revoke(t.Context(), agent.RevokeOrder{Registry: f.reg, Session: o.Session, ID: made.Token.ID}), agent.WayPage)
	if err := f.ConfirmSkip(page.Page); err != nil {
		t.Fatal(err)
	}
	if err := f.c.Revoke(t.Context(), agent.RevokeOrder{Registry: f.reg, Session: o.Session, ID: made.Token.ID}); err != nil {
		t.Error("five minutes without a second factor:", err)
	}
}

// TestG05toG11_PagesOfSecondFactors: the rules of login pages hold.
func TestG05toG11_PagesOfSecondFactors(t *testing.T) {
	const ownDone = "https://registry.example.com/-/v1/done?authId=1"
	www := "https://" + registry.PublicSites[0] + "/auth/cli/1"
	for _, c := range []struct {
		reg        registry.URL
		page, done string
		want       error
	}{
		{far(t), "https://login.example.com/auth", ownDone, agent.ErrOTP},
		{registry.Public, www, registry.Public.String() + "-/v1/done?authId=1", agent.ErrOTP},
		{far(t), www, registry.Public.String() + "-/v1/done?authId=1", agent.ErrOTP}, // a proxy of npm's own
		{registry.Public, "https://evil.example.com/auth", registry.Public.String() + "-/v1/done", agent.ErrUnsafe},
		{far(t), "http://login.example.com/auth", ownDone, agent.ErrUnsafe},
		{far(t), "http://127.0.0.1:1/auth", ownDone, agent.ErrUnsafe},
		{far(t), "javascript:alert(1)", ownDone, agent.ErrUnsafe},
		{far(t), "https://a@login.example.com/", ownDone, agent.ErrUnsafe},
		{far(t), "https://login.example.com/auth\u202e", ownDone, agent.ErrUnsafe},
		{far(t), "https://login.example.com/auth", "https://evil.example.com/done", agent.ErrUnsafe},
		{far(t), "https://login.example.com/auth", "http://registry.example.com/done", agent.ErrUnsafe},
		{far(t), "https://login.example.com/auth", "", agent.ErrRefused},
	} {
		for _, header := range []string{"a: b", "www-authenticate: OTP"} {
			body, _ := json.Marshal(map[string]string{"authUrl": c.page, "doneUrl": c.done})
			cl := client.New(client.Options{Transport: always(401, string(body), header)})
			want := c.want
			if want == agent.ErrRefused && header != "a: b" {
				want = agent.ErrOTP // by digits
			}
			_, err := cl.Create(t.Context(), agent.CreateOrder{Registry: c.reg, Session: canary, Password: token.NewSecret(password)})
			wantError(t, err, want)
			wantError(t, cl.Revoke(t.Context(), agent.RevokeOrder{Registry: c.reg, Session: canary, ID: "1"}), want)
			var asked *agent.Challenge
			if errors.As(err, &asked) && asked.Way == agent.WayPage && (asked.Page != c.page || asked.Host == "") {
				t.Errorf("%+v", asked)
			}
		}
		if c.want == agent.ErrUnsafe && !strings.HasPrefix(c.done, "https://registry") && c.reg == far(t) {
			_, err := client.New(client.Options{Transport: always(200, `{"token":"1"}`)}).AwaitProof(t.Context(), c.reg, agent.Challenge{Way: agent.WayPage, Done: c.done})
			wantError(t, err, agent.ErrUnsafe)
		}
	}
}

// TestCreate_RefusedOrders names the field for each of the documented texts, by the test registry's own mouth.
func TestCreate_RefusedOrders(t *testing.T) {
	f := newFront(t, verdaccio.Options{})
	for _, c := range []struct {
		spec  access.Spec
		code  string
		field string
	}{
		{access.Spec{All: true}, access.ProblemName, "name"},
		{access.Spec{Name: "x"}, access.ProblemNothing, "permission"},
		{access.Spec{Name: "x", All: true, Permission: access.NoAccess}, access.ProblemNothing, "permission"},
		{access.Spec{Name: "x", All: true, Permission: "all"}, access.ProblemPermission, "permission"},
		{access.Spec{Name: "x", Orgs: []string{"a"}, OrgPermission: access.StageOnly}, access.ProblemOrgPermission, "org_permission"},
		{access.Spec{Name: "x", All: true, OrgPermission: access.ReadOnly}, access.ProblemNoOrgs, "orgs"},
		{access.Spec{Name: "x", Orgs: []string{"a"}, Permission: access.ReadOnly}, access.ProblemNoReach, "packages"},
		{access.Spec{Name: "x", All: true, Permission: access.ReadWrite, Days: 91}, access.ProblemDaysWrite, "days"},
		{access.Spec{Name: "x", All: true, Addresses: []string{"here"}}, "", ""},
		{access.Spec{Name: "x", All: true, Days: -1}, "", ""},
	} {
		_, err := f.c.Create(t.Context(), f.order(c.spec))
		var refused *agent.SpecError
		if !errors.As(err, &refused) || refused.Problem.Code != c.code || refused.Problem.Field != c.field || refused.Says == "" || c.code == access.ProblemDaysWrite && refused.Problem.Args["Most"] != "90" {
			t.Errorf("%+v: %v, %+v", c.spec, err, refused)
		}
	}
	wrong := f.order(full)
	wrong.Password = token.NewSecret(password)
	_, err := f.c.Create(t.Context(), wrong)
	wantError(t, err, agent.ErrDenied)
	wrong.Password = token.Secret{}
	_, err = f.c.Create(t.Context(), wrong)
	wantError(t, err, agent.ErrDenied)
	over := f.order(full)
	over.Session = token.NewSecret(f.Mint("alice", -time.Hour))
	_, err = f.c.Create(t.Context(), over)
	if wantError(t, err, agent.ErrRefused); errors.Is(err, agent.ErrDenied) {
		t.Error(err)
	}
	if n := len(f.Tokens("alice")); n != 0 {
		t.Errorf("%d were made", n)
	}
}

// TestF28_F04toF06_CreateAnswers is the table of what else can come. It is never sent twice.
func TestF28_F04toF06_CreateAnswers(t *testing.T) {
	const fresh = "npm_" + "freshfreshfreshfreshfreshfreshfresh0"
	for _, c := range []struct {
		status int
		body   string
		want   error
		id     string
	}{
		{201, `{"token":"` + fresh + `","key":"a"}`, nil, "a"}, {200, `{"token":"` + fresh + `"}`, nil, ""},
		{201, `{"key":"a","name":"` + canary.Reveal() + password + `"}`, agent.ErrBadAnswer, "a"}, {201, `{"token":null,"key":"a"}`, agent.ErrBadAnswer, "a"}, {201, `{"token":{},"key":"a"}`, agent.ErrBadAnswer, "a"},
		{201, `{"token":"a\nb","key":"a"}`, agent.ErrBadAnswer, "a"}, {201, `{"token":"npm_fres...resh","key":"a"}`, agent.ErrBadAnswer, "a"}, {201, `{"token":"npm_***","key":"a"}`, agent.ErrBadAnswer, "a"},
		{201, `{"token":"` + canary.Reveal() + `","key":"a"}`, agent.ErrBadAnswer, "a"}, {201, ``, agent.ErrBadAnswer, ""}, {200, `<html>`, agent.ErrBadAnswer, ""}, {201, `[]`, agent.ErrBadAnswer, ""},
		{201, `{"token":"` + fresh + `"`, agent.ErrBadAnswer, ""}, {201, strings.Repeat(" ", 70<<10), agent.ErrBadAnswer, ""},
		{202, `{}`, agent.ErrBadAnswer, ""}, {302, ``, agent.ErrUnsafe, ""}, {307, ``, agent.ErrUnsafe, ""}, {403, `{"error":"` + password + `"}`, agent.ErrForbidden, ""}, {404, ``, agent.ErrNoTokens, ""}, {405, ``, agent.ErrNoTokens, ""},
		{501, ``, agent.ErrNoTokens, ""}, {429, ``, agent.ErrOffline, ""}, {500, `{"error":"` + password + canary.Reveal() + `"}`, agent.ErrOffline, ""}, {503, ``, agent.ErrOffline, ""},
		{400, `{"error":"Invalid password ` + password + `"}`, agent.ErrDenied, ""}, {401, `{"error":"bad username/password, access denied"}`, agent.ErrDenied, ""}, {401, ``, agent.ErrRefused, ""},
	} {
		asked := 0
		made, err := client.New(client.Options{Transport: wire(func(*http.Request) (*http.Response, error) {
			asked++
			return reply(c.status, c.body), nil
		})}).Create(t.Context(), agent.CreateOrder{Registry: far(t), Session: canary, Password: token.NewSecret(password), Spec: access.Spec{Name: "mine"}})
		leaks(t, made)
		if asked != 1 || made.Token.ID != c.id || (c.want == nil) != (made.Secret.Reveal() == fresh) || c.want == nil && (err != nil || made.Token.Name != "mine" || made.Token.Masked != "npm_fres...esh0") {
			t.Errorf("%d %s: %v, %+v in %d requests", c.status, c.body, err, made, asked)
		}
		if c.want != nil {
			wantError(t, err, c.want)
		}
	}
	for _, status := range []int{400, 402, 409, 413, 418, 422, 451} {
		_, err := client.New(client.Options{Transport: always(status, `{"error":"too much"}`)}).Create(t.Context(), agent.CreateOrder{Registry: far(t), Session: canary})
		var refused *agent.SpecError
		if !errors.As(err, &refused) || refused.Says != "too much" || refused.Problem.Code != "" {
			t.Errorf("%d: %v", status, err)
		}
	}
	_, err := client.New(client.Options{Transport: always(422, `{"error":"`+password+` `+canary.Reveal()+` \u001b[1m"}`)}).Create(t.Context(), agent.CreateOrder{Registry: far(t), Session: canary, Password: token.NewSecret(password)})
	var refused *agent.SpecError
	if wantError(t, err, err); !errors.As(err, &refused) {
		t.Error(err)
	}
	leaks(t, fmt.Sprintf("%+v", refused))
}
