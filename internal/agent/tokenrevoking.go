package agent

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// jobItem is what a revocation's job remembers of an access token, so that it is found when it is on no list any more.
type jobItem struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Masked string `json:"masked,omitempty"`
	What   string `json:"what,omitempty"`
	URL    string `json:"registry,omitempty"`
}

// jobItems are the access tokens of all revocations at a registry that are not over.
func (c *core) jobItems(u string) (all []jobItem) {
	for _, j := range c.allJobs() {
		for _, it := range j.Items {
			if j.What == api.ChangeRevoke && it.What == endsToken && it.URL == u {
				all = append(all, it)
			}
		}
	}
	return all
}

// revocation ends one thing after the other.
type revocation struct {
	a       *Agent
	tell    teller
	all     []ending
	job     string
	halted  map[string]bool // what is not tried any more: a registry, and what of it
	stopped *api.Error      // why nothing more is tried anywhere
	panic   bool
	wanted  *api.Error // what the user was asked for, and a panic did not wait for
	done    int
}

// run ends all that may be ended. What becomes of each stands in the list; the error is that of a revocation which did
// nothing at all, since the user is to be asked for something first.
func (r *revocation) run(ctx context.Context, req api.RevokeRequest) error {
	if req.Panic && req.Registry == "" {
		r.anew(ctx)
	}
	left, items := r.toDo()
	if len(left) == 0 {
		return nil
	}
	j := job{Items: items, TokenJob: api.TokenJob{What: api.ChangeRevoke, Step: api.NextRevoke, Left: left, Registry: r.all[0].Registry, Name: cmp.Or(items[0].Name, items[0].Masked, items[0].ID)}}
	if j.Panic, r.panic = req.Panic, req.Panic; j.Panic {
		j.Name, j.Registry = "", req.Registry
	}
	var err error
	if r.job, err = r.a.beginJob(ctx, j); err != nil {
		return err
	}
	defer r.a.leaveJob(ctx, r.job)
	again := r.absorb(ctx)
	r.haltUnlisted()
	for i := range r.all {
		if e := &r.all[i]; e.State == api.RevokeLeft && e.run != nil && r.stopped == nil && !r.halted[e.Registry+" "+e.What] {
			r.one(ctx, e)
		}
	}
	return r.over(ctx, again)
}

// anew is called by who ends everything: what an earlier panic left is in the list now, or gone. Only access tokens that
// cannot be listed any more stay with that.
func (r *revocation) anew(ctx context.Context) {
	listed := map[string]bool{}
	for _, e := range r.all {
		if e.What == endsSession {
			listed[e.Registry] = true
		}
	}
	for _, e := range r.all {
		if e.run == nil && e.Error.Code != api.CodeNoToken {
			listed[e.Registry] = false
		}
	}
	_, _ = ask(context.WithoutCancel(ctx), r.a, func() (struct{}, error) {
		c := r.a.core
		for id, j := range c.jobs {
			if !j.Panic || j.busy {
				continue
			}
			was := j.Left
			j.Left = nil
			for _, it := range j.Items {
				if it.What == endsToken && !listed[it.URL] && slices.Contains(was, it.ID) {
					j.Left = append(j.Left, it.ID)
				}
			}
			if len(j.Left) == 0 {
				delete(c.jobs, id)
			}
			c.touch()
		}
		return struct{}{}, nil
	})
}

// toDo names what is to be ended.
func (r *revocation) toDo() (left []string, items []jobItem) {
	for _, e := range r.all {
		if e.State == api.RevokeLeft && e.run != nil {
			left = append(left, e.ID)
			items = append(items, jobItem{e.ID, e.Name, e.Masked, e.What, e.Registry})
		}
	}
	return left, items
}

// one ends one thing, and writes down that it is gone before the next one's turn.
func (r *revocation) one(ctx context.Context, e *ending) {
	err := r.a.told(e.run(ctx))
	if err == nil {
		e.State = api.RevokeDone
		r.done++
		r.a.notLeft(ctx, e.ID)
		r.tell.tell(api.TokenStep{Step: api.StepRevoked, ID: e.ID, Done: r.done, Total: len(r.all)})
		return
	}
	e.State, e.Error = api.RevokeFailed, err
	switch {
	case r.panic && (err.Code == api.CodeOTP || err.Code == api.CodeLoginExpire): // the other registries' go first
		r.wanted = cmp.Or(r.wanted, err)
		r.halt(e.Registry)
	default:
		r.stopAt(e, err)
	}
	_ = r.a.noteJob(ctx, r.job, func(j *job) { j.Error = err })
	r.tell.tell(api.TokenStep{Step: api.StepFailed, ID: e.ID, Done: r.done, Total: len(r.all), Error: err})
}

// stopAt notes what is not tried any more after an error.
func (r *revocation) stopAt(e *ending, err *api.Error) {
	switch err.Code {
	case api.CodeOTP, api.CodeCancelled, api.CodeNoAgent, api.CodeLoginExpire:
		r.stopped = err // nobody is there any more, or the user is to be asked
	case api.CodeNetwork:
		r.halt(e.Registry)
	case api.CodeEnded, api.CodeNoTokens: // a session that has ended is dropped all the same
		r.halted[e.Registry+" "+e.What] = true
	}
}

// halt leaves a registry alone from now on.
func (r *revocation) halt(u string) {
	for _, what := range []string{endsToken, endsSession, endsCopy} {
		r.halted[u+" "+what] = true
	}
}

// absorb makes one of this revocation and of those before it that were to end nothing else, and reports whether there were any.
func (r *revocation) absorb(ctx context.Context) bool {
	again, err := ask(context.WithoutCancel(ctx), r.a, func() (again bool, err error) {
		c := r.a.core
		j := c.jobs[r.job]
		for id, old := range c.jobs {
			foreign := func(left string) bool { return !slices.Contains(j.Left, left) }
			if id == r.job || old.What != api.ChangeRevoke || old.Registry != j.Registry || old.busy || old.Panic || slices.ContainsFunc(old.Left, foreign) {
				continue
			}
			for _, it := range old.Items {
				if !slices.Contains(j.Items, it) {
					j.Items = append(j.Items, it)
				}
			}
			delete(c.jobs, id)
			c.touch()
			again = true
		}
		return again, nil
	})
	return again && err == nil
}

// over is reached when nothing more is tried. A job of which nothing was begun is no job.
func (r *revocation) over(ctx context.Context, again bool) error {
	if r.stopped == nil && r.done == 0 {
		r.stopped = r.wanted
	}
	switch {
	case r.stopped == nil, r.done > 0 && !gone(r.stopped):
		return nil
	case r.done == 0 && !again && r.stopped.Code != api.CodeNoAgent:
		r.a.endJob(ctx, r.job)
	}
	return r.stopped
}

// gone reports whether nobody is there any more whom an answer would reach.
func gone(e *api.Error) bool { return e.Code == api.CodeCancelled || e.Code == api.CodeNoAgent }

// told is an error as faces know it, nil for none.
func (a *Agent) told(err error) *api.Error {
	var e *api.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	}
	return &api.Error{Code: api.CodeInternal, Cause: err.Error()}
}

// notLeft notes that something was ended, in every revocation that was to do it. One with nothing left is over.
func (a *Agent) notLeft(ctx context.Context, id string) {
	_, _ = ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		c := a.core
		for name, j := range c.jobs {
			if j.What != api.ChangeRevoke || !slices.Contains(j.Left, id) {
				continue
			}
			j.Left = slices.DeleteFunc(slices.Clone(j.Left), func(left string) bool { return left == id })
			if len(j.Left) == 0 {
				delete(c.jobs, name)
			}
			c.touch()
		}
		return struct{}{}, nil
	})
}
