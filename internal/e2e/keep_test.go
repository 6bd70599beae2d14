package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// keeper is somebody whose agent is killed while it changes where secrets are kept.
type keeper struct {
	*user
	registry *verdaccio.Server
	bus      *dbus.Conn
	secret   string
	client   *ipc.Client
	kill     func() // ends the agent that runs, at once
}

// theirPassphrase opens the encrypted file.
const theirPassphrase = "C4n4ry correct horse"

// newKeeper has a session in a real keyring.
func newKeeper(t *testing.T) *keeper {
	t.Helper()
	r := verdaccio.Start(t, verdaccio.Options{})
	u, bus := withKeyring(t, r)
	k := &keeper{user: u, registry: r, bus: desktop.Connect(t, bus), secret: r.Mint("alice", 2*time.Hour), kill: func() {}}
	k.client = ipc.Dial(filepath.Join(u.home.Dir, "run", "sandglass"))
	t.Cleanup(func() { k.kill() })
	u.home.Write(t, ".config/sandglass/settings.toml", "move = true\n", 0o600)
	u.home.Write(t, ".npmrc", "registry="+r.URL+"\n//"+r.Host()+"/:_authToken="+k.secret+"\n", 0o600)
	k.starts()
	k.moved()
	k.runs()
	k.await("the secret in the keyring", func() bool { return k.inKeyring() == 1 })
	return k
}

// starts runs an agent until it is killed.
func (k *keeper) starts() {
	k.t.Helper()
	cmd := k.command(context.Background(), "sandglass-agent", "--no-tray")
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.kill = func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
		k.kill = func() {}
	}
	k.answers()
}

// keeps asks for a change of the store.
func (k *keeper) keeps(store api.Store) error {
	req := api.KeepRequest{Store: store}
	if store == api.StoreFile {
		req.Passphrase = token.NewSecret(theirPassphrase)
	}
	return k.client.Keep(k.t.Context(), req)
}

// state is how the agent tells the session.
func (k *keeper) state() (api.Snapshot, api.Session) {
	s, err := k.client.Snapshot(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	for _, one := range s.Sessions {
		if one.Registry == k.registry.URL {
			return s, one
		}
	}
	return s, api.Session{}
}

// runs waits until the session runs, and checks that it is the one from the start.
func (k *keeper) runs() {
	k.t.Helper()
	k.await("the session", func() bool { _, s := k.state(); return s.State == api.StateRunning && s.Account == "alice" })
	g, err := k.client.Grant(k.t.Context(), api.GrantRequest{Use: api.UseExec, Registry: k.registry.URL, Program: "test"})
	if err != nil || len(g.Items) != 1 || g.Items[0].Secret.Reveal() != k.secret {
		k.t.Errorf("the session is not handed out: %v", err)
	}
}

// inKeyring counts the items in the real keyring, which has no others.
func (k *keeper) inKeyring() int {
	service := k.bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	var all []dbus.ObjectPath
	if err := service.StoreProperty("org.freedesktop.Secret.Service.Collections", &all); err != nil {
		k.t.Fatal(err)
	}
	n := 0
	for _, one := range all {
		var items []dbus.ObjectPath
		if err := k.bus.Object("org.freedesktop.secrets", one).StoreProperty("org.freedesktop.Secret.Collection.Items", &items); err == nil {
			n += len(items)
		}
	}
	return n
}

// inFile counts the items in the encrypted file, beside its salt and the item that proves the passphrase.
func (k *keeper) inFile() int {
	files, _ := filepath.Glob(filepath.Join(k.home.Dir, ".local/state/sandglass/secrets", "*"))
	n := 0
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() {
			n++
		}
	}
	return max(0, n-2)
}

func (k *keeper) chosen(store api.Store) bool {
	return strings.Contains(k.home.Read(".config/sandglass/settings.toml"), `store = "`+string(store)+`"`)
}

func (k *keeper) changing() bool {
	return strings.Contains(k.home.Read(".local/state/sandglass/state.json"), "moving_secrets")
}

// soon waits until ok says yes, looking as often as it can: what is waited for is over in a moment.
func (k *keeper) soon(what string, ok func() bool) {
	k.t.Helper()
	tick, limit := time.NewTicker(200*time.Microsecond), time.After(time.Minute)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			k.t.Fatalf("waited a minute for %s\n%s", what, k.log())
		}
	}
}

// moment is a point of a change at which the agent is killed.
type moment struct {
	name string
	came func(k *keeper, to api.Store, done chan error) bool
}

// moments of a change, from its first to after its last.
var moments = []moment{
	{"asked for", func(*keeper, api.Store, chan error) bool { return true }},
	{"written down", func(k *keeper, _ api.Store, done chan error) bool { return k.changing() || over(done) }},
	{"store opened", func(k *keeper, _ api.Store, done chan error) bool {
		_, err := os.Stat(filepath.Join(k.home.Dir, ".local/state/sandglass/secrets"))
		return err == nil || over(done)
	}},
	{"in both", func(k *keeper, _ api.Store, done chan error) bool {
		return k.inFile() == 1 && k.inKeyring() == 1 || over(done)
	}},
	{"chosen", func(k *keeper, to api.Store, done chan error) bool { return k.chosen(to) || over(done) }},
	{"told as done", func(_ *keeper, _ api.Store, done chan error) bool { return over(done) }},
	{"old store empty", func(k *keeper, to api.Store, _ chan error) bool {
		if to == api.StoreFile {
			return k.inKeyring() == 0
		}
		return k.inFile() == 0
	}},
	{"all done", func(k *keeper, to api.Store, done chan error) bool {
		return over(done) && k.chosen(to) && !k.changing()
	}},
}

// over reports whether a call has come back, and leaves its answer.
func over(done chan error) bool {
	select {
	case err := <-done:
		done <- err
		return true
	default:
		return false
	}
}

// TestH15_KilledWhileTheStoreChanges: an agent that is killed at any point on the way from the keyring to the
// encrypted file, or back, leaves the session in one of them at least; the next agent has it, and once it is there
// in one alone.
func TestH15_KilledWhileTheStoreChanges(t *testing.T) {
	k := newKeeper(t)
	for _, to := range []api.Store{api.StoreFile, api.StoreKeyring} {
		for _, m := range moments {
			t.Run(string(to)+"/"+m.name, func(t *testing.T) {
				k.user.t = t
				k.from(to)
				done := make(chan error, 1)
				go func() { done <- k.keeps(to) }()
				k.soon(m.name, func() bool { return m.came(k, to, done) })
				k.kill()
				file, ring := k.inFile(), k.inKeyring()
				t.Logf("killed: %d in the file, %d in the keyring", file, ring)
				if file+ring == 0 {
					t.Fatal("the session is in no store")
				}
				k.starts()
				k.comesBack()
			})
		}
	}
}

// from brings the session to the other store, whole. It goes there and back: what a killed agent left in the
// encrypted file is taken out once that is open.
func (k *keeper) from(to api.Store) {
	k.t.Helper()
	other := map[api.Store]api.Store{api.StoreFile: api.StoreKeyring, api.StoreKeyring: api.StoreFile}[to]
	for _, store := range []api.Store{to, other} {
		if err := k.keeps(store); err != nil {
			k.t.Fatalf("to %s: %v", store, err)
		}
	}
	k.lies(other)
}

// lies waits until one store alone has the session, and the agent has no change to bring to its end.
func (k *keeper) lies(in api.Store) {
	k.t.Helper()
	want := [2]int{0, 1}
	if in == api.StoreFile {
		want = [2]int{1, 0}
	}
	k.await("the session in the "+string(in)+" alone", func() bool {
		return [2]int{k.inFile(), k.inKeyring()} == want && !k.changing()
	})
}

// comesBack checks what the next agent has. An encrypted file waits for its passphrase.
func (k *keeper) comesBack() {
	k.t.Helper()
	s, one := k.state()
	if s.Settings.Store == api.StoreFile {
		if one.State == api.StateNone {
			k.t.Error("locked, the session is shown as none")
		}
		if err := k.keeps(api.StoreFile); err != nil {
			k.t.Fatalf("open the file: %v", err)
		}
	}
	k.runs()
	if s, _ := k.state(); s.Agent.Store != s.Settings.Store {
		k.t.Errorf("in use %s, settings %s", s.Agent.Store, s.Settings.Store)
	}
	k.settled()
}

// settled waits until what the killed agent left in two stores is in the one that counts.
func (k *keeper) settled() {
	k.t.Helper()
	s, _ := k.state()
	have, other := k.inFile, k.inKeyring
	if s.Settings.Store == api.StoreKeyring {
		have, other = other, have
	}
	if have() != 1 {
		k.t.Errorf("the %s, which counts, does not have the session", s.Settings.Store)
	}
	if n := other(); n > 1 {
		k.t.Errorf("%d items in the other store", n)
	}
}

// TestH16_StoreByTheCommandLine: the same change by hand, with the passphrase piped in, and back.
func TestH16_StoreByTheCommandLine(t *testing.T) {
	k := newKeeper(t)
	set := func(store, in string) string {
		cmd := k.command(t.Context(), "sandglass", "setup", "--store", store, "--yes")
		cmd.Stdin = strings.NewReader(in)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("setup --store %s: %v\n%s", store, err, out)
		}
		return string(out)
	}
	if out := set("file", theirPassphrase+"\n"); strings.Contains(out, theirPassphrase) {
		t.Error("the passphrase is printed")
	}
	k.lies(api.StoreFile)
	k.kill()
	k.starts()
	if _, s := k.state(); s.State != api.StateLocked {
		t.Errorf("before the file is open: %s", s.State)
	}
	set("file", theirPassphrase+"\n")
	k.runs()
	set("keyring", "")
	k.lies(api.StoreKeyring)
	k.runs()
}
