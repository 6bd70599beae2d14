package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// narrow makes an access token with nothing to ask about.
var narrow = []string{"create", "ci", "--permission", "read-only", "--scope", "@acme,@beta", "--days", "60"}

// TestN05_SecretIsNotShown unless that is said, and then where it was said: the keyring has it already.
func TestN05_SecretIsNotShown(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		out  string
	}{
		"by default":         {nil, 0, ""},
		"for a program":      {[]string{"--emit"}, 0, fakeagent.Canary.Reveal()},
		"--show into a file": {[]string{"--show"}, 2, ""},
		"--show and --emit":  {[]string{"--show", "--emit"}, 2, ""},
		"--json and --emit":  {[]string{"--json", "--emit"}, 2, ""},
	} {
		a := accessAgent("en")
		a.Made = api.NewToken{Token: a.List.Tokens[0], Secret: fakeagent.Canary}
		code, out, talk := tokensRun(t, a, "", slices.Concat(narrow, c.args)...)
		if code != c.code || out != c.out || strings.Contains(talk, fakeagent.Canary.Reveal()) {
			t.Errorf("%s: %d\n%q\n%s", name, code, out, talk)
		}
		if n := len(of[api.TokenOrder](a, "make-token")); n != 1 && c.code == 0 || n != 0 && c.code != 0 {
			t.Errorf("%s: made %d", name, n)
		}
		if c.code == 0 && c.out == "" {
			wants(t, talk, "ci-read  ", "Its secret is in the keyring.", "sandglass tokens emit kept-1 | gh secret set NPM_TOKEN --repo OWNER/REPO\n", "| glab variable set NPM_TOKEN")
		}
	}
	a := accessAgent("en") // an agent that keeps the secret to itself is asked for it
	a.Made = api.NewToken{Token: a.List.Tokens[0]}
	if code, out, _ := tokensRun(t, a, "", append(narrow, "--emit")...); code != 0 || out != fakeagent.Canary.Reveal() {
		t.Errorf("%d %q", code, out)
	}
	if got := of[api.GrantRequest](a, "grant"); len(got) != 1 || got[0].Use != api.UseEmit || got[0].Kept != "kept-1" {
		t.Errorf("granted %+v", got)
	}
}

// TestTokenEmit gives the secret of what is kept to a program, without a line's end.
func TestTokenEmit(t *testing.T) {
	for _, word := range []string{"kept-1", "ci-read", "npm_aBcD...7890", "11111111-aaaa-4aaa-8aaa-111111111111"} {
		a := accessAgent("en")
		if code, out, talk := tokensRun(t, a, "", "emit", word); code != 0 || out != fakeagent.Canary.Reveal() || talk != "" {
			t.Errorf("%s: %d %q %q", word, code, out, talk)
		}
		if got := of[api.GrantRequest](a, "grant"); len(got) != 1 || got[0].Kept != "kept-1" || got[0].Use != api.UseEmit {
			t.Errorf("%s: %+v", word, got)
		}
	}
	a := accessAgent("en")
	if code, out, _ := tokensRun(t, a, "", "emit", "nobody"); code != 2 || out != "" || len(of[api.GrantRequest](a, "grant")) > 0 {
		t.Errorf("nobody: %d %q", code, out)
	}
}

// TestTokenOrder: all that the flags say reaches the agent, and what a registry would refuse does not.
func TestTokenOrder(t *testing.T) {
	a := accessAgent("en")
	code, _, talk := tokensRun(t, a, "", "create", "ci", "--description", "d", "--days", "30", "--package", "a", "--package", "@x/b", "--scope", "@acme", "--org", "acme",
		"--permission", "stage-only", "--org-permission", "read-only", "--address", "192.0.2.0/24", "--variable", "SG_X", "--where", "GitHub", "--registry", "registry.example.com")
	want := access.Spec{
		Name: "ci", Description: "d", Days: 30, Packages: []string{"a", "@x/b"}, Scopes: []string{"@acme"}, Orgs: []string{"acme"},
		Permission: access.StageOnly, OrgPermission: access.ReadOnly, Addresses: []string{"192.0.2.0/24"},
	}
	got := of[api.TokenOrder](a, "make-token")
	if code != 0 || len(got) != 1 || !slices.Equal(got[0].Spec.Packages, want.Packages) || got[0].Spec.Permission != want.Permission || got[0].Spec.OrgPermission != want.OrgPermission ||
		got[0].Spec.Days != 30 || got[0].Variable != "SG_X" || got[0].Where != "GitHub" || got[0].Registry != "https://registry.example.com/" || !slices.Equal(got[0].Spec.Addresses, want.Addresses) {
		t.Errorf("%d %+v\n%s", code, got, talk)
	}
	for says, args := range map[string][]string{
		"90 days at most":       {"--permission", "read-write", "--days", "91", "--scope", "@acme"},
		"is no scope":           {"--permission", "read-only", "--scope", "acme"},
		"is no address range":   {"--permission", "read-only", "--scope", "@acme", "--address", "here"},
		"no permission \"any\"": {"--permission", "any"},
		"Say what it may do":    {"--scope", "@acme"},
		"--variable cannot be":  {"--permission", "read-only", "--scope", "@acme", "--variable", "1X"},
		"agree with --yes":      {"--permission", "read-write", "--scope", "@acme", "--bypass-2fa"},
	} {
		a := accessAgent("en")
		if code, out, talk := tokensRun(t, a, "", append([]string{"create", "x"}, args...)...); code != 2 || out != "" || !strings.Contains(talk, says) {
			t.Errorf("%q: %d %s", args, code, talk)
		}
		if len(of[api.TokenOrder](a, "make-token")) > 0 {
			t.Errorf("%q: the agent was asked", args)
		}
	}
	a = accessAgent("en")
	if code, _, talk := tokensRun(t, a, "", "create", "x", "--permission", "read-write", "--scope", "@acme", "--bypass-2fa", "--yes"); code != 0 || !strings.Contains(talk, "January 2027") {
		t.Errorf("bypass: %d %s", code, talk)
	}
	a.make = func(api.TokenOrder) (api.NewToken, error) {
		return api.NewToken{}, &api.Error{Code: api.CodeSpec, Args: map[string]string{"Problem": access.ProblemReach, "Most": "50"}}
	}
	if code, _, talk := tokensRun(t, a, "", narrow...); code != 2 || !strings.Contains(talk, "50 at most") {
		t.Errorf("the registry's rule: %d %s", code, talk)
	}
}

// TestN07_DryRunPrintsTheRequests and sends nothing.
func TestN07_DryRunPrintsTheRequests(t *testing.T) {
	drafts := []api.Draft{
		{Method: "POST", URL: "https://registry.example.com/-/npm/v1/tokens", Header: []string{"authorization: Bearer [session]", "npm-otp: [one-time password]"}, Body: `{"name":"ci","password":"[password]"}`},
		{Method: "DELETE", URL: "https://registry.example.com/-/npm/v1/tokens/token/1"},
	}
	for _, args := range [][]string{narrow, {"rotate", "ci-read"}, {"revoke", "ci-read"}} {
		a := accessAgent("en")
		a.Made.Drafts, a.Turned.Drafts, a.Ended.Drafts = drafts, drafts, drafts
		code, out, _ := tokensRun(t, a, "", slices.Concat(args, []string{"--dry-run"})...)
		if code != 0 {
			t.Errorf("%q: %d", args, code)
		}
		wants(t, out, "POST https://registry.example.com/-/npm/v1/tokens\nauthorization: Bearer [session]\nnpm-otp: [one-time password]\n\n"+
			"{\"name\":\"ci\",\"password\":\"[password]\"}\n\nDELETE https://registry.example.com/-/npm/v1/tokens/token/1\n")
		for _, c := range a.Calls() {
			switch req := c.Params.(type) {
			case api.TokenOrder:
				if !req.DryRun {
					t.Error("it was made")
				}
			case api.RevokeRequest:
				if !req.DryRun {
					t.Error("it was revoked")
				}
			case api.RotateRequest:
				if !req.DryRun {
					t.Error("it was rotated")
				}
			}
		}
	}
}

// guarded is a registry that wants a password and a code.
func guarded(a *answering, asked *[]string) {
	a.make = func(o api.TokenOrder) (api.NewToken, error) {
		*asked = append(*asked, o.Password.Reveal()+"/"+o.OTP.Reveal())
		switch {
		case o.Password.Reveal() != "correct horse":
			return api.NewToken{}, &api.Error{Code: api.CodePassword, Args: map[string]string{"Registry": "npm"}}
		case o.OTP.Reveal() != "123456":
			return api.NewToken{}, &api.Error{Code: api.CodeOTP, Args: map[string]string{"Registry": "npm", "Way": "mail"}}
		}
		return api.NewToken{Token: a.List.Tokens[0], Secret: fakeagent.Canary}, nil
	}
}

// TestN06_ProofsFromInput: a script gives the password and the code, one a line, and each once.
func TestN06_ProofsFromInput(t *testing.T) {
	for name, c := range map[string]struct {
		stdin, flags string
		code         int
		asked        string
	}{
		"both":              {"correct horse\n123456\n", "--password-stdin --otp-stdin", 0, "correct horse/ correct horse/123456"},
		"a wrong password":  {"wrong\n123456\n", "--password-stdin --otp-stdin", 4, "wrong/"},
		"a wrong code":      {"correct horse\n1\n123456\n", "--password-stdin --otp-stdin", 4, "correct horse/ correct horse/1"},
		"no code":           {"correct horse\n", "--password-stdin", 4, "correct horse/"},
		"the input is over": {"correct horse\n", "--password-stdin --otp-stdin", 4, "correct horse/"},
		"nothing":           {"correct horse\n", "", 4, "/"},
		"no password":       {"", "--password-stdin", 4, ""},
	} {
		a := accessAgent("en")
		var asked []string
		guarded(a, &asked)
		code, out, talk := tokensRun(t, a, c.stdin, slices.Concat(narrow, strings.Fields(c.flags))...)
		if code != c.code || strings.Join(asked, " ") != c.asked || out != "" || strings.Contains(talk, "horse") {
			t.Errorf("%s: %d %q\n%s", name, code, asked, talk)
		}
	}
}

// plan is an account with one access token in use here and one that is not.
func plan(req api.RevokeRequest) (out api.RevokeReport) {
	items := []api.Revoked{
		{ID: "id-1", Name: "ci-read", Masked: "npm_aBcD…7890", What: "token", State: api.RevokeInUse, Breaks: []api.Place{{File: "/home/alice/.npmrc", Line: 4, Literal: true}}},
		{ID: "id-2", Name: "old", Masked: "npm_wXyZ…4321", What: "token", State: api.RevokePlanned},
	}
	for _, it := range items {
		if !req.DryRun && (it.State == api.RevokePlanned || slices.Contains(req.Sure, it.ID)) {
			it.State = api.RevokeDone
		}
		out.Items = append(out.Items, it)
	}
	return out
}

// TestN01_TheOneInUseStays without a word of its own, and the others go.
func TestN01_TheOneInUseStays(t *testing.T) {
	a := accessAgent("en")
	a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) { return plan(req), nil }
	code, out, talk := tokensRun(t, a, "", "revoke", "ci-read", "old", "--yes")
	wants(t, out, "! ci-read  npm_aBcD…7890  access token  in use here\n    stops working: ~/.npmrc line 4 (in plain text)\n✓ old      npm_wXyZ…4321  access token  revoked\n")
	wants(t, talk, "stops working: ~/.npmrc line 4", "up to an hour", "Not all is revoked.")
	asked := of[api.RevokeRequest](a, "revoke-tokens")
	if code != exitPartly || len(asked) != 2 || !asked[0].DryRun || asked[1].DryRun || asked[1].Checked || len(asked[1].Sure) > 0 || !slices.Equal(asked[1].IDs, []string{"id-1", "id-2"}) {
		t.Errorf("%d %+v", code, asked)
	}
	if code, out, _ := tokensRun(t, a, "", "revoke", "ci-read", "old", "--yes", "--sure"); code != 0 || strings.Contains(out, "in use") {
		t.Errorf("sure: %d\n%s", code, out)
	}
	if asked := of[api.RevokeRequest](a, "revoke-tokens"); !slices.Equal(asked[3].Sure, []string{"id-1"}) {
		t.Errorf("sure: %+v", asked[3])
	}
	a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) {
		out := plan(req)
		out.Items = out.Items[:1]
		return out, nil
	}
	if code, out, talk := tokensRun(t, a, "", "revoke", "ci-read", "--yes"); code != exitRefused || out != "" || !strings.Contains(talk, "--sure") {
		t.Errorf("nothing else to revoke: %d %s", code, talk)
	}
	if code, _, talk := tokensRun(t, a, "", "revoke", "ci-read"); code != 2 || !strings.Contains(talk, "--yes") || len(of[api.RevokeRequest](a, "revoke-tokens")) != 6 {
		t.Errorf("nobody agrees: %d %s", code, talk)
	}
}

// TestN02_SignsFirst: with something that could wait for it, nothing is revoked until the user knows it.
func TestN02_SignsFirst(t *testing.T) {
	a := accessAgent("en")
	late := false
	a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) {
		out := plan(api.RevokeRequest{DryRun: req.DryRun || !req.Checked, Sure: req.Sure})
		if late && req.DryRun {
			return out, nil
		}
		out.Signs = []api.Sign{{File: "/home/alice/.config/systemd/user/gh-token-monitor.service", What: "from-the-future", Since: today.AddDate(0, 0, -1), Detail: "gh-token-monitor\x1b"}}
		return out, nil
	}
	code, out, talk := tokensRun(t, a, "", "revoke", "old", "--yes")
	if n := len(of[api.RevokeRequest](a, "revoke-tokens")); code != exitRefused || out != "" || n != 1 {
		t.Errorf("%d, %d calls: %q", code, n, out)
	}
	wants(t, talk, "could wait for a revocation", "~/.config/systemd/user/gh-token-monitor.service", "Take this machine off the network first", "Nothing was revoked.")
	if at := strings.Index(talk, "Take this machine off"); at > strings.Index(talk, "ci-read") {
		t.Error("it is told after what breaks")
	}
	if code, out, _ := tokensRun(t, a, "", "revoke", "old", "--yes", "--sure"); code != 0 || strings.Contains(out, "monitor") {
		t.Errorf("sure: %d %s", code, out)
	}
	late = true // they turn up after the user has agreed
	code, _, talk = tokensRun(t, a, "", "revoke", "old", "--yes", "--sure")
	if wants(t, talk, "gh-token-monitor", "Nothing was revoked."); code != exitRefused {
		t.Errorf("late: %d", code)
	}
}

// TestN03_EachItemIsTold where some could not be revoked.
func TestN03_EachItemIsTold(t *testing.T) {
	a := accessAgent("en")
	a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) {
		out := plan(req)
		if !req.DryRun {
			out.Items[0].State, out.Items[0].Error = api.RevokeFailed, &api.Error{Code: api.CodeNetwork, Args: map[string]string{"Registry": "npm"}}
		}
		return out, nil
	}
	code, out, _ := tokensRun(t, a, "", "revoke", "ci-read", "old", "--yes", "--sure")
	if code != exitPartly {
		t.Errorf("exit code %d", code)
	}
	wants(t, out, "✗ ci-read  npm_aBcD…7890  access token  not revoked\n    The registry npm does not answer.\n", "✓ old")
}

// TestTokenRevokeWords: what names nothing, several, or is a secret.
func TestTokenRevokeWords(t *testing.T) {
	a := accessAgent("en")
	if code, out, talk := tokensRun(t, a, "", "revoke", fakeagent.Canary.Reveal()); code != 2 || strings.Contains(out+talk, "C4n4ry") || len(of[api.RevokeRequest](a, "revoke-tokens")) > 0 {
		t.Errorf("a secret: %d %s", code, talk)
	}
	a.List.Tokens[1].Name = "ci-read"
	a.revoke = func(api.RevokeRequest) (api.RevokeReport, error) {
		return api.RevokeReport{}, &api.Error{Code: api.CodeNoToken, Args: map[string]string{"Registry": "npm", "Several": "yes"}}
	}
	code, _, talk := tokensRun(t, a, "", "revoke", "ci-read")
	if code != 2 {
		t.Errorf("several: %d", code)
	}
	wants(t, talk, "11111111-aaaa-4aaa-8aaa-111111111111  ci-read", "22222222-bbbb", "Use an id.")
	for _, args := range [][]string{{"revoke"}, {"revoke", "--panic", "x"}, {"revoke", "--panic", "--registry", "npm"}, {"revoke", "--panic", "--yes"}} {
		if code, _, talk := tokensRun(t, accessAgent("en"), "", args...); code != 2 {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
	b := accessAgent("en")
	if code, _, talk := tokensRun(t, b, "", "revoke", "--panic", "--yes", "--sure"); code != 0 {
		t.Errorf("panic: %d %s", code, talk)
	}
	if asked := of[api.RevokeRequest](b, "revoke-tokens"); len(asked) != 2 || !asked[1].Panic || asked[1].DryRun || len(asked[1].IDs) > 0 {
		t.Errorf("panic: %+v", asked)
	}
}

// TestN06_CodeRunsOut: a registry that takes a code for the first only is given another, and what is left is told if there is none.
func TestN06_CodeRunsOut(t *testing.T) {
	for input, want := range map[string]int{"111111\n": 0, "": exitPartly} {
		a := accessAgent("en")
		a.revoke = func(req api.RevokeRequest) (api.RevokeReport, error) {
			out := plan(req)
			if !req.DryRun && req.OTP.IsZero() {
				out.Items[1].State, out.Items[1].Error = api.RevokeFailed, &api.Error{Code: api.CodeOTP, Args: map[string]string{"Registry": "npm", "Way": "digits"}}
			}
			return out, nil
		}
		flags := []string{"revoke", "ci-read", "old", "--yes", "--sure"}
		if input != "" {
			flags = append(flags, "--otp-stdin")
		}
		if code, out, talk := tokensRun(t, a, input, flags...); code != want || !strings.Contains(out, "✓ ci-read") {
			t.Errorf("%q: %d\n%s%s", input, code, out, talk)
		}
	}
}

// TestN02_JobCommands: what a registry calls its access tokens makes no other command of one that is shown, and only a
// panic is told to go on with one.
func TestN02_JobCommands(t *testing.T) {
	a := accessAgent("en")
	a.Set(func(s *api.Snapshot) {
		s.Jobs = []api.TokenJob{
			{ID: "j1", What: api.ChangeRevoke, Step: api.NextRevoke, Name: "panic", Left: []string{"--panic", "--yes"}},
			{ID: "j2", What: api.ChangeCreate, Step: api.NextStore, Name: "gone", New: "--panic", Lost: true},
			{ID: "j3", What: api.ChangeRevoke, Step: api.NextRevoke, Left: []string{"44444444", "https://registry.example.com/"}},
		}
	})
	_, out, _ := tokensRun(t, a, "", "list")
	wants(t, out, "tokens revoke -- --panic --yes", "tokens revoke -- --panic\n", "Go on: sandglass tokens revoke --panic\n")
	if strings.Count(out, "Go on: sandglass tokens revoke --panic\n") != 1 {
		t.Error(out)
	}
}
