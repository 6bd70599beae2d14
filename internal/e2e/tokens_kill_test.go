package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// mortal is somebody whose agent is killed while it changes access tokens.
type mortal struct {
	*keeper
	gate *gate

	killed, survived, lost, kept int
	took                         time.Duration // that a change needed which nobody disturbed
}

// carries is the variable that the rotated one is carried by.
const carries = "TURN_TOKEN"

func newMortal(t *testing.T) *mortal {
	t.Helper()
	r := verdaccio.Start(t, verdaccio.Options{})
	u, bus := withKeyring(t, r)
	v := &mortal{keeper: &keeper{user: u, registry: r, bus: desktop.Connect(t, bus), kill: func() {}}, gate: newGate(t, r)}
	v.client = ipc.Dial(filepath.Join(u.home.Dir, "run", "sandglass"))
	t.Cleanup(func() { v.kill() })
	v.secret = r.Mint("alice", 2*time.Hour)
	u.home.Write(t, ".config/sandglass/settings.toml", "move = true\n", 0o600)
	u.home.Write(t, ".npmrc", "registry="+v.gate.URL+"\n"+strings.TrimPrefix(v.gate.URL, "http:")+":_authToken="+v.secret+"\n", 0o600)
	v.lives()
	v.await("the session in the keyring", func() bool { return len(inKeyring(v.t, v.bus)) == 1 })
	return v
}

// lives starts an agent and waits until it has the session.
func (v *mortal) lives() {
	v.t.Helper()
	v.starts()
	v.soon("the session", func() bool {
		return slices.ContainsFunc(v.told().Sessions, func(s api.Session) bool { return s.Registry == v.gate.URL && s.State == api.StateRunning })
	})
}

func (v *mortal) told() api.Snapshot {
	s, err := v.client.Snapshot(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	return s
}

// written is what the state file has of access tokens.
type written struct {
	Kept []struct {
		ID     string
		Coming bool
	}
	Jobs []api.TokenJob `json:"token_jobs"`
}

func (v *mortal) written() (w written) {
	_ = json.Unmarshal([]byte(v.home.Read(".local/state/sandglass/state.json")), &w) // it is replaced as a whole
	return w
}

// step reports whether the state file has a job whose next step is this.
func (v *mortal) step(step string) bool {
	return slices.ContainsFunc(v.written().Jobs, func(j api.TokenJob) bool { return j.Step == step })
}

// blow is when an agent is killed: when something has come to the gate, or something is so, or the change is over; with
// neither, at any time.
type blow struct {
	name  string
	hold  *hold
	late  bool // the held request arrives after that
	when  func(v *mortal) bool
	twice bool   // the next agent is killed as soon as it answers
	tells string // the step that comes next, as the state tells it then
}

// falls starts a change and kills the agent at the blow's moment. The next agent has the session, and what was held has
// come to its end.
func (v *mortal) falls(b blow, change func() error) {
	v.t.Helper()
	var h *hold
	if b.hold != nil {
		h = v.gate.holds(*b.hold)
	}
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- change() }()
	v.comes(b, h, done)
	finished := over(done)
	v.kill()
	if finished {
		v.survived++
		if b.when != nil {
			v.took = time.Since(began)
		}
	} else {
		v.killed++
		<-done // it notices, and asks the next agent for nothing
	}
	if b.twice {
		v.starts()
		v.kill()
	}
	if h == nil {
		v.lives()
		return
	}
	if b.late { // the next agent has asked what became of it already when it arrives
		v.lives()
		v.kill()
	}
	h.let <- b.late
	<-h.over
	v.lives()
	if jobs := v.told().Jobs; b.tells != "" && (len(jobs) != 1 || jobs[0].Step != b.tells) {
		v.t.Errorf("told is %+v, and not that %s comes next", jobs, b.tells)
	}
}

// comes waits for a blow's moment.
func (v *mortal) comes(b blow, h *hold, done chan error) {
	v.t.Helper()
	switch {
	case h != nil:
		select {
		case <-h.came:
		case err := <-done:
			v.t.Fatalf("it was over before %s: %v", b.name, err)
		}
	case b.when != nil:
		v.soon(b.name, func() bool { return over(done) || b.when(v) })
	default:
		select {
		case <-time.After(rand.N(v.took)):
		case err := <-done:
			done <- err
		}
	}
}

// order is what is asked for in each round.
func (v *mortal) order(name, variable string) api.TokenOrder {
	return api.TokenOrder{
		Registry: v.gate.URL, Variable: variable, Password: token.NewSecret(verdaccio.Password("alice")),
		Spec: access.Spec{Name: name, Scopes: []string{"@acme"}, Permission: access.ReadOnly},
	}
}

// known waits until the state says of each access token of the front that it is kept here, or lost; and checks that the
// keyring has each that is kept and nothing of which nobody knows.
func (v *mortal) known(but ...string) {
	v.t.Helper()
	problem := ""
	defer func() {
		if v.t.Failed() {
			v.t.Logf("%s; the front has %+v; told is %+v, kept %+v; the keyring has %q", problem, v.registry.Tokens("alice"), v.told().Jobs, v.told().Kept, inKeyring(v.t, v.bus))
		}
	}()
	v.await("all to be known", func() bool {
		problem = v.unknown(but)
		return problem == ""
	})
}

func (v *mortal) unknown(but []string) string {
	s := v.told()
	for _, i := range v.registry.Tokens("alice") {
		if slices.Contains(but, i.Key) {
			continue
		}
		lost := slices.ContainsFunc(s.Jobs, func(j api.TokenJob) bool { return j.New == i.Key && j.Lost })
		n := slices.IndexFunc(s.Kept, func(k api.Kept) bool { return k.Token == i.Key && !k.Lost })
		if lost == (n >= 0) {
			return fmt.Sprintf("%s %q: lost %v, kept %v", i.Key, i.Name, lost, n >= 0)
		}
		if n >= 0 {
			g, err := v.client.Grant(v.t.Context(), api.GrantRequest{Use: api.UseEmit, Kept: s.Kept[n].ID, Program: "test"})
			if err != nil || len(g.Items) != 1 || g.Items[0].Secret.Reveal() != i.Value {
				return fmt.Sprintf("%q is told as kept, and is not: %v", i.Name, err)
			}
		}
	}
	want := []string{}
	for _, k := range s.Kept {
		want = append(want, "kept "+k.ID)
	}
	names := inKeyring(v.t, v.bus)
	has := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.HasPrefix(name, "kept ") })
	if slices.Sort(want); !slices.Equal(has, want) || len(names) != len(want)+1 {
		return fmt.Sprintf("the keyring has %q, the state %q", names, want)
	}
	return ""
}

// ends ends all that there is with the commands that the state tells of, and wants that nothing is left.
func (v *mortal) ends() {
	v.t.Helper()
	for _, j := range v.told().Jobs {
		switch {
		case j.Lost:
			v.lost++
			v.revokes(j.New)
		case j.Step == api.NextCreate && j.New == "": // it never arrived; the agent would see so by itself in two minutes
			if _, err := v.client.RotateToken(v.t.Context(), api.RotateRequest{Job: j.ID, Abandon: true}, nil); err != nil {
				v.t.Error(err)
			}
		default:
			v.t.Errorf("nobody can end %+v", j)
		}
	}
	for _, k := range v.told().Kept {
		v.kept++
		v.revokes(k.Token)
	}
	s := v.told()
	if all := v.registry.Tokens("alice"); len(all)+len(s.Jobs)+len(s.Kept) > 0 || len(inKeyring(v.t, v.bus)) != 1 {
		v.t.Fatalf("left are %+v; jobs %+v, kept %+v, in the keyring %q", all, s.Jobs, s.Kept, inKeyring(v.t, v.bus))
	}
}

// revokes ends access tokens, whoever uses them.
func (v *mortal) revokes(ids ...string) {
	v.t.Helper()
	r, err := v.client.RevokeTokens(v.t.Context(), api.RevokeRequest{Registry: v.gate.URL, IDs: ids, Sure: ids, Checked: true}, nil)
	if err != nil || slices.ContainsFunc(r.Items, func(it api.Revoked) bool { return it.State != api.RevokeDone }) {
		v.t.Errorf("revoke: %v %+v", err, r.Items)
	}
}

// The requests that are held.
const tokensOf = "/-/npm/v1/tokens"

func asked(method, path string, skip int) *hold {
	return &hold{method: method, path: path, skip: skip}
}

func answered(method, path string, skip int) *hold {
	return &hold{method: method, path: path, skip: skip, answer: true}
}

// anyTimes is how often the agent is killed at any time of each change.
const anyTimes = 40

// TestTokensKilled kills the agent's program at chosen moments of each change, and at any.
func TestTokensKilled(t *testing.T) {
	v := newMortal(t)
	for _, change := range []struct {
		name  string
		blows []blow
		round func(v *mortal, b blow)
	}{
		{"create", creating, (*mortal).killCreate}, {"rotate", turning, (*mortal).killRotate}, {"revoke", ending, (*mortal).killRevoke},
	} {
		v.took = 0
		blows := append(slices.Clone(change.blows), blow{name: "after all", when: func(*mortal) bool { return false }})
		for n := range anyTimes {
			blows = append(blows, blow{name: fmt.Sprint("any time ", n), twice: n%3 == 0})
		}
		for _, b := range blows {
			if !t.Run(change.name+"/"+b.name, func(t *testing.T) {
				v.user.t = t
				change.round(v, b)
			}) {
				return
			}
		}
	}
	t.Logf("killed %d, survived %d; of what was made %d were kept and %d told as lost", v.killed, v.survived, v.kept, v.lost)
}

var creating = []blow{
	{name: "asked for", hold: asked(http.MethodPost, tokensOf, 0), tells: api.NextCreate},
	{name: "arrives later", hold: asked(http.MethodPost, tokensOf, 0), late: true, tells: api.NextCreate},
	{name: "made", hold: answered(http.MethodPost, tokensOf, 0), tells: api.NextCreate},
	{name: "told", when: func(v *mortal) bool { return v.step(api.NextStore) }},
	{name: "named", when: func(v *mortal) bool { return len(v.written().Kept) > 0 }},
	{name: "in the keyring", when: func(v *mortal) bool { return len(inKeyring(v.t, v.bus)) > 1 }},
	{name: "kept", when: func(v *mortal) bool { w := v.written(); return len(w.Kept) > 0 && !w.Kept[0].Coming }},
}

func (v *mortal) killCreate(b blow) {
	v.falls(b, func() error {
		_, err := v.client.MakeToken(v.t.Context(), v.order("made", carries), nil)
		return err
	})
	if held := b.hold != nil && (b.hold.answer || b.late); held && len(v.registry.Tokens("alice")) != 1 {
		v.t.Fatal("the front made none")
	}
	v.known()
	v.ends()
}
