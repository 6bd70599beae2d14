package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// carrier is somebody whose credentials lie about in files of every kind.
type carrier struct {
	*user
	first, second *verdaccio.Server
	secrets       map[string]string // by what they are called here
	files         map[string]string // as they were, by path below the home
	bus           string
}

// newCarrier has credentials for two registries in seven files.
func newCarrier(t *testing.T, use ...clients.Client) *carrier {
	t.Helper()
	c := &carrier{first: verdaccio.Start(t, verdaccio.Options{}), second: verdaccio.Start(t, verdaccio.Options{Opaque: true})}
	c.user, c.bus = withKeyring(t, c.first, use...)
	issue := func(name string) string { return c.first.Issue("alice", verdaccio.AccessToken{Name: name}) }
	c.secrets = map[string]string{
		"npm": issue("npm"), "yarn": c.second.Issue("alice", verdaccio.AccessToken{}), "ini": issue("ini"), "unity": issue("unity"), "env": c.second.Mint("alice", time.Hour),
		"basic": base64.StdEncoding.EncodeToString([]byte("alice:" + verdaccio.Password("alice"))),
	}
	one, two := strings.TrimSuffix(c.first.URL, "/"), c.second.Host()
	c.files = map[string]string{
		".bashrc":               "# mine\nexport EDITOR=vi\nexport NPM_TOKEN=" + c.secrets["npm"] + " # of the team\nalias ll='ls -l'\n",
		".npmrc":                "registry=" + c.first.URL + "\n; work\n//" + c.first.Host() + "/:_authToken=${NPM_TOKEN}\n//" + two + "/old/:_auth=" + c.secrets["basic"] + "\n",
		".yarnrc.yml":           "npmRegistries:\n  \"//" + two + "\":\n    npmAuthToken: \"" + c.secrets["yarn"] + "\"\n    npmAlwaysAuth: true\n",
		".config/pnpm/auth.ini": "//" + c.first.Host() + "/team/:_authToken=" + c.secrets["ini"] + "\n",
		".upmconfig.toml":       "[npmAuth.\"" + one + "/unity\"]\ntoken = \"" + c.secrets["unity"] + "\"\nemail = \"a@example.com\"\nalwaysAuth = true\n",
		"work/app/.env":         "PORT=80\nAPP_NPM_TOKEN=" + c.secrets["env"] + "\n",
	}
	for name, text := range c.files {
		c.home.Write(t, name, text, 0o600)
	}
	return c
}

// holding lists the files below the home that hold one of the secrets, as they are or as base64's insides.
func (c *carrier) holding() (list []string) {
	c.t.Helper()
	err := filepath.WalkDir(c.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		rel, _ := filepath.Rel(c.home.Dir, path)
		if strings.HasPrefix(rel, "run/sandglass/env.") {
			return err // that is what the shells read: it lies in memory, and ends with the login
		}
		for name, s := range c.secrets {
			if strings.Contains(string(raw), s) {
				list = append(list, rel+": "+name)
			}
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

// imports is sandglass import with an exit code.
func (c *carrier) imports(want int, args ...string) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	cmd := c.command(ctx, "sandglass", append([]string{"import"}, args...)...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || cmd.ProcessState.ExitCode() != want {
		c.t.Fatalf("sandglass import %s: %v, want %d\n%s\n%s", args, err, want, out, c.log())
	}
	for name, s := range c.secrets {
		if strings.Contains(string(out), s) {
			c.t.Errorf("import %s tells %s", args, name)
		}
	}
	return string(out)
}

// TestImport: what lay about in files of every kind is in the keyring, and nowhere else in the home; fresh shells have it
// all the same, and everything goes back as it came.
func TestImport(t *testing.T) {
	npm := clients.Need(t, "npm12")
	c := newCarrier(t, npm)
	c.agent("--no-tray")
	c.sandglass("setup", "--shell", "bash", "--move=false", "--yes")
	c.files[".bashrc"] = c.home.Read(".bashrc") // with the hook
	if out := c.imports(0, c.folder(), "--dry-run"); !strings.Contains(out, "6 credentials") || !c.untouched() {
		t.Errorf("the rehearsal: %s", out)
	}
	c.imports(2, c.folder()) // nobody can be asked
	if !c.untouched() {
		t.Error("without a yes files have changed")
	}
	c.imports(0, c.folder(), "--yes")
	if left := c.holding(); len(left) > 0 {
		t.Errorf("still there: %v", left)
	}
	c.works("imported")
	if out := c.imports(0, "--json"); !strings.Contains(out, `"items": []`) {
		t.Errorf("a second look finds %s", out)
	}
	c.imports(0, "--undo", "--yes")
	if !c.untouched() {
		t.Error("not all is as it was")
	}
	if kept := c.status().Kept; len(kept) > 0 {
		t.Errorf("the keyring keeps %+v", kept)
	}
	c.works("undone")
}

func (c *carrier) folder() string { return filepath.Join(c.home.Dir, "work", "app") }

// untouched reports whether the files are as they were.
func (c *carrier) untouched() bool {
	same := true
	for name, text := range c.files {
		got := c.home.Read(name)
		if got != text {
			c.t.Logf("%s is now\n%s", name, got)
			same = false
		}
	}
	return same
}

// works has a fresh shell ask who is signed in, and install a private package.
func (c *carrier) works(when string) {
	c.t.Helper()
	shell := terminal.Start(c.t, interactive(c.user, "bash"))
	if out, code := shell.Run("npm whoami", time.Minute); code != "0" || !strings.Contains(out, "alice") {
		c.t.Errorf("%s: npm whoami: %s %s", when, code, out)
	}
	out, code := shell.Run("mkdir -p "+when+" && cd "+when+` && echo '{"name":"x","version":"1.0.0"}' >package.json && npm install @acme/private`, time.Minute)
	if code != "0" || c.home.Read("work/"+when+"/node_modules/@acme/private/package.json") == "" {
		c.t.Errorf("%s: npm install: %s %s", when, code, out)
	}
}

// TestM01_ScanFixMoves: with a keyring at hand, scan --fix takes a line into it that git tracks, has git let go of the file,
// and shows all of that before, with no secret in it. What was taken goes back.
func TestM01_ScanFixMoves(t *testing.T) {
	bus := desktop.Bus(t)
	vault.Start(t, bus)
	c := newCoder(t, "DBUS_SESSION_BUS_ADDRESS="+bus)
	c.agent("--no-tray")
	text := "save-exact=true\n//127.0.0.1:9/:_authToken=" + c.secret() + "\n"
	c.write(".npmrc", text)
	c.git("add", ".")
	c.git("commit", "-qm", "begin")
	words, plan := c.scan(0, "--fix", "--yes")
	if !strings.Contains(words, "Move it into the keyring, and have git forget and ignore the file: sandglass scan --fix") || !strings.Contains(words, "revoke") {
		t.Error(words)
	}
	for _, want := range []string{"-//127.0.0.1:9/:_authToken=••••••••", "+/.npmrc", "rm --cached -- .npmrc"} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan does not say %q:\n%s", want, plan)
		}
	}
	if got := c.home.Read("work/app/.npmrc"); got != "save-exact=true\n" {
		t.Errorf(".npmrc: %q", got)
	}
	c.scan(0)
	if r := c.report(7, "--history"); len(r.Leaks) != 1 || r.Leaks[0].State != api.LeakCommitted {
		t.Errorf("the history: %+v", r.Leaks)
	}
	c.sandglass("import", "--undo", "--yes")
	if got := c.home.Read("work/app/.npmrc"); got != text {
		t.Error("the line is not back")
	}
}

// importMoments are points of an import at which the agent is killed.
var importMoments = []struct {
	name string
	came func(c *carrier, k *keeper, done chan error) bool
}{
	{"asked for", func(*carrier, *keeper, chan error) bool { return true }},
	{"named in the state", func(c *carrier, _ *keeper, _ chan error) bool { return c.known("npm") }},
	{"in the keyring", func(c *carrier, k *keeper, _ chan error) bool { return k.inKeyring() > 2 }},
	{"more in the keyring", func(c *carrier, k *keeper, _ chan error) bool { return k.inKeyring() > 5 }},
	{"out of one file", func(c *carrier, _ *keeper, _ chan error) bool { return !c.stands("npm", ".bashrc") }},
	{"out of the last", func(c *carrier, _ *keeper, _ chan error) bool { return !c.stands("env", "work/app/.env") }},
	{"a line is written", func(c *carrier, _ *keeper, _ chan error) bool { return !c.stands("ini", ".config/pnpm/auth.ini") }},
	{"told as done", func(*carrier, *keeper, chan error) bool { return false }},
}

func (c *carrier) stands(name, file string) bool {
	return strings.Contains(c.home.Read(file), c.secrets[name])
}

// known reports whether the state has a credential.
func (c *carrier) known(name string) bool {
	return strings.Contains(c.home.Read(".local/state/sandglass/state.json"), token.NewSecret(c.secrets[name]).Fingerprint())
}

// TestH15_KilledWhileImporting: whenever the agent is killed on the way, each credential stands in its file, or lies in the
// keyring and the state knows it; the next agent brings the import to its end, and puts all back.
func TestH15_KilledWhileImporting(t *testing.T) {
	c := newCarrier(t)
	k := &keeper{user: c.user, registry: c.first, bus: desktop.Connect(t, c.bus), client: ipc.Dial(filepath.Join(c.home.Dir, "run", "sandglass")), kill: func() {}}
	t.Cleanup(func() { k.kill() })
	k.starts()
	for _, m := range importMoments {
		t.Run(m.name, func(t *testing.T) {
			c.user.t = t
			done := make(chan error, 1)
			go func() { done <- importAll(t.Context(), k.client, c.folder()) }()
			k.soon(m.name, func() bool { return over(done) || m.came(c, k, done) })
			k.kill()
			c.nothingLost(k)
			k.starts()
			c.imports(0, c.folder(), "--yes")
			if left := c.holding(); len(left) > 0 {
				t.Errorf("after the import still there: %v", left)
			}
			c.imports(0, "--undo", "--yes")
			if !c.untouched() {
				t.Error("not all is as it was")
			}
		})
	}
}

// importAll is what the command does, without starting another agent where this one is gone.
func importAll(ctx context.Context, client *ipc.Client, folder string) error {
	found, err := client.Import(ctx, api.ImportRequest{Dir: folder})
	req := api.ImportRequest{Dir: folder}
	var fixes []api.Fix
	for _, it := range found.Items {
		fixes = append(fixes, it.Fixes...)
		if !it.Session && it.Kept == "" {
			req.Take = append(req.Take, it.ID)
		}
	}
	if err == nil {
		_, err = client.Import(ctx, req)
	}
	if err != nil {
		return err
	}
	plan, err := client.Plan(ctx, api.SetupRequest{Fixes: fixes})
	if err != nil {
		return err
	}
	return client.Apply(ctx, plan.ID)
}

// nothingLost looks for each credential in files and in the real keyring.
func (c *carrier) nothingLost(k *keeper) {
	c.t.Helper()
	files, ring := strings.Join(c.holding(), "\n")+"\n", k.secretsInKeyring()
	for name, s := range c.secrets {
		inFile, inRing := strings.Contains(files, ": "+name+"\n"), strings.Contains(ring, s)
		if !inFile && !(inRing && c.known(name)) {
			c.t.Errorf("%s is lost: in the keyring %v, in the state %v", name, inRing, c.known(name))
		}
	}
}

// secretsInKeyring is all that the real keyring holds.
func (k *keeper) secretsInKeyring() string {
	service := k.bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	var nothing dbus.Variant
	var session dbus.ObjectPath
	if err := service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&nothing, &session); err != nil {
		k.t.Fatal(err)
	}
	var items []dbus.ObjectPath
	if err := k.bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login").StoreProperty("org.freedesktop.Secret.Collection.Items", &items); err != nil {
		k.t.Fatal(err)
	}
	var all strings.Builder
	for _, item := range items {
		var secret struct {
			Session       dbus.ObjectPath
			Params, Value []byte
			Type          string
		}
		if err := k.bus.Object("org.freedesktop.secrets", item).Call("org.freedesktop.Secret.Item.GetSecret", 0, session).Store(&secret); err != nil {
			k.t.Logf("an item of the keyring cannot be read: %v", err) // it may be gone by now
		}
		var kept struct{ Data []byte } // as the keyring's library writes it
		_ = json.Unmarshal(secret.Value, &kept)
		all.Write(append(kept.Data, '\n'))
	}
	return all.String()
}
