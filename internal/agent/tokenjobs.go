package agent

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// job is a change of access tokens that is not over, as the state file has it. It holds no secret.
type job struct {
	api.TokenJob
	Masked string       `json:"masked,omitempty"` // of the old one
	Spec   *access.Spec `json:"spec,omitempty"`   // of a rotation: what the new one is made with
	Sent   time.Time    `json:"sent,omitzero"`    // when the registry was asked for a new one: until it has answered, nobody knows
	Panic  bool         `json:"panic,omitempty"`  // of a revocation: of everything
	Items  []jobItem    `json:"items,omitempty"`  // of a revocation: all that it began with
	Warned bool         `json:"warned,omitempty"` // the user was told which files still hold the old one
	Signed bool         `json:"signed,omitempty"` // and what could wait for its revocation

	busy    bool // a call is at it
	looking bool // the registry is being asked what became of it
	lookAt  time.Time
}

const (
	jobAgain   = time.Minute     // when to ask again what became of a job
	jobArrives = 2 * time.Minute // by when a request that was sent has arrived, or never will; and how far clocks may be apart
)

// beginJob notes a job in the state file, before anything of it is done. Whoever begins one is at it.
func (a *Agent) beginJob(ctx context.Context, j job) (string, error) {
	if ctx.Err() != nil {
		return "", &api.Error{Code: api.CodeCancelled}
	}
	return ask(context.WithoutCancel(ctx), a, func() (string, error) {
		c := a.core
		j.ID, j.Since, j.busy = c.a.opts.Random(), c.now(), true
		c.jobs[j.ID] = &j
		c.touch()
		if c.saveState(); c.stateErr != nil {
			delete(c.jobs, j.ID)
			return "", &api.Error{Code: api.CodeFile, Cause: c.stateErr.Error()}
		}
		return j.ID, nil
	})
}

// noteJob changes a job and writes it down, whether or not the caller still waits.
func (a *Agent) noteJob(ctx context.Context, id string, change func(*job)) error {
	_, err := ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		c := a.core
		j := c.jobs[id]
		if j == nil {
			return struct{}{}, &api.Error{Code: api.CodeNoJob}
		}
		change(j)
		c.touch()
		if c.saveState(); c.stateErr != nil {
			return struct{}{}, &api.Error{Code: api.CodeFile, Cause: c.stateErr.Error()}
		}
		return struct{}{}, nil
	})
	return err
}

// endJob forgets a job that is over.
func (a *Agent) endJob(ctx context.Context, id string) {
	_, _ = ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		delete(a.core.jobs, id)
		a.core.touch()
		return struct{}{}, nil
	})
}

// takeJob has the caller be at a job. Nobody else may be.
func (a *Agent) takeJob(ctx context.Context, id string) (job, error) {
	return ask(ctx, a, func() (job, error) {
		j := a.core.jobs[id]
		switch {
		case j == nil:
			return job{}, &api.Error{Code: api.CodeNoJob}
		case j.busy:
			return job{}, &api.Error{Code: api.CodeUsage, Cause: "this change is being worked at"}
		}
		j.busy = true
		return *j, nil
	})
}

// leaveJob is called by who was at a job, and reports how it stands; ok is false where it is over.
func (a *Agent) leaveJob(ctx context.Context, id string) (at job, ok bool) {
	at, err := ask(context.WithoutCancel(ctx), a, func() (job, error) {
		j := a.core.jobs[id]
		if j == nil {
			return job{}, &api.Error{Code: api.CodeNoJob}
		}
		j.busy = false
		return *j, nil
	})
	return at, err == nil
}

// loadJobs takes over what the state file has. What was about to be made and never asked for is over.
func (c *core) loadJobs(saved []job) {
	for _, j := range saved {
		if j.Step != api.NextCreate || !j.Sent.IsZero() {
			c.jobs[j.ID] = &j
		}
	}
}

// allJobs lists the jobs, the oldest first.
func (c *core) allJobs() (all []*job) {
	for _, j := range c.jobs {
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b *job) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return all
}

func (c *core) savedJobs() (all []job) {
	for _, j := range c.allJobs() {
		all = append(all, *j)
	}
	return all
}

func (c *core) viewJobs() []api.TokenJob {
	out := []api.TokenJob{}
	for _, j := range c.allJobs() {
		out = append(out, j.view())
	}
	return out
}

// view is what faces see of a job.
func (j *job) view() api.TokenJob {
	v := j.TokenJob
	v.Left = slices.Clone(v.Left)
	return v
}

// lookAfterJobs goes after access tokens of which nobody knows whether they were made, or whether they arrived: the
// agent ended meanwhile, or the registry's answer was lost.
func (c *core) lookAfterJobs() {
	now := c.now()
	c.jobsAt = time.Time{}
	for _, j := range c.allJobs() {
		k := c.keptOfJob(j.ID)
		switch {
		case j.busy, j.looking, j.Sent.IsZero(), j.Step != api.NextCreate && j.Step != api.NextStore, k != nil && k.Coming:
		case k != nil:
			c.arrived(j, k)
		case j.Step == api.NextStore && j.New != "":
			if !j.Lost {
				j.Lost = true
				c.touch()
			}
		case j.Lost && j.New != "":
		case now.Before(j.lookAt):
			if c.jobsAt.IsZero() || j.lookAt.Before(c.jobsAt) {
				c.jobsAt = j.lookAt
			}
		default:
			c.askAfterJob(j)
		}
	}
}

// keptOfJob is the credential that a job brought into the keyring.
func (c *core) keptOfJob(id string) *kept {
	for _, k := range c.vault {
		if k.Job == id {
			return k
		}
	}
	return nil
}

// arrived is reached when what a job made turns out to be in the keyring.
func (c *core) arrived(j *job, k *kept) {
	c.touch()
	if j.What == api.ChangeCreate {
		delete(c.jobs, j.ID)
		return
	}
	j.Kept, j.New, j.Step, j.Sent, j.Lost = k.ID, k.Token, api.NextVerify, time.Time{}, false
}

// askAfterJob asks the registry's list whether it has what a job was to make.
func (c *core) askAfterJob(j *job) {
	u, err := registry.Parse(j.Registry)
	e := c.sessions[u]
	if err != nil || e == nil || !e.alive(c.now()) || c.isAccessToken(e) || c.a.ports.Tokens == nil || c.another(j) {
		return // a session that comes leads here again
	}
	j.looking, j.lookAt = true, c.now().Add(jobAgain)
	session := e.secret
	c.a.spawn(func(ctx context.Context) func() {
		list, err := c.a.ports.Tokens.List(ctx, u, session)
		return func() { c.jobFound(j, list, err) }
	})
}

// another reports whether another of that name is being made just now: the list would not tell which is which.
func (c *core) another(j *job) bool {
	for _, other := range c.jobs {
		if other != j && other.busy && other.Registry == j.Registry && other.Name == j.Name && other.What != api.ChangeRevoke {
			return true
		}
	}
	return false
}

// jobFound notes what the registry's list says of what a job was to make.
func (c *core) jobFound(j *job, list []access.Token, err error) {
	j.looking = false
	if c.jobs[j.ID] != j || j.busy || c.another(j) {
		return
	}
	c.dirty = true
	if err != nil {
		if errors.Is(err, ErrNoTokens) { // then only the user can look, on the registry's website
			j.Lost, j.lookAt = true, c.now().AddDate(1, 0, 0)
			c.touch()
		}
		return
	}
	made, any := c.madeBy(j, list)
	switch {
	case any:
		j.New, j.Lost = made.ID, true
		c.touch()
	case c.now().Sub(j.Sent) >= jobArrives:
		delete(c.jobs, j.ID) // it never arrived: there is nothing to clean up
		c.touch()
	}
}

// madeBy finds in a list what a job has made: the newest of its name, if that was made since.
func (c *core) madeBy(j *job, list []access.Token) (made access.Token, any bool) {
	since := j.Sent.Add(-jobArrives)
	if u, err := registry.Parse(j.Registry); err == nil && c.sessions[u] != nil {
		since = since.Add(c.sessions[u].Offset)
	}
	for _, t := range list {
		kept := slices.ContainsFunc(c.keptOnes(), func(k *kept) bool { return k.Token == t.ID && !k.Coming })
		told := slices.ContainsFunc(c.allJobs(), func(other *job) bool { return other != j && (other.New == t.ID || other.Old == t.ID) })
		if t.Name == j.Name && t.ID != j.Old && !kept && !told && t.Created.After(since) && (!any || t.Created.After(made.Created)) {
			made, any = t, true
		}
	}
	return made, any
}
