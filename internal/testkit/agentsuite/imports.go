package agentsuite

import (
	"path/filepath"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// imports: what lies in the user's own files and in the shell is found, and kept where asked; a plan takes it out of its
// file, and another one puts it back as it was.
func imports(t *testing.T, r Rig) {
	planted, inShell := r.World.Issue(), r.World.Issue()
	text := "# mine\n//registry.example.com/:_authToken=" + planted + "\nfund=false\n"
	dir := r.World.Folder(map[string]string{".npmrc": text})
	file := filepath.Join(dir, ".npmrc")
	id, other := token.NewSecret(planted).Fingerprint(), token.NewSecret(inShell).Fingerprint()
	req := api.ImportRequest{Dir: dir, Variables: []api.ImportVariable{{Name: "SUITE_TOKEN", Secret: token.NewSecret(inShell)}}}
	found, err := r.Agent.Import(t.Context(), req)
	if must(t, err); len(found.Items) != 2 || len(r.now(t).Kept) != 0 {
		t.Fatalf("%+v", found)
	}
	one, two := found.Items[0], found.Items[1]
	if one.ID != id || one.Registry != r.url() || len(one.Places) != 1 || one.Places[0].Line != 2 || len(one.Fixes) != 1 || one.Masked == "" || one.Kept != "" {
		t.Errorf("%+v", one)
	}
	if two.ID != other || !two.InShell || two.Variable != "SUITE_TOKEN" || two.Places == nil || two.Fixes == nil {
		t.Errorf("%+v", two)
	}
	req.Take = []string{other}
	found, err = r.Agent.Import(t.Context(), req)
	if must(t, err); len(found.Items) != 2 || found.Items[1].Kept == "" || len(r.now(t).Kept) != 1 || r.World.Holds(api.StoreKeyring) != 1 {
		t.Fatalf("%+v", r.now(t).Kept)
	}
	kept := r.now(t).Kept[0]
	if kept.Fingerprint != other || kept.Variable != "SUITE_TOKEN" || kept.Taken == nil {
		t.Errorf("%+v", kept)
	}
	p, err := r.Agent.Plan(t.Context(), api.SetupRequest{Fixes: one.Fixes})
	if must(t, err); len(p.Edits) == 0 || r.World.Text(file) != text {
		t.Fatalf("%+v", p)
	}
	must(t, r.Agent.Apply(t.Context(), p.ID))
	s := r.now(t)
	if r.World.Text(file) != "# mine\nfund=false\n" || len(s.Kept) != 2 || r.session(s).Fingerprint != id {
		t.Fatalf("the file says %q, kept %+v", r.World.Text(file), s.Kept)
	}
	back := s.Kept[0]
	if back.ID == kept.ID {
		back = s.Kept[1]
	}
	if back.Fingerprint != id || len(back.Taken) != 1 || back.Taken[0].File != file || back.Taken[0].Line != 2 {
		t.Errorf("%+v", back)
	}
	p, err = r.Agent.Plan(t.Context(), api.SetupRequest{Restore: []string{back.ID}})
	must(t, err)
	must(t, r.Agent.Apply(t.Context(), p.ID))
	if s = r.now(t); r.World.Text(file) != text || len(s.Kept) != 1 || s.Kept[0].ID != kept.ID {
		t.Errorf("the file says %q, kept %+v", r.World.Text(file), s.Kept)
	}
	r.do(t, api.Action{Verb: api.VerbDrop, ID: kept.ID})
	if s = r.now(t); len(s.Kept) != 0 || s.Kept == nil {
		t.Errorf("dropped: %+v", s.Kept)
	}
}

func importRefused(t *testing.T, r Rig) {
	planted := r.World.Issue()
	dir := r.World.Folder(map[string]string{".npmrc": "//registry.example.com/:_authToken=" + planted + "\n"})
	for code, req := range map[string]api.ImportRequest{
		api.CodeUsage: {Dir: "relative"}, api.CodeURL: {Registry: "not a registry"}, api.CodeStale: {Dir: dir, Take: []string{"none"}},
	} {
		_, err := r.Agent.Import(t.Context(), req)
		refused(t, err, code)
	}
	_, err := r.Agent.Plan(t.Context(), api.SetupRequest{Restore: []string{"none"}})
	refused(t, err, api.CodeNoKept)
	refused(t, r.Agent.Do(t.Context(), api.Action{Verb: api.VerbDrop, ID: "none"}), api.CodeNoKept)
	_, err = r.Agent.Plan(t.Context(), api.SetupRequest{Fixes: []api.Fix{{Code: api.FixMove, File: filepath.Join(dir, ".npmrc"), Line: 7}}})
	refused(t, err, api.CodeStale)
	r.World.KeyringFails(true)
	_, err = r.Agent.Import(t.Context(), api.ImportRequest{Dir: dir, Take: []string{token.NewSecret(planted).Fingerprint()}})
	refused(t, err, api.CodeKeyring)
	if kept := r.now(t).Kept; len(kept) != 0 {
		t.Errorf("%+v", kept)
	}
}
