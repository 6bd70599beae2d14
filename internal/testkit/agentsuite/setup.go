package agentsuite

import (
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// plan: nothing is written by it; Apply does what it said, once.
func plan(t *testing.T, r Rig) {
	r.signIn(t)
	req := api.SetupRequest{Shells: []string{"bash"}, Move: true}
	p, err := r.Agent.Plan(t.Context(), req)
	must(t, err)
	if p.ID == "" || len(p.Edits) == 0 || !p.Move || p.Mode || p.Desktop || !slices.Contains(p.Shells, "zsh") || p.Reach == nil || p.Managers == nil {
		t.Fatalf("%+v", p)
	}
	for _, e := range p.Edits {
		if !e.Create || e.Delete || len(e.Diff) == 0 || r.World.Text(e.File) != "" {
			t.Errorf("%+v", e)
		}
	}
	if r.now(t).Settings.Move {
		t.Error("the plan was carried out")
	}
	again, err := r.Agent.Plan(t.Context(), req)
	if must(t, err); again.ID != p.ID {
		t.Error("the same plan has another name")
	}
	must(t, r.Agent.Apply(t.Context(), p.ID))
	for _, e := range p.Edits {
		if r.World.Text(e.File) == "" {
			t.Errorf("%s was not written", e.File)
		}
	}
	if !r.now(t).Settings.Move {
		t.Error("the settings do not say it")
	}
	refused(t, r.Agent.Apply(t.Context(), p.ID), api.CodeStale)
	modes, err := r.Agent.Plan(t.Context(), api.SetupRequest{Mode: injection.ModeExec, Registry: r.url()})
	if must(t, err); !modes.Mode || modes.Edits == nil {
		t.Errorf("%+v", modes)
	}
	must(t, r.Agent.Apply(t.Context(), modes.ID))
	if got := r.now(t); got.Settings.Mode(r.url()) != injection.ModeExec || r.session(got).Mode != injection.ModeExec {
		t.Errorf("settings %+v", got.Settings)
	}
}

// planStale: what was shown is no longer what would happen.
func planStale(t *testing.T, r Rig) {
	make := func() api.Plan {
		t.Helper()
		p, err := r.Agent.Plan(t.Context(), api.SetupRequest{Shells: []string{"bash"}})
		must(t, err)
		return p
	}
	refused(t, r.Agent.Apply(t.Context(), "no such plan"), api.CodeStale)
	p := make()
	r.World.Write(p.Edits[0].File, "# mine\n", false)
	if e := refused(t, r.Agent.Apply(t.Context(), p.ID), api.CodeStale); e.Args["File"] != p.Edits[0].File {
		t.Errorf("it does not say which file: %+v", e)
	}
	if got := r.World.Text(p.Edits[0].File); got != "# mine\n" {
		t.Errorf("the file says %q", got)
	}
	p = make()
	r.signIn(t)
	refused(t, r.Agent.Apply(t.Context(), p.ID), api.CodeStale)
}

func planRefused(t *testing.T, r Rig) {
	for code, req := range map[string]api.SetupRequest{
		api.CodeUsage: {Mode: "always"},
		api.CodeURL:   {Mode: injection.ModeExec, Registry: "not a registry"},
	} {
		_, err := r.Agent.Plan(t.Context(), req)
		refused(t, err, code)
	}
}

// inspect tells once of each content where it is asked so, and every time else.
func inspect(t *testing.T, r Rig) {
	dir := r.World.Folder(map[string]string{".npmrc": "userconfig=./evilrc\n"})
	look := func(once bool) api.Inspection {
		t.Helper()
		in, err := r.Agent.Inspect(t.Context(), api.InspectRequest{Dir: dir, Once: once})
		if must(t, err); in.Dir != dir || in.Findings == nil {
			t.Errorf("%+v", in)
		}
		return in
	}
	for range 2 {
		if in := look(false); len(in.Findings) != 1 || in.Findings[0].Code != hostile.UserConfig || in.Findings[0].Line != 1 || len(in.Seal) == 0 {
			t.Errorf("%+v", in)
		}
	}
	if a, b := look(true), look(true); len(a.Findings) != 1 || len(b.Findings) != 0 || len(b.Seal) == 0 {
		t.Errorf("told %v, then %v", a.Findings, b.Findings)
	}
	fine, err := r.Agent.Inspect(t.Context(), api.InspectRequest{Dir: r.World.Folder(nil)})
	if must(t, err); len(fine.Findings) != 0 || len(fine.Seal) != 0 || fine.Findings == nil {
		t.Errorf("an empty folder: %+v", fine)
	}
	_, err = r.Agent.Inspect(t.Context(), api.InspectRequest{Dir: "relative"})
	refused(t, err, api.CodeUsage)
}

// due: of the sessions that are over, those that a command needs.
func due(t *testing.T, r Rig) {
	req := api.DueRequest{Manager: "npm", Args: []string{"install", "--registry", r.url()}, Dir: r.World.Folder(nil)}
	ask := func(req api.DueRequest) []api.Session {
		t.Helper()
		s, err := r.Agent.Due(t.Context(), req)
		must(t, err)
		return s
	}
	r.signIn(t)
	if got := ask(req); got == nil || len(got) != 0 {
		t.Errorf("while it runs: %v", got)
	}
	r.World.End()
	r.until(t, "the end", r.in(api.StateEnded))
	if got := ask(req); len(got) != 1 || got[0].Registry != r.url() || got[0].State != api.StateEnded {
		t.Errorf("once it is over: %+v", got)
	}
	help := req
	help.Args = []string{"help"}
	if got := ask(help); len(got) != 0 {
		t.Errorf("a command that asks no registry: %v", got)
	}
	r.do(t, api.Action{Verb: api.VerbMute, Registry: r.url()})
	if got := ask(req); len(got) != 0 {
		t.Errorf("muted: %v", got)
	}
	req.Dir = "relative"
	_, err := r.Agent.Due(t.Context(), req)
	refused(t, err, api.CodeUsage)
}

func prove(t *testing.T, r Rig) {
	r.signIn(t)
	r.World.Says("welcome to this machine\nalice\n")
	p, err := r.Agent.Prove(t.Context(), api.ProveRequest{Shell: "bash"})
	if must(t, err); !p.OK || p.Account != "alice" || p.Shell != "bash" || !strings.Contains(p.Command, "whoami") {
		t.Errorf("%+v", p)
	}
	typed := r.World.Typed()
	if len(typed) != 1 || !strings.Contains(typed[0], p.Command) || !strings.Contains(p.Command, r.url()) {
		t.Errorf("typed %q", typed)
	}
	r.World.Says("npm error code ENEEDAUTH\nsent " + r.World.Secrets()[0] + "\n")
	p, err = r.Agent.Prove(t.Context(), api.ProveRequest{Shell: "zsh", Registry: r.url()})
	if must(t, err); p.OK || p.Account != "" || !strings.Contains(p.Answer, "ENEEDAUTH") {
		t.Errorf("%+v", p)
	}
}

func proveRefused(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	_, err := r.Agent.Prove(t.Context(), api.ProveRequest{Shell: "bash"})
	refused(t, err, api.CodeNone)
	_, err = r.Agent.Prove(t.Context(), api.ProveRequest{Shell: "bash", Registry: url})
	names(t, refused(t, err, api.CodeUnknown), name, url)
	_, err = r.Agent.Prove(t.Context(), api.ProveRequest{Shell: "csh"})
	refused(t, err, api.CodeUsage)
	r.signIn(t)
	r.World.End()
	r.until(t, "the end", r.in(api.StateEnded))
	_, err = r.Agent.Prove(t.Context(), api.ProveRequest{Shell: "bash", Registry: url})
	names(t, refused(t, err, api.CodeEnded), name, url)
	if n := len(r.World.Typed()); n != 0 {
		t.Errorf("%d shells were started", n)
	}
}
