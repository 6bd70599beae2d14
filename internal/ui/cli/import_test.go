package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// keeping is an agent that takes what it is told to, and whose files lose it when a plan is applied.
type keeping struct {
	*fakeagent.Agent
	asked []api.ImportRequest
	clean bool
	stale int // how many plans come too late
}

func (k *keeping) Import(ctx context.Context, req api.ImportRequest) (api.ImportReport, error) {
	k.asked = append(k.asked, req)
	r, err := k.Agent.Import(ctx, req)
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		if slices.ContainsFunc(k.asked, func(q api.ImportRequest) bool { return slices.Contains(q.Take, r.Items[i].ID) }) {
			r.Items[i].Kept = "SG_" + r.Items[i].ID
		}
		if k.clean {
			r.Items[i].Fixes = []api.Fix{}
		}
	}
	return r, err
}

func (k *keeping) Apply(ctx context.Context, id string) error {
	if k.stale--; k.stale >= 0 {
		return &api.Error{Code: api.CodeStale}
	}
	k.clean = true
	return k.Agent.Apply(ctx, id)
}

// importing runs sandglass import with an environment.
func importing(t *testing.T, agent api.Agent, environ []string, args ...string) (code int, out, talk string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(t.Context(), Env{
		Args: append([]string{"import"}, args...), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Agent: agent,
		Getenv: func(name string) string { return map[string]string{"LANG": "C", "HOME": "/home/alice"}[name] }, Environ: func() []string { return environ }, Now: time.Now,
		StartAgent: func(context.Context, bool) error { t.Error("an agent was started"); return errors.New("none") },
	})
	return code, stdout.String(), stderr.String()
}

func lying() *keeping {
	a := fakeagent.New(time.Now())
	a.Changes = []api.PlanEdit{{File: "/home/alice/.bashrc", Diff: []string{"-export NPM_TOKEN=••••••••"}}}
	a.Found.Items = []api.ImportItem{
		{ID: "one", Kind: token.KindUnknown, Masked: "npm_AbCd…WxYz", Registry: "https://registry.example.com/", Variable: "NPM_TOKEN", InShell: true,
			Places: []api.LeakPlace{{File: "/home/alice/.bashrc", Line: 3}}, Fixes: []api.Fix{{Code: api.FixMove, File: "/home/alice/.bashrc", Line: 3}}},
		{ID: "two", Kind: token.KindBasic, Masked: "YWxp…", Note: "no-registry", Places: []api.LeakPlace{{File: "/home/alice/\x1b[31m.env", Line: 1, Left: "ci"}}, Fixes: []api.Fix{}},
		{ID: "three", Kind: token.KindUnknown, Masked: "…", InShell: true, Variable: "OTHER", Places: []api.LeakPlace{}, Fixes: []api.Fix{}},
	}
	return &keeping{Agent: a}
}

// TestM11_ImportTells: each credential with its places, what stands in the way, and what became of it.
func TestM11_ImportTells(t *testing.T) {
	k := lying()
	code, out, talk := importing(t, k, nil, "--yes")
	for _, want := range []string{
		"npm session or access token for registry.example.com", "npm_AbCd…WxYz", "~/.bashrc:3", "In this shell, as NPM_TOKEN.", "~/[31m.env:1",
		"Stays there: A CI service reads this file", "Name it with --registry", "3 credentials",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	for _, want := range []string{"as SG_one", "-export NPM_TOKEN=••••••••", "import --undo", "This shell keeps npm_AbCd…WxYz", "… comes from no file", "1 place still has"} {
		if !strings.Contains(talk, want) {
			t.Errorf("it does not say %q:\n%s", want, talk)
		}
	}
	if code != exitPartly || strings.Contains(out+talk, "\x1b") {
		t.Errorf("%d: %q", code, out+talk)
	}
	if len(k.asked) < 2 || !slices.Equal(k.asked[1].Take, []string{"one", "three"}) {
		t.Errorf("it asks %+v", k.asked)
	}
}

// TestImportAsksFirst: without a yes, or in a rehearsal, nothing is taken and nothing applied; kept files stay.
func TestImportAsksFirst(t *testing.T) {
	for name, want := range map[string]struct {
		args    []string
		code    int
		takes   bool
		applies bool
	}{
		"nobody to ask": {nil, 2, false, false},
		"rehearsal":     {[]string{"--dry-run"}, 0, false, false},
		"data":          {[]string{"--json"}, 0, false, false},
		"kept files":    {[]string{"--keep-files", "--yes"}, 0, true, false},
		"data and yes":  {[]string{"--json", "--yes"}, exitPartly, true, true},
	} {
		k := lying()
		code, out, talk := importing(t, k, nil, want.args...)
		takes := slices.ContainsFunc(k.asked, func(r api.ImportRequest) bool { return len(r.Take) > 0 })
		if code != want.code || takes != want.takes || k.clean != want.applies {
			t.Errorf("%s: %d, takes %v, applies %v\n%s%s", name, code, takes, k.clean, out, talk)
		}
		if strings.HasPrefix(name, "data") {
			var r struct {
				Schema  int             `json:"schema_version"`
				Items   []any           `json:"items"`
				Plan    json.RawMessage `json:"plan"`
				Applied bool            `json:"applied"`
			}
			if err := json.Unmarshal([]byte(out), &r); err != nil || r.Schema != api.Schema || len(r.Items) != 3 || len(r.Plan) == 0 || r.Applied != want.applies {
				t.Errorf("%s: %v %s", name, err, out)
			}
		}
	}
	k := &keeping{Agent: fakeagent.New(time.Now())}
	if code, out, _ := importing(t, k, nil); code != 0 || !strings.Contains(out, "No credentials") {
		t.Errorf("nothing there: %d %s", code, out)
	}
}

// TestJ01_ImportSendsNoOtherVariable: of the environment only what may be a credential for a package manager leaves the process.
func TestJ01_ImportSendsNoOtherVariable(t *testing.T) {
	k := lying()
	looks := fakeagent.Canary.Reveal()
	k.Set(func(s *api.Snapshot) { s.Sessions[0].Places[0].Variable = "WORK_CREDENTIAL" })
	code, out, talk := importing(t, k, []string{
		"HOME=/home/alice", "PATH=/usr/bin", "DB_PASSWORD=hunter2hunter2", "NPM_TOKEN=00000000-1111", "ANY=" + looks, "WORK_CREDENTIAL=abcdefgh", "NODE_AUTH_TOKEN=", "=x", "LONG=" + strings.Repeat(looks, 300),
	}, "--dry-run")
	var names []string
	for _, v := range k.asked[0].Variables {
		names = append(names, v.Name)
	}
	if slices.Sort(names); code != 0 || !slices.Equal(names, []string{"ANY", "NPM_TOKEN", "WORK_CREDENTIAL"}) {
		t.Errorf("%d: it sends %v", code, names)
	}
	if strings.Contains(out+talk, looks) {
		t.Error("a credential is told")
	}
}

// TestImportLooksAgain where files change under its hands, but not for ever, and waits for lines that the agent writes late.
func TestImportLooksAgain(t *testing.T) {
	k := lying()
	k.stale = 2
	if code, _, talk := importing(t, k, nil, "--yes"); code != exitPartly || !k.clean {
		t.Errorf("%d\n%s", code, talk)
	}
	k = lying()
	k.stale = 100
	if code, _, talk := importing(t, k, nil, "--yes"); code != 1 || !strings.Contains(talk, "Files have changed") {
		t.Errorf("%d\n%s", code, talk)
	}
	synctest.Test(t, func(t *testing.T) {
		k := lying()
		im := &imports{app: &app{agent: k}}
		k.Found.Items[0].Session = true
		if still, began := im.settle(t.Context()), time.Now(); still != 1 || time.Since(began) > importPatience {
			t.Errorf("%d still there", still)
		}
	})
}

// TestImportUndo shows what was taken, and puts it back; what was never taken cannot be.
func TestImportUndo(t *testing.T) {
	k := lying()
	if code, _, talk := importing(t, &keeping{Agent: fakeagent.New(time.Now())}, nil, "--undo", "--yes"); code != 0 || !strings.Contains(talk, "Nothing was taken") {
		t.Errorf("nothing: %d\n%s", code, talk)
	}
	k.Set(func(s *api.Snapshot) {
		s.Kept = []api.Kept{
			{ID: "SG_1", Masked: "npm_AbCd…WxYz", Kind: token.KindUnknown, Registry: "https://registry.example.com/", Taken: []api.Place{{File: "/home/alice/.bashrc", Line: 3}}},
			{ID: "SG_2", Masked: "npm_EfGh…StUv", Kind: token.KindGranular},
		}
	})
	code, out, talk := importing(t, k, nil, "--undo", "--yes")
	if code != 0 || !strings.Contains(out, "SG_1") || !strings.Contains(out, "~/.bashrc:3") || strings.Contains(out, "SG_2") || !strings.Contains(talk, "Done.") {
		t.Errorf("%d\n%s%s", code, out, talk)
	}
	restored := slices.ContainsFunc(k.Calls(), func(c fakeagent.Call) bool {
		req, ok := c.Params.(api.SetupRequest)
		return ok && slices.Equal(req.Restore, []string{"SG_1"})
	})
	if !restored {
		t.Errorf("it asks for %+v", k.Calls())
	}
	if code, out, _ := importing(t, k, nil, "--kept"); code != 0 || !strings.Contains(out, "SG_1") || !strings.Contains(out, "SG_2") || !strings.Contains(out, "Taken from ~/.bashrc:3") {
		t.Errorf("what is kept: %d\n%s", code, out)
	}
	for _, args := range [][]string{{"--kept", "--yes"}, {"--undo", "SG_2"}, {"--undo", "nobody"}, {"--undo", "--keep-files"}, {"--drop", "SG_1", "--undo"}, {"--dry-run", "--yes"}, {"a", "b"}} {
		if code, out, talk := importing(t, k, nil, args...); code != 2 {
			t.Errorf("%v: %d\n%s%s", args, code, out, talk)
		}
	}
	k.Errors = map[string]error{"plan": &api.Error{Code: api.CodeMove, Args: map[string]string{"Why": "occupied", "File": "/home/alice/.bashrc"}}}
	if code, _, talk := importing(t, k, nil, "--undo", "SG_1", "--yes"); code != 1 || !strings.Contains(talk, "Another credential stands there by now") {
		t.Errorf("%d\n%s", code, talk)
	}
}

// TestImportDrop says that it is not revoked, and where it was taken from, before it forgets.
func TestImportDrop(t *testing.T) {
	k := lying()
	k.Set(func(s *api.Snapshot) {
		s.Kept = []api.Kept{{ID: "SG_1", Masked: "npm_AbCd…WxYz", Taken: []api.Place{{File: "/home/alice/.bashrc", Line: 3}}}}
	})
	dropped := func() bool {
		return slices.ContainsFunc(k.Calls(), func(c fakeagent.Call) bool {
			act, ok := c.Params.(api.Action)
			return ok && act.Verb == api.VerbDrop && act.ID == "SG_1"
		})
	}
	if code, _, _ := importing(t, k, nil, "--drop", "SG_1"); code != 2 || dropped() {
		t.Errorf("without a yes: %d", code)
	}
	code, _, talk := importing(t, k, nil, "--drop", "SG_1", "--yes")
	if code != 0 || !dropped() || !strings.Contains(talk, "does not revoke") || !strings.Contains(talk, "~/.bashrc:3") || !strings.Contains(talk, "import --undo SG_1") {
		t.Errorf("%d\n%s", code, talk)
	}
}
