package agentsuite

import (
	"context"
	"slices"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// order asks for an access token that reads one scope.
func (r Rig) order(name string) api.TokenOrder {
	return api.TokenOrder{Registry: r.url(), Spec: access.Spec{Name: name, Scopes: []string{"@acme"}, Permission: access.ReadOnly, Days: 30}}
}

// makeToken: it is kept, shown once, listed, and gone when it is revoked.
func makeToken(t *testing.T, r Rig) {
	r.signIn(t)
	dry := r.order("laptop")
	dry.DryRun = true
	planned, err := r.Agent.MakeToken(t.Context(), dry, nil)
	must(t, err)
	if len(planned.Drafts) != 1 || planned.Drafts[0].Method == "" || !planned.Secret.IsZero() || len(r.now(t).Kept) != 0 {
		t.Errorf("a dry run: %+v", planned)
	}
	var way []string
	made, err := r.Agent.MakeToken(t.Context(), r.order("laptop"), func(s api.TokenStep) { way = append(way, s.Step) })
	must(t, err)
	if made.Secret.IsZero() || made.Token.ID == "" || made.Token.Kept == "" || !slices.Equal(way, []string{api.StepAsking, api.StepMade, api.StepKept}) {
		t.Errorf("%+v after %v", made, way)
	}
	s := r.now(t)
	if len(s.Kept) != 1 || s.Kept[0].ID != made.Token.Kept || s.Kept[0].Token != made.Token.ID || len(s.Jobs) != 0 {
		t.Fatalf("kept %+v, jobs %+v", s.Kept, s.Jobs)
	}
	g, err := r.Agent.Grant(t.Context(), api.GrantRequest{Use: api.UseShow, Kept: made.Token.Kept, Program: "suite"})
	must(t, err)
	if !g.Items[0].Secret.Equal(made.Secret) {
		t.Error("what is kept is not what was made")
	}
	list, err := r.Agent.Tokens(t.Context(), api.TokensRequest{Registry: r.url()})
	must(t, err)
	if len(list.Tokens) != 1 || list.Tokens[0].Name != "laptop" || list.Tokens[0].Kept != made.Token.Kept || list.Account != "alice" {
		t.Errorf("%+v", list)
	}
	gone, err := r.Agent.RevokeTokens(t.Context(), api.RevokeRequest{Registry: r.url(), IDs: []string{made.Token.ID}}, nil)
	must(t, err)
	if len(gone.Items) != 1 || gone.Items[0].State != api.RevokeDone || gone.Signs == nil || gone.Items[0].Breaks == nil || len(r.now(t).Kept) != 0 {
		t.Errorf("%+v", gone)
	}
}

// secondFactor: digits that are asked for are asked of the user, and a wrong one is not taken.
func secondFactor(t *testing.T, r Rig) {
	r.signIn(t)
	r.World.Asks("123456")
	o := r.order("laptop")
	for _, otp := range []string{"", "000000"} {
		if otp != "" {
			o.OTP = token.NewSecret(otp)
		}
		_, err := r.Agent.MakeToken(t.Context(), o, nil)
		if e := refused(t, err, api.CodeOTP); e.Args["Way"] != "digits" {
			t.Errorf("%+v", e)
		}
	}
	o.OTP = token.NewSecret("123456")
	made, err := r.Agent.MakeToken(t.Context(), o, nil)
	must(t, err)
	req := api.RevokeRequest{IDs: []string{made.Token.ID}, Registry: r.url()}
	_, err = r.Agent.RevokeTokens(t.Context(), req, nil)
	refused(t, err, api.CodeOTP)
	req.OTP = o.OTP
	_, err = r.Agent.RevokeTokens(t.Context(), req, nil)
	must(t, err)
}

// rotateToken goes on where it stands, by the job that the snapshot tells.
func rotateToken(t *testing.T, r Rig) {
	r.signIn(t)
	old, err := r.Agent.MakeToken(t.Context(), r.order("ci"), nil)
	must(t, err)
	turn, err := r.Agent.RotateToken(t.Context(), api.RotateRequest{Registry: r.url(), ID: old.Token.ID}, nil)
	must(t, err)
	jobs := r.now(t).Jobs
	waits := len(jobs) == 1 && jobs[0].ID == turn.Job.ID && jobs[0].Step == api.NextPlaces
	if !waits || turn.Secret.IsZero() || turn.Done || turn.Places == nil || turn.Commands == nil {
		t.Fatalf("%+v, jobs %+v", turn, jobs)
	}
	end, err := r.Agent.RotateToken(t.Context(), api.RotateRequest{Job: jobs[0].ID, Continue: true}, nil)
	must(t, err)
	s := r.now(t)
	if !end.Done || !end.Secret.IsZero() || len(s.Jobs) != 0 || len(s.Kept) != 1 || s.Kept[0].Token != turn.Job.New {
		t.Errorf("%+v, jobs %+v, kept %+v", end, s.Jobs, s.Kept)
	}
}

// tokensRefused: what nobody can do, and what names nothing.
func tokensRefused(t *testing.T, r Rig) {
	none := func(code string) {
		t.Helper()
		_, err := r.Agent.Tokens(t.Context(), api.TokensRequest{Registry: r.url()})
		refused(t, err, code)
		_, err = r.Agent.MakeToken(t.Context(), r.order("laptop"), nil)
		refused(t, err, code)
		_, err = r.Agent.RevokeTokens(t.Context(), api.RevokeRequest{Registry: r.url(), IDs: []string{"none"}}, nil)
		refused(t, err, code)
		_, err = r.Agent.RotateToken(t.Context(), api.RotateRequest{Registry: r.url(), ID: "none"}, nil)
		refused(t, err, code)
	}
	none(api.CodeNone)
	r.signIn(t)
	_, err := r.Agent.RevokeTokens(t.Context(), api.RevokeRequest{Registry: r.url(), IDs: []string{"none"}}, nil)
	refused(t, err, api.CodeNoToken)
	_, err = r.Agent.RotateToken(t.Context(), api.RotateRequest{Registry: r.url(), ID: "none"}, nil)
	refused(t, err, api.CodeNoToken)
	_, err = r.Agent.RotateToken(t.Context(), api.RotateRequest{Job: "none"}, nil)
	refused(t, err, api.CodeNoJob)
	o := r.order("")
	_, err = r.Agent.MakeToken(t.Context(), o, nil)
	if e := refused(t, err, api.CodeSpec); e.Args["Problem"] == "" {
		t.Errorf("%+v", e)
	}
	r.World.End()
	none(api.CodeEnded)
}

// Tokens, like the next three, is heard. What was made carries a secret, and shows it to nobody who only prints it.
func (e *ear) Tokens(ctx context.Context, req api.TokensRequest) (api.TokenList, error) {
	l, err := e.Agent.Tokens(ctx, req)
	e.hear("tokens", l, err)
	return l, err
}

func (e *ear) MakeToken(ctx context.Context, req api.TokenOrder, report func(api.TokenStep)) (api.NewToken, error) {
	n, err := e.Agent.MakeToken(ctx, req, e.step(report))
	e.hear("make", n, err)
	return n, err
}

func (e *ear) RevokeTokens(ctx context.Context, req api.RevokeRequest, report func(api.TokenStep)) (api.RevokeReport, error) {
	r, err := e.Agent.RevokeTokens(ctx, req, e.step(report))
	e.hear("revoke", r, err)
	return r, err
}

func (e *ear) RotateToken(ctx context.Context, req api.RotateRequest, report func(api.TokenStep)) (api.Rotation, error) {
	r, err := e.Agent.RotateToken(ctx, req, e.step(report))
	e.hear("rotate", r, err)
	return r, err
}

func (e *ear) step(report func(api.TokenStep)) func(api.TokenStep) {
	return func(s api.TokenStep) {
		e.hear("step", s, nil)
		if report != nil {
			report(s)
		}
	}
}
