package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// TestTokenRotate tells what is to be changed and how to go on; a twin differs where the user says so.
func TestTokenRotate(t *testing.T) {
	a := accessAgent("en")
	a.TokenWay = []api.TokenStep{{Step: api.StepMade}, {Step: api.StepKept}, {Step: api.StepVerified}}
	a.Turned = api.Rotation{
		Job: api.TokenJob{ID: "j9", What: api.ChangeRotate, Step: api.NextPlaces, Name: "ci-read", Kept: "kept-2"}, New: a.List.Tokens[0],
		Places: []api.Place{{File: "/home/alice/.npmrc", Line: 4, Literal: true}}, Secret: fakeagent.Canary,
	}
	code, out, talk := tokensRun(t, a, "", "rotate", "ci-read", "--days", "10", "--package", "@acme/site")
	if code != 0 || strings.Contains(out+talk, fakeagent.Canary.Reveal()) {
		t.Errorf("exit code %d", code)
	}
	wants(t, out, "Change these places on this machine:\n  ~/.npmrc line 4 (in plain text)\n", "  sandglass tokens emit kept-2 | gh secret set", "sandglass tokens rotate --job j9 --continue\n")
	wants(t, talk, "✓ Made.\n✓ The secret is in the keyring.\n✓ The registry takes the new one.\n")
	asked := of[api.RotateRequest](a, "rotate-token")
	if len(asked) != 1 || asked[0].ID != a.List.Tokens[0].ID || asked[0].Package != "@acme/site" || asked[0].Spec == nil || asked[0].Spec.Days != 10 || !slices.Equal(asked[0].Spec.Scopes, []string{"@acme", "@beta"}) {
		t.Errorf("asked %+v", asked)
	}
	a.Turned.Done = true
	if code, out, talk := tokensRun(t, a, "", "rotate", "--job", "j9", "--continue"); code != 0 || out != "" || !strings.Contains(talk, "has taken the place") || !strings.Contains(talk, "up to an hour") {
		t.Errorf("continue: %d %q %q", code, out, talk)
	}
	if code, _, talk := tokensRun(t, a, "", "rotate", "--job", "j9", "--abandon"); code != 0 || !strings.Contains(talk, "given up") {
		t.Errorf("abandon: %d %q", code, talk)
	}
	for _, args := range [][]string{{"rotate"}, {"rotate", "x", "--job", "j"}, {"rotate", "ci-read", "--continue"}, {"rotate", "--job", "j", "--continue", "--abandon"}, {"rotate", "nobody"}, {"rotate", "elsewhere"}} {
		if code, _, talk := tokensRun(t, a, "", args...); code != 2 {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
}

// TestTokenRotateStandsStill: what stopped it is told, with how to go on, and a proof that was missing is had.
func TestTokenRotateStandsStill(t *testing.T) {
	a := accessAgent("en")
	var asked []api.RotateRequest
	a.rotate = func(req api.RotateRequest) (api.Rotation, error) {
		asked = append(asked, req)
		r := api.Rotation{Job: api.TokenJob{ID: "j9", What: api.ChangeRotate, Step: api.NextRevoke, Name: "ci-read"}}
		if req.OTP.Reveal() == "123456" {
			r.Done = true
		} else {
			r.Job.Error = &api.Error{Code: api.CodeOTP, Args: map[string]string{"Registry": "npm", "Way": "digits"}}
		}
		return r, nil
	}
	code, _, talk := tokensRun(t, a, "", "rotate", "--job", "j9", "--continue")
	if code != 4 || !strings.Contains(talk, "sandglass tokens rotate --job j9") {
		t.Errorf("no code: %d %s", code, talk)
	}
	if code, _, talk := tokensRun(t, a, "123456\n", "rotate", "--job", "j9", "--continue", "--otp-stdin"); code != 0 || len(asked) != 3 || !asked[2].Continue || asked[2].Job != "j9" {
		t.Errorf("with a code: %d %+v\n%s", code, asked, talk)
	}
	if asked[2].OTP.IsZero() {
		t.Error("the code did not arrive")
	}
}

// TestTokenTwin: what the user says narrows the new one, and no more than that changes.
func TestTokenTwin(t *testing.T) {
	a := accessAgent("en")
	if code, _, talk := tokensRun(t, a, "", "rotate", "npm_wXyZ…4321", "--permission", "stage-only", "--scope", "@acme", "--address", "192.0.2.0/24", "--name", "new"); code != 0 {
		t.Errorf("%d %s", code, talk)
	}
	asked := of[api.RotateRequest](a, "rotate-token")
	if len(asked) != 1 || asked[0].Spec == nil {
		t.Fatalf("asked %+v", asked)
	}
	if s := *asked[0].Spec; s.Bypass || s.All || s.Permission != access.StageOnly || s.Name != "new" || s.OrgPermission != access.ReadOnly || !slices.Equal(s.Scopes, []string{"@acme"}) ||
		!slices.Equal(s.Addresses, []string{"192.0.2.0/24"}) || s.Days == 0 {
		t.Errorf("%+v", s)
	}
	for _, flags := range [][]string{{"--permission", "much"}, {"--days", "-1"}, {"--scope", "acme"}} {
		if code, _, talk := tokensRun(t, a, "", append([]string{"rotate", "ci-read"}, flags...)...); code != 2 {
			t.Errorf("%q: %d %s", flags, code, talk)
		}
	}
}
