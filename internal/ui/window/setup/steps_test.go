package setup

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

func TestWantedOnce(t *testing.T) {
	now := time.Now()
	agreed, placed, pnpm, welcomed := freshMorning(now), freshMorning(now), freshMorning(now), freshMorning(now)
	agreed.Settings.Move, welcomed.Settings.Welcomed = true, true
	placed.Sessions[0].Places[0].Variable = "SG_7Q2K"
	pnpm.Sessions[1].Places = []api.Place{{File: "/home/alice/auth.ini", Level: api.LevelPnpm, Variable: "SG_ART"}}
	project := freshMorning(now)
	project.Sessions[0].Places = []api.Place{{File: "/src/.npmrc", Level: api.LevelProject, Variable: "SG_7Q2K"}}
	for name, c := range map[string]struct {
		s    api.Snapshot
		want bool
	}{"fresh": {freshMorning(now), true}, "agreed": {agreed, false}, "user": {placed, false}, "pnpm": {pnpm, false}, "project": {project, true}, "empty": {api.Snapshot{}, true}, "welcomed": {welcomed, false}} {
		if got := Wanted(c.s); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestLookSaysWhatIsThere(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"bash, zsh, fish", "npm 11.4.2, pnpm 10.12.1, yarn 4.9.2", "/home/alice/.npmrc\n/home/alice/.yarnrc.yml", "npm (alice)\nAcme Artifactory (alice)",
			"the login for npm in /home/alice/.npmrc, line 4", "Next", "Skip the setup"},
		"ja": {"bash、zsh、fish", "npm（alice）", "/home/alice/.npmrc の 4 行目", "次へ", "すべてスキップ"},
	} {
		pg := open(t, windowkit.Way{Language: lang}, freshMorning(time.Now()), "")
		pg.Wants(t, want...)
	}
}

// TestEveryStepCanBeSkipped: nothing is asked of the agent but plans and that the first run was seen.
func TestEveryStepCanBeSkipped(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		for _, keys := range []bool{false, true} {
			pg := open(t, windowkit.Way{Language: lang}, nobody(time.Now()), "")
			pg.Choose(t, keys, pg.Desk.P.T("setup.next"))
			for _, at := range []int{stepKeep, stepReach, stepLogin} {
				if pg.room.at != at {
					t.Fatalf("step %d is open, want %d", pg.room.at, at)
				}
				pg.Choose(t, keys, pg.Desk.P.T("setup.skip"))
			}
			pg.Wants(t, pg.Desk.P.T("setup.prove.login"))
			pg.Choose(t, keys, pg.Desk.P.T("setup.finish"))
			pg.seen(t)
			for _, method := range []string{"keep", "apply", "login", "prove"} {
				if got := pg.called(method); len(got) > 0 {
					t.Errorf("%s: %s was asked: %v", lang, method, got)
				}
			}
			if got := strings.Join(pg.Opened, ","); got != "sessions" {
				t.Errorf("the end leads to %q", got)
			}
		}
	}
}

// seen waits until the first run is noted.
func (pg *page) seen(t *testing.T) {
	t.Helper()
	if !pg.agent.Await(t.Context(), func(c fakeagent.Call) bool {
		a, ok := c.Params.(api.Action)
		return ok && a.Verb == api.VerbSet && a.Settings.Welcomed
	}) {
		t.Error("the first run is not noted")
	}
}

func TestWholeSetupCanBeSkipped(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "")
	pg.Choose(t, true, "Skip the setup")
	pg.seen(t)
	if got := strings.Join(pg.Opened, ","); got != "sessions" {
		t.Errorf("it leads to %q", got)
	}
}

// TestEscapeAsksAgainLater: whoever only closes the page sees it at the next start.
func TestEscapeAsksAgainLater(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "")
	pg.Press(fyne.KeyReturn)
	pg.Press(fyne.KeyEscape)
	if pg.room.at != stepLook {
		t.Error("Escape does not go back")
	}
	pg.Press(fyne.KeyEscape)
	if strings.Join(pg.Opened, ",") != "sessions" || len(pg.called("do")) > 0 {
		t.Errorf("Escape leads to %v and asks %v", pg.Opened, pg.called("do"))
	}
}

// TestKeepIsCarriedOutWithApply: a store that was chosen is changed by the third step, before the plan is applied.
func TestKeepIsCarriedOutWithApply(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "keep")
	pg.Tap(t, "Encrypted file")
	pg.Tap(t, "Next")
	pg.Wants(t, "Type a passphrase for the file.")
	pg.types("correct horse", "correct hearse")
	pg.Tap(t, "Next")
	pg.Wants(t, "The two passphrases are not the same.")
	pg.types("correct horse", "correct horse")
	pg.Tap(t, "Next")
	if pg.room.at != stepReach || len(pg.called("keep")) > 0 {
		t.Fatalf("step %d, kept %v", pg.room.at, pg.called("keep"))
	}
	pg.Wants(t, "Logins are kept in an encrypted file from now on.")
	pg.Tap(t, "Apply")
	pg.Until(t, "the end", func() bool { return pg.room.reach.stage == stageDone })
	var order []string
	for _, c := range pg.agent.Calls() {
		if c.Method == "keep" || c.Method == "apply" {
			order = append(order, c.Method)
		}
	}
	if req := pg.called("keep")[0].(api.KeepRequest); strings.Join(order, " ") != "keep apply" || req.Store != api.StoreFile || req.Passphrase.Reveal() != "correct horse" {
		t.Errorf("%v: %v", order, req)
	}
	if strings.Contains(pg.Read(), "horse") {
		t.Error("the passphrase is still on the screen")
	}
}

// types fills the two fields of the passphrase.
func (pg *page) types(first, again string) {
	fields := pg.room.form.Fields()
	fields[0].SetText(first)
	fields[1].SetText(again)
}

// TestKeepAlone: with the third step skipped the store is changed all the same, before anybody logs in.
func TestKeepAlone(t *testing.T) {
	pg := open(t, english, nobody(time.Now()), "keep")
	pg.Choose(t, true, "Memory only")
	pg.Choose(t, true, "Next")
	pg.Choose(t, true, "Skip")
	pg.Until(t, "the login", func() bool { return pg.room.at == stepLogin })
	if req := pg.called("keep"); len(req) != 1 || req[0].(api.KeepRequest).Store != api.StoreMemory || len(pg.called("apply")) > 0 {
		t.Errorf("kept %v", req)
	}
}

// TestKeepFails: it is said in place, the plan is not applied, and the way on is free.
func TestKeepFails(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "keep")
	pg.agent.Errors = map[string]error{"keep": &api.Error{Code: api.CodeFile, Args: map[string]string{"File": "/home/alice/secrets"}}}
	pg.Tap(t, "Memory only")
	pg.Tap(t, "Next")
	pg.Tap(t, "Apply")
	pg.Until(t, "the error", func() bool { return pg.ready() && pg.room.reach.stays })
	pg.Wants(t, "A file cannot be read or written.", "Nothing was changed: logins are kept where they were.")
	if len(pg.called("apply")) > 0 {
		t.Error("the plan was applied all the same")
	}
	pg.Tap(t, "Apply")
	pg.Until(t, "the end", func() bool { return pg.room.reach.stage == stageDone })
}

func TestNoKeyringIsSaid(t *testing.T) {
	s := freshMorning(time.Now())
	s.Agent.Store = api.StoreMemory
	pg := open(t, english, s, "keep")
	pg.Wants(t, "No keyring answers on this computer.", "Its passphrase is asked at each start of Sandglass.", "Until Sandglass quits.")
}

// TestLoginStartsTheSand: asked for, the page's host, cancelled, failed, and done.
func TestLoginStartsTheSand(t *testing.T) {
	var browsed []string
	w := english
	w.Outside = desk.Outside{Browse: func(page string) error { browsed = append(browsed, page); return nil }}
	now := time.Now()
	none := nobody(now)
	pg := open(t, w, none, "login")
	pg.agent.Hang = true
	pg.Wants(t, "Log in once", "Another registry…")
	pg.Press(fyne.KeyReturn) // the keyboard is at Log in
	if !pg.agent.Await(t.Context(), func(c fakeagent.Call) bool { return c.Method == "login" && c.Params != nil }) {
		t.Fatal("no login")
	}
	pg.Wants(t, "Asking npm for its login page…")
	login := api.Session{Registry: "https://npm.example.com/", Name: "npm", State: api.StateNone, Login: &api.Login{
		Registry: "https://npm.example.com/", State: api.LoginWaiting, Host: "www.example.com", URL: "https://www.example.com/login/1", Browser: true}}
	none.Sessions = []api.Session{login}
	pg.Show(none)
	pg.Wants(t, "The page belongs to www.example.com.", "https://www.example.com/login/1")
	pg.Choose(t, true, "Open the page again")
	if len(browsed) != 1 || browsed[0] != login.Login.URL {
		t.Errorf("opened %v", browsed)
	}
	pg.Choose(t, true, "Cancel")
	if !pg.agent.Await(t.Context(), func(c fakeagent.Call) bool { a, ok := c.Params.(api.Action); return ok && a.Verb == api.VerbCancel }) {
		t.Error("nothing was cancelled")
	}
	pg.Show(freshMorning(now))
	pg.Wants(t, "You are logged in to npm as alice", "1 h 19 min", "Next")
	pg.Tap(t, "Next")
	if pg.room.at != stepProve {
		t.Errorf("step %d follows", pg.room.at)
	}
}

func TestLoginFails(t *testing.T) {
	pg := open(t, english, nobody(time.Now()), "login")
	pg.agent.Errors = map[string]error{"login": &api.Error{Code: api.CodeNetwork, Args: map[string]string{"Registry": "npm"}}}
	pg.Tap(t, "Log in to npm")
	login := pg.room.steps[stepLogin].(*loginStep)
	pg.Until(t, "the error", func() bool { return login.err != nil })
	pg.Wants(t, pg.Desk.P.T("error.network", map[string]any{"Registry": "npm", "Cause": ""}), "Log in to npm")
	pg.Tap(t, "Another registry…")
	pg.Wants(t, "Type the registry's address.")
	pg.Tap(t, "Cancel")
}

// TestLoginIsSkippedWhenSignedIn both ways.
func TestLoginIsSkippedWhenSignedIn(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "reach")
	pg.Tap(t, "Skip")
	if pg.room.at != stepProve || !pg.room.done[stepLogin] {
		t.Errorf("step %d follows", pg.room.at)
	}
	pg.Tap(t, "Back")
	if pg.room.at != stepReach {
		t.Errorf("step %d is before", pg.room.at)
	}
}

// TestProofs: each shell that is set up is asked, and the answer is shown as it came.
func TestProofs(t *testing.T) {
	s := freshMorning(time.Now())
	s.Shells[0].Hooked, s.Shells[1].Hooked = true, true
	pg := open(t, english, s, "prove")
	fails := true
	pg.agent.prove = func(req api.ProveRequest) (api.Proof, error) {
		if fails && req.Shell == "zsh" {
			return api.Proof{Shell: "zsh", Command: "npm whoami", Answer: "npm error need auth"}, nil
		}
		return answers(req)
	}
	pg.room.turn(stepProve)
	prove := pg.room.steps[stepProve].(*proveStep)
	pg.Until(t, "the answers", func() bool { return len(prove.proofs) == 2 })
	pg.Wants(t, "bash\n✓ answers alice", "$ npm whoami\nalice", "× does not answer yet", "$ npm whoami\nnpm error need auth", "Open a new terminal")
	fails = false
	pg.Choose(t, true, "Ask again")
	pg.Until(t, "the answers", func() bool { return len(prove.proofs) == 2 })
	pg.Wants(t, "Everything works.", "Finish")
	if !pg.room.done[stepProve] {
		t.Error("the step has no check mark")
	}
}

func TestNothingToProve(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "prove")
	pg.Wants(t, "No shell loads the logins yet", "sandglass exec -- npm whoami")
	s := freshMorning(time.Now())
	s.Settings.DefaultMode = injection.ModeExec
	pg.Show(s)
	pg.room.turn(stepProve)
	pg.Wants(t, "In exec mode shells get no login")
	s = freshMorning(time.Now())
	s.Shells[0].Hooked = true
	pg.Show(s) // the news of a shell that was set up
	pg.Until(t, "the answer", func() bool { return strings.Contains(pg.Read(), "✓ answers alice") })
}
