package agent

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// MakeToken implements api.Agent.
func (a *Agent) MakeToken(ctx context.Context, req api.TokenOrder, report func(api.TokenStep)) (api.NewToken, error) {
	s, err := a.sessionFor(ctx, req.Registry)
	if err != nil {
		return api.NewToken{}, err
	}
	m := making{of: s, spec: req.Spec, variable: req.Variable, where: req.Where, password: req.Password, otp: req.OTP, tell: report}
	if err := a.mayMake(ctx, m, req.DryRun); err != nil {
		return api.NewToken{}, err
	}
	if req.DryRun {
		draft := a.ports.Tokens.CreateDraft(m.order(token.Secret{}))
		return api.NewToken{Token: unseenToken(access.Token{Name: req.Spec.Name}), Drafts: []api.Draft{draft}}, nil
	}
	if m.job, err = a.beginJob(ctx, job{TokenJob: api.TokenJob{What: api.ChangeCreate, Registry: s.u.String(), Step: api.NextCreate, Name: req.Spec.Name}}); err != nil {
		return api.NewToken{}, err
	}
	defer a.leaveJob(ctx, m.job)
	got, err := a.make(ctx, m)
	if err != nil {
		return api.NewToken{}, err
	}
	a.endJob(ctx, m.job)
	a.post(func() {
		a.core.listOver(s.u)
		a.core.unretire(req.Variable)
	})
	out := api.NewToken{Token: unseenToken(got.token), Secret: got.secret}
	out.Token.Kept, out.Token.InUse = got.kept, req.Variable != ""
	if req.Where != "" {
		if err := a.noteWhere(ctx, s.u, got.token, req.Where); err != nil { // it is made all the same
			a.log.Warn("Note where an access token is kept", "error", err)
		} else {
			out.Token.Note = req.Where
		}
	}
	return out, nil
}

// unseenToken is an access token that no list has told yet.
func unseenToken(t access.Token) api.AccessToken {
	return api.AccessToken{Token: t, Marks: []access.Mark{}, Places: []api.Place{}}
}

// making is an access token that is to be made.
type making struct {
	of            signedInTo
	job           string
	again         bool // the job is of an earlier call, which can be taken up once more
	spec          access.Spec
	variable      string // that is to carry it
	where         string // the user's note
	password, otp token.Secret
	tell          teller
}

func (m making) order(otp token.Secret) CreateOrder {
	return CreateOrder{Registry: m.of.u, Session: m.of.secret, Password: m.password, OTP: otp, Spec: m.spec}
}

// made is an access token that lies in the keyring.
type made struct {
	kept   string
	token  access.Token
	secret token.Secret
}

// mayMake says what speaks against making an access token, before anybody is asked for one.
func (a *Agent) mayMake(ctx context.Context, m making, dry bool) error {
	_, err := ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.mayMake(m, dry) })
	return err
}

func (c *core) mayMake(m making, dry bool) error {
	for _, p := range m.spec.Problems(c.now()) {
		if !p.Warning {
			return specError(m.of, p, "")
		}
	}
	if m.variable != "" && !injection.ValidName(m.variable) {
		return &api.Error{Code: api.CodeUsage, Args: map[string]string{"Variable": plain(m.variable)}, Cause: "no environment variable can be called so"}
	}
	if m.variable != "" && c.keptMode(m.of.u) == injection.ModeExec {
		return &api.Error{Code: api.CodeUsage, Args: map[string]string{"Variable": m.variable}, Cause: "in exec mode no shell carries a variable"}
	}
	if m.variable != "" && c.claimed(m.variable) {
		return &api.Error{Code: api.CodeUsage, Args: map[string]string{"Variable": m.variable}, Cause: "the variable " + m.variable + " carries another credential"}
	}
	if _, err := c.cleanNote(api.TokenNote{Name: m.spec.Name, Where: m.where, Registry: m.of.u.String()}); err != nil {
		return err
	}
	switch {
	case dry:
		return nil
	case c.store() == api.StoreMemory && !c.a.opts.Demo:
		return &api.Error{Code: api.CodeKeyring, Args: m.of.args(), Cause: "there is no keyring that would keep it"}
	case m.of.u == registry.Public && m.password.IsZero():
		return &api.Error{Code: api.CodePassword, Args: m.of.args()}
	}
	return nil
}

// claimed reports whether a variable stands for a session, or for a credential that is kept.
func (c *core) claimed(name string) bool {
	for _, e := range c.sessions {
		if slices.Contains(e.names(), name) {
			return true
		}
	}
	for _, k := range c.vault {
		if k.Variable == name {
			return true
		}
	}
	return false
}

// make has the registry make an access token, and keeps it. A job in which nothing was made is over, if it was just begun.
func (a *Agent) make(ctx context.Context, m making) (made, error) {
	got, err := proved(ctx, a, proving{of: m.of, otp: m.otp, tell: m.tell}, func(otp token.Secret) (made, error) {
		return a.makeOnce(ctx, m, otp)
	})
	if err == nil {
		return got, nil
	}
	if errors.Is(err, ErrDenied) && !errors.Is(err, ErrForbidden) && m.password.IsZero() {
		err = &api.Error{Code: api.CodePassword, Args: m.of.args(), Cause: err.Error()}
	}
	told := a.tokenError(m.of, err)
	_ = a.noteJob(ctx, m.job, func(j *job) {
		j.Error = told
		if j.Step == api.NextCreate && j.Sent.IsZero() && !m.again {
			delete(a.core.jobs, m.job)
		}
	})
	return made{}, told
}

// makeOnce sends the request. From then on all is done to the end, whether or not the caller still waits.
func (a *Agent) makeOnce(ctx context.Context, m making, otp token.Secret) (made, error) {
	if err := a.noteJob(ctx, m.job, func(j *job) { j.Sent, j.lookAt = a.core.now(), time.Time{} }); err != nil {
		_ = a.noteJob(ctx, m.job, func(j *job) { j.Sent = time.Time{} })
		return made{}, err
	}
	on, done := a.through(ctx)
	defer done()
	created, err := a.ports.Tokens.Create(on, m.order(otp))
	if err != nil {
		_ = a.noteJob(ctx, m.job, func(j *job) {
			switch {
			case saidNo(err):
				j.Sent = time.Time{}
			case created.Token.ID != "": // it was made, and what it says did not arrive
				j.New, j.Lost = created.Token.ID, true
			}
		})
		return made{}, err
	}
	m.tell.tell(api.TokenStep{Step: api.StepMade, ID: created.Token.ID})
	_ = a.noteJob(ctx, m.job, func(j *job) { j.Step, j.New = api.NextStore, created.Token.ID })
	kept, err := a.stow(on, keptRecord{
		Registry: m.of.u, Kind: token.KindGranular, Name: m.spec.Name, Token: created.Token.ID, Masked: access.Masked(created.Secret),
		Ends: created.Token.Ends, Variable: m.variable, Job: m.job,
	}, created.Secret)
	if err != nil {
		return made{}, a.takeBack(on, m, created, takingBack{otp, err})
	}
	m.tell.tell(api.TokenStep{Step: api.StepKept, ID: created.Token.ID})
	return made{kept, created.Token, created.Secret}, nil
}

// saidNo reports whether an error tells for certain that nothing was made.
func saidNo(err error) bool {
	var spec *SpecError
	if errors.As(err, &spec) {
		return true
	}
	for _, no := range []error{ErrOTP, ErrRefused, ErrDenied, ErrForbidden, ErrNoTokens, ErrNotFound, ErrUnsafe} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// takingBack is why an access token is taken back.
type takingBack struct {
	otp token.Secret
	err error
}

// takeBack revokes an access token that the keyring would not take, as far as that can be done at once: its secret is shown
// to nobody. What could not be revoked stays a job, so that the user can.
func (a *Agent) takeBack(ctx context.Context, m making, c Created, b takingBack) error {
	revoked := false
	if c.Token.ID != "" {
		gone := a.ports.Tokens.Revoke(ctx, RevokeOrder{Registry: m.of.u, Session: m.of.secret, OTP: b.otp, ID: c.Token.ID})
		revoked = gone == nil || errors.Is(gone, ErrNotFound)
	}
	told := &api.Error{Code: api.CodeKeyring, Args: m.of.args(), Cause: b.err.Error()}
	told.Args["Revoked"] = map[bool]string{true: "yes", false: "no"}[revoked]
	_ = a.noteJob(ctx, m.job, func(j *job) {
		if revoked {
			j.Step, j.New, j.Sent = api.NextCreate, "", time.Time{} // nothing is there any more
		} else {
			j.Lost = true
		}
	})
	return told
}
