package agentsuite

import (
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// uses are all that there are.
var uses = []api.GrantUse{api.UseExec, api.UseEnv, api.UseHelper, api.UseEnsure, api.UseCopy, api.UseShow}

// grant: each use gets the credential, and is in the record, the newest first.
func grant(t *testing.T, r Rig) {
	r.signIn(t)
	s := r.session(r.now(t))
	for i, use := range uses {
		g, err := r.Agent.Grant(t.Context(), api.GrantRequest{Use: use, Registry: r.url(), Program: "suite\x1b " + string(use)})
		must(t, err)
		if len(g.Items) != 1 {
			t.Fatalf("%s: %d items", use, len(g.Items))
		}
		got := g.Items[0]
		if got.Secret.Reveal() != r.World.Secrets()[0] || got.Registry != r.url() || !got.Ends.Equal(s.Ends) || len(got.Variables) == 0 {
			t.Errorf("%s: %+v", use, got)
		}
		if !strings.HasPrefix(got.Key, "//") || !strings.HasSuffix(got.Key, "/") {
			t.Errorf("%s: the key is %q", use, got.Key)
		}
		now := r.now(t)
		if len(now.Uses) != i+1 {
			t.Fatalf("%s: %d uses", use, len(now.Uses))
		}
		if u := now.Uses[0]; u.Use != use || u.Program != "suite "+string(use) || u.Registry != r.url() || u.At.IsZero() {
			t.Errorf("recorded %+v", u)
		}
	}
	if r.secret(t) == "" || r.session(r.now(t)).Used.IsZero() {
		t.Error("all sessions: nothing")
	}
}

func grantRefused(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	ask := func(use api.GrantUse, registry string) error {
		_, err := r.Agent.Grant(t.Context(), api.GrantRequest{Use: use, Registry: registry, Program: "suite"})
		return err
	}
	for _, use := range []api.GrantUse{api.UseCopy, api.UseShow, "", "steal"} {
		refused(t, ask(use, ""), api.CodeUsage)
	}
	for _, use := range uses {
		if e := refused(t, ask(use, url), api.CodeNone); e.Args["URL"] != url {
			t.Errorf("%+v", e)
		}
	}
	r.signIn(t)
	r.World.End()
	r.until(t, "the end", r.in(api.StateEnded))
	for _, use := range uses {
		names(t, refused(t, ask(use, url), api.CodeEnded), name, url)
	}
	if r.secret(t) != "" || len(r.now(t).Uses) != 0 {
		t.Errorf("what is over was handed out: %+v", r.now(t).Uses)
	}
}

func grantLocked(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	r.signIn(t)
	r.do(t, api.Action{Verb: api.VerbLock})
	for _, use := range uses {
		_, err := r.Agent.Grant(t.Context(), api.GrantRequest{Use: use, Registry: url, Program: "suite"})
		names(t, refused(t, err, api.CodeEnded), name, url)
	}
	if r.secret(t) != "" || len(r.now(t).Uses) != 0 {
		t.Error("what is locked was handed out")
	}
}

// grantUnsafe: pnpm's helper gives nothing in a folder whose files would lead it astray.
func grantUnsafe(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	r.signIn(t)
	for file, want := range map[string]string{"": "", "userconfig=./evilrc\n": api.CodeUnsafe} {
		dir := r.World.Folder(map[string]string{".npmrc": file})
		_, err := r.Agent.Grant(t.Context(), api.GrantRequest{Use: api.UseHelper, Registry: url, Program: "pnpm", Dir: dir})
		if want == "" {
			must(t, err)
			continue
		}
		e := refused(t, err, want)
		if names(t, e, name, url); !strings.Contains(e.Cause, dir) {
			t.Errorf("%+v", e)
		}
	}
}
