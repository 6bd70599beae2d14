package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// keeper is a house whose keyring has credentials beside the logins.
func keeper() api.Snapshot {
	s := plainHouse()
	s.Kept = []api.Kept{
		{ID: "kept-1", Registry: "https://npm.example.com/", Kind: token.KindGranular, Masked: "npm_aBcD…7890", Variable: "NPM_TOKEN", Since: s.At.Add(-time.Hour),
			Taken: []api.Place{{File: "/home/alice/.bashrc", Line: 12, Literal: true}, {File: "/home/alice/a/folder/with-a-rather-long-name/and/another-one/.env", Line: 3, Literal: true}}},
		{ID: "kept-2", Kind: token.KindGitHub, Name: "ci-read", Token: "11111111-aaaa", Masked: "ghp_1234…wxyz", Since: s.At.Add(-48 * time.Hour), Lost: true, Taken: []api.Place{}},
	}
	return s
}

func restores(req api.SetupRequest) (api.Plan, error) {
	p, err := somePlan(api.SetupRequest{Move: true})
	if len(req.Restore)+len(req.Fixes) == 0 {
		p.Edits = nil
	}
	return p, err
}

// changed reports whether anything was asked for that changes something.
func (pg *page) changed() bool {
	return slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "apply" || c.Method == "do" })
}

// TestKept: what is kept is listed with all that is known of it, and what is not there says so.
func TestKept(t *testing.T) {
	for _, w := range windowkit.Ways {
		pg := open(t, w, keeper())
		p := pg.Desk.P
		pg.Wants(t, "npm_aBcD…7890 · NPM_TOKEN", p.T("settings.kept.for", i18n.Args{"Kind": p.T("settings.kept.kind.granular"), "Registry": "npm"}), "/home/alice/.bashrc",
			p.T("settings.kept.kind.github"), "ci-read", p.T("settings.kept.lost"))
		pg.room.Search("bashrc")
		if !strings.Contains(pg.Read(), "npm_aBcD") || strings.Contains(pg.Read(), p.T("settings.language.system")) {
			t.Errorf("a search for a file finds something else:%s", pg.Read())
		}
		s := keeper()
		s.Kept = nil
		pg.Show(s)
		pg.room.Search("")
		pg.Wants(t, p.T("settings.kept.none"))
	}
}

// TestKeptKinds: each kind of credential has words.
func TestKeptKinds(t *testing.T) {
	kinds := []token.Kind{token.KindUnknown, token.KindSession, token.KindGranular, token.KindClassic, token.KindGitHub, token.KindGitLab, token.KindJFrog, token.KindAzure, token.KindJWT, token.KindBasic}
	for _, lang := range []string{"en", "ja"} {
		pg := open(t, windowkit.Way{Language: lang}, keeper())
		for _, k := range kinds {
			if got := pg.room.credential(k, ""); got == string(k) || strings.Contains(got, "settings.") {
				t.Errorf("%s: %q has no words", lang, k)
			}
		}
	}
}

// TestPutBack: the files get it back after they were shown so, and not before.
func TestPutBack(t *testing.T) {
	everyWay(t, keeper, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		pg.agent.plan = restores
		press("settings.kept.back")
		pg.Until(t, "the plan", func() bool { return strings.Contains(pg.Read(), "${SG_7Q2K}") })
		pg.Wants(t, pg.Desk.P.T("settings.kept.back.text"))
		if got := pg.planned(); len(got) != 1 || !slices.Equal(got[0].Restore, []string{"kept-1"}) || pg.changed() {
			t.Errorf("asked for %+v", got)
		}
		press("settings.change.apply")
		pg.Until(t, "the end", func() bool { return len(pg.Toasts) > 0 })
	})
}

// TestPutBackIsRefused: why a credential cannot stand there again is told in words.
func TestPutBackIsRefused(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		pg := open(t, windowkit.Way{Language: lang}, keeper())
		pg.agent.plan = func(api.SetupRequest) (api.Plan, error) {
			return api.Plan{}, &api.Error{Code: api.CodeMove, Args: map[string]string{"Why": "occupied", "File": "/home/alice/.bashrc"}}
		}
		pg.tapped(t, "settings.kept.back")
		why := pg.Desk.P.T("import.left.occupied")
		pg.Until(t, "the reason", func() bool { return strings.Contains(pg.Read(), why) })
		pg.Wants(t, "/home/alice/.bashrc")
	}
}

// forgetting gives the keyboard to the button that forgets a credential: the registries have such buttons, too.
func forgetting(t *testing.T, pg *page, name string) {
	t.Helper()
	label := pg.Desk.P.T("settings.kept.drop", i18n.Args{"Name": name})
	for range 100 {
		pg.Press(fyne.KeyTab)
		if b, ok := pg.Win.Canvas().Focused().(*look.Button); ok && b.AccessibilityLabel() == label {
			return
		}
	}
	t.Fatalf("the Tab key does not lead to %q", label)
}

// TestForgetAsksOnce: what it means is said, no changes nothing, and yes is asked for once.
func TestForgetAsksOnce(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		pg := open(t, windowkit.Way{Language: lang}, keeper())
		p := pg.Desk.P
		forgetting(t, pg, "npm_aBcD…7890")
		pg.Press(fyne.KeyReturn)
		pg.Wants(t, p.T("settings.kept.drop.text"), p.T("settings.kept.drop.taken"), p.T("settings.kept.drop.variable", i18n.Args{"Variable": "NPM_TOKEN"}))
		pg.Inside(t)
		pg.Press(fyne.KeyReturn) // the keyboard starts at no
		if pg.changed() || pg.Win.Canvas().Overlays().Top() != nil {
			t.Error("forgotten though the answer was no")
		}
		forgetting(t, pg, "ci-read")
		pg.Press(fyne.KeyReturn)
		if strings.Contains(pg.Read(), p.T("settings.kept.drop.taken")) {
			t.Error("it was taken from no file")
		}
		pg.Choose(t, true, p.T("settings.kept.drop.yes"))
		pg.did(t, "drop", func(a api.Action) bool { return a.Verb == api.VerbDrop && a.ID == "kept-2" })
		if pg.Win.Canvas().Overlays().Top() != nil {
			t.Error("it is asked about twice")
		}
	}
}

// finder finds what lies about, as the request asks.
type finder struct {
	*agent
	found func(context.Context, api.ImportRequest) (api.ImportReport, error)
}

func (f *finder) Import(ctx context.Context, req api.ImportRequest) (api.ImportReport, error) {
	_, _ = f.agent.Import(ctx, req)
	return f.found(ctx, req)
}

// lying is what lies about: one that can be taken, one that nobody knows the registry of, and one that has to stay.
func lying(req api.ImportRequest) api.ImportReport {
	fix := func(file string, line int) []api.Fix { return []api.Fix{{Code: api.FixMove, File: file, Line: line}} }
	all := []api.ImportItem{
		{ID: "print-1", Kind: token.KindGranular, Masked: "npm_aBcD…7890", Registry: "https://npm.example.com/", Variable: "NPM_TOKEN",
			Places: []api.LeakPlace{{File: "/home/alice/.bashrc", Line: 12, Form: "shell"}, {File: "/home/alice/.zsh_history", Line: 812, Form: "shell", Left: "history"}}, Fixes: fix("/home/alice/.bashrc", 12)},
		{ID: "print-2", Kind: token.KindUnknown, Masked: "abcd…wxyz", Places: []api.LeakPlace{{File: "/home/alice/.upmconfig.toml", Line: 3, Form: "upm"}}, Note: "no-registry", Fixes: fix("/home/alice/.upmconfig.toml", 3)},
		{ID: "print-3", Kind: token.KindBasic, Masked: "YWxp…Og==", Places: []api.LeakPlace{{File: "/home/alice/.config/pnpm/auth.ini", Line: 1, Form: "basic", Left: "shared-line"}}, Fixes: []api.Fix{}},
	}
	for i := range all {
		if slices.Contains(req.Take, all[i].ID) {
			all[i].Kept = fmt.Sprintf("kept-%d", i)
		}
	}
	return api.ImportReport{Items: all, Unread: []string{"/home/alice/.yarnrc.yml"}}
}

// look has the agent find what found says.
func (pg *page) look(found func(context.Context, api.ImportRequest) (api.ImportReport, error)) {
	pg.Desk.Agent = &finder{pg.agent, found}
	pg.agent.plan = restores
}

func finds(_ context.Context, req api.ImportRequest) (api.ImportReport, error) {
	return lying(req), nil
}

// imports are the requests to import.
func (pg *page) imports() []api.ImportRequest { return asked[api.ImportRequest](pg, "import") }

// TestImport: what lies about is listed, taken into the keyring, and out of the files after they were shown.
func TestImport(t *testing.T) {
	everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		p := pg.Desk.P
		pg.look(finds)
		press("settings.import.find")
		pg.Wants(t, p.T("settings.import.where"), p.T("settings.import.shell"))
		if len(pg.imports()) > 0 {
			t.Error("files were looked at before that was asked for")
		}
		press("settings.import.look")
		pg.Until(t, "the list", func() bool { return strings.Contains(pg.Read(), p.N("settings.import.found", 3)) })
		pg.Wants(t, "npm_aBcD…7890 · NPM_TOKEN", "/home/alice/.bashrc", p.T("import.left.history"), p.T("import.left.shared-line"), p.T("settings.import.note.no-registry"), "/home/alice/.yarnrc.yml")
		if strings.Contains(pg.Read(), "--registry") {
			t.Error("the window speaks of a flag")
		}
		press("settings.import.take")
		pg.Until(t, "what became of it", func() bool { return strings.Contains(pg.Read(), p.N("settings.import.taken", 2)) })
		if got := pg.imports(); len(got) != 2 || !slices.Equal(got[1].Take, []string{"print-1", "print-2"}) || pg.changed() {
			t.Errorf("asked for %+v", got)
		}
		press("settings.import.clear")
		pg.Until(t, "the plan", func() bool { return strings.Contains(pg.Read(), "${SG_7Q2K}") })
		want := []api.Fix{{Code: api.FixMove, File: "/home/alice/.bashrc", Line: 12}, {Code: api.FixMove, File: "/home/alice/.upmconfig.toml", Line: 3}}
		if got := pg.planned(); len(got) != 1 || !slices.Equal(got[0].Fixes, want) || pg.changed() {
			t.Errorf("planned %+v", got)
		}
		press("settings.change.apply")
		pg.Until(t, "the end", func() bool { return len(pg.Toasts) > 0 })
		if pg.Win.Canvas().Overlays().Top() != nil {
			t.Error("a dialog is still open")
		}
	})
}

// TestImportChosen: what is not ticked stays, and what is typed is asked for: the folder and the registry.
func TestImportChosen(t *testing.T) {
	pg, dir := open(t, windowkit.Way{Language: "en"}, plainHouse()), t.TempDir()
	pg.look(finds)
	pg.tapped(t, "settings.import.find")
	pg.typeInto(t, dir)
	pg.Press(fyne.KeyReturn)
	pg.Until(t, "the list", func() bool { return strings.Contains(pg.Read(), "3 credentials") })
	pg.Tap(t, "npm access token for npm")
	pg.typeInto(t, " npm ")
	pg.tapped(t, "settings.import.take")
	pg.Until(t, "what became of it", func() bool { return strings.Contains(pg.Read(), "It is in the keyring now.") })
	got := pg.imports()
	if len(got) != 2 || got[0].Dir != dir || got[1].Dir != dir || !slices.Equal(got[1].Take, []string{"print-2"}) || got[1].Registry != "https://npm.example.com/" {
		t.Errorf("asked for %+v", got)
	}
	pg.Tap(t, "npm access token for npm")
	pg.tapped(t, "settings.import.clear")
	pg.Until(t, "the plan", func() bool { return len(pg.planned()) > 0 })
	if got := pg.planned()[0].Fixes; len(got) != 1 || got[0].File != "/home/alice/.upmconfig.toml" {
		t.Errorf("what is not in the keyring is taken out of its file: %+v", got)
	}
}

// typeInto types into the first field that the Tab key comes to.
func (pg *page) typeInto(t *testing.T, text string) {
	t.Helper()
	for range 100 {
		pg.Press(fyne.KeyTab)
		if f, ok := pg.Win.Canvas().Focused().(*look.Field); ok {
			f.SetText(text)
			return
		}
	}
	t.Fatal("the Tab key leads to no field")
}

// TestImportFindsNothing: that is said, and there is nothing to agree to.
func TestImportFindsNothing(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	pg.look(func(context.Context, api.ImportRequest) (api.ImportReport, error) { return api.ImportReport{}, nil })
	pg.room.Enter("import")
	pg.tapped(t, "settings.import.look")
	pg.Until(t, "the answer", func() bool { return strings.Contains(pg.Read(), "No credentials lie in these files.") })
	if b, ok := pg.Button("Take over").(*look.Button); !ok || !b.Disabled() {
		t.Error("nothing can be taken")
	}
	pg.Press(fyne.KeyEscape)
	if pg.Win.Canvas().Overlays().Top() != nil {
		t.Error("Escape does not close the dialog")
	}
}

// TestImportFails: what went wrong is told, what was chosen is chosen still, and files that changed are looked at anew.
func TestImportFails(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	var fail error
	pg.look(func(_ context.Context, req api.ImportRequest) (api.ImportReport, error) {
		if len(req.Take) > 0 && fail != nil {
			return api.ImportReport{}, fail
		}
		return lying(req), nil
	})
	pg.tapped(t, "settings.import.find")
	pg.typeInto(t, "/nowhere/at/all")
	pg.tapped(t, "settings.import.look")
	pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "There is no such folder: /nowhere/at/all") })
	pg.tapped(t, "window.action.close")
	pg.typeInto(t, "")
	pg.tapped(t, "settings.import.look")
	pg.Until(t, "the list", func() bool { return strings.Contains(pg.Read(), "3 credentials") })
	pg.Tap(t, "npm access token for npm")
	fail = &api.Error{Code: api.CodeKeyring, Cause: "secrets are kept in memory only, and would be lost"}
	pg.tapped(t, "settings.import.take")
	pg.Until(t, "the refusal", func() bool { return pg.Button("Close") != nil })
	pg.Wants(t, pg.Desk.P.T("error.keyring.hint", i18n.Args{"Cause": fail.(*api.Error).Cause}))
	pg.tapped(t, "window.action.close")
	fail = &api.Error{Code: api.CodeStale}
	pg.tapped(t, "settings.import.take")
	pg.Until(t, "a new look", func() bool { return pg.Button("Close") != nil && strings.Contains(pg.Read(), "3 credentials") })
	got := pg.imports()
	if n := len(got); n != 4 || !slices.Equal(got[2].Take, []string{"print-2"}) || len(got[3].Take) > 0 {
		t.Errorf("asked for %+v", got)
	}
	if pg.changed() {
		t.Error("something changed")
	}
}

// TestImportIsCancelled: closing the dialog ends what is under way.
func TestImportIsCancelled(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "ja"}, plainHouse())
	ended := make(chan error)
	pg.look(func(ctx context.Context, _ api.ImportRequest) (api.ImportReport, error) {
		<-ctx.Done()
		ended <- ctx.Err()
		return api.ImportReport{}, &api.Error{Code: api.CodeCancelled}
	})
	pg.tapped(t, "settings.import.find")
	pg.tapped(t, "settings.import.look")
	pg.Wants(t, pg.Desk.P.T("settings.import.looking"))
	pg.Press(fyne.KeyEscape)
	if err := <-ended; err == nil || pg.Win.Canvas().Overlays().Top() != nil {
		t.Error("it goes on")
	}
}

// TestKeptInside: nothing is cut off in the card and in the dialogs, however narrow the window and large the type.
func TestKeptInside(t *testing.T) {
	for _, w := range windowkit.Tight() {
		t.Run(fmt.Sprintf("%s-%v-%v", w.Name(), w.Width, w.Scale), func(t *testing.T) {
			pg := open(t, w, keeper())
			pg.through(t, func(string) { pg.Inside(t) })
		})
	}
}

// TestKeptPictures writes the card and the dialogs as pictures for people to look at: go test -artifacts.
func TestKeptPictures(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "ja", Width: 284}) {
		t.Run(fmt.Sprintf("%s-%v", w.Name(), w.Width), func(t *testing.T) {
			pg := open(t, w, keeper())
			pg.through(t, func(name string) {
				if !strings.HasSuffix(name, "-") {
					pg.Shot(t, fmt.Sprintf("%s-%s-%v", name, w.Name(), w.Width))
				}
			})
		})
	}
}

// through goes from the card to the plan, and has each step seen.
func (pg *page) through(t *testing.T, see func(name string)) {
	t.Helper()
	p := pg.Desk.P
	pg.look(finds)
	pg.TabTo(t, p.T("settings.import.find"))
	see("kept")
	pg.Press(fyne.KeyReturn)
	see("import-where")
	pg.tapped(t, "settings.import.look")
	pg.Until(t, "the list", func() bool { return strings.Contains(pg.Read(), p.N("settings.import.found", 3)) })
	see("import-found")
	for range 6 {
		pg.Press(fyne.KeyPageDown)
		see("import-")
	}
	see("import-end")
	pg.tapped(t, "settings.import.take")
	pg.Until(t, "what became of it", func() bool { return strings.Contains(pg.Read(), p.N("settings.import.taken", 2)) })
	see("import-taken")
	pg.tapped(t, "settings.import.clear")
	pg.Until(t, "the plan", func() bool { return strings.Contains(pg.Read(), "${SG_7Q2K}") })
	see("import-clear")
}
