package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// walker is somebody who does with access tokens what there is to do.
type walker struct {
	*user
	r      *verdaccio.Server
	npm    clients.Client
	bus    *dbus.Conn
	client *ipc.Client

	carried string // the name of the one that CI_TOKEN carries since it was rotated
	seen    []string
}

// newWalker is signed in by npm's own login. What is revoked there goes on working for an hour.
func newWalker(t *testing.T) *walker {
	t.Helper()
	npm := clients.Need(t, "npm12")
	r := verdaccio.Start(t, verdaccio.Options{Lag: time.Hour})
	u, bus := withKeyring(t, r, npm)
	w := &walker{user: u, r: r, npm: npm, bus: desktop.Connect(t, bus), client: ipc.Dial(filepath.Join(u.home.Dir, "run", "sandglass"))}
	u.home.Write(t, ".config/sandglass/settings.toml", "move = true\n", 0o600)
	u.agent("--no-tray")
	u.login(npm, r)
	u.await("the session", func() bool { return u.session(r).State == api.StateRunning })
	w.seen = []string{verdaccio.Password("alice"), u.current(r)}
	return w
}

// secrets are all that the front has listed so far, the session and the password.
func (w *walker) secrets() []string {
	for _, i := range w.r.Tokens("alice") {
		if !slices.Contains(w.seen, i.Value) {
			w.seen = append(w.seen, i.Value)
		}
	}
	return w.seen
}

// runs runs sandglass tokens, wants an exit code, and that only emit tells a secret.
func (w *walker) runs(want int, in string, args ...string) (out, talk string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	cmd := w.command(ctx, "sandglass", append([]string{"tokens"}, args...)...)
	var said, told bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &said, &told
	_ = cmd.Run() // the exit code tells
	if got := cmd.ProcessState.ExitCode(); got != want {
		w.t.Fatalf("sandglass tokens %s: exit %d, want %d\n%s\n%s", strings.Join(args, " "), got, want, &said, &told)
	}
	for _, s := range w.secrets() {
		if strings.Contains(told.String(), s) || args[0] != "emit" && strings.Contains(said.String(), s) {
			w.t.Errorf("sandglass tokens %s tells a secret", strings.Join(args, " "))
		}
	}
	return said.String(), told.String()
}

// asJSON is what sandglass tokens prints with --json.
func asJSON[T any](w *walker, want int, in string, args ...string) (v T, talk string) {
	w.t.Helper()
	out, talk := w.runs(want, in, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		w.t.Fatalf("sandglass tokens %v: %v\n%s", args, err, out)
	}
	return v, talk
}

// changes are the requests that change access tokens or end a session, from the nth on.
func (w *walker) changes(n int) (list []verdaccio.Request) {
	for _, q := range w.r.Requests() {
		if q.Method == http.MethodDelete || q.Method == http.MethodPost && q.Path == "/-/npm/v1/tokens" {
			list = append(list, q)
		}
	}
	return list[min(n, len(list)):]
}

// equal wants that a request is what a dry run said.
func (w *walker) equal(d api.Draft, q verdaccio.Request) {
	w.t.Helper()
	reveal := func(text string) string {
		return strings.NewReplacer("[session]", q.Token, "[password]", verdaccio.Password("alice")).Replace(text)
	}
	sent := []string{}
	for name, values := range q.Header {
		for _, v := range values {
			if name != "Content-Length" && name != "Accept-Encoding" {
				sent = append(sent, name+": "+v)
			}
		}
	}
	slices.Sort(sent)
	said := []string{}
	for _, line := range d.Header {
		said = append(said, reveal(line))
	}
	if d.Method != q.Method || d.URL != strings.TrimSuffix(w.r.URL, "/")+q.Path || !slices.Equal(said, sent) || reveal(d.Body) != q.Body {
		w.t.Errorf("said was %+v\nsent %s %s\n%q\n%s", d, q.Method, q.Path, sent, q.Body)
	}
}

// holding lists the files below the home that hold a text.
func (w *walker) holding(text string) (list []string) {
	w.t.Helper()
	err := filepath.WalkDir(w.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if rel, _ := filepath.Rel(w.home.Dir, path); err == nil && bytes.Contains(raw, []byte(text)) {
			list = append(list, rel)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// inKeyring are the names of the items in the real keyring, which has no others.
func inKeyring(t *testing.T, bus *dbus.Conn) (names []string) {
	t.Helper()
	var all []dbus.ObjectPath
	if err := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").StoreProperty("org.freedesktop.Secret.Service.Collections", &all); err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		var items []dbus.ObjectPath
		_ = bus.Object("org.freedesktop.secrets", one).StoreProperty("org.freedesktop.Secret.Collection.Items", &items) // one that went meanwhile
		for _, item := range items {
			var about map[string]string
			if bus.Object("org.freedesktop.secrets", item).StoreProperty("org.freedesktop.Secret.Item.Attributes", &about) == nil {
				names = append(names, strings.TrimPrefix(about["profile"], "sandglass:"))
			}
		}
	}
	slices.Sort(names)
	return names
}

// npms is what real npm says in a project whose file takes CI_TOKEN, which is value here.
func (w *walker) npms(value string, args ...string) (string, error) {
	w.t.Helper()
	w.home.Write(w.t, "work/ci/.npmrc", "registry="+w.r.URL+"\n//"+w.r.Host()+"/:_authToken=${CI_TOKEN}\n", 0o600)
	w.home.Write(w.t, "work/ci/package.json", `{"name":"@acme/private","version":"9.9.9"}`, 0o600)
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	out, err := w.npm.Command(ctx, filepath.Join(w.home.Work(), "ci"), append(slices.Clone(w.env), "CI_TOKEN="+value), args...).CombinedOutput()
	return string(out), err
}

// issuedBy is what the front has under a name.
func (w *walker) issuedBy(name string) verdaccio.Issued {
	w.t.Helper()
	all := w.r.Tokens("alice")
	n := slices.IndexFunc(all, func(i verdaccio.Issued) bool { return i.Name == name })
	if n < 0 {
		w.t.Fatalf("the front has no %s", name)
	}
	return all[n]
}

// drafted and ordered are parts of what is printed with --json.
type (
	drafted struct{ Drafts []api.Draft }
	ordered struct {
		Token    api.AccessToken
		Commands []string
	}
)

// TestTokensWalk does all that there is to do with access tokens: with the real programs, npm, keyring and registry.
func TestTokensWalk(t *testing.T) {
	w := newWalker(t)
	for _, part := range []struct {
		name string
		walk func(w *walker)
	}{
		{"create", (*walker).creates}, {"list", (*walker).lists}, {"factors", (*walker).proves}, {"one page at a time", (*walker).onePage},
		{"rotate", (*walker).rotates}, {"export and audit", (*walker).exports}, {"revoke", (*walker).revokes}, {"panic", (*walker).panics},
	} {
		if !t.Run(part.name, func(t *testing.T) {
			w.t = t
			part.walk(w)
		}) {
			break // what follows builds on it
		}
	}
	w.t = t
}

var narrow = []string{"create", "ci", "--scope", "@acme", "--permission", "read-only", "--days", "30", "--variable", "CI_TOKEN"}

// password is a line of standard input.
func password() string { return verdaccio.Password("alice") + "\n" }

func (w *walker) creates() {
	plan, _ := asJSON[drafted](w, 0, "", append(narrow, "--dry-run")...)
	if n := len(w.changes(0)); n > 0 || len(plan.Drafts) != 1 {
		w.t.Fatalf("the dry run sent %d, of %d", n, len(plan.Drafts))
	}
	w.runs(4, "wrong\n", append(narrow, "--password-stdin")...)
	if n, jobs := len(w.r.Tokens("alice")), w.status().Jobs; n+len(jobs) > 0 {
		w.t.Errorf("a wrong password leaves %d, %+v", n, jobs)
	}
	before := len(w.changes(0))
	made, _ := asJSON[ordered](w, 0, password(), append(narrow, "--password-stdin")...)
	sent := w.changes(before)
	if len(sent) != 1 {
		w.t.Fatalf("sent %d", len(sent))
	}
	w.equal(plan.Drafts[0], sent[0])
	i := w.issuedBy("ci")
	if got := i.AccessToken; got.Name != "ci" || !slices.Equal(got.Scopes, []string{"@acme"}) || !got.ReadOnly || got.Ends.Sub(i.Born).Round(time.Hour) != 30*24*time.Hour {
		w.t.Errorf("the front made %+v", got)
	}
	w.lies(i, made.Token)
	if out, err := w.npms(i.Value, "view", "@acme/private", "name"); err != nil {
		w.t.Errorf("npm view: %v\n%s", err, out)
	}
	if out, err := w.npms("", "view", "@acme/private", "name"); err == nil {
		w.t.Errorf("anybody reads it:\n%s", out)
	}
	if out, err := w.npms(i.Value, "publish", "--ignore-scripts"); err == nil || !strings.Contains(out, "E403") {
		w.t.Errorf("npm publish: %v\n%s", err, out)
	}
	stored, _ := asJSON[ordered](w, 0, password(), "create", "stored", "--package", "@acme/private", "--permission", "read-write", "--password-stdin", "--where", "GitHub secret NPM_TOKEN of acme/site")
	if files := w.holding(w.issuedBy("stored").Value); len(files) > 0 || stored.Token.Note == "" {
		w.t.Errorf("its secret is in %q; %+v", files, stored.Token)
	}
}

// lies wants that a secret is in the keyring, with the shells that have its variable, and told by emit alone.
func (w *walker) lies(i verdaccio.Issued, made api.AccessToken) {
	w.t.Helper()
	if names := inKeyring(w.t, w.bus); !slices.Contains(names, "kept "+made.Kept) || len(names) != 2 {
		w.t.Errorf("the keyring has %q", names)
	}
	files := w.holding(i.Value)
	if len(files) == 0 {
		w.t.Error("no file for shells has it")
	}
	for _, file := range files { // where the runtime folder is, a reboot empties it
		if !strings.HasPrefix(file, "run/sandglass/env") {
			w.t.Errorf("%s holds the secret", file)
		}
	}
	for _, word := range []string{made.Kept, "ci", made.ID} {
		if out, _ := w.runs(0, "", "emit", word); out != i.Value {
			w.t.Errorf("emit %s gives something else", word)
		}
	}
	if w.shellValue("CI_TOKEN") != i.Value {
		w.t.Error("the variable does not carry it")
	}
}

// lists compares what is told with the front's own record.
func (w *walker) lists() {
	for _, a := range issued {
		w.r.Issue("alice", a)
	}
	got, _ := asJSON[api.TokenList](w, 0, "", "list", "--fresh")
	all := w.r.Tokens("alice")
	if len(got.Tokens) != len(all) || got.Account != "alice" || got.Registry != w.r.URL {
		w.t.Fatalf("%d of %d are listed: %+v", len(got.Tokens), len(all), got)
	}
	for _, i := range all {
		n := slices.IndexFunc(got.Tokens, func(t api.AccessToken) bool { return t.ID == i.Key })
		if n < 0 {
			w.t.Errorf("%s is not listed", i.Name)
			continue
		}
		sameAs(w.t, got.Tokens[n].Token, i)
		if mine := i.Name == "ci" || i.Name == "stored"; mine != (got.Tokens[n].Kept != "") || (i.Name == "ci") != got.Tokens[n].InUse {
			w.t.Errorf("%s: kept %q, in use %v", i.Name, got.Tokens[n].Kept, got.Tokens[n].InUse)
		}
	}
	if out, _ := w.runs(0, "", "list"); !strings.Contains(out, "given to tools") || !strings.Contains(out, "GitHub secret") {
		w.t.Errorf("the list:\n%s", out)
	}
}

// sameAs compares field by field. The registry tells times in milliseconds.
func sameAs(t *testing.T, o access.Token, i verdaccio.Issued) {
	t.Helper()
	at := func(x time.Time) time.Time { return x.UTC().Truncate(time.Millisecond) }
	level := func(none, read, stage bool) access.Level {
		switch {
		case none:
			return access.NoAccess
		case stage:
			return access.StageOnly
		case read:
			return access.ReadOnly
		}
		return access.ReadWrite
	}
	org := access.NotTold
	if len(i.Orgs) > 0 {
		org = level(false, !i.OrgWrite, false)
	}
	for what, pair := range map[string][2]any{
		"name": {o.Name, i.Name}, "description": {o.Description, i.Description}, "masked": {o.Masked, i.Value[:8] + "..." + i.Value[len(i.Value)-4:]},
		"created": {at(o.Created), at(i.Born)}, "used": {at(o.Used), at(i.Used)}, "ends": {at(o.Ends), at(i.Ends)}, "revoked": {at(o.Revoked), at(i.RevokedTime)},
		"permission": {o.Permission, level(i.NoPackages, i.ReadOnly, i.Stage)}, "organisations'": {o.OrgPermission, org}, "bypass": {o.Bypass, i.Bypass}, "all": {o.All, i.All},
		"packages": {strings.Join(o.Packages, " "), strings.Join(i.Packages, " ")}, "scopes": {strings.Join(o.Scopes, " "), strings.Join(i.Scopes, " ")},
		"orgs": {strings.Join(o.Orgs, " "), strings.Join(i.Orgs, " ")}, "addresses": {strings.Join(o.Addresses, " "), strings.Join(i.Addresses, " ")}, "kind": {o.Kind, access.Granular},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s is %v, and %v at the front", i.Name, what, pair[0], pair[1])
		}
	}
}
