package registry_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// front is a test registry and a client to ask it.
type front struct {
	*verdaccio.Server
	t   *testing.T
	c   *client.Client
	reg registry.URL
}

func newFront(t *testing.T, o verdaccio.Options) front {
	t.Helper()
	s := verdaccio.Start(t, o)
	return front{s, t, real(t, client.Options{}), mustParse(t, s.URL)}
}

func (f front) session(user string) token.Secret { return token.NewSecret(f.Mint(user, time.Hour)) }

func (f front) issue(user string, a verdaccio.AccessToken) token.Secret {
	return token.NewSecret(f.Issue(user, a))
}

func (f front) account(s token.Secret) finding.Answer { return f.c.Account(f.t.Context(), f.reg, s) }

// pkg asks for name@version.
func (f front) pkg(spec string, s token.Secret) finding.Answer {
	p := agent.Package{Name: spec}
	if at := strings.LastIndexByte(spec, '@'); at > 0 {
		p = agent.Package{Name: spec[:at], Version: spec[at+1:]}
	}
	return f.c.Package(f.t.Context(), f.reg, p, s)
}

// want compares what matters of an answer.
func want(t *testing.T, what string, got finding.Answer, o finding.Outcome, signs ...finding.Sign) {
	t.Helper()
	leaks(t, got)
	if got.Outcome != o {
		t.Errorf("%s: got %+v, want %q", what, got, o)
	}
	for _, s := range signs {
		if !slices.Contains(got.Signs, s) {
			t.Errorf("%s: the sign %q is missing in %v", what, s, got.Signs)
		}
	}
}

// acme is an organisation whose members may do different things.
func acme() verdaccio.Org {
	return verdaccio.Org{
		Name:    "acme",
		Members: map[string]string{"alice": verdaccio.RoleOwner, "bob": verdaccio.RoleDeveloper, "dan": verdaccio.RoleAdmin, "eve": verdaccio.RoleDeveloper},
		Invited: []string{"carol"},
		Teams: map[string]verdaccio.Team{
			"readers": {Members: []string{"bob"}, Packages: map[string]string{"@acme/private": verdaccio.Read}},
			"writers": {Members: []string{"dan"}, Packages: map[string]string{"@acme/private": verdaccio.Write}},
			"empty":   {Members: []string{"eve"}},
		},
	}
}

func TestF28_Account(t *testing.T) {
	f := newFront(t, verdaccio.Options{Hide: true})
	if got := f.account(f.session("alice")); got.Outcome != finding.OutcomeOK || got.Name != "alice" || got.Status != 200 {
		t.Errorf("a session: %+v", got)
	}
	if got := f.account(f.issue("bob", verdaccio.AccessToken{})); got.Name != "bob" {
		t.Errorf("an access token: %+v", got)
	}
	over := token.NewSecret(f.Mint("alice", -time.Hour))
	want(t, "over", f.account(over), finding.OutcomeRefused)
	want(t, "nobody", f.account(token.Secret{}), finding.OutcomeRefused)
	want(t, "classic", f.account(f.issue("alice", verdaccio.AccessToken{Classic: true})), finding.OutcomeRefused)
	want(t, "elsewhere", f.account(f.issue("alice", verdaccio.AccessToken{Addresses: []string{"10.0.0.0/8"}})), finding.OutcomeRefused, finding.SignAddressRange)
	for o, fault := range map[finding.Outcome]verdaccio.Fault{
		finding.OutcomeBusy: verdaccio.TooMany(time.Minute), finding.OutcomeServer: verdaccio.Down(503), finding.OutcomeBad: verdaccio.ProxyPage(),
	} {
		f.Break(fault)
		want(t, string(o), f.account(over), o)
		f.Mend()
	}
}

func TestF28_PackageAsEachCredential(t *testing.T) {
	for _, hide := range []bool{true, false} {
		t.Run(fmt.Sprint(hide), func(t *testing.T) {
			f := newFront(t, verdaccio.Options{Hide: hide, Orgs: []verdaccio.Org{acme()}})
			refused, forbidden := finding.OutcomeRefused, finding.OutcomeForbidden
			if hide {
				refused, forbidden = finding.OutcomeMissing, finding.OutcomeMissing
			}
			for _, c := range []struct {
				name, spec string
				s          token.Secret
				outcome    finding.Outcome
				private    finding.Known
				has        finding.Known
			}{
				{"a member", "@acme/private@1.0.0", f.session("bob"), finding.OutcomeOK, finding.Yes, finding.Yes},
				{"a member, another version", "@acme/private@9.9.9", f.session("bob"), finding.OutcomeOK, finding.Yes, finding.No},
				{"a member, a range", "@acme/private@^1.0.0", f.session("bob"), finding.OutcomeOK, finding.Yes, finding.Unasked},
				{"a member without a team", "@acme/private", f.session("eve"), forbidden, finding.Unasked, finding.Unasked},
				{"invited", "@acme/private", f.session("carol"), forbidden, finding.Unasked, finding.Unasked},
				{"over", "@acme/private", token.NewSecret(f.Mint("bob", -time.Hour)), refused, finding.Unasked, finding.Unasked},
				{"nobody", "@acme/private", token.Secret{}, refused, finding.Unasked, finding.Unasked},
				{"nobody, open", "plain-sand@1.0.0", token.Secret{}, finding.OutcomeOK, finding.Unasked, finding.Yes},
				{"open", "plain-sand@v1.0.0", f.session("bob"), finding.OutcomeOK, finding.No, finding.Yes},
				{"narrow", "@acme/private", f.issue("bob", verdaccio.AccessToken{Scopes: []string{"@other"}}), forbidden, finding.Unasked, finding.Unasked},
				{"wide", "@acme/private", f.issue("bob", verdaccio.AccessToken{Scopes: []string{"@acme"}}), finding.OutcomeOK, finding.Unasked, finding.Unasked},
				{"absent", "@none/none", f.session("bob"), finding.OutcomeMissing, finding.Yes, finding.Unasked},
			} {
				got := f.pkg(c.spec, c.s)
				want(t, c.name, got, c.outcome)
				if got.Private != c.private || got.HasVersion != c.has {
					t.Errorf("%s: private %q, has version %q", c.name, got.Private, got.HasVersion)
				}
			}
		})
	}
}

func TestF28_WordsOfRefusals(t *testing.T) {
	github := newFront(t, verdaccio.Options{Words: verdaccio.WordsGitHub})
	dead := token.NewSecret("ghp_dead")
	want(t, "dead", github.pkg("plain-sand", dead), finding.OutcomeRefused, finding.SignInvalid)
	want(t, "nobody", github.pkg("plain-sand", token.Secret{}), finding.OutcomeRefused, finding.SignNoCredential)
	want(t, "not allowed", github.pkg("@bob/own", github.session("alice")), finding.OutcomeForbidden, finding.SignForbidden)
	plain := newFront(t, verdaccio.Options{})
	want(t, "a bearer is wanted", plain.pkg("@acme/private", token.NewSecret("npm_unknown")), finding.OutcomeRefused, finding.SignInvalid)
	want(t, "none was sent", plain.pkg("@acme/private", token.Secret{}), finding.OutcomeRefused, finding.SignNoCredential)
}

func TestF28_Org(t *testing.T) {
	f := newFront(t, verdaccio.Options{Hide: true, Orgs: []verdaccio.Org{acme()}})
	const y, n = finding.Yes, finding.No
	for user, c := range map[string]struct {
		pkg  string
		want finding.Org
	}{
		"alice": {"@acme/private", finding.Org{Asked: finding.OutcomeOK, Member: y, Role: "owner", Granted: y, Write: y, Listed: y}},
		"bob":   {"@acme/private", finding.Org{Asked: finding.OutcomeOK, Member: y, Role: "developer", Granted: y, Write: n, Listed: y}},
		"dan":   {"@acme/none", finding.Org{Asked: finding.OutcomeOK, Member: y, Role: "admin", Granted: y, Write: y, Listed: n}},
		"eve":   {"@acme/private", finding.Org{Asked: finding.OutcomeOK, Member: y, Role: "developer", Granted: n, Write: n, Listed: y}},
		"carol": {"@acme/private", finding.Org{Asked: finding.OutcomeForbidden, Member: n, Invited: y}},
		"mary":  {"@acme/private", finding.Org{Asked: finding.OutcomeForbidden, Member: n}},
		"zoe":   {"@nobody/private", finding.Org{Asked: finding.OutcomeMissing, Member: n}},
	} {
		c.want.Name = strings.TrimPrefix(strings.Split(c.pkg, "/")[0], "@")
		got := f.c.Org(t.Context(), f.reg, agent.Member{Account: user, Package: c.pkg, Session: f.session(user)})
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", user, got, c.want)
		}
	}
	narrow := f.issue("bob", verdaccio.AccessToken{})
	got := f.c.Org(t.Context(), f.reg, agent.Member{Account: "bob", Package: "@acme/private", Session: narrow})
	if got != (finding.Org{Name: "acme", Asked: finding.OutcomeRefused}) {
		t.Errorf("with an access token: %+v", got)
	}
	f.Break(verdaccio.Fault{Path: "/-/package/", Status: http.StatusForbidden})
	for user, want := range map[string]finding.Known{"bob": y, "eve": n} {
		got := f.c.Org(t.Context(), f.reg, agent.Member{Account: user, Package: "@acme/private", Session: f.session(user)})
		if got.Granted != want || got.Write != n {
			t.Errorf("%s, by teams: %+v", user, got)
		}
	}
	f.Break(verdaccio.Fault{Path: "/-/team/acme/empty", Status: http.StatusForbidden})
	if got := f.c.Org(t.Context(), f.reg, agent.Member{Account: "eve", Package: "@acme/private", Session: f.session("eve")}); got.Granted != "" || got.Member != y {
		t.Errorf("a team that could not be read: %+v", got)
	}
}

func TestF28_TokenList(t *testing.T) {
	end := time.Date(2027, time.January, 2, 3, 4, 5, 0, time.UTC)
	for _, spelling := range []verdaccio.Spelling{verdaccio.SpellingNew, verdaccio.SpellingOld} {
		t.Run(string(spelling), func(t *testing.T) {
			f := newFront(t, verdaccio.Options{Spelling: spelling})
			const y, n, u = finding.Yes, finding.No, finding.Unasked
			for range 120 {
				f.Issue("alice", verdaccio.AccessToken{Name: "other"})
			}
			session := f.session("alice")
			about := func(a verdaccio.AccessToken) finding.Token {
				return f.c.Token(t.Context(), f.reg, agent.TokenQuestion{Session: session, About: f.issue("alice", a), Package: "@acme/private"})
			}
			for name, c := range map[string]struct {
				a    verdaccio.AccessToken
				want finding.Token
			}{
				"plain":   {verdaccio.AccessToken{}, finding.Token{Listed: y, Revoked: n, ReadOnly: n, Bypass: n}},
				"ends":    {verdaccio.AccessToken{Ends: end, Bypass: true}, finding.Token{Listed: y, Ends: end, Revoked: n, ReadOnly: n, Bypass: y}},
				"narrow":  {verdaccio.AccessToken{Scopes: []string{"@other"}, ReadOnly: true}, finding.Token{Listed: y, Revoked: n, ReadOnly: y, Covers: n, Bypass: n}},
				"wide":    {verdaccio.AccessToken{Scopes: []string{"@acme"}, Stage: true}, finding.Token{Listed: y, Revoked: n, ReadOnly: n, Covers: y, Bypass: n, Stage: y}},
				"package": {verdaccio.AccessToken{Packages: []string{"@acme/private"}}, finding.Token{Listed: y, Revoked: n, ReadOnly: n, Covers: y, Bypass: n}},
				"address": {verdaccio.AccessToken{Addresses: []string{"10.0.0.0/8"}}, finding.Token{Listed: y, Revoked: n, ReadOnly: n, Address: y, Bypass: n}},
				"revoked": {verdaccio.AccessToken{Revoked: true}, finding.Token{Listed: y, Revoked: y, ReadOnly: n, Bypass: n}},
				"classic": {verdaccio.AccessToken{Classic: true}, finding.Token{Listed: n}},
			} {
				got := about(c.a)
				if got.Address == n {
					got.Address = u // an empty list and none are one
				}
				if got != c.want {
					t.Errorf("%s: got %+v, want %+v", name, got, c.want)
				}
			}
			if got := f.c.Token(t.Context(), f.reg, agent.TokenQuestion{Session: session, About: f.session("alice")}); got != (finding.Token{Listed: n}) {
				t.Errorf("a session: %+v", got)
			}
			mine := f.issue("alice", verdaccio.AccessToken{})
			if got := f.c.Token(t.Context(), f.reg, agent.TokenQuestion{Session: mine, About: mine}); got != (finding.Token{}) {
				t.Errorf("asked with an access token: %+v", got)
			}
		})
	}
}
