package e2e

import (
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

type verdaccioOptions = verdaccio.Options

const private = "@acme/private"

// acme is the organisation that the private packages are of. Alice owns it.
func acme(change func(*verdaccio.Org)) []verdaccio.Org {
	o := verdaccio.Org{Name: "acme", Members: map[string]string{"alice": verdaccio.RoleOwner}}
	if change != nil {
		change(&o)
	}
	return []verdaccio.Org{o}
}

// npmLike answers as npm's public registry does: who may not see a package is told that there is none.
func npmLike(change func(*verdaccio.Org)) verdaccio.Options {
	return verdaccio.Options{Hide: true, Words: verdaccio.WordsNPM, Orgs: acme(change)}
}

// session puts a session of a user's into the files, which the agent keeps.
func session(user string) func(*stage, scenario) {
	return func(s *stage, _ scenario) { s.credential(s.mint(user, 2*time.Hour)) }
}

// accessToken puts an access token of alice's into the projects' files. The agent keeps a session besides.
func accessToken(a verdaccio.AccessToken) func(*stage, scenario) {
	return func(s *stage, sc scenario) {
		s.settings("mode = \"exec\"\nmove = true\n")
		s.credential(s.mint("alice", 2*time.Hour))
		s.projectCredential(sc, s.issue("alice", a))
	}
}

// lapsing puts a session into the files that ends soon, and is kept until then.
func lapsing(s *stage, _ scenario) { s.credential(s.mint("alice", 3*time.Second)) }

func developer(teams map[string]verdaccio.Team) func(*verdaccio.Org) {
	return func(o *verdaccio.Org) { o.Members["bob"], o.Teams = verdaccio.RoleDeveloper, teams }
}

var readers = map[string]verdaccio.Team{"readers": {Members: []string{"bob"}, Packages: map[string]string{private: verdaccio.Read}}}

// credentialScenes are about the credential and the line that it stands in.
var credentialScenes = []scenario{
	{verdict: finding.SessionEnded, do: "install", of: private, front: npmLike(nil), before: lapsing, after: (*stage).ended},
	{verdict: finding.SessionEnded, name: "session-ended-publish", do: "publish", publish: private, version: "1.1.0", front: npmLike(nil), before: lapsing, after: (*stage).ended},
	{verdict: finding.SessionEnded, name: "session-ended-whoami", do: "whoami", front: npmLike(nil), before: lapsing, after: (*stage).ended},
	{verdict: finding.SessionEnded, name: "session-ended-verdaccio", do: "install", of: private, before: lapsing, after: (*stage).ended},
	{verdict: finding.SessionEnded, name: "session-ended-opaque", do: "install", of: private,
		front: verdaccio.Options{Hide: true, Words: verdaccio.WordsNPM, Orgs: acme(nil), Opaque: true}, before: lapsing, after: outlived},
	{verdict: finding.NoCredential, do: "install", of: private, front: npmLike(nil)},
	{verdict: finding.NoCredential, name: "no-credential-publish", do: "publish", publish: private, version: "1.1.0", front: npmLike(nil)},
	{verdict: finding.NoCredential, name: "no-credential-whoami", do: "whoami", front: npmLike(nil)},
	{verdict: finding.Unexpanded, do: "install", of: private, front: npmLike(nil), before: func(s *stage, _ scenario) { s.credential("${CI_NPM_SESSION}") }},
	{verdict: finding.Unexpanded, name: "unexpanded-kept", do: "install", of: private, front: npmLike(nil), before: movedLong, after: (*stage).adopted},
	{verdict: finding.Malformed, do: "install", of: private, front: npmLike(nil), before: func(s *stage, _ scenario) {
		s.credential("Bearer " + s.mint("alice", time.Hour))
	}},
	{verdict: finding.OtherHost, do: "install", of: private, front: npmLike(nil), before: func(s *stage, _ scenario) {
		value, other := s.mint("alice", time.Hour), s.front.URL+"npm/"
		s.files("//"+s.front.Host()+"/npm/:_authToken="+value+"\n", yarnToken(other, value))
	}},
	{verdict: finding.Overridden, do: "install", of: private, front: npmLike(nil), before: func(s *stage, sc scenario) {
		s.credential(s.mint("alice", 2*time.Hour))
		s.projectCredential(sc, s.mint("alice", -30*24*time.Hour))
	}, after: (*stage).adopted},
	{verdict: finding.Revoked, do: "install", of: private, front: npmLike(nil), before: session("alice"), after: endedEarly},
	{verdict: finding.Classic, do: "install", of: private, front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Classic: true}), after: (*stage).kept},
	{verdict: finding.TokenEnded, do: "install", of: private, front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", Ends: time.Now().Add(-48 * time.Hour)}), after: (*stage).kept},
	{verdict: finding.TokenEnded, name: "token-ended-publish", do: "publish", publish: private, version: "1.1.0", front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", Ends: time.Now().Add(-48 * time.Hour)}), after: (*stage).kept},
	{verdict: finding.Revoked, name: "revoked-token", do: "install", of: private, front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", Revoked: true}), after: (*stage).kept},
	{verdict: finding.TokenTooNarrow, do: "install", of: private, front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", Scopes: []string{"@other"}}), after: (*stage).kept},
	{verdict: finding.TokenTooNarrow, name: "token-read-only", do: "publish", publish: private, version: "1.1.0", front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", ReadOnly: true, Bypass: true}), after: (*stage).kept},
	{verdict: finding.AddressRange, do: "install", of: private, front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", Addresses: []string{"10.0.0.0/8"}}), after: (*stage).kept},
	{verdict: finding.WrongPassword, do: "install", of: private, before: func(s *stage, _ scenario) {
		basic := s.basic("alice", "forgotten")
		s.files(s.key()+"_auth="+basic+"\n", "npmAlwaysAuth: true\nnpmAuthIdent: \"alice:forgotten\"\n")
	}, only: []string{"npm10", "npm11", "npm12", "pnpm10", "pnpm11", "pnpm12", "yarn1", "yarn4"}},
}

// accessScenes are about what an account may see and do.
var accessScenes = []scenario{
	{verdict: finding.NotMember, do: "install", of: private, front: npmLike(nil), before: session("bob"), after: (*stage).adopted},
	{verdict: finding.InvitationOpen, do: "install", of: private, front: npmLike(func(o *verdaccio.Org) { o.Invited = []string{"carol"} }), before: session("carol"), after: (*stage).adopted},
	{verdict: finding.NoTeam, do: "install", of: private, front: npmLike(developer(nil)), before: session("bob"), after: (*stage).adopted},
	{verdict: finding.NoWrite, do: "publish", publish: private, version: "1.1.0", front: npmLike(developer(readers)), before: session("bob"), after: (*stage).adopted},
	{verdict: finding.Absent, do: "install", of: "@acme/no-such-sand", front: npmLike(nil), before: session("alice"), after: (*stage).adopted},
	{verdict: finding.Absent, name: "absent-unscoped", do: "install", of: "no-such-sand-at-all", before: session("alice"), after: (*stage).adopted},
	{verdict: finding.NoVersion, do: "install", of: "plain-sand@9.9.9", before: session("alice"), after: (*stage).adopted},
	{verdict: finding.WrongRegistry, do: "install", of: private, front: npmLike(nil), before: elsewhere},
	{verdict: finding.Forbidden, do: "install", of: "@bob/own", front: verdaccio.Options{Words: verdaccio.WordsGitHub}, before: session("alice"), after: (*stage).adopted},
	{verdict: finding.TokenRestricted, front: npmLike(nil), before: accessToken(verdaccio.AccessToken{Name: "ci", Bypass: true}), after: (*stage).kept, custom: map[string][]string{
		"npm10": {"access", "set", "status=public", private}, "npm11": {"access", "set", "status=public", private}, "npm12": {"access", "set", "status=public", private},
		"pnpm11": {"access", "set", "status=public", private}, "pnpm12": {"access", "set", "status=public", private},
	}},
	{verdict: finding.RateLimit, do: "install", of: private, front: npmLike(nil), before: session("alice"), after: breaks(verdaccio.TooMany(time.Second))},
	{verdict: finding.ServerTrouble, do: "install", of: private, front: npmLike(nil), before: session("alice"), after: breaks(verdaccio.Down(503))},
	{verdict: finding.NotARegistry, do: "install", of: private, front: npmLike(nil), before: session("alice"), after: breaks(verdaccio.ProxyPage())},
	{verdict: finding.NetworkTrouble, do: "install", of: private, before: nobody},
	{verdict: finding.TLSTrouble, do: "install", of: private, before: selfSigned},
	{verdict: finding.ProxyTrouble, do: "install", of: private, before: proxied},
}

// otherScenes are failures that are over by the time that somebody asks, or are about something else.
var otherScenes = []scenario{
	{verdict: finding.Fine, do: "install", of: private, front: npmLike(nil), before: session("bob"), after: (*stage).adopted,
		later: func(s *stage) { s.front.SetOrg(acme(developer(readers))[0]) }},
	{verdict: finding.Unknown, do: "install", of: private, front: npmLike(nil), before: func(s *stage, sc scenario) {
		session("alice")(s, sc)
		for _, c := range sc.clients() {
			s.home.Write(s.t, "work/"+c+"/package.json", "{ no manifest\n", 0o644)
		}
	}, after: (*stage).adopted},
}

// publishScenes are about publishing and the second factor.
var publishScenes = []scenario{
	publishing(finding.OTPNeeded, "", verdaccio.FactorDigits),
	publishing(finding.OTPNeeded, "otp-mail", verdaccio.FactorMail),
	publishing(finding.OTPPage, "", verdaccio.FactorPage),
	publishing(finding.OTPWrong, "", verdaccio.FactorDigits, "--otp", "000000"),
	publishing(finding.TwoFactorRequired, "", verdaccio.FactorMissing),
	{verdict: finding.VersionExists, do: "publish", publish: private, front: npmLike(nil), before: session("alice"), after: (*stage).adopted},
	{verdict: finding.VersionExists, name: "version-exists-verdaccio", do: "publish", publish: "plain-sand", before: session("alice"), after: (*stage).adopted},
	{verdict: finding.Hold, do: "publish", publish: private, version: "1.1.0", front: accounts(verdaccio.Account{Hold: true}), before: session("alice"), after: (*stage).adopted},
	{verdict: finding.PlanNeeded, do: "publish", publish: "@acme/new", front: rules("@acme/new", verdaccio.Rules{Unpaid: true}), before: session("alice"), after: (*stage).adopted},
	{verdict: finding.ProvenanceMiss, do: "publish", publish: private, version: "1.1.0", manifest: `,"repository":{"type":"git","url":"git+https://git.example.com/alice/fork.git"}`,
		front: rules(private, verdaccio.Rules{Provenance: "https://git.example.com/acme/private"}), before: session("alice"), after: (*stage).adopted},
	{verdict: finding.ClientTooOld, before: session("alice"), after: (*stage).adopted, custom: map[string][]string{
		"npm10": {"stage", "publish"}, "pnpm10": {"stage", "publish"}, "yarn1": {"npm", "whoami"},
	}, not: map[string]string{}},
	{verdict: finding.LegacyKey, do: "install", of: private, before: func(s *stage, _ scenario) { s.files("_auth="+s.basic("alice", "old")+"\n", "") }, only: []string{"npm10", "npm11", "npm12"}},
	{verdict: finding.LegacyKey, name: "legacy-key-email", do: "install", of: private, before: func(s *stage, _ scenario) { s.files("email=alice@example.com\n", "") }, only: []string{"npm12"}},
}

// publishing is a publish that an account's second factor stops.
func publishing(verdict, name string, f verdaccio.Factor, more ...string) scenario {
	return scenario{verdict: verdict, name: name, do: "publish", publish: private, version: "1.1.0", more: more, waits: f == verdaccio.FactorPage,
		front: accounts(verdaccio.Account{Factor: f}), before: session("alice"), after: (*stage).adopted}
}

func accounts(a verdaccio.Account) verdaccio.Options {
	o := npmLike(nil)
	o.Accounts = map[string]verdaccio.Account{"alice": a}
	return o
}

func rules(name string, r verdaccio.Rules) verdaccio.Options {
	o := npmLike(nil)
	o.Packages = map[string]verdaccio.Rules{name: r}
	return o
}

var scenarios = slices.Concat(credentialScenes, accessScenes, publishScenes, otherScenes)
