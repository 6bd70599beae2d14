package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// today is when these tests take place.
var today = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// answering answers the calls that change access tokens by functions, where they are set.
type answering struct {
	*fakeagent.Agent
	make   func(api.TokenOrder) (api.NewToken, error)
	revoke func(api.RevokeRequest) (api.RevokeReport, error)
	rotate func(api.RotateRequest) (api.Rotation, error)
}

func (a *answering) MakeToken(ctx context.Context, req api.TokenOrder, report func(api.TokenStep)) (api.NewToken, error) {
	out, err := a.Agent.MakeToken(ctx, req, report)
	if a.make != nil {
		return a.make(req)
	}
	return out, err
}

func (a *answering) RevokeTokens(ctx context.Context, req api.RevokeRequest, report func(api.TokenStep)) (api.RevokeReport, error) {
	out, err := a.Agent.RevokeTokens(ctx, req, report)
	if a.revoke != nil {
		return a.revoke(req)
	}
	return out, err
}

func (a *answering) RotateToken(ctx context.Context, req api.RotateRequest, report func(api.TokenStep)) (api.Rotation, error) {
	out, err := a.Agent.RotateToken(ctx, req, report)
	if a.rotate != nil {
		return a.rotate(req)
	}
	return out, err
}

// accessAgent has an account with a few access tokens.
func accessAgent(lang string) *answering {
	a := fakeagent.New(today)
	npm := registry.Public.String()
	day := func(n int) time.Time { return today.AddDate(0, 0, n) }
	a.List = api.TokenList{Registry: npm, Name: "npm", Account: "alice", At: today, Tokens: []api.AccessToken{
		{
			Token: access.Token{
				ID: "11111111-aaaa-4aaa-8aaa-111111111111", Name: "ci-read", Masked: "npm_aBcD…7890", Kind: access.Granular, Scopes: []string{"@acme", "@beta"},
				Packages: []string{"left-pad", "@x/y"}, Permission: access.ReadOnly, Created: day(-20), Used: day(-2), Ends: day(60),
			},
			Places: []api.Place{{File: "/home/alice/.npmrc", Line: 4, Level: api.LevelUser, Literal: true}}, Kept: "kept-1", InUse: true, Note: "GitHub secret NPM_TOKEN of acme/site",
		},
		{
			Token: access.Token{
				ID: "22222222-bbbb-4bbb-8bbb-222222222222", Name: "deploy\x1b[31m", Masked: "npm_wXyZ…4321", Kind: access.Granular, All: true, Permission: access.ReadWrite,
				Bypass: true, Orgs: []string{"acme"}, OrgPermission: access.ReadOnly, Ends: day(5),
			},
			Marks: []access.Mark{{Code: access.MarkBypass, Serious: true}, {Code: access.MarkEnds, Args: map[string]string{"Time": day(5).Format(time.RFC3339), "Days": "5"}}},
		},
		{Token: access.Token{ID: "note-1", Name: "elsewhere", Kind: access.Entered, Ends: day(100)}},
	}}
	a.Set(func(s *api.Snapshot) {
		s.Settings.Language = lang
		s.Kept = []api.Kept{{ID: "kept-1", Kind: token.KindGranular, Name: "ci-read", Token: "11111111-aaaa-4aaa-8aaa-111111111111", Masked: "npm_aBcD…7890"}}
		s.Jobs = []api.TokenJob{
			{ID: "j1", What: api.ChangeRotate, Step: api.NextPlaces, Name: "ci-read", Registry: npm},
			{ID: "j2", What: api.ChangeCreate, Step: api.NextStore, Name: "gone", New: "33333333", Lost: true},
			{ID: "j3", What: api.ChangeRevoke, Step: api.NextRevoke, Name: "a", Left: []string{"44444444", "55555555"}},
		}
		s.Notes = []api.TokenNote{{ID: "note-1", Name: "elsewhere", Registry: npm, Ends: day(100), Where: "GitLab"}}
		s.Soon = []api.TokenSoon{{Registry: npm, ID: "22222222-bbbb-4bbb-8bbb-222222222222", Name: "deploy", Ends: day(5)}}
	})
	return &answering{Agent: a}
}

// tokensRun runs sandglass tokens without a terminal.
func tokensRun(t *testing.T, agent api.Agent, stdin string, args ...string) (code int, out, talk string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(t.Context(), tokensEnv(t, agent, strings.NewReader(stdin), &stdout, &stderr, args...))
	return code, stdout.String(), stderr.String()
}

func tokensEnv(t *testing.T, agent api.Agent, in io.Reader, out, talk io.Writer, args ...string) Env {
	return Env{
		Args: append([]string{"tokens"}, args...), Stdin: in, Stdout: out, Stderr: talk, Agent: agent,
		Getenv:  func(name string) string { return map[string]string{"HOME": "/home/alice", "LANG": "C"}[name] },
		Environ: os.Environ, Now: func() time.Time { return today },
		StartAgent: func(context.Context, bool) error { t.Error("an agent was started"); return errors.New("none") },
	}
}

// of lists what the agent was asked of one method.
func of[T any](a *answering, method string) (out []T) {
	for _, c := range a.Calls() {
		if p, ok := c.Params.(T); ok && c.Method == method {
			out = append(out, p)
		}
	}
	return out
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// TestTokenList shows each row with what belongs to it, the sessions beside them, and what waits.
func TestTokenList(t *testing.T) {
	code, out, talk := tokensRun(t, accessAgent("en"), "")
	if code != 0 || talk != "" || strings.ContainsAny(out, "\x1b") {
		t.Errorf("%d %q", code, talk)
	}
	wants(t, out,
		"Name        Begins and ends  May                           Packages and scopes                          Ends                     Last used\n",
		"deploy[31m  npm_wXyZ…4321    read and write, bypasses 2FA  all packages, organisation acme (read-only)  2026-11-26, in 5 days    not told\n",
		"ci-read     npm_aBcD…7890    read-only                     left-pad, @x/y, @acme and 1 more             2027-01-20, in 60 days   2026-11-19\n",
		"elsewhere                    your note                                                                  2027-03-01, in 100 days\n",
		"  here: ~/.npmrc line 4 (in plain text), keyring, given to tools by Sandglass\n  elsewhere: GitHub secret NPM_TOKEN of acme/site\n",
		"\nSessions, which no list of the registry shows\n● npm  alice  running", "sandglass tokens rotate --job j1 --continue\n",
		"sandglass tokens revoke 33333333\n", "2 access tokens are still to be revoked: sandglass tokens revoke 44444444 55555555\n", "\n3 access tokens (npm was asked: 1",
	)
	if strings.Index(out, "deploy") > strings.Index(out, "ci-read") {
		t.Error("the first to end is not the first one")
	}
}

// TestTokenListChoices: order, filter, registry and freshness.
func TestTokenListChoices(t *testing.T) {
	a := accessAgent("en")
	_, out, _ := tokensRun(t, a, "", "list", "--sort", "used", "--filter", "ACME", "--fresh", "--registry", "registry.example.com")
	if strings.Index(out, "ci-read") > strings.Index(out, "deploy") || strings.Contains(out, "elsewhere  ") {
		t.Errorf("order and filter:\n%s", out)
	}
	if got := of[api.TokensRequest](a, "tokens"); len(got) != 1 || got[0] != (api.TokensRequest{Registry: "https://registry.example.com/", Fresh: true}) {
		t.Errorf("asked %+v", got)
	}
	for _, args := range [][]string{{"--sort", "size"}, {"list", "x"}, {"nothing"}, {"list", "--registry", "nobody"}} {
		if code, out, talk := tokensRun(t, a, "", args...); code != 2 || out != "" || talk == "" {
			t.Errorf("%q: %d %q %q", args, code, out, talk)
		}
	}
	a.List.Tokens = nil
	if _, out, _ := tokensRun(t, a, ""); !strings.Contains(out, "sandglass tokens create") {
		t.Errorf("none: %q", out)
	}
	a.Errors = map[string]error{"tokens": &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": "npm"}}}
	if code, _, talk := tokensRun(t, a, ""); code != 3 || talk == "" {
		t.Errorf("nobody is signed in: %d %q", code, talk)
	}
}

// TestTokenWordsInEveryLanguage: no command shows a key, and none the secret.
func TestTokenWordsInEveryLanguage(t *testing.T) {
	revoked := func(state string) api.Revoked {
		return api.Revoked{ID: "1", Name: "ci-read", Masked: "npm_aBcD…7890", What: "token", State: state, Error: &api.Error{Code: api.CodeNetwork}, Breaks: []api.Place{{File: "/f", Line: 2}}}
	}
	for _, lang := range i18n.Languages {
		for _, args := range [][]string{
			{"list"}, {"audit"}, {"note"}, {"note", "bot", "--ends", "2027-01-31"}, {"note", "--remove", "elsewhere"}, {"export", "--format", "ics"},
			{"create", "x", "--permission", "read-write", "--all-packages", "--bypass-2fa", "--yes", "--variable", "SG_X"},
			{"create", "x", "--permission", "read-write", "--days", "91", "--scope", "acme"}, {"create", "x"}, {"create", "x", "--permission", "all"},
			{"revoke", "ci-read", "--yes"}, {"revoke", "ci-read", "--yes", "--sure"}, {"revoke", "--panic"}, {"rotate", "ci-read"}, {"rotate", "--job", "j1", "--abandon"}, {"rotate", "elsewhere"},
			{"emit", "nothing"}, {"export"}, {"list", "--sort", "x"},
		} {
			a := accessAgent(lang)
			a.Made = api.NewToken{Token: a.List.Tokens[0], Secret: fakeagent.Canary}
			a.Ended = api.RevokeReport{Signs: []api.Sign{{File: "/home/alice/.config/systemd/user/x.service", What: "from-the-future", Since: today, Detail: "x"}}}
			for _, state := range []string{api.RevokePlanned, api.RevokeDone, api.RevokeInUse, api.RevokeFailed, api.RevokeLeft} {
				a.Ended.Items = append(a.Ended.Items, revoked(state))
			}
			a.Turned = api.Rotation{Job: api.TokenJob{ID: "j1", What: api.ChangeRotate, Step: api.NextPlaces, Name: "ci-read", Kept: "kept-1"}, New: a.List.Tokens[0], Places: a.List.Tokens[0].Places, Secret: fakeagent.Canary}
			a.TokenWay = []api.TokenStep{{Step: api.StepPage, URL: "https://registry.example.com/p", Host: "registry.example.com"}, {Step: api.StepMade}, {Step: api.StepKept}, {Step: api.StepVerified}, {Step: api.StepRevoked, Done: 1, Total: 2, ID: "1"}, {Step: api.StepFailed, Total: 2}}
			_, out, talk := tokensRun(t, a, "", args...)
			if text := out + talk; text == "" || strings.Contains(text, "cli.") || strings.Contains(text, "<no value>") || strings.Contains(text, fakeagent.Canary.Reveal()) {
				t.Errorf("%s %q:\n%s", lang, args, text)
			}
		}
	}
}

// TestTokenJSON: every list is there, and the schema's version; nothing is null.
func TestTokenJSON(t *testing.T) {
	a := accessAgent("en")
	a.Made = api.NewToken{Token: a.List.Tokens[0], Drafts: []api.Draft{{Method: "POST", URL: "https://registry.example.com/-/npm/v1/tokens"}}, Secret: fakeagent.Canary}
	a.Ended = api.RevokeReport{Items: []api.Revoked{{ID: "1", What: "token", State: api.RevokeDone}}}
	a.Turned = api.Rotation{Job: api.TokenJob{ID: "j1", What: api.ChangeRotate, Step: api.NextPlaces}, Secret: fakeagent.Canary}
	for _, c := range []struct {
		args []string
		keys string
	}{
		{[]string{"list", "--json"}, "schema_version registry name account at tokens sessions jobs"},
		{[]string{"audit", "--json"}, "schema_version registry tokens findings"},
		{[]string{"note", "--json"}, "schema_version notes"},
		{[]string{"export", "--format", "json"}, "schema_version tokens"},
		{[]string{"create", "x", "--permission", "read-only", "--scope", "@acme", "--json"}, "schema_version token commands"},
		{[]string{"create", "x", "--permission", "read-only", "--scope", "@acme", "--json", "--dry-run"}, "schema_version drafts"},
		{[]string{"revoke", "ci-read", "--yes", "--json"}, "schema_version items signs"},
		{[]string{"revoke", "ci-read", "--dry-run", "--json"}, "schema_version items signs"},
		{[]string{"rotate", "ci-read", "--json"}, "schema_version job new places commands"},
	} {
		_, out, talk := tokensRun(t, a, "", c.args...)
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Errorf("%q: %v\n%s%s", c.args, err, out, talk)
			continue
		}
		for key := range strings.FieldsSeq(c.keys) {
			if v, ok := got[key]; !ok || v == nil {
				t.Errorf("%q: %s is %v", c.args, key, v)
			}
		}
		if got["schema_version"] != float64(api.Schema) || strings.Contains(out, "null") || strings.Contains(out+talk, fakeagent.Canary.Reveal()) {
			t.Errorf("%q:\n%s", c.args, out)
		}
	}
}

// TestTokenAudit has an exit code of its own where something is serious.
func TestTokenAudit(t *testing.T) {
	a := accessAgent("en")
	code, out, _ := tokensRun(t, a, "", "audit")
	if code != exitRefused {
		t.Errorf("exit code %d", code)
	}
	wants(t, out, "✗ deploy[31m  npm_wXyZ…4321  Stops publishing in January 2027\n", "! deploy[31m  npm_wXyZ…4321  Ends soon\n  Its end: 2026-11-26",
		"→ sandglass tokens rotate 22222222-bbbb-4bbb-8bbb-222222222222\n", "2 findings. (3 access tokens of npm looked at)\n")
	a.List.Tokens[1].Marks = a.List.Tokens[1].Marks[1:]
	if code, _, _ := tokensRun(t, a, "", "audit"); code != 0 {
		t.Errorf("nothing serious: %d", code)
	}
	a.List.Tokens = a.List.Tokens[:1]
	if code, out, _ := tokensRun(t, a, "", "audit"); code != 0 || !strings.Contains(out, "Nothing is wrong") {
		t.Errorf("nothing: %d %s", code, out)
	}
}

// TestTokenExport: an event for each end, a row for each access token, and no file is written over.
func TestTokenExport(t *testing.T) {
	a := accessAgent("en")
	_, out, _ := tokensRun(t, a, "", "export", "--format", "ics")
	if n := strings.Count(out, "BEGIN:VEVENT"); n != 3 || !strings.Contains(out, "SUMMARY:npm: access token ci-read ends\r\n") {
		t.Errorf("%d events:\n%s", n, out)
	}
	if _, out, _ = tokensRun(t, a, "", "export", "--format", "csv"); strings.Count(out, "\r\n") != 4 || strings.Contains(out, "\x1b") {
		t.Errorf("csv:\n%q", out)
	}
	file := filepath.Join(t.TempDir(), "x.csv")
	if code, out, talk := tokensRun(t, a, "", "export", "--format", "csv", "--output", file); code != 0 || out != "" || !strings.Contains(talk, file) {
		t.Errorf("%d %q %q", code, out, talk)
	}
	if code, _, _ := tokensRun(t, a, "", "export", "--format", "json", "--output", file); code != 2 {
		t.Errorf("written over: %d", code)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), "registry,id,name") {
		t.Errorf("%q %v", text, err)
	}
}

// TestTokenNotes: what the user says reaches the agent, and nothing that makes no sense does.
func TestTokenNotes(t *testing.T) {
	a := accessAgent("en")
	for _, args := range [][]string{
		{"note", "bot", "--ends", "2027-01-31", "--where", "GitLab", "--registry", "registry.example.com"}, {"note", "ci-read", "--where", "Drone"},
		{"note", "elsewhere", "--where", "moved"}, {"note", "--remove", "elsewhere"},
	} {
		if code, _, talk := tokensRun(t, a, "", args...); code != 0 {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
	npm := registry.Public.String()
	want := []api.Action{
		{Verb: api.VerbNote, Note: &api.TokenNote{Registry: "https://registry.example.com/", Name: "bot", Where: "GitLab", Ends: time.Date(2027, 1, 31, 0, 0, 0, 0, time.Local)}},
		{Verb: api.VerbNote, Note: &api.TokenNote{ID: "11111111-aaaa-4aaa-8aaa-111111111111", Registry: npm, Name: "ci-read", Where: "Drone"}},
		{Verb: api.VerbNote, Note: &api.TokenNote{ID: "note-1", Registry: npm, Name: "elsewhere", Where: "moved", Ends: today.AddDate(0, 0, 100)}},
		{Verb: api.VerbUnnote, ID: "note-1"},
	}
	got := of[api.Action](a, "do")
	for i := range want {
		x, _ := json.Marshal(want[i])
		if y, _ := json.Marshal(got[i]); !bytes.Equal(x, y) {
			t.Errorf("%s, want %s", y, x)
		}
	}
	for _, args := range [][]string{
		{"note", "x", "--ends", "soon"}, {"note", "x", "--ends", "2026-01-01"}, {"note", "--ends", "2027-01-31"}, {"note", "--remove", "nothing"},
		{"note", "x", "--remove", "elsewhere"}, {"note", "nobody", "--where", "x"},
	} {
		if code, _, talk := tokensRun(t, a, "", args...); code != 2 {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
	if n := len(of[api.Action](a, "do")); n != len(want) {
		t.Errorf("%d actions", n)
	}
}

// TestTokenCompletion asks no registry.
func TestTokenCompletion(t *testing.T) {
	a := accessAgent("en")
	for args, want := range map[string]string{"revoke ": "deploy\nci-read\n", "revoke deploy ": "ci-read\n", "emit ": "kept-1\tci-read\n", "rotate --job ": "j1\tci-read\n"} {
		var out bytes.Buffer
		env := tokensEnv(t, a, strings.NewReader(""), &out, io.Discard)
		env.Args = append([]string{"__complete", "tokens"}, strings.Split(args, " ")...)
		if code := Main(t.Context(), env); code != 0 || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%q: %d %q", args, code, out.String())
		}
	}
	if slices.ContainsFunc(a.Calls(), func(c fakeagent.Call) bool { return c.Method == "tokens" }) {
		t.Error("the list was asked for")
	}
}

// BenchmarkTokenList10000 lists, filters and sorts what no account at npm has so many of.
func BenchmarkTokenList10000(b *testing.B) {
	a := accessAgent("en")
	one := a.List.Tokens[0]
	a.List.Tokens = nil
	for i := range 10_000 {
		one.ID, one.Name, one.Ends = strconv.Itoa(i), "ci-"+strconv.Itoa(i*7919%10_000), today.AddDate(0, 0, i%90)
		a.List.Tokens = append(a.List.Tokens, one)
	}
	cli := &app{agent: a, Env: Env{Agent: a, Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: func() time.Time { return today }}}
	for b.Loop() {
		if err := cli.listTokens(b.Context(), tokenListOptions{sort: "name", filter: "ci"}); err != nil {
			b.Fatal(err)
		}
	}
}
