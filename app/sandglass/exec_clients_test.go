//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// sessionVariable is a variable as Sandglass makes them up.
const sessionVariable = "SG_0123456789abcdef"

// developer is somebody with a session at a real registry, package managers, and Sandglass.
type developer struct {
	*machine
	t       *testing.T
	home    *clients.Home
	server  *verdaccio.Server
	session string
}

// How a package manager is found in PATH.
type install int

const (
	asLink   install = iota // a link into its package: the version is known
	asScript                // a script of bash: it is not
	asShim                  // the same of sh, which is dash on Debian and drops variables that are no words
)

// newDeveloper sets one up as sandglass setup leaves it: config files refer to the session's variable.
func newDeveloper(t *testing.T, name string, how install) *developer {
	t.Helper()
	c := clients.Need(t, name)
	d := &developer{machine: newMachine(t), t: t, server: verdaccio.Start(t, verdaccio.Options{Opaque: true})}
	d.home = clients.NewHome(t, d.server.URL, c)
	switch how {
	case asLink:
		program := c.Path
		if len(c.Args) > 0 {
			program = c.Args[0]
		}
		link := filepath.Join(d.home.Bin, c.Program())
		if err := errors.Join(os.Remove(link), os.Symlink(program, link)); err != nil {
			t.Fatal(err)
		}
	case asShim:
		d.home.Shim(t, c)
	}
	d.session = d.server.Mint("alice", time.Hour)
	key := "//" + d.server.Host() + "/"
	d.fake.Items = []api.GrantItem{{
		Registry: d.server.URL, Key: key, Variables: []string{sessionVariable}, Secret: token.NewSecret(d.session), Ends: time.Now().Add(time.Hour),
	}}
	d.home.Write(t, ".npmrc", "; mine\nregistry="+d.server.URL+"\n"+key+":_authToken=${"+sessionVariable+"}\n", 0o600)
	d.home.Write(t, ".yarnrc.yml", fmt.Sprintf(`npmRegistryServer: %q
unsafeHttpWhitelist: ["127.0.0.1"]
enableTelemetry: false
enableImmutableInstalls: false
nodeLinker: node-modules
npmMinimalAgeGate: 0
npmRegistries:
  %q:
    npmAlwaysAuth: true
    npmAuthToken: "${%s-}"
`, d.server.URL, strings.TrimSuffix(key, "/"), sessionVariable), 0o600)
	d.project("", nil)
	run := ""
	for _, v := range d.env {
		if rest, ok := strings.CutPrefix(v, "XDG_RUNTIME_DIR="); ok {
			run = rest
		}
	}
	d.env = d.home.Env("XDG_RUNTIME_DIR="+run, sessionVariable+"=") // as the hook of a shell defines it without a session
	return d
}

// project writes a package.json that needs a private package, and more.
func (d *developer) project(more string, scripts []string) {
	d.t.Helper()
	var lines []string
	for _, s := range scripts {
		lines = append(lines, fmt.Sprintf("%q: %q", s, "node ../look.js "+s))
	}
	d.home.Write(d.t, "work/package.json", `{"name":"consumer","version":"1.0.0","private":true,`+more+
		`"scripts":{`+strings.Join(lines, ",")+`},"dependencies":{"@acme/private":"1.0.0"}}`, 0o644)
}

// in runs sandglass in the work folder and returns all that it said.
func (d *developer) in(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	cmd := d.command(ctx, args...)
	cmd.Dir, cmd.WaitDelay = d.home.Work(), time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (d *developer) installed() bool {
	return strings.Contains(d.home.Read("work/node_modules/@acme/private/index.js"), "sand")
}

// nowhere fails the test if the session stands in a file below the home or the runtime folder.
func (d *developer) nowhere() {
	d.t.Helper()
	for _, root := range []string{d.home.Dir, filepath.Dir(d.program)} {
		_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return nil
			}
			if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(d.session)) {
				d.t.Errorf("the session stands in %s", path)
			}
			return nil
		})
	}
}

// installs are the commands that bring packages.
var installs = map[string][]string{
	"npm10": {"npm", "install"}, "npm11": {"npm", "install"}, "npm12": {"npm", "install"},
	"pnpm10": {"pnpm", "install"}, "pnpm11": {"pnpm", "install"}, "pnpm12": {"pnpm", "install"},
	"yarn1": {"yarn", "install", "--non-interactive"}, "yarn4": {"yarn", "install"},
	"bun": {"bun", "install"}, "deno": {"deno", "install", "--minimum-dependency-age=0"},
}

// TestExecWithRealClients installs a private package by exec with every package manager, however it is found,
// and shows that it does not come without.
func TestExecWithRealClients(t *testing.T) {
	for name, argv := range installs {
		for label, how := range map[string]install{"link": asLink, "script": asScript, "shim": asShim} {
			t.Run(name+"/"+label, func(t *testing.T) {
				t.Parallel()
				d := newDeveloper(t, name, how)
				plain := exec.CommandContext(t.Context(), filepath.Join(d.home.Bin, argv[0]), argv[1:]...)
				plain.Dir, plain.Env = d.home.Work(), d.env
				if out, err := plain.CombinedOutput(); err == nil && d.installed() {
					t.Fatalf("%s installs a private package without a session:\n%s", name, out)
				}
				out, err := d.in(append([]string{"exec", "--"}, argv...)...)
				if err != nil || !d.installed() {
					t.Errorf("exec: %v\n%s", err, out)
				}
				d.nowhere()
			})
		}
	}
}

// TestI09_HelperWithRealPnpm installs a private package with the session in no file and in no environment: pnpm asks the helper.
func TestI09_HelperWithRealPnpm(t *testing.T) {
	for _, name := range []string{"pnpm10", "pnpm11", "pnpm12"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDeveloper(t, name, asLink)
			helper := d.program + " helper " + d.server.URL
			if name == "pnpm10" { // it takes no arguments
				d.home.Write(t, "helper", "#!/bin/sh\nexec "+helper+"\n", 0o755)
				helper = filepath.Join(d.home.Dir, "helper")
			}
			d.home.Write(t, ".npmrc", "registry="+d.server.URL+"\n//"+d.server.Host()+"/:tokenHelper="+helper+"\n", 0o600)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, filepath.Join(d.home.Bin, "pnpm"), "install")
			cmd.Dir, cmd.Env = d.home.Work(), d.env
			if out, err := cmd.CombinedOutput(); err != nil || !d.installed() {
				t.Errorf("%v\n%s", err, out)
			}
			for _, r := range d.server.Requests() {
				if r.Token != "" && r.Token != d.session {
					t.Errorf("pnpm sent %q to %s", r.Token, r.Path)
				}
			}
			d.nowhere()
		})
	}
}

// TestExecYarnBecomesAnother: Yarn 1 is found, and the project keeps a Yarn 4, which takes the session another way.
func TestExecYarnBecomesAnother(t *testing.T) {
	later := clients.Need(t, "yarn4")
	d := newDeveloper(t, "yarn1", asLink)
	d.home.Write(t, "work/.yarnrc.yml", "yarnPath: "+later.Args[0]+"\n", 0o644)
	d.home.Write(t, "work/yarn.lock", "", 0o644)
	if out, err := d.in("exec", "--", "yarn", "install"); err != nil || !d.installed() || !strings.Contains(out, "YN0000") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := d.in("exec", "--two-phase", "--", "yarn"); err != nil || !strings.Contains(out, "yarn rebuild") {
		t.Errorf("in two phases: %v\n%s", err, out)
	}
	d.nowhere()
}
