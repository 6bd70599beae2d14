package verdaccio_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// create runs `npm token create` with a password on standard input.
func (m *machine) create(password string, args ...string) (out string, err error) {
	cmd := m.command(append([]string{"token", "create"}, args...)...)
	cmd.Stdin = strings.NewReader(password + "\n")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// listed is what `npm token list --json` shows. It hides the keys and shows their beginnings.
func (m *machine) listed() (list []map[string]any) {
	m.t.Helper()
	out, err := m.command("token", "list", "--json").Output()
	if err != nil {
		m.t.Fatalf("npm token list: %v\n%s", err, out)
	}
	if err := json.Unmarshal(out, &list); err != nil {
		m.t.Fatalf("npm token list: %v\n%s", err, out)
	}
	return list
}

// TestNPMTokenCommands makes, lists and revokes access tokens by npm.
func TestNPMTokenCommands(t *testing.T) {
	t.Parallel()
	m := with(t, verdaccio.Options{}, session("alice"))
	right := verdaccio.Password("alice")
	out, err := m.create(right, "--name=full", "--token-description=for the lab", "--expires=30", "--packages=@acme/private", "--packages=plain-sand",
		"--scopes=@sand", "--orgs=acme", "--packages-and-scopes-permission=read-write", "--orgs-permission=read-only", "--cidr=127.0.0.0/8,192.0.2.0/24", "--bypass-2fa")
	works(t, out, err)
	made := m.server.Tokens("alice")
	if len(made) != 1 {
		t.Fatalf("%d were made", len(made))
	}
	want := verdaccio.AccessToken{
		Name: "full", Description: "for the lab", Bypass: true, Packages: []string{"@acme/private", "plain-sand"}, Scopes: []string{"@sand"},
		Orgs: []string{"acme"}, Addresses: []string{"127.0.0.0/8", "192.0.2.0/24"}, Ends: made[0].Ends,
	}
	if got := made[0].AccessToken; !reflect.DeepEqual(got, want) || got.Ends.Sub(made[0].Born).Round(time.Minute) != 30*24*time.Hour {
		t.Errorf("npm made\n%+v, want\n%+v", got, want)
	}
	if !strings.Contains(out, "Created token "+made[0].Value) {
		t.Error("npm does not show what it made")
	}
	out, err = m.create(right, "--name=all", "--packages-all")
	works(t, out, err)
	out, err = m.create(right, "--name=stage", "--packages=plain-sand", "--packages-and-scopes-permission=read-write-stage-only")
	works(t, out, err)
	out, err = m.create("wrong", "--name=never", "--packages-all")
	fails(t, out, err, "E401")
	out, err = m.create(right, "--name=never", "--packages-all", "--packages-and-scopes-permission=read-write", "--expires=91")
	fails(t, out, err, "E400", "Read-write tokens cannot have expiration longer than 90 days")
	m.show(m.server.Tokens("alice"))

	id := m.listed()[0]["id"].(string)
	out, err = m.run("token", "revoke", id, "--json")
	works(t, out, err)
	if left := m.server.Tokens("alice"); len(left) != 2 || m.server.Live(made[0].Value) {
		t.Errorf("%d are left", len(left))
	}
	out, err = m.run("token", "revoke", id)
	fails(t, out, err, "Unknown token id")
}

// show wants that npm lists what the registry has.
func (m *machine) show(all []verdaccio.Issued) {
	m.t.Helper()
	list := m.listed()
	if len(list) != len(all) {
		m.t.Fatalf("npm lists %d of %d", len(list), len(all))
	}
	for n, i := range all {
		e := list[n]
		ends, _ := time.Parse(time.RFC3339, e["expiry"].(string))
		if e["name"] != i.Name || e["bypass_2fa"] != i.Bypass || e["readonly"] != i.ReadOnly || ends.Sub(i.Ends).Abs() > time.Second || !strings.HasPrefix(i.Key, e["id"].(string)) {
			m.t.Errorf("npm lists %v, the registry has %+v", e, i)
		}
		if stage := e["publish_policy"] == "stage_only"; stage != i.Stage {
			m.t.Errorf("%s: stage only is %v", i.Name, stage)
		}
	}
}

// TestNPMTokensOfVerdaccio does the same at Verdaccio's own list, which knows no names and no reach, and refuses what
// was revoked at once.
func TestNPMTokensOfVerdaccio(t *testing.T) {
	t.Parallel()
	m := with(t, verdaccio.Options{OwnTokens: true}, session("bob"))
	out, err := m.create(verdaccio.Password("bob"), "--name=mine", "--cidr=127.0.0.0/8", "--packages-all")
	works(t, out, err)
	_, value, _ := strings.Cut(out, "Created token ")
	value, _, _ = strings.Cut(value, "\n")
	opens := func() int {
		status, _ := ask(t, "GET", m.server.URL+"@bob/own", strings.TrimSpace(value))
		return status
	}
	if got := opens(); got != 200 {
		t.Errorf("what Verdaccio made: %d", got)
	}
	list := m.listed()
	last := list[len(list)-1]
	if masked, _ := last["token"].(string); !strings.HasPrefix(value, strings.Split(masked, "...")[0]) || last["readonly"] != false || last["name"] != nil || last["created"] == nil {
		t.Errorf("Verdaccio lists %v", last)
	}
	out, err = m.run("token", "revoke", last["id"].(string))
	works(t, out, err)
	if left := m.listed(); len(left) != len(list)-1 {
		t.Errorf("%d are left of %d", len(left), len(list))
	}
	if got := opens(); got != 403 {
		t.Errorf("after it was revoked: %d", got)
	}
	out, err = m.create("wrong", "--name=never")
	fails(t, out, err, "E401")
}
