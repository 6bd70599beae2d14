package agent

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// basic is a name and a password as npm's config has them.
var basic = base64.StdEncoding.EncodeToString([]byte("alice:S9xLq2vTzR7mWk"))

// importing runs f with an agent in a world with these files.
func imports(t *testing.T, files map[string]string, f func(t *testing.T, w *world, a *Agent)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		for path, text := range files {
			w.files[path], w.modified[path] = text, w.Now()
		}
		w.takes(1)
		a, stop := w.run(t)
		defer stop()
		f(t, w, a)
	})
}

// takes has the registry take planted credentials.
func (w *world) takes(list ...int) {
	for _, n := range list {
		w.issued[planted(n)] = w.Now().Add(w.life)
	}
}

// lookFor imports, and searches the answer for credentials.
func lookFor(t *testing.T, a *Agent, req api.ImportRequest) api.ImportReport {
	t.Helper()
	r, err := a.Import(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	text, _ := json.Marshal(r)
	holdsNone(t, "the report", string(text))
	return r
}

// holdsNone searches a text for credentials of the tests.
func holdsNone(t *testing.T, what, text string) {
	t.Helper()
	for n := range 20 {
		if strings.Contains(text, planted(n)) {
			t.Errorf("%s holds credential %d", what, n)
		}
	}
	if strings.Contains(text, basic) {
		t.Errorf("%s holds the password", what)
	}
}

func print(n int) string { return token.NewSecret(planted(n)).Fingerprint() }

// itemOf finds an item.
func itemOf(t *testing.T, r api.ImportReport, id string) api.ImportItem {
	t.Helper()
	i := slices.IndexFunc(r.Items, func(i api.ImportItem) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("not found: %s in %+v", id, r.Items)
	}
	return r.Items[i]
}

const upm = "[npmAuth.\"https://registry.example.com\"]\ntoken = \"%s\"\nemail = \"a@example.com\"\nalwaysAuth = true\n"

// TestM11_ImportFinds: credentials of every form in the user's own files, with what they are for, each once with all its
// places; projects' files name no variable.
func TestM11_ImportFinds(t *testing.T) {
	home, project := t.TempDir(), t.TempDir()
	conf := filepath.Join(home, ".config", "environment.d", "npm.conf")
	if err := os.MkdirAll(filepath.Dir(conf), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(home, name) }
	files := map[string]string{
		userRC:                                "//other.example.com/:_auth=" + basic + "\n//registry.example.com/:_authToken=${WORK_TOKEN}\n",
		in(".bashrc"):                         "# mine\nexport WORK_TOKEN=" + planted(1) + "\nexport A=1 GH_TOKEN=" + planted(2) + "\n# export OLD_NPM_TOKEN=" + planted(9) + "\n",
		in(".bash_history"):                   "export NPM_TOKEN=" + planted(3) + "\n",
		in(".profile"):                        "export SECOND_TOKEN=" + planted(1) + "\n",
		conf:                                  "NODE_AUTH_TOKEN=" + planted(4) + "\n",
		in(".upmconfig.toml"):                 fmt.Sprintf(upm, planted(5)),
		in(".bunfig.toml"):                    "[install]\nregistry = { url = \"https://bun.example.com/\", token = \"" + planted(6) + "\" }\n",
		in(".zshrc"):                          "unreadable",
		filepath.Join(project, ".env"):        "APP_TOKEN=" + planted(7) + "\n",
		filepath.Join(project, ".npmrc"):      npmLine(8),
		filepath.Join(project, "src.js"):      planted(10),
		filepath.Join(project, ".yarnrc.yml"): "npmScopes:\n  acme:\n    npmRegistryServer: \"https://registry.example.com\"\n    npmAuthToken: " + planted(8) + "\n",
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.home, w.files = home, files
		a, stop := w.run(t)
		defer stop()
		r := lookFor(t, a, api.ImportRequest{Dir: project, Variables: []api.ImportVariable{
			{Name: "NPM_TOKEN", Secret: token.NewSecret("s0mething-else")}, {Name: "WORK_TOKEN", Secret: token.NewSecret(planted(1))},
			{Name: "EDITOR", Secret: token.NewSecret("/usr/bin/vim")}, {Name: "PATH", Secret: token.NewSecret(planted(11))},
			{Name: "ODD", Secret: token.NewSecret(planted(12))},
		}})
		if len(r.Items) != 11 || !slices.Equal(r.Unread, []string{in(".zshrc")}) {
			t.Errorf("%d items, unread %q", len(r.Items), r.Unread)
		}
		for n, want := range map[int]string{
			1: "https://registry.example.com/ WORK_TOKEN true places .profile:1!second-name .bashrc:2", 2: " GH_TOKEN false places .bashrc:3!shared-line",
			4: " NODE_AUTH_TOKEN false places npm.conf:1", 5: "https://registry.example.com/  false places .upmconfig.toml:2",
			6: "https://bun.example.com/  false places .bunfig.toml:2!shared-line", 7: "  false project-name places .env:1",
			8: "https://registry.example.com/  false places .npmrc:1 .yarnrc.yml:4", 9: "  false no-registry places .bashrc:4", 12: " ODD true places",
		} {
			i := itemOf(t, r, print(n))
			got := fmt.Sprint(i.Registry, " ", i.Variable, " ", i.InShell, " ", i.Note, " places")
			fixes := 0
			for _, p := range i.Places {
				if got += fmt.Sprintf(" %s:%d", filepath.Base(p.File), p.Line); p.Left != "" {
					got += "!" + p.Left
				} else {
					fixes++
				}
			}
			if got, want := strings.Fields(got), strings.Fields(want); !slices.Equal(got, want) {
				t.Errorf("%d: %q, want %q", n, got, want)
			}
			if len(i.Fixes) != fixes || i.Masked == "" || i.Kept != "" || i.Session {
				t.Errorf("%d: %+v", n, i)
			}
		}
		if i := itemOf(t, r, token.NewSecret(basic).Fingerprint()); i.Registry != "https://other.example.com/" || i.Kind != token.KindBasic || i.Note != noteBasic {
			t.Errorf("%+v", i)
		}
		if len(w.keys) != 0 {
			t.Error("something was taken")
		}
	})
}

// TestImportTakes: what is taken is in the keyring and reaches the shells, and the files stay as they are.
func TestImportTakes(t *testing.T) {
	files := map[string]string{
		userRC: line("${WORK_TOKEN}"), "/home/u/.bashrc": "export WORK_TOKEN=" + planted(1) + "\nexport LONE_TOKEN=" + planted(2) + "\n",
	}
	imports(t, files, func(t *testing.T, w *world, a *Agent) {
		r := lookFor(t, a, api.ImportRequest{Take: []string{print(1), print(2), print(1)}})
		if s := snapshot(t, a); len(s.Kept) != 2 || len(s.Sessions) != 1 || s.Sessions[0].Fingerprint != print(1) {
			t.Fatalf("%+v", s.Kept)
		}
		if i := itemOf(t, r, print(1)); i.Kept == "" || !i.Session || i.Note != "" {
			t.Errorf("%+v", i)
		}
		if w.shell("WORK_TOKEN") != planted(1) || w.shell("LONE_TOKEN") != planted(2) || w.text("/home/u/.bashrc") != files["/home/u/.bashrc"] {
			t.Errorf("shells have %v", w.env[len(w.env)-1])
		}
		holdsNone(t, "the state", string(w.state))
		again := lookFor(t, a, api.ImportRequest{Take: []string{print(1)}, Variables: []api.ImportVariable{{Name: "LONE_TOKEN", Secret: token.NewSecret(planted(2))}}})
		if len(again.Items) != 2 || len(w.keys) != 3 || itemOf(t, again, print(2)).InShell {
			t.Errorf("once more: %+v", again)
		}
		for _, k := range snapshot(t, a).Kept {
			if err := a.Do(t.Context(), api.Action{Verb: api.VerbDrop, ID: k.ID}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if value, there := w.env[len(w.env)-1]["LONE_TOKEN"]; value != "" || !there || w.shell("WORK_TOKEN") != planted(1) || len(w.keys) != 1 {
			t.Errorf("dropped: %v, %v", w.env[len(w.env)-1], w.keys)
		}
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbDrop, ID: "none"}); codeOf(err) != api.CodeNoKept {
			t.Errorf("dropped twice: %v", err)
		}
		if _, err := a.Import(t.Context(), api.ImportRequest{Take: []string{"none"}}); codeOf(err) != api.CodeStale {
			t.Errorf("nothing of that name: %v", err)
		}
		if _, err := a.Import(t.Context(), api.ImportRequest{Dir: "relative"}); codeOf(err) != api.CodeUsage {
			t.Errorf("a relative folder: %v", err)
		}
		if _, err := a.Import(t.Context(), api.ImportRequest{Registry: "no address"}); codeOf(err) != api.CodeURL {
			t.Errorf("no registry: %v", err)
		}
	})
}

// TestImportConflicts: what has another credential in its place is kept, and goes to no shell.
func TestImportConflicts(t *testing.T) {
	files := map[string]string{
		userRC: line("${WORK_TOKEN}"), "/home/u/.bashrc": "export WORK_TOKEN=" + planted(1) + "\nexport LONE_TOKEN=" + planted(2) + "\n", "/home/u/.zshrc": "export LONE_TOKEN=" + planted(3) + "\n",
	}
	imports(t, files, func(t *testing.T, w *world, a *Agent) {
		live := w.renew(t, a)
		lookFor(t, a, api.ImportRequest{Take: []string{print(1), print(2)}})
		r := lookFor(t, a, api.ImportRequest{Take: []string{print(3)}})
		if i := itemOf(t, r, print(1)); i.Note != noteOther || i.Session || i.Kept == "" {
			t.Errorf("%+v", i)
		}
		if i := itemOf(t, r, print(3)); i.Note != noteName || i.Kept == "" {
			t.Errorf("%+v", i)
		}
		if w.shell("WORK_TOKEN") != live || w.shell("LONE_TOKEN") != planted(2) || len(w.keys) != 4 {
			t.Errorf("%v", w.env[len(w.env)-1])
		}
	})
}

// TestImportWish: what nothing tells the registry of is for the one that the user names; a session that is signed out
// leaves no copy behind.
func TestImportWish(t *testing.T) {
	imports(t, nil, func(t *testing.T, w *world, a *Agent) {
		good := w.issue()
		shell := []api.ImportVariable{{Name: "NPM_TOKEN", Secret: token.NewSecret(good)}}
		id := token.NewSecret(good).Fingerprint()
		r := lookFor(t, a, api.ImportRequest{Variables: shell, Take: []string{id}, Registry: reg.String()})
		if i := itemOf(t, r, id); i.Registry != reg.String() || !i.Session || i.Note != "" || w.shell("NPM_TOKEN") != good || len(w.keys) != 2 {
			t.Errorf("%+v %v", i, w.keys)
		}
		if err := a.Logout(t.Context(), reg.String()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if value, there := w.env[len(w.env)-1]["NPM_TOKEN"]; len(w.keys) != 0 || len(snapshot(t, a).Kept) != 0 || value != "" || !there {
			t.Errorf("%v %v", w.keys, w.env[len(w.env)-1])
		}
	})
}

// TestH16_ImportNeedsAStore: a store that forgets gets no only copy, nor does one that does not answer.
func TestH16_ImportNeedsAStore(t *testing.T) {
	files := map[string]string{"/home/u/.bashrc": "export NPM_TOKEN=" + planted(1) + "\n"}
	imports(t, files, func(t *testing.T, w *world, a *Agent) {
		fix := api.SetupRequest{Fixes: []api.Fix{{Code: api.FixMove, File: "/home/u/.bashrc", Line: 1}}}
		p, err := a.Plan(t.Context(), fix)
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.inUse = api.StoreMemory })
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeKeyring {
			t.Errorf("applied: %v", err)
		}
		if _, err := a.Plan(t.Context(), fix); codeOf(err) != api.CodeKeyring {
			t.Errorf("planned: %v", err)
		}
		if _, err := a.Import(t.Context(), api.ImportRequest{Take: []string{print(1)}}); codeOf(err) != api.CodeKeyring {
			t.Errorf("taken: %v", err)
		}
		w.set(func() { w.inUse = api.StoreKeyring })
		if p, err = a.Plan(t.Context(), fix); err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.keyErr = ErrKeyringAbsent })
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeKeyring {
			t.Errorf("no keyring: %v", err)
		}
		synctest.Wait()
		if w.text("/home/u/.bashrc") != files["/home/u/.bashrc"] || len(w.inMemory)+len(w.keys) != 0 || len(snapshot(t, a).Kept) != 0 {
			t.Errorf("something was done: %v %v", w.inMemory, w.keys)
		}
	})
}

// TestImportInExecMode: where the user chose that no shell carries credentials, none carries what was taken over; in the
// others a name that projects can guess is told.
func TestImportInExecMode(t *testing.T) {
	imports(t, map[string]string{"/home/u/.bashrc": "export LONE_TOKEN=" + planted(2) + "\n"}, func(t *testing.T, w *world, a *Agent) {
		told := func() bool {
			return slices.ContainsFunc(snapshot(t, a).Findings, func(f api.Finding) bool {
				return f.Code == api.FindingKeptVariable && f.Args["Variable"] == "LONE_TOKEN"
			})
		}
		mode := func(m injection.Mode) {
			s := snapshot(t, a).Settings
			s.DefaultMode = m
			if err := a.Do(t.Context(), api.Action{Verb: api.VerbSet, Settings: &s}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		mode(injection.ModeExec)
		r := lookFor(t, a, api.ImportRequest{Take: []string{print(2)}})
		if itemOf(t, r, print(2)).Note != noteExec || w.shell("LONE_TOKEN") != "" || told() {
			t.Errorf("in exec mode: %+v, shells have %v", r, w.env[len(w.env)-1])
		}
		mode(injection.ModeEnv)
		if w.shell("LONE_TOKEN") != planted(2) || !told() {
			t.Errorf("in env mode shells have %v", w.env[len(w.env)-1])
		}
	})
}
