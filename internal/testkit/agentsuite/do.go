package agentsuite

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// doNotices: what holds them back, and when somebody is told again.
func doNotices(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	until := r.now(t).At.Add(time.Hour)
	r.do(t, api.Action{Verb: api.VerbPause, Until: until})
	if got := r.now(t).Paused; !got.Equal(until) {
		t.Errorf("paused until %s, want %s", got, until)
	}
	r.do(t, api.Action{Verb: api.VerbResume})
	if got := r.now(t).Paused; !got.IsZero() {
		t.Errorf("paused until %s", got)
	}
	for _, verb := range []api.Verb{api.VerbMute, api.VerbUnmute, api.VerbSnooze, api.VerbForget, api.VerbCancel} {
		names(t, refused(t, r.Agent.Do(t.Context(), api.Action{Verb: verb, Registry: url}), api.CodeUnknown), name, url)
	}
	r.signIn(t)
	r.do(t, api.Action{Verb: api.VerbMute, Registry: url})
	if !r.session(r.now(t)).Muted {
		t.Error("not muted")
	}
	r.do(t, api.Action{Verb: api.VerbUnmute, Registry: url})
	if r.session(r.now(t)).Muted {
		t.Error("still muted")
	}
	r.do(t, api.Action{Verb: api.VerbSnooze, Registry: url, Until: until})
	r.do(t, api.Action{Verb: api.VerbCancel, Registry: url}) // there is no login: no harm
	before := r.session(r.now(t)).Probed
	r.do(t, api.Action{Verb: api.VerbProbe})
	r.until(t, "the registry's answer", func(s api.Snapshot) bool { return r.session(s).Probed.After(before) })
}

func doLock(t *testing.T, r Rig) {
	r.signIn(t)
	r.until(t, "the keyring", func(api.Snapshot) bool { return r.World.Holds(api.StoreKeyring) == 1 })
	r.do(t, api.Action{Verb: api.VerbLock})
	if s := r.now(t); !s.Locked || !r.in(api.StateLocked)(s) || r.secret(t) != "" {
		t.Errorf("locked: %+v", r.session(s))
	}
	r.do(t, api.Action{Verb: api.VerbUnlock})
	r.until(t, "the session", func(s api.Snapshot) bool { return !s.Locked && r.in(api.StateRunning)(s) })
	if r.secret(t) != r.World.Secrets()[0] {
		t.Error("unlocked: nothing is handed out")
	}
}

// doFiles: a literal that nobody noticed is found by rescan, and moved once the user says so.
func doFiles(t *testing.T, r Rig) {
	path := r.World.UserFile()
	secret := r.World.Issue()
	r.World.Write(path, "//"+strings.TrimPrefix(r.url(), "https://")+":_authToken="+secret+"\n", false)
	r.do(t, api.Action{Verb: api.VerbRescan})
	s := r.now(t)
	i := slices.IndexFunc(s.Findings, func(f api.Finding) bool { return f.Code == api.FindingLiteral })
	if i < 0 || s.Findings[i].File != path || s.Findings[i].Line != 1 || s.Findings[i].Action == nil || s.Findings[i].Action.Verb != api.VerbMove {
		t.Fatalf("findings %+v", s.Findings)
	}
	if p := r.session(s).Places; len(p) != 1 || !p[0].Literal || p[0].File != path {
		t.Errorf("places %+v", p)
	}
	r.do(t, *s.Findings[i].Action)
	r.until(t, "the placeholder", func(s api.Snapshot) bool {
		p := r.session(s).Places
		return len(p) == 1 && !p[0].Literal && p[0].Variable != ""
	})
	if text := r.World.Text(path); strings.Contains(text, secret) || !strings.Contains(text, "${") || !r.now(t).Settings.Move {
		t.Error("the file still has the literal, or the settings do not say that it may be moved")
	}
	if r.secret(t) != secret {
		t.Error("what was in the file is not handed out")
	}
}

func doForget(t *testing.T, r Rig) {
	r.signIn(t)
	r.do(t, api.Action{Verb: api.VerbForget, Registry: r.url()})
	r.until(t, "the keyring to be empty", func(api.Snapshot) bool { return r.World.Holds(api.StoreKeyring) == 0 })
	if r.secret(t) != "" || r.in(api.StateRunning)(r.now(t)) {
		t.Error("it is still there")
	}
	r.signIn(t) // it was not revoked, and one may log in again
}

func doShow(t *testing.T, r Rig) {
	want := append([]api.Room{""}, api.Rooms...)
	want = append(want, api.RoomSetup)
	for _, room := range want {
		r.do(t, api.Action{Verb: api.VerbShow, Room: room})
	}
	if got := r.World.Rooms(); !slices.Equal(got, want) {
		t.Errorf("shown %q, want %q", got, want)
	}
	r.World.WindowFails(true)
	if e := refused(t, r.Agent.Do(t.Context(), api.Action{Verb: api.VerbShow}), api.CodeNoWindow); e.Cause == "" {
		t.Error("it does not say why")
	}
}

func noWindow(t *testing.T, r Rig) {
	refused(t, r.Agent.Do(t.Context(), api.Action{Verb: api.VerbShow, Room: api.RoomSettings}), api.CodeNoWindow)
}

func doAutostart(t *testing.T, r Rig) {
	r.until(t, "what starts with the desktop", func(s api.Snapshot) bool { return s.Agent.Startable })
	for _, on := range []bool{true, true, false, false} {
		verb := map[bool]api.Verb{true: api.VerbAutostart, false: api.VerbNoAutostart}[on]
		r.do(t, api.Action{Verb: verb})
		if got := r.now(t).Agent; got.Autostart != on || r.World.StartsWithDesktop() != on {
			t.Errorf("after %s: %+v", verb, got)
		}
	}
}

func noAutostart(t *testing.T, r Rig) {
	for _, verb := range []api.Verb{api.VerbAutostart, api.VerbNoAutostart} {
		refused(t, r.Agent.Do(t.Context(), api.Action{Verb: verb}), api.CodeNoAutostart)
	}
	if got := r.now(t).Agent; got.Autostart || got.Startable {
		t.Errorf("%+v", got)
	}
}

// doNonsense: what is no action is told as such, whatever sessions there are, and changes nothing.
func doNonsense(t *testing.T, r Rig) {
	for range 2 {
		for _, a := range []api.Action{
			{}, {Verb: "explode"}, {Verb: "explode", Registry: r.url()}, {Verb: api.VerbFix}, {Verb: api.VerbSet},
			{Verb: api.VerbWatch, Path: "relative"}, {Verb: api.VerbWatch}, {Verb: api.VerbUnwatch, Path: "relative"},
		} {
			refused(t, r.Agent.Do(t.Context(), a), api.CodeUsage)
		}
		refused(t, r.Agent.Do(t.Context(), api.Action{Verb: api.VerbMute, Registry: "not a registry"}), api.CodeURL)
		r.signIn(t)
	}
}
