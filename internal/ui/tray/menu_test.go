package tray

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.Local)

// running is a session of two hours with so much left at noon.
func running(name, account string, left time.Duration) api.Session {
	return api.Session{
		Registry: "https://" + name + ".registry.example.com/", Name: name, Account: account, State: api.StateRunning,
		Started: noon.Add(left - 2*time.Hour), Ends: noon.Add(left),
	}
}

func with(s api.Session, f func(*api.Session)) api.Session {
	f(&s)
	return s
}

func state(s api.State) func(*api.Session) {
	return func(x *api.Session) { x.State, x.Started, x.Ends = s, time.Time{}, time.Time{} }
}

func labels(s api.Snapshot, lang string, now time.Time) []string {
	var out []string
	for _, item := range Menu(s, i18n.New(lang), now) {
		if item.Separator {
			out = append(out, "-")
			continue
		}
		out = append(out, item.Label)
	}
	return out
}

var restEN = []string{"-", "Open Sandglass", "Pause notices for an hour", "Lock", "Settings…", "-", "Quit"}
var restJA = []string{"-", "Sandglass を開く", "通知を 1 時間止める", "ロック", "設定…", "-", "終了"}

func TestMenu(t *testing.T) {
	npm := running("npm", "alice", 72*time.Minute+time.Second)
	waiting := with(npm, func(x *api.Session) {
		x.Login = &api.Login{State: api.LoginWaiting, URL: "https://login.example.com/x", Host: "login.example.com"}
	})
	for _, c := range []struct {
		name     string
		sessions []api.Session
		en, ja   []string // status and lines
	}{
		{"nothing", nil, []string{"Nothing to keep alive yet"}, []string{"見守るセッションはまだありません"}},
		{"one", []api.Session{npm},
			[]string{"npm (alice) is signed in until 13:12", "npm (alice): 1 h 12 min left"},
			[]string{"有効なセッション 1 件、次の終了は 13:12（npm（alice））", "npm（alice）: 残り 1 時間 12 分"}},
		{"two, in an order that stays", []api.Session{npm, running("acme", "", 100*time.Minute+time.Second)},
			[]string{"2 sessions alive, npm (alice) ends first, at 13:12", "acme: 1 h 40 min left", "npm (alice): 1 h 12 min left"},
			[]string{"有効なセッション 2 件、次の終了は 13:12（npm（alice））", "acme: 残り 1 時間 40 分", "npm（alice）: 残り 1 時間 12 分"}},
		{"ending", []api.Session{running("npm", "alice", 9*time.Minute+30*time.Second)},
			[]string{"npm (alice) ends at 12:09, in 9 min", "npm (alice): 9 min left, renew now"},
			[]string{"npm（alice） は 12:09 に終了（残り 9 分）", "npm（alice）: 残り 9 分、今すぐ更新"}},
		{"last minute, no seconds", []api.Session{running("npm", "", 42*time.Second)},
			[]string{"npm ends at 12:00, in less than a minute", "npm: less than a minute left, renew now"},
			[]string{"npm は 12:00 に終了（残り 1 分未満）", "npm: 残り 1 分未満、今すぐ更新"}},
		{"over, though the snapshot says running", []api.Session{running("npm", "alice", -5*time.Minute)},
			[]string{"npm (alice) ended at 11:55", "npm (alice): ended 11:55, renew"},
			[]string{"終了したセッション 1 件（npm（alice） は 11:55 に終了）", "npm（alice）: 11:55 に終了、更新する"}},
		{"refused before its end", []api.Session{with(npm, func(x *api.Session) { x.State = api.StateEnded })},
			[]string{"npm (alice) has ended", "npm (alice): ended, renew"},
			[]string{"終了したセッション 1 件（npm（alice））", "npm（alice）: 終了、更新する"}},
		{"unknown", []api.Session{with(npm, state(api.StateUnknown))},
			[]string{"npm (alice) is signed in, end not known", "npm (alice): signed in, end not known"},
			[]string{"npm（alice） にログイン中（終了時刻は不明）", "npm（alice）: ログイン中（終了時刻は不明）"}},
		{"offline", []api.Session{with(npm, func(x *api.Session) { x.State = api.StateOffline })},
			[]string{"npm (alice) does not answer, session ends at 13:12", "npm (alice): does not answer, 1 h 12 min left"},
			[]string{"npm（alice） が応答しません。セッションは 13:12 に終了", "npm（alice）: 応答なし、残り 1 時間 12 分"}},
		{"keyring locked", []api.Session{with(npm, state(api.StateLocked))},
			[]string{"npm (alice): the keyring is locked", "npm (alice): locked"},
			[]string{"npm（alice）: キーリングがロックされています", "npm（alice）: ロック中"}},
		{"not signed in", []api.Session{with(npm, func(x *api.Session) { state(api.StateNone)(x); x.Account = "" })},
			[]string{"Nothing to keep alive yet", "npm: log in"},
			[]string{"見守るセッションはまだありません", "npm: ログインする"}},
		{"login without a browser", []api.Session{waiting},
			[]string{"npm (alice): waiting for you on the login page", "npm (alice): finish the login in your browser",
				"Open the login page for npm (alice) (login.example.com)"},
			[]string{"npm（alice）: ログインページでの操作を待っています", "npm（alice）: ブラウザーでログインを完了してください",
				"npm（alice） のログインページを開く（login.example.com）"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := api.Snapshot{Sessions: c.sessions}
			if d := cmp.Diff(append(c.en, restEN...), labels(s, "en", noon)); d != "" {
				t.Errorf("English (-want +got):\n%s", d)
			}
			if d := cmp.Diff(append(c.ja, restJA...), labels(s, "ja", noon)); d != "" {
				t.Errorf("Japanese (-want +got):\n%s", d)
			}
		})
	}
}

func TestMenuOfWholeState(t *testing.T) {
	s := api.Snapshot{
		Sessions: []api.Session{running("npm", "alice", 72*time.Minute+time.Second)}, Locked: true,
		Paused: noon.Add(30 * time.Minute), Findings: make([]api.Finding, 3),
	}
	want := []string{"Locked: shells have no credentials", "npm (alice): locked", "-", "3 findings", "Open Sandglass",
		"Notices paused until 12:30: resume", "Unlock", "Settings…", "-", "Quit"}
	if d := cmp.Diff(want, labels(s, "en", noon)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	want[1], want[5] = "npm (alice): locked", "Pause notices for an hour"
	if d := cmp.Diff(want, labels(s, "en", noon.Add(31*time.Minute))); d != "" {
		t.Errorf("after the pause (-want +got):\n%s", d)
	}
}

// TestTenLines: the ten that matter most have a line, the rest is behind "more".
func TestTenLines(t *testing.T) {
	var s api.Snapshot
	for i := range 13 {
		s.Sessions = append(s.Sessions, with(running("r"+strconv.Itoa(10+i), "", time.Hour), state(api.StateNone)))
	}
	s.Sessions = append(s.Sessions, running("zz", "", -time.Minute))
	got := labels(s, "en", noon)
	if !strings.Contains(strings.Join(got, "\n"), "zz: ended 11:59, renew") || got[11] != "4 more…" || got[12] != "-" {
		t.Errorf("menu:\n%s", strings.Join(got, "\n"))
	}
	for _, item := range Menu(s, i18n.New("en"), noon) {
		if want := (Do{Verb: api.VerbShow, Room: api.RoomSessions}); item.Key == keyMore && item.Do != want {
			t.Errorf("more does %+v", item.Do)
		}
	}
}

// TestJ06_NamesCannotForgeTheMenu: a registry's name and account come from files and servers.
func TestJ06_NamesCannotForgeTheMenu(t *testing.T) {
	x := running("npm\u202e\x1b[31m\nQuit", strings.Repeat("a", 10_000), time.Hour)
	line := labels(api.Snapshot{Sessions: []api.Session{x}}, "en", noon)[1]
	if strings.ContainsAny(line, "\u202e\x1b\n") || len([]rune(line)) > 120 {
		t.Errorf("line %q", line)
	}
}

func TestClicksMean(t *testing.T) {
	npm := running("npm", "alice", time.Hour)
	got := map[string]Do{}
	s := api.Snapshot{Sessions: []api.Session{npm}, Findings: make([]api.Finding, 1)}
	for _, item := range Menu(s, i18n.New("en"), noon) {
		got[item.Key] = item.Do
	}
	want := map[string]Do{
		keyStatus: {}, keySession + "0": {Login: npm.Registry}, keyLine + "0": {}, keyLine + "1": {},
		keyOpen: {Verb: api.VerbShow, Room: api.RoomSessions}, keySettings: {Verb: api.VerbShow, Room: api.RoomSettings},
		keyFindings: {Verb: api.VerbShow, Room: api.RoomFindings}, keyPause: {Pause: time.Hour},
		keyLock: {Verb: api.VerbLock}, keyQuit: {Verb: api.VerbQuit},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestEveryItemHasItsPlace: what Menu says can be shown.
func TestEveryItemHasItsPlace(t *testing.T) {
	s := api.Snapshot{Findings: make([]api.Finding, 1)}
	for i := range 20 {
		x := running("r"+strconv.Itoa(i), "", time.Hour)
		x.Login = &api.Login{State: api.LoginWaiting, URL: "https://login.example.com/" + strconv.Itoa(i)}
		s.Sessions = append(s.Sessions, x)
	}
	var keys []string
	for _, item := range Menu(s, i18n.New("en"), noon) {
		keys = append(keys, item.Key)
	}
	if d := cmp.Diff(places(), keys); d != "" {
		t.Errorf("(-place +item):\n%s", d)
	}
}

// TestTooltip: the icon's text says the minutes, and what else there is.
func TestTooltip(t *testing.T) {
	npm, acme := running("npm", "alice", 72*time.Minute+time.Second), running("acme", "", 100*time.Minute)
	over := running("old", "", -5*time.Minute)
	for _, c := range []struct {
		name   string
		in     api.Snapshot
		en, ja string
	}{
		{"nothing", api.Snapshot{}, "Nothing to keep alive yet", "見守るセッションはまだありません"},
		{"one", api.Snapshot{Sessions: []api.Session{npm}},
			"npm (alice): 1 h 12 min left (until 13:12)", "npm（alice）: 残り 1 時間 12 分（13:12 まで）"},
		{"two", api.Snapshot{Sessions: []api.Session{acme, npm}},
			"npm (alice): 1 h 12 min left (until 13:12), 2 sessions alive",
			"npm（alice）: 残り 1 時間 12 分（13:12 まで）、有効なセッション 2 件"},
		{"one of three over", api.Snapshot{Sessions: []api.Session{acme, over, npm}},
			"old: ended 11:55, renew, 2 sessions alive", "old: 11:55 に終了、更新する、有効なセッション 2 件"},
		{"over and muted", api.Snapshot{Sessions: []api.Session{with(over, func(x *api.Session) { x.Muted = true }), npm}},
			"npm (alice): 1 h 12 min left (until 13:12), 1 ended",
			"npm（alice）: 残り 1 時間 12 分（13:12 まで）、終了 1 件"},
		{"ending", api.Snapshot{Sessions: []api.Session{running("npm", "alice", 9*time.Minute+30*time.Second)}},
			"npm (alice): 9 min left, renew now (until 12:09)", "npm（alice）: 残り 9 分、今すぐ更新（12:09 まで）"},
		{"unknown", api.Snapshot{Sessions: []api.Session{with(npm, state(api.StateUnknown))}},
			"npm (alice): signed in, end not known", "npm（alice）: ログイン中（終了時刻は不明）"},
		{"locked", api.Snapshot{Locked: true, Sessions: []api.Session{npm}},
			"Locked: shells have no credentials", "ロック中: シェルに認証情報を渡していません"},
		{"login", api.Snapshot{Sessions: []api.Session{with(npm, func(x *api.Session) { x.Login = &api.Login{State: api.LoginWaiting} })}},
			"npm (alice): waiting for you on the login page", "npm（alice）: ログインページでの操作を待っています"},
		{"not signed in", api.Snapshot{Sessions: []api.Session{with(npm, state(api.StateNone))}},
			"Nothing to keep alive yet", "見守るセッションはまだありません"},
	} {
		if got := Tooltip(c.in, i18n.New("en"), noon); got != c.en {
			t.Errorf("%s: %q, want %q", c.name, got, c.en)
		}
		if got := Tooltip(c.in, i18n.New("ja"), noon); got != c.ja {
			t.Errorf("%s: %q, want %q", c.name, got, c.ja)
		}
	}
}

func TestIconSpec(t *testing.T) {
	npm := running("npm", "alice", 72*time.Minute+time.Second) // 60 % left
	muted := with(running("old", "", -time.Hour), func(x *api.Session) { x.Muted = true })
	forgotten := running("old", "", -13*time.Hour)
	for _, c := range []struct {
		name string
		in   api.Snapshot
		want icon.State
	}{
		{"nothing", api.Snapshot{}, icon.Idle},
		{"running", api.Snapshot{Sessions: []api.Session{npm}}, icon.Running},
		{"ending", api.Snapshot{Sessions: []api.Session{running("npm", "", 30*time.Minute), npm}}, icon.Ending},
		{"ended", api.Snapshot{Sessions: []api.Session{npm, running("acme", "", 0)}}, icon.Ended},
		{"ended but muted", api.Snapshot{Sessions: []api.Session{muted, npm}}, icon.Running},
		{"ended and forgotten", api.Snapshot{Sessions: []api.Session{forgotten, npm}}, icon.Running},
		{"ended long ago and used since", api.Snapshot{Sessions: []api.Session{
			with(forgotten, func(x *api.Session) { x.Used = noon.Add(-time.Minute) }), npm}}, icon.Ended},
		{"ended, and nothing else", api.Snapshot{Sessions: []api.Session{forgotten}}, icon.Ended},
		{"locked", api.Snapshot{Locked: true, Sessions: []api.Session{npm}}, icon.Locked},
		{"keyring locked", api.Snapshot{Sessions: []api.Session{with(npm, state(api.StateLocked))}}, icon.Locked},
		{"unknown", api.Snapshot{Sessions: []api.Session{with(npm, state(api.StateUnknown))}}, icon.Unknown},
		{"offline", api.Snapshot{Sessions: []api.Session{with(npm, func(x *api.Session) { x.State = api.StateOffline })}}, icon.Offline},
		{"offline and over", api.Snapshot{Sessions: []api.Session{
			with(running("npm", "", -time.Minute), func(x *api.Session) { x.State = api.StateOffline })}}, icon.Ended},
		{"no credential", api.Snapshot{Sessions: []api.Session{with(npm, state(api.StateNone))}}, icon.Idle},
	} {
		if got := IconSpec(c.in, noon).State; got != c.want {
			t.Errorf("%s: state %d, want %d", c.name, got, c.want)
		}
	}
}
