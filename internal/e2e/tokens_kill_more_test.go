package e2e

import (
	"net/http"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

var turning = []blow{
	{name: "asked for", hold: asked(http.MethodPost, tokensOf, 0), tells: api.NextCreate},
	{name: "arrives later", hold: asked(http.MethodPost, tokensOf, 0), late: true, tells: api.NextCreate},
	{name: "made", hold: answered(http.MethodPost, tokensOf, 0), tells: api.NextCreate},
	{name: "told", when: func(v *mortal) bool { return v.step(api.NextStore) }},
	{name: "in the keyring", when: func(v *mortal) bool { return len(inKeyring(v.t, v.bus)) > 2 }},
	{name: "being verified", hold: asked(http.MethodGet, "/@acme%2fprivate", 0), tells: api.NextVerify},
	{name: "verified", hold: answered(http.MethodGet, "/@acme%2fprivate", 0), tells: api.NextVerify},
	{name: "waiting for the word", when: func(v *mortal) bool { return v.step(api.NextPlaces) }},
	{name: "word given", when: func(v *mortal) bool { return v.step(api.NextRevoke) }},
	{name: "being revoked", hold: asked(http.MethodDelete, tokensOf, 0), tells: api.NextRevoke},
	{name: "revoked", hold: answered(http.MethodDelete, tokensOf, 0), tells: api.NextRevoke},
	{name: "old one out", when: func(v *mortal) bool { return v.step(api.NextRevoke) && len(inKeyring(v.t, v.bus)) < 3 }},
}

func (v *mortal) killRotate(b blow) {
	old, err := v.client.MakeToken(v.t.Context(), v.order("turn", carries), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	begin := api.RotateRequest{Registry: v.gate.URL, ID: old.Token.ID, Package: "@acme/private", Password: token.NewSecret(verdaccio.Password("alice"))}
	ctx := v.t.Context()
	whole := func() error {
		r, err := v.client.RotateToken(ctx, begin, nil)
		if err == nil && r.Job.Step == api.NextPlaces {
			_, err = v.client.RotateToken(ctx, api.RotateRequest{Job: r.Job.ID, Continue: true}, nil)
		}
		return err
	}
	v.falls(b, whole)
	if b.twice { // the old one may be gone by now; then there is nothing to begin
		v.falls(blow{name: "once more"}, whole)
	}
	v.workable()
	v.turned(old.Token.ID, begin)
	v.known()
	v.workable()
	s := v.told()
	if len(s.Kept) != 1 || s.Kept[0].Token == old.Token.ID || s.Kept[0].Variable != carries {
		v.t.Errorf("in the end %+v is kept", s.Kept)
	}
	v.ends()
}

// workable wants that the variable carries one that works.
func (v *mortal) workable() {
	v.t.Helper()
	v.await("the variable", func() bool { return v.registry.Live(v.shellValue(carries)) })
}

// turned takes a rotation to its end, from where the state says that it stands.
func (v *mortal) turned(old string, begin api.RotateRequest) {
	v.t.Helper()
	for range 4 {
		req := begin
		jobs := v.told().Jobs
		n := slices.IndexFunc(jobs, func(j api.TokenJob) bool { return j.What == api.ChangeRotate })
		there := slices.ContainsFunc(v.registry.Tokens("alice"), func(i verdaccio.Issued) bool { return i.Key == old })
		switch {
		case n >= 0:
			req = api.RotateRequest{Job: jobs[n].ID, Password: begin.Password, Continue: jobs[n].Step == api.NextPlaces}
		case !there:
			return
		}
		if r, err := v.client.RotateToken(v.t.Context(), req, nil); err != nil || r.Job.Error != nil {
			v.t.Errorf("go on with %+v: %v, %+v", jobs, err, r.Job)
		}
	}
	v.t.Errorf("it does not end: %+v", v.told().Jobs)
}

var ending = []blow{
	{name: "asked for", hold: asked(http.MethodDelete, tokensOf, 0), tells: api.NextRevoke},
	{name: "arrives later", hold: asked(http.MethodDelete, tokensOf, 0), late: true, tells: api.NextRevoke},
	{name: "revoked", hold: answered(http.MethodDelete, tokensOf, 0), tells: api.NextRevoke},
	{name: "out of the keyring", when: func(v *mortal) bool { return len(inKeyring(v.t, v.bus)) == 1 }},
	{name: "the second", hold: asked(http.MethodDelete, tokensOf, 1), tells: api.NextRevoke},
	{name: "the second revoked", hold: answered(http.MethodDelete, tokensOf, 1), tells: api.NextRevoke},
	{name: "the last revoked", hold: answered(http.MethodDelete, tokensOf, 2), tells: api.NextRevoke},
}

func (v *mortal) killRevoke(b blow) {
	made, err := v.client.MakeToken(v.t.Context(), v.order("here", carries), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	ids := []string{made.Token.ID}
	for _, name := range []string{"elsewhere", "further"} {
		v.registry.Issue("alice", verdaccio.AccessToken{Name: name, Packages: []string{"plain-sand"}})
		all := v.registry.Tokens("alice")
		ids = append(ids, all[len(all)-1].Key)
	}
	v.falls(b, func() error {
		_, err := v.client.RevokeTokens(v.t.Context(), api.RevokeRequest{Registry: v.gate.URL, IDs: ids, Sure: ids, Checked: true}, nil)
		return err
	})
	left, s := v.registry.Tokens("alice"), v.told()
	if len(s.Jobs) == 0 && len(left) != 0 && len(left) != len(ids) {
		v.t.Errorf("%d are left, and nobody tells", len(left))
	}
	for _, j := range s.Jobs {
		for _, i := range left {
			if !slices.Contains(j.Left, i.Key) {
				v.t.Errorf("%s is left, and is not told: %+v", i.Name, j)
			}
		}
		v.revokes(j.Left...)
	}
	if len(s.Jobs) == 0 && len(left) > 0 {
		v.revokes(ids...)
	}
	v.await("all to be gone", func() bool { return v.unknown(nil) == "" })
	v.ends()
	if v.shellValue(carries) != "" {
		v.t.Error("a shell gets what was revoked")
	}
}
