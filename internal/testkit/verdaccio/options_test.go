package verdaccio_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// acme is an organisation with one of each.
func acme() verdaccio.Org {
	return verdaccio.Org{
		Name:    "acme",
		Members: map[string]string{"alice": verdaccio.RoleOwner, "bob": verdaccio.RoleDeveloper, "dan": verdaccio.RoleDeveloper, "eve": verdaccio.RoleDeveloper},
		Invited: []string{"carol"},
		Teams: map[string]verdaccio.Team{
			"readers": {Members: []string{"bob"}, Packages: map[string]string{"@acme/private": verdaccio.Read}},
			"writers": {Members: []string{"dan"}, Packages: map[string]string{"@acme/private": verdaccio.Write, "@acme/dans": verdaccio.Write}},
		},
	}
}

// with makes npm's machine with a credential in its .npmrc.
func with(t *testing.T, o verdaccio.Options, credential func(*verdaccio.Server) string) *machine {
	t.Helper()
	m := newMachine(t, "npm12", o)
	m.use(credential(m.server))
	return m
}

// use writes a credential to .npmrc.
func (m *machine) use(credential string) {
	m.t.Helper()
	m.home.Write(m.t, ".npmrc", "registry="+m.server.URL+"\n//"+m.server.Host()+"/:_authToken="+credential+"\n", 0o600)
}

// session is one of a user's.
func session(user string) func(*verdaccio.Server) string {
	return func(s *verdaccio.Server) string { return s.Mint(user, time.Hour) }
}

// publish publishes a package: its name, or name@version.
func (m *machine) publish(spec string, args ...string) (string, error) {
	m.t.Helper()
	name, version := spec, "1.0.0"
	if at := strings.LastIndexByte(spec, '@'); at > 0 {
		name, version = spec[:at], spec[at+1:]
	}
	m.home.Write(m.t, "work/package.json", fmt.Sprintf(`{"name":%q,"version":%q,"repository":{"type":"git","url":"git+https://git.example.com/mine.git"}}`, name, version), 0o644)
	return m.run(append([]string{"publish"}, args...)...)
}

// fails wants that a client failed and said all of these.
func fails(t *testing.T, out string, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no failure: %s", out)
	}
	for _, s := range says {
		if !strings.Contains(out, s) {
			t.Errorf("%q is missing in:\n%s", s, out)
		}
	}
}

func works(t *testing.T, out string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestOrganisation asks as each kind of account what it may see.
func TestOrganisation(t *testing.T) {
	open := verdaccio.Start(t, verdaccio.Options{Orgs: []verdaccio.Org{acme()}})
	hidden := verdaccio.Start(t, verdaccio.Options{Orgs: []verdaccio.Org{acme()}, Hide: true})
	for _, c := range []struct {
		user                     string
		open, hidden, list, mine int // of the package, of the member list, of its visibility
	}{
		{"alice", 200, 200, 200, 200},
		{"bob", 200, 200, 200, 200},
		{"dan", 200, 200, 200, 200},
		{"eve", 403, 404, 200, 403},
		{"carol", 403, 404, 403, 403},
		{"", 401, 404, 401, 401},
	} {
		t.Run(c.user, func(t *testing.T) {
			for _, s := range []*verdaccio.Server{open, hidden} {
				credential, want := "", c.open
				if c.user != "" {
					credential = s.Mint(c.user, time.Hour)
				}
				if s == hidden {
					want = c.hidden
				}
				for path, status := range map[string]int{
					"@acme%2fprivate": want, "@acme/private/-/private-1.0.0.tgz": want, "plain-sand": 200,
					"-/org/acme/user": c.list, "-/org/acme/team": c.list, "-/team/acme/readers/user": c.list, "-/package/@acme%2fprivate/visibility": c.mine,
				} {
					if got, body := ask(t, http.MethodGet, s.URL+path, credential); got != status {
						t.Errorf("%s: got %d, want %d: %s", path, got, status, body)
					}
				}
			}
		})
	}
}

// TestOrganisationsLists reads each list.
func TestOrganisationsLists(t *testing.T) {
	s := verdaccio.Start(t, verdaccio.Options{Orgs: []verdaccio.Org{acme()}, Packages: map[string]verdaccio.Rules{"@acme/open": {Public: true}}})
	alice := s.Mint("alice", time.Hour)
	for path, want := range map[string]string{
		"-/org/acme/user":                         `{"alice":"owner","bob":"developer","dan":"developer","eve":"developer"}`,
		"-/org/acme/team":                         `["@acme:readers","@acme:writers"]`,
		"-/org/acme/package":                      `{"@acme/dans":"write","@acme/harvest":"read","@acme/private":"write"}`,
		"-/team/acme/readers/user":                `["bob"]`,
		"-/team/acme/readers/package":             `{"@acme/private":"read"}`,
		"-/package/@acme%2fprivate/collaborators": `{"alice":"write","bob":"read","dan":"write"}`,
		"-/package/@acme%2fprivate/visibility":    `{"public":false}`,
		"-/package/@acme%2fopen/visibility":       `{"public":true}`,
		"-/package/plain-sand/visibility":         `{"public":true}`,
		"-/team/acme/nobody/user":                 `{"error":"Team not found"}`,
		"-/org/nobody/user":                       `{"error":"Scope not found"}`,
	} {
		if _, body := ask(t, http.MethodGet, s.URL+path, alice); strings.TrimSpace(body) != want {
			t.Errorf("%s: got %s, want %s", path, body, want)
		}
	}
	s.SetOrg(verdaccio.Org{Name: "acme", Members: map[string]string{"carol": verdaccio.RoleAdmin}})
	if status, _ := ask(t, http.MethodGet, s.URL+"@acme%2fprivate", alice); status != http.StatusForbidden {
		t.Errorf("no member any more: %d", status)
	}
}

// TestRealTeams lets npm read and publish as members of teams.
func TestRealTeams(t *testing.T) {
	t.Parallel()
	o := verdaccio.Options{Orgs: []verdaccio.Org{acme()}, Hide: true, Words: verdaccio.WordsNPM}
	m := with(t, o, session("bob"))
	m.works("bob")
	out, err := m.publish("@acme/private@2.0.0")
	fails(t, out, err, "E403", "You do not have permission to publish")
	m.use(m.server.Mint("dan", time.Hour))
	out, err = m.publish("@acme/dans")
	works(t, out, err)
	m.use(m.server.Mint("carol", time.Hour))
	out, err = m.run("view", "@acme/private")
	fails(t, out, err, "E404")
	out, err = m.publish("@acme/carols")
	fails(t, out, err, "E404", "PUT")
	m.use(m.server.Mint("alice", -time.Hour))
	out, err = m.publish("plain-over")
	fails(t, out, err, "E404", "PUT")
}

// TestRealFactors publishes with each second factor.
func TestRealFactors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		factor verdaccio.Factor
		says   []string
	}{
		{verdaccio.FactorPage, []string{"EOTP", "Open this URL"}},
		{verdaccio.FactorDigits, []string{"EOTP", "--otp"}},
		{verdaccio.FactorMail, []string{"EOTP", "--otp"}},
		{verdaccio.FactorMissing, []string{"E403", "bypass 2fa"}},
	} {
		t.Run(string(c.factor), func(t *testing.T) {
			t.Parallel()
			m := with(t, verdaccio.Options{Accounts: map[string]verdaccio.Account{"alice": {Factor: c.factor}}}, session("alice"))
			name := "factor-" + string(c.factor)
			out, err := m.publish(name)
			fails(t, out, err, c.says...)
			if c.factor == verdaccio.FactorDigits || c.factor == verdaccio.FactorMail {
				out, err = m.publish(name, "--otp", "000000")
				fails(t, out, err, "EOTP")
				out, err = m.publish(name, "--otp", verdaccio.OTP)
				works(t, out, err)
			}
			m.use(m.server.Issue("alice", verdaccio.AccessToken{Name: "ci", Bypass: true}))
			out, err = m.publish(name + "-bypass")
			works(t, out, err)
			m.server.SetAccount("alice", verdaccio.Account{Hold: true})
			out, err = m.publish(name + "-held")
			fails(t, out, err, "E403", "hold", "read-only")
		})
	}
}

// TestFactorPage goes through a second factor's page: its password opens one publish, and one only.
func TestFactorPage(t *testing.T) {
	s := verdaccio.Start(t, verdaccio.Options{Accounts: map[string]verdaccio.Account{"alice": {Factor: verdaccio.FactorPage}}})
	put := func(header ...string) (*http.Response, map[string]string) {
		req, err := http.NewRequest(http.MethodPut, s.URL+"paged", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.Mint("alice", time.Hour))
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body := map[string]string{}
		_ = json.NewDecoder(res.Body).Decode(&body) // an empty body has no fields
		return res, body
	}
	if res, body := put(); res.StatusCode != 401 || !strings.Contains(body["error"], "one-time pass") {
		t.Errorf("an old client: %d %v", res.StatusCode, body)
	}
	res, body := put("npm-auth-type", "web")
	if res.StatusCode != 401 || res.Header.Get("WWW-Authenticate") != "OTP" || body["authUrl"] == "" {
		t.Fatalf("a client that opens pages: %d %v", res.StatusCode, body)
	}
	if status, _ := ask(t, http.MethodGet, body["doneUrl"], ""); status != http.StatusAccepted {
		t.Errorf("before the button: %d", status)
	}
	if err := s.Confirm(body["authUrl"]); err != nil {
		t.Fatal(err)
	}
	var told struct{ Token string }
	if _, text := ask(t, http.MethodGet, body["doneUrl"], ""); json.Unmarshal([]byte(text), &told) != nil || told.Token == "" {
		t.Fatalf("after the button: %s", text)
	}
	if res, body := put("npm-otp", told.Token); res.StatusCode == 401 {
		t.Errorf("with the password: %v", body)
	}
	if res, _ := put("npm-otp", told.Token); res.StatusCode != 401 {
		t.Errorf("with the password once more: %d", res.StatusCode)
	}
	if s.Confirm(s.URL+"auth/cli/unknown") == nil {
		t.Error("an unknown page was confirmed")
	}
}

// TestRealRules publishes against each rule.
func TestRealRules(t *testing.T) {
	t.Parallel()
	const mine, other = "git+https://git.example.com/mine.git", "https://git.example.com/other"
	m := with(t, verdaccio.Options{Words: verdaccio.WordsNPM, Packages: map[string]verdaccio.Rules{
		"@sand/paid": {Unpaid: true}, "proven-bad": {Provenance: other}, "proven-good": {Provenance: mine},
	}}, session("alice"))
	out, err := m.publish("@sand/paid")
	fails(t, out, err, "E402", "You must sign up for private packages")
	out, err = m.publish("@sand/paid", "--access", "public")
	works(t, out, err)
	out, err = m.publish("proven-bad")
	fails(t, out, err, "E422", `"repository.url" is "`+mine, other)
	out, err = m.publish("proven-good")
	works(t, out, err)
	out, err = m.publish("proven-good")
	fails(t, out, err, "You cannot publish over the previously published versions")
	if status, body := ask(t, http.MethodPut, m.server.URL+"proven-good", "no session"); status != http.StatusUnauthorized || strings.Contains(body, "proven") {
		t.Errorf("nobody publishes: %d %s", status, body)
	}
}

// TestRealVersionExists publishes a version twice. npm 12 asks before it sends anything; npm 10 does not.
func TestRealVersionExists(t *testing.T) {
	t.Parallel()
	for words, says := range map[verdaccio.Words][]string{
		verdaccio.WordsNPM:       {"E403", "You cannot publish over the previously published versions: 1.0.0."},
		verdaccio.WordsVerdaccio: {"E409", "this package is already present"},
	} {
		t.Run(string(words), func(t *testing.T) {
			m := newMachine(t, "npm10", verdaccio.Options{Words: words})
			m.use(m.server.Mint("alice", time.Hour))
			out, err := m.publish("plain-sand")
			fails(t, out, err, says...)
		})
	}
}

// TestRealFaults shows what npm makes of a registry in trouble.
func TestRealFaults(t *testing.T) {
	t.Parallel()
	m := with(t, verdaccio.Options{}, session("alice"))
	for name, c := range map[string]struct {
		fault verdaccio.Fault
		says  []string
	}{
		"busy":  {verdaccio.TooMany(7 * time.Second), []string{"E429"}},
		"down":  {verdaccio.Down(http.StatusServiceUnavailable), []string{"E503"}},
		"wrong": {verdaccio.Down(http.StatusInternalServerError), []string{"E500"}},
		"page":  {verdaccio.ProxyPage(), []string{"npm error"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.fault.Path = "/plain-sand"
			m.server.Break(c.fault)
			out, err := m.run("view", "plain-sand", "--prefer-online")
			fails(t, out, err, c.says...)
			m.server.Mend()
			out, err = m.run("view", "plain-sand", "--prefer-online")
			works(t, out, err)
		})
	}
	m.server.Break(verdaccio.Fault{Method: http.MethodGet, Path: "/-/ping", Status: http.StatusTeapot, Times: 2})
	for _, want := range []int{418, 418, 200} {
		if status, _ := ask(t, http.MethodGet, m.server.URL+"-/ping", ""); status != want {
			t.Errorf("ping: got %d, want %d", status, want)
		}
	}
}

// TestRealGitHub shows npm the words of GitHub's registry.
func TestRealGitHub(t *testing.T) {
	t.Parallel()
	m := with(t, verdaccio.Options{Words: verdaccio.WordsGitHub}, func(*verdaccio.Server) string { return "ghp_dead" })
	out, err := m.run("view", "plain-sand")
	fails(t, out, err, "E401", "User cannot be authenticated with the token provided")
	m.use(m.server.Mint("alice", time.Hour))
	out, err = m.run("view", "plain-sand")
	works(t, out, err)
	out, err = m.run("view", "@bob/own")
	fails(t, out, err, "E403", "permission_denied: read_package")
	out, err = m.publish("@bob/alices")
	fails(t, out, err, "E403", "permission_denied: write_package")
}
