package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// signedInTo is a registry with the session that lists and changes its access tokens.
type signedInTo struct {
	u       registry.URL
	account string
	secret  token.Secret
}

func (s signedInTo) args() map[string]string {
	return map[string]string{"Registry": s.u.Name(), "URL": s.u.String()}
}

// sessionFor is the live session of a registry, "" for the one that packages come from.
func (a *Agent) sessionFor(ctx context.Context, raw string) (signedInTo, error) {
	return ask(ctx, a, func() (signedInTo, error) { return a.core.sessionFor(raw) })
}

func (c *core) sessionFor(raw string) (signedInTo, error) {
	u := c.defaultRegistry()
	if raw != "" {
		var err error
		if u, err = c.loginTarget(raw); err != nil {
			return signedInTo{}, err
		}
	}
	s := signedInTo{u: u}
	e := c.sessions[u]
	switch {
	case e == nil || e.Fingerprint == "":
		return s, &api.Error{Code: api.CodeNone, Args: s.args()}
	case c.isAccessToken(e):
		return s, &api.Error{Code: api.CodeNone, Args: s.args(), Cause: "an access token stands where its session would"}
	case e.over(c.now()):
		return s, &api.Error{Code: api.CodeEnded, Args: s.args()}
	case e.secret.IsZero() || !c.open():
		return s, &api.Error{Code: api.CodeKeyring, Args: s.args(), Cause: "sandglass or the keyring is locked"}
	case c.a.ports.Tokens == nil:
		return s, &api.Error{Code: api.CodeNoTokens, Args: s.args()}
	}
	s.account, s.secret = e.Account, e.secret
	return s, nil
}

// isAccessToken reports whether what stands where a session does is an access token that was made here.
func (c *core) isAccessToken(e *entry) bool {
	k := c.keptBy(e.Fingerprint)
	return e.Kind == token.KindGranular || k != nil && k.Kind == token.KindGranular
}

// teller reports steps to a face, if one listens.
type teller func(api.TokenStep)

func (t teller) tell(s api.TokenStep) {
	if t != nil {
		t(s)
	}
}

// proving is an action at a registry that may want a second factor.
type proving struct {
	of   signedInTo
	id   string       // of the access token that it is about
	otp  token.Secret // that the user typed, zero for none
	tell teller
}

// proved runs an action, and again with the second factor if the registry wants one that a page gives. All actions of
// the agent that may want one wait for each other, so that one page is open at a time.
func proved[T any](ctx context.Context, a *Agent, p proving, act func(otp token.Secret) (T, error)) (T, error) {
	var zero T
	leave, err := a.queue(ctx, p)
	if err != nil {
		return zero, err
	}
	defer leave()
	p.tell.tell(api.TokenStep{Step: api.StepAsking, ID: p.id})
	v, err := act(p.otp)
	var asked *Challenge
	if !errors.As(err, &asked) {
		return v, err
	}
	if asked.Way != WayPage {
		return zero, otpError(p.of, a.way(ctx, p, asked.Way))
	}
	a.showPage(ctx, p, asked.Page, asked.Host)
	otp, err := a.awaitProof(ctx, p.of.u, *asked)
	if err != nil {
		return zero, err
	}
	v, err = act(otp)
	if errors.As(err, &asked) {
		return zero, &api.Error{Code: api.CodeDenied, Args: p.of.args(), Cause: "the registry asks for a second factor again"}
	}
	return v, err
}

// way is how a second factor is to be shown. Of a one-time password that was wrong a registry says no more than that: it
// comes the way that it was asked for first.
func (a *Agent) way(ctx context.Context, p proving, said ChallengeWay) ChallengeWay {
	first, err := ask(ctx, a, func() (ChallengeWay, error) {
		a.core.wantsOTP = p.of.u
		if p.otp.IsZero() || a.core.ways[p.of.u] == "" {
			a.core.ways[p.of.u] = said
		}
		return a.core.ways[p.of.u], nil
	})
	if err != nil {
		return said
	}
	return first
}

// awaitProof waits at a page, as long as caller and agent do.
func (a *Agent) awaitProof(ctx context.Context, u registry.URL, asked Challenge) (token.Secret, error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(a.core.ctx, cancel)
	defer stop()
	otp, err := a.ports.Tokens.AwaitProof(waiting, u, asked)
	switch {
	case ctx.Err() != nil: // who has gone meanwhile wants nothing done
		return token.Secret{}, ctx.Err()
	case a.core.ctx.Err() != nil:
		return token.Secret{}, errNoAgent
	}
	return otp, err
}

// otpError asks the face for a one-time password.
func otpError(s signedInTo, way ChallengeWay) *api.Error {
	args := s.args()
	args["Way"] = string(way)
	return &api.Error{Code: api.CodeOTP, Args: args}
}

// queue waits until no other action may have a page open.
func (a *Agent) queue(ctx context.Context, p proving) (leave func(), err error) {
	leave = func() { <-a.factor }
	if ctx.Err() != nil {
		return nil, &api.Error{Code: api.CodeCancelled}
	}
	select {
	case a.factor <- struct{}{}:
		return leave, nil
	default:
	}
	p.tell.tell(api.TokenStep{Step: api.StepWaiting, ID: p.id})
	select {
	case a.factor <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, &api.Error{Code: api.CodeCancelled}
	case <-a.ended:
		return nil, errNoAgent
	}
}

// showPage opens the second factor's page and tells of it. A browser can hang; nobody waits for it.
func (a *Agent) showPage(ctx context.Context, p proving, page, host string) {
	step := api.TokenStep{Step: api.StepPage, ID: p.id, URL: page, Host: host}
	if a.ports.Browser == nil {
		p.tell.tell(step)
		return
	}
	opened := make(chan bool, 1)
	_, _ = ask(ctx, a, func() (struct{}, error) {
		a.spawn(func(ctx context.Context) func() {
			err := a.ports.Browser.Open(ctx, page)
			opened <- err == nil
			if err != nil {
				return func() { a.log.Info("Open browser", "error", err) }
			}
			return nil
		})
		return struct{}{}, nil
	})
	late := time.NewTimer(browserTime)
	defer late.Stop()
	select {
	case step.Browser = <-opened:
	case <-late.C:
	case <-ctx.Done():
	case <-a.ended:
	}
	p.tell.tell(step)
}

// through is a context for what must not be left half done: it goes on when the caller has gone, and ends with the agent.
func (a *Agent) through(ctx context.Context) (context.Context, context.CancelFunc) {
	on, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(a.core.ctx, cancel)
	return on, func() { stop(); cancel() }
}

// tokenError names a failure at a registry for the faces. A session that is no longer taken is asked about.
func (a *Agent) tokenError(s signedInTo, err error) *api.Error {
	var told *api.Error
	var spec *SpecError
	var asked *Challenge
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told):
		return told
	case errors.As(err, &spec):
		return specError(s, spec.Problem, spec.Says)
	case errors.As(err, &asked):
		return otpError(s, asked.Way)
	case errors.Is(err, ErrNoTokens):
		return &api.Error{Code: api.CodeNoTokens, Args: s.args(), Cause: err.Error()}
	case errors.Is(err, ErrNotFound):
		return &api.Error{Code: api.CodeNoToken, Args: s.args(), Cause: err.Error()}
	case errors.Is(err, ErrRefused):
		a.post(func() { a.core.probe(s.u) })
		return &api.Error{Code: api.CodeEnded, Args: s.args(), Cause: err.Error()}
	case errors.Is(err, ErrDenied): // some registries say this of a session that is over, too
		a.post(func() { a.core.probe(s.u) })
	}
	return loginError(s.u, err)
}

// specError says what of an access token's order cannot be.
func specError(s signedInTo, p access.Problem, cause string) *api.Error {
	args := s.args()
	for k, v := range p.Args {
		args[k] = v
	}
	args["Problem"], args["Field"] = p.Code, p.Field
	return &api.Error{Code: api.CodeSpec, Args: args, Cause: cause}
}
