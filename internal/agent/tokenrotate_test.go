package agent

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func rotate(t *testing.T, m *maker, req api.RotateRequest) api.Rotation {
	t.Helper()
	r, err := m.a.RotateToken(t.Context(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return r
}

// carried makes an access token that a variable carries, with a note of where else it is.
func carried(t *testing.T, m *maker) api.NewToken {
	t.Helper()
	o := order("ci")
	o.Variable, o.Where, o.Spec.Packages = "NPM_READ", "GitHub secret NPM_TOKEN of acme/site", []string{"@acme/private"}
	made, err := m.a.MakeToken(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestRotate goes from the twin to the end of the old one, and stops in between for the user's word.
func TestRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		old := carried(t, m)
		dir := t.TempDir()
		m.set(func() { m.files[dir+"/.npmrc"] = "//registry.example.com/:_authToken=${NPM_READ}\n" })
		if err := m.a.Do(t.Context(), api.Action{Verb: api.VerbWatch, Path: dir}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		var told []string
		r, err := m.a.RotateToken(t.Context(), api.RotateRequest{ID: "ci"}, steps(&told))
		if err != nil {
			t.Fatal(err)
		}
		if r.Job.Step != api.NextPlaces || r.Job.Error != nil || r.Done || r.Job.Package != "@acme/private" || r.Job.Old != old.Token.ID || r.Job.New == old.Token.ID || r.Job.Name != "ci (2)" {
			t.Errorf("%+v", r.Job)
		}
		if !slices.Equal(told, []string{api.StepAsking, api.StepMade, api.StepKept, api.StepVerified}) || m.f.called("reads @acme/private") != 1 {
			t.Errorf("told %v, asked %v", told, m.f.calls)
		}
		if r.Secret.IsZero() || m.shell("NPM_READ") != r.Secret.Reveal() || m.keys[keptName(r.Job.Kept)] != r.Secret.Reveal() || !r.New.InUse {
			t.Error("the variable does not carry the new one")
		}
		if len(r.Places) != 2 || r.Places[0] != (api.Place{Variable: "NPM_READ"}) || r.Places[1].Variable != "NPM_READ" || !slices.Equal(r.Commands, []string{"sandglass tokens emit " + r.Job.Kept + " | gh secret set NPM_TOKEN --repo acme/site"}) {
			t.Errorf("places %+v, commands %q", r.Places, r.Commands)
		}
		if len(m.f.lists[reg]) != 2 {
			t.Errorf("listed %+v", m.f.lists[reg])
		}
		again := rotate(t, m, api.RotateRequest{ID: old.Token.ID}) // the same command takes it up
		if again.Job.ID != r.Job.ID || !again.Secret.IsZero() || m.f.called("create") != 2 {
			t.Errorf("%+v", again.Job)
		}
		end := rotate(t, m, api.RotateRequest{Job: r.Job.ID, Continue: true})
		s := snapshot(t, m.a)
		if !end.Done || len(s.Jobs) != 0 || len(s.Kept) != 1 || s.Kept[0].ID != r.Job.Kept || len(m.f.lists[reg]) != 1 || m.keys[keptName(old.Token.Kept)] != "" {
			t.Errorf("%+v, jobs %+v, kept %+v", end, s.Jobs, s.Kept)
		}
		if m.shell("NPM_READ") != r.Secret.Reveal() || s.Notes[0].ID != r.Job.New {
			t.Errorf("afterwards the shell or the note is another: %+v", s.Notes)
		}
	})
}

// TestRotateLiteral: a file that still holds the old one is told before that is revoked, and is not edited.
func TestRotateLiteral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		asItIs := m.settings
		asItIs.Move = false
		if err := m.a.Do(t.Context(), api.Action{Verb: api.VerbSet, Settings: &asItIs}); err != nil {
			t.Fatal(err)
		}
		old := carried(t, m)
		line := m.text(userRC) + "//npm.example.com/:_authToken=" + old.Secret.Reveal() + "\n"
		m.save(userRC, line)
		r := rotate(t, m, api.RotateRequest{ID: old.Token.ID})
		if len(r.Places) != 2 || !r.Places[0].Literal || r.Places[1] != (api.Place{Variable: "NPM_READ"}) {
			t.Errorf("places %+v", r.Places)
		}
		r = rotate(t, m, api.RotateRequest{Job: r.Job.ID, Continue: true})
		if r.Done || r.Job.Error == nil || r.Job.Error.Code != api.CodeInUse || r.Job.Error.Args["File"] != userRC || m.f.called("revoke") != 0 {
			t.Errorf("%+v", r.Job)
		}
		if r = rotate(t, m, api.RotateRequest{Job: r.Job.ID, Continue: true}); !r.Done || m.text(userRC) != line {
			t.Errorf("%+v, file %q", r.Job, m.text(userRC))
		}
	})
}

// TestRotateNotVerified: a new one that does not do what it is for replaces nothing; it can be tried again, or left.
func TestRotateNotVerified(t *testing.T) {
	for name, spoil := range map[string]func(m *maker) (undo func()){
		"does not read": func(m *maker) func() {
			m.f.fault = func(call string, _ token.Secret) error { return map[string]error{"reads": ErrNotFound}[call] }
			return func() { m.f.fault = nil }
		},
		"offline": func(m *maker) func() {
			m.f.fault = func(call string, _ token.Secret) error { return map[string]error{"reads": ErrOffline}[call] }
			return func() { m.f.fault = nil }
		},
		"not taken": func(m *maker) func() {
			var was map[string]time.Time
			m.f.late = func(call string) error {
				if call == "create" {
					m.set(func() {
						was = m.issued
						m.issued = map[string]time.Time{}
						for s, end := range was {
							if strings.HasPrefix(s, "npm_0") { // sessions
								m.issued[s] = end
							}
						}
					})
				}
				return nil
			}
			return func() { m.set(func() { m.issued = was }) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t)
				defer m.stop()
				old := carried(t, m)
				undo := spoil(m)
				r := rotate(t, m, api.RotateRequest{ID: "ci"})
				if r.Job.Step != api.NextVerify || r.Job.Error == nil || r.Job.Error.Code == api.CodeEnded || m.shell("NPM_READ") != old.Secret.Reveal() || r.Secret.IsZero() {
					t.Errorf("%+v, %+v", r.Job, r.Job.Error)
				}
				if s := snapshot(t, m.a); len(s.Jobs) != 1 || s.Jobs[0].Error == nil || len(s.Kept) != 2 || only(t, m.a).State != api.StateRunning {
					t.Errorf("%+v", s.Jobs)
				}
				undo()
				if r = rotate(t, m, api.RotateRequest{Job: r.Job.ID, Continue: true}); r.Job.Step != api.NextPlaces || r.Job.Error != nil || m.f.called("revoke") != 0 {
					t.Errorf("a word that came too early: %+v", r.Job)
				}
				rotate(t, m, api.RotateRequest{Job: r.Job.ID, Abandon: true})
				if s := snapshot(t, m.a); len(s.Jobs) != 0 || len(s.Kept) != 2 || len(m.f.lists[reg]) != 2 {
					t.Errorf("abandoned: jobs %+v, %d kept, %d listed", s.Jobs, len(s.Kept), len(m.f.lists[reg]))
				}
			})
		})
	}
}

// TestRotateAnswerLost: nobody knows whether the new one was made. The rotation goes on with another, and the first is
// told as lost until it is revoked.
func TestRotateAnswerLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		carried(t, m)
		m.f.late = func(call string) error { return map[string]error{"create": ErrOffline}[call] }
		r := rotate(t, m, api.RotateRequest{ID: "ci"})
		if r.Job.Step != api.NextCreate || r.Job.Error == nil || r.Job.Error.Code != api.CodeNetwork {
			t.Errorf("%+v", r.Job)
		}
		m.f.late = nil
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 1 || !jobs[0].Lost || jobs[0].New == "" {
			t.Errorf("jobs %+v", jobs)
		}
		m.f.fault = func(call string, _ token.Secret) error {
			return map[string]error{"create": &Challenge{Way: WayDigits}}[call]
		}
		if asked := rotate(t, m, api.RotateRequest{Job: r.Job.ID}); asked.Job.Error == nil || asked.Job.Error.Code != api.CodeOTP || asked.Job.ID != r.Job.ID {
			t.Errorf("a second factor for a rotation that is under way: %+v", asked.Job)
		}
		m.f.fault = nil
		r = rotate(t, m, api.RotateRequest{Job: r.Job.ID})
		jobs := snapshot(t, m.a).Jobs
		if r.Job.Step != api.NextPlaces || len(jobs) != 2 || len(m.f.lists[reg]) != 3 {
			t.Fatalf("%+v, jobs %+v", r.Job, jobs)
		}
		lost := jobs[slices.IndexFunc(jobs, func(j api.TokenJob) bool { return j.Lost })]
		if lost.What != api.ChangeCreate || lost.New == r.Job.New {
			t.Errorf("lost %+v", lost)
		}
		revoke(t, m, api.RevokeRequest{IDs: []string{lost.New}})
		rotate(t, m, api.RotateRequest{Job: r.Job.ID, Continue: true})
		if s := snapshot(t, m.a); len(s.Jobs) != 0 || len(m.f.lists[reg]) != 1 || len(s.Kept) != 1 {
			t.Errorf("jobs %+v, %d listed", s.Jobs, len(m.f.lists[reg]))
		}
	})
}

// TestRotateRefused: what cannot be begun leaves nothing.
func TestRotateRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Time{}))
		defer m.stop()
		m.f.fault = func(call string, _ token.Secret) error {
			return map[string]error{"create": &Challenge{Way: WayMail}}[call]
		}
		for name, c := range map[string]struct {
			req  api.RotateRequest
			code string
		}{
			"no such":     {api.RotateRequest{ID: "none"}, api.CodeNoToken},
			"no such job": {api.RotateRequest{Job: "none"}, api.CodeNoJob},
			"none to end": {api.RotateRequest{Job: "none", Abandon: true}, api.CodeNoJob},
			"bad spec":    {api.RotateRequest{ID: "old", Spec: &access.Spec{}}, api.CodeSpec},
			"mail":        {api.RotateRequest{ID: "old"}, api.CodeOTP},
		} {
			if _, err := m.a.RotateToken(t.Context(), c.req, nil); code(err) != c.code || len(snapshot(t, m.a).Jobs) != 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestRotateByAccountAlone: where no package is known the account has to do, and that is told.
func TestRotateByAccountAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Time{}))
		defer m.stop()
		if r := rotate(t, m, api.RotateRequest{ID: "old"}); r.Job.Package != "" || r.Job.Step != api.NextPlaces || m.f.called("reads") != 0 {
			t.Errorf("%+v", r.Job)
		}
	})
}

// TestRotateChoosesPackage: a project's own package of the reach is read, and no other name is told.
func TestRotateChoosesPackage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Time{}))
		defer m.stop()
		dir := t.TempDir()
		m.set(func() {
			m.files[dir+"/package.json"] = `{"dependencies":{"left-pad":"1","@other/secret":"1","@acme/lib":"^2"}}`
			m.files[dir+"/.npmrc"] = "fund=false\n"
		})
		if err := m.a.Do(t.Context(), api.Action{Verb: api.VerbWatch, Path: dir}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if r := rotate(t, m, api.RotateRequest{ID: "old"}); r.Job.Package != "@acme/lib" || m.f.called("reads @acme/lib") != 1 {
			t.Errorf("%+v", r.Job)
		}
	})
}
