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

// RotateToken implements api.Agent.
func (a *Agent) RotateToken(ctx context.Context, req api.RotateRequest, report func(api.TokenStep)) (api.Rotation, error) {
	r := &rotating{a: a, req: req, tell: report}
	var err error
	switch {
	case req.Job != "" && req.Abandon:
		return r.abandon(ctx)
	case req.Job != "":
		err = r.resume(ctx, req.Job)
	default:
		err = r.begin(ctx)
	}
	if err != nil || req.DryRun {
		return r.drafts, err
	}
	// The word is for what the user has seen: the places of an access token that was verified before.
	word := req.Continue && (r.j.Step == api.NextPlaces || r.j.Step == api.NextRevoke)
	err = r.advance(ctx, word)
	at, there := a.leaveJob(ctx, r.j.ID)
	if there {
		r.j = at
	}
	if err != nil && (!there && !r.done || gone(r.a.told(err))) {
		return api.Rotation{}, err // nothing was made, or nobody listens any more
	}
	return r.rotation(ctx)
}

// rotating is a call that begins a rotation, or takes one on.
type rotating struct {
	a      *Agent
	req    api.RotateRequest
	tell   teller
	of     signedInTo
	j      job
	spec   access.Spec
	got    made
	done   bool
	again  bool         // the rotation was begun by an earlier call
	drafts api.Rotation // of a dry run
}

// abandon stops a change, whichever it is. All stays as it is.
func (r *rotating) abandon(ctx context.Context) (api.Rotation, error) {
	j, err := r.a.takeJob(ctx, r.req.Job)
	if err != nil {
		return api.Rotation{}, err
	}
	r.a.endJob(ctx, j.ID)
	return api.Rotation{Job: j.view(), New: unseenToken(access.Token{ID: j.New, Name: j.Name}), Places: []api.Place{}, Commands: []string{}}, nil
}

// resume takes up a rotation.
func (r *rotating) resume(ctx context.Context, id string) (err error) {
	if r.j, err = r.a.takeJob(ctx, id); err != nil {
		return err
	}
	r.again = true
	if r.j.What == api.ChangeRotate {
		if r.of, err = r.a.sessionFor(ctx, r.j.Registry); err == nil {
			return nil
		}
	} else {
		err = &api.Error{Code: api.CodeUsage, Cause: "this change is no rotation"}
	}
	r.a.leaveJob(ctx, id)
	return err
}

// begin notes a rotation, unless there is one for that access token: then it takes that up.
func (r *rotating) begin(ctx context.Context) error {
	s, err := r.a.sessionFor(ctx, r.req.Registry)
	if err != nil {
		return err
	}
	r.of = s
	list, err := r.a.Tokens(ctx, api.TokensRequest{Registry: s.u.String(), Fresh: true})
	if err != nil {
		return err
	}
	old, err := r.a.endingNamed(s, r.req.ID, list.Tokens, nil)
	if err != nil {
		return err
	}
	if old.ID == "" {
		return noToken(s, "", access.ErrNone) // it could not be revoked
	}
	under, err := ask(ctx, r.a, func() (string, error) { return r.a.core.rotationOf(s.u, old.ID), nil })
	if err != nil {
		return err
	}
	if under != "" && !r.req.DryRun {
		return r.resume(ctx, under)
	}
	r.specFor(tokenIn(list, old.ID))
	if err := r.a.mayMake(ctx, r.making(), r.req.DryRun); err != nil {
		return err
	}
	r.j = job{Masked: old.Masked, Spec: &r.spec, TokenJob: api.TokenJob{
		What: api.ChangeRotate, Registry: s.u.String(), Step: api.NextCreate, Name: r.spec.Name, Old: old.ID, Package: r.req.Package,
	}}
	if r.j.Package == "" {
		r.j.Package = r.a.packageFor(ctx, s.u, r.spec)
	}
	if r.req.DryRun {
		return r.dry(ctx)
	}
	id, err := r.a.beginJob(ctx, r.j)
	r.j.ID = id
	return err
}

// specFor is what the new one is made with: what was asked for, or the old one's twin.
func (r *rotating) specFor(old access.Token) {
	r.spec = access.Twin(old)
	if r.req.Spec != nil {
		name := r.spec.Name
		if r.spec = *r.req.Spec; r.spec.Name == "" {
			r.spec.Name = name
		}
	}
}

// tokenIn is the access token of a list with an id.
func tokenIn(list api.TokenList, id string) access.Token {
	for _, t := range list.Tokens {
		if t.ID == id {
			return t.Token
		}
	}
	return access.Token{}
}

// rotationOf is the rotation of an access token that is not over.
func (c *core) rotationOf(u registry.URL, old string) string {
	for _, j := range c.allJobs() {
		if j.What == api.ChangeRotate && j.Registry == u.String() && j.Old == old {
			return j.ID
		}
	}
	return ""
}

func (r *rotating) making() making {
	return making{of: r.of, job: r.j.ID, again: r.again, spec: r.spec, password: r.req.Password, otp: r.req.OTP, tell: r.tell}
}

// dry says what would be sent.
func (r *rotating) dry(ctx context.Context) error {
	out, err := r.rotation(ctx)
	m := r.making()
	out.Drafts = []api.Draft{
		r.a.ports.Tokens.CreateDraft(m.order(token.Secret{})), r.a.ports.Tokens.RevokeDraft(RevokeOrder{Registry: r.of.u, ID: r.j.Old}),
	}
	r.drafts = out
	return err
}

// advance goes from step to step, until the user's word is needed, or something does not work. Each step is written down
// when it is done, so that whoever is killed goes on where that was.
func (r *rotating) advance(ctx context.Context, word bool) error {
	for {
		var err error
		switch r.j.Step {
		case api.NextCreate, api.NextStore:
			err = r.make(ctx)
		case api.NextVerify:
			err = r.verify(ctx)
		case api.NextPlaces:
			if !word {
				return nil
			}
			err = r.agreed(ctx)
		case api.NextRevoke:
			if err = r.revokeOld(ctx); err == nil {
				return nil
			}
		}
		if err != nil {
			told := r.a.told(err)
			r.tell.tell(api.TokenStep{Step: api.StepFailed, ID: r.j.New, Error: told})
			_ = r.a.noteJob(ctx, r.j.ID, func(j *job) { j.Error = told })
			return told
		}
	}
}

// step writes down that a step is done.
func (r *rotating) step(ctx context.Context, change func(*job)) error {
	return r.a.noteJob(ctx, r.j.ID, func(j *job) {
		j.Error = nil
		change(j)
		r.j = *j
	})
}

// make has the new one made. One of an earlier try of which nobody knows, or whose secret was lost, is a matter of its own
// from now on.
func (r *rotating) make(ctx context.Context) error {
	if r.j.Spec == nil {
		return &api.Error{Code: api.CodeNoJob}
	}
	r.spec = *r.j.Spec
	if stored, err := r.stored(ctx); stored || err != nil {
		return err
	}
	if err := r.a.mayMake(ctx, r.making(), false); err != nil {
		return err
	}
	if err := r.step(ctx, func(j *job) { r.a.core.partWith(j) }); err != nil {
		return err
	}
	got, err := r.a.make(ctx, r.making())
	if err != nil {
		return err
	}
	r.got = got
	return r.step(ctx, func(j *job) {
		j.Step, j.Kept, j.New, j.Sent = api.NextVerify, got.kept, got.token.ID, time.Time{}
		r.a.core.listOver(r.of.u)
	})
}

// stored looks whether the keyring has what an earlier try has made: an agent that was killed did not learn that. To make
// another one would leave that one to nobody.
func (r *rotating) stored(ctx context.Context) (bool, error) {
	k, err := ask(ctx, r.a, func() (keptRecord, error) {
		if k := r.a.core.keptOfJob(r.j.ID); k != nil {
			return k.keptRecord, nil
		}
		return keptRecord{}, nil
	})
	if err != nil || k.ID == "" {
		return false, err
	}
	var s token.Secret
	var said error
	if k.Coming {
		s, said = r.a.fromKeyring(ctx, keptName(k.ID))
	}
	if said != nil && !errors.Is(said, ErrNotFound) {
		return false, &api.Error{Code: api.CodeKeyring, Args: r.of.args(), Cause: said.Error()}
	}
	err = r.step(ctx, func(j *job) {
		c := r.a.core
		if k.Coming {
			c.keptFetched(k.ID, s, said)
		}
		if k := c.keptOfJob(j.ID); k != nil {
			c.arrived(j, k)
		}
	})
	return r.j.Step == api.NextVerify, err
}

// partWith makes what became of an earlier request a job of its own.
func (c *core) partWith(j *job) {
	if j.Sent.IsZero() && !j.Lost {
		return
	}
	old := &job{Sent: j.Sent, lookAt: j.lookAt, TokenJob: api.TokenJob{
		ID: c.a.opts.Random(), What: api.ChangeCreate, Registry: j.Registry, Step: j.Step, Since: j.Since, Name: j.Name, New: j.New, Lost: j.Lost,
	}}
	c.jobs[old.ID] = old
	j.Step, j.New, j.Lost, j.Sent = api.NextCreate, "", false, time.Time{}
}

// agreed is reached when the user has said that all places are changed. Where a file here still holds the old one, that is
// told first, and so is what could wait for a revocation: once each.
func (r *rotating) agreed(ctx context.Context) error {
	still, err := ask(ctx, r.a, func() (string, error) {
		for _, p := range r.a.core.placesOf(r.of.u, access.Token{ID: r.j.Old, Masked: r.j.Masked}) {
			if p.Literal {
				return p.File, nil
			}
		}
		return "", nil
	})
	if err != nil {
		return err
	}
	if still != "" && !r.j.Warned {
		args := r.of.args()
		args["File"] = still
		if err := r.step(ctx, func(j *job) { j.Warned = true }); err != nil {
			return err
		}
		return &api.Error{Code: api.CodeInUse, Args: args}
	}
	if signs := r.a.signs(ctx); len(signs) > 0 && !r.j.Signed {
		args := r.of.args()
		args["File"], args["Sign"] = signs[0].File, signs[0].What
		if err := r.step(ctx, func(j *job) { j.Signed = true }); err != nil {
			return err
		}
		return &api.Error{Code: api.CodeInUse, Args: args}
	}
	return r.step(ctx, func(j *job) { j.Step = api.NextRevoke })
}

// revokeOld is the last step.
func (r *rotating) revokeOld(ctx context.Context) error {
	e := ending{of: r.of, Revoked: api.Revoked{ID: r.j.Old}}
	if err := r.a.revoking(e, proving{of: r.of, id: r.j.Old, otp: r.req.OTP, tell: r.tell})(ctx); err != nil {
		return err
	}
	r.tell.tell(api.TokenStep{Step: api.StepRevoked, ID: r.j.Old})
	_, err := ask(context.WithoutCancel(ctx), r.a, func() (struct{}, error) {
		r.a.core.noteFollows(r.of.u, r.j.Old, access.Token{ID: r.j.New, Name: r.j.Name})
		return struct{}{}, nil
	})
	r.a.endJob(ctx, r.j.ID)
	r.done = true
	return err
}

// noteFollows has what the user said of an access token be said of its successor.
func (c *core) noteFollows(u registry.URL, old string, fresh access.Token) {
	for i, n := range c.notes {
		if n.ID == old && n.Registry == u.String() {
			c.notes[i].ID, c.notes[i].Name, c.notes[i].Told = fresh.ID, access.Clean(fresh.Name), nil
			c.noted()
			return
		}
	}
}
