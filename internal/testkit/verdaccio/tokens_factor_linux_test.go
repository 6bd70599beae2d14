package verdaccio_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// TestNPMTokenFactors makes access tokens by npm with a second factor, by its page at a terminal too.
func TestNPMTokenFactors(t *testing.T) {
	t.Parallel()
	o := verdaccio.Options{Accounts: map[string]verdaccio.Account{"alice": {Factor: verdaccio.FactorDigits}}}
	m := with(t, o, session("alice"))
	right := verdaccio.Password("alice")
	out, err := m.create(right, "--name=digits", "--packages-all")
	fails(t, out, err, "EOTP")
	out, err = m.create(right, "--name=digits", "--packages-all", "--otp=000000")
	fails(t, out, err, "EOTP")
	out, err = m.create(right, "--name=digits", "--packages-all", "--otp="+verdaccio.OTP)
	works(t, out, err)

	m.server.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorPage})
	out, err = m.create(right, "--name=page", "--packages-all", "--json")
	fails(t, out, err, "EOTP", "/auth/cli/")
	atTerminal := func(confirm func(string) error, answer string, args ...string) {
		t.Helper()
		x := terminal.Start(t, m.command(append([]string{"token"}, args...)...))
		if answer != "" {
			x.Await(0, "npm password:", time.Minute)
			x.Type(answer + "\n")
		}
		if confirm != nil {
			page := x.Await(0, `(http://127\.0\.0\.1:\d+/auth/cli/[0-9a-f-]+)`, time.Minute)[1]
			if err := confirm(page); err != nil {
				t.Fatal(err)
			}
		}
		x.Await(0, `Created token npm_|Removed 1 token`, time.Minute)
	}
	atTerminal(m.server.Confirm, right, "create", "--name=page", "--packages-all")
	atTerminal(m.server.ConfirmSkip, right, "create", "--name=skip", "--packages-all")
	atTerminal(nil, right, "create", "--name=skipped", "--packages-all")
	names := func() (all []string) {
		for _, i := range m.server.Tokens("alice") {
			all = append(all, i.Name)
		}
		return all
	}
	if got := names(); !slices.Equal(got, []string{"digits", "page", "skip", "skipped"}) {
		t.Errorf("made are %v", got)
	}
	m.server.Forward(6 * time.Minute)
	atTerminal(m.server.Confirm, "", "revoke", m.listed()[3]["id"].(string))
	if got := names(); slices.Contains(got, "skipped") {
		t.Errorf("left are %v", got)
	}
}
