package harvest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/harvest"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// install lets a client install the package in a home with a literal credential, and a second one in
// the environment. The package must be there whether its script ran or not.
func install(t *testing.T, client clients.Client, allowed bool) (harvest.Report, bool) {
	t.Helper()
	r := verdaccio.Start(t, verdaccio.Options{Opaque: true})
	h := clients.NewHome(t, r.URL, client)
	literal, inherited := r.Mint("alice", time.Hour), r.Mint("alice", time.Hour)
	name, content := harvest.UserFile(client, r.URL, literal)
	h.Write(t, name, content, 0o600)
	dir := filepath.Join(h.Work(), "project")
	harvest.Project(t, client, dir, allowed)
	harvest.Plan{Canaries: []string{literal, inherited}}.Write(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := client.Command(ctx, dir, h.Env("SOME_NAME="+inherited), "install").CombinedOutput()
	if _, gone := os.Stat(filepath.Join(dir, "node_modules", harvest.Package, "package.json")); gone != nil {
		t.Fatalf("%s did not install the package: %v\n%s", client.Name, err, out)
	}
	return harvest.Read(t, dir)
}

// TestEveryManager: the script runs in each of them where it is allowed, and finds what lies in the open;
// where nobody allowed it, it runs in those that are said to run it.
func TestEveryManager(t *testing.T) {
	for _, name := range harvest.Managers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := clients.Need(t, name)
			got, ran := install(t, client, true)
			if !ran {
				t.Fatal("the script did not run")
			}
			file := "~/.npmrc"
			if name == "yarn4" {
				file = "~/.yarnrc.yml"
			}
			for _, want := range []harvest.Place{
				{Kind: "env", Name: "SOME_NAME"}, {Kind: "file", Name: file}, {Kind: "ancestor environ", Name: filepath.Base(client.Path)},
			} {
				if !slices.Contains(got.Found, want) {
					t.Errorf("%v was not found among %v", want, got.Found)
				}
			}
			if n := len(got.Found); n > 5 { // the shell that runs the script and, in pnpm from 11 on, its watchman besides
				t.Errorf("found in %d places: %v", n, got.Found)
			}
			if harvest.Runs(client) {
				return // allowing it changed nothing
			}
			if got, ran := install(t, client, false); ran {
				t.Errorf("the script ran although nobody allowed it: %v", got)
			}
		})
	}
}

// TestWhatIsLookedAt plants a canary in each place and runs the script by itself.
func TestWhatIsLookedAt(t *testing.T) {
	const canary = "npm_0123456789abcdef0123456789abcdef0123"
	for _, c := range []struct{ file, content, found string }{
		{".netrc", "machine registry.example.com login alice password %s\n", "~/.netrc"},
		{".bashrc", "export NPM_TOKEN='%s'\n", "~/.bashrc"},
		{".config/fish/config.fish", "set -gx NPM_TOKEN %s\n", "~/.config/fish/config.fish"},
		{".config/pnpm/auth.ini", "//registry.example.com/:_authToken=%s\n", "~/.config/pnpm/auth.ini"},
		{"run/sandglass/env.sh", "export SG_0='%s'\n", "$XDG_RUNTIME_DIR/sandglass/env.sh"},
		{"tmp/some-4711/npmrc", "//registry.example.com/:_authToken=%s\n", "$TMPDIR/some-4711/npmrc"},
		{"work/project/.env", "TOKEN=%s\n", "./.env"},
		{"notes/old.txt", "my token was %s, I think\n", "~/notes/old.txt"},
		{"notes/encoded.txt", "YWxpY2U6bnBtXzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMw==\n", "~/notes/encoded.txt"},
		{"notes/another.txt", "npm_0123456789abcdef0123456789abcdef0124\n", ""},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			h := clients.NewHome(t, "http://127.0.0.1:9/")
			content := c.content
			if slices.Contains([]byte(content), '%') {
				content = fmt.Sprintf(content, canary)
			}
			h.Write(t, c.file, content, 0o600)
			h.Write(t, "work/project/harvest.js", harvest.Files["harvest.js"], 0o600)
			dir := filepath.Join(h.Work(), "project")
			harvest.Plan{Canaries: []string{canary}}.Write(t, dir)
			node := clients.Client{Name: "node", Path: clients.Node(t)}
			if out, err := node.Command(t.Context(), dir, h.Env(), "harvest.js").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got, _ := harvest.Read(t, dir)
			var want []harvest.Place
			if c.found != "" {
				want = []harvest.Place{{Kind: "file", Name: c.found}}
			}
			if !slices.Equal(got.Found, want) {
				t.Errorf("found %v, want %v; looked at %+v", got.Found, want, got.Looked)
			}
		})
	}
}

// TestOtherProcesses: a canary in the arguments, the environment and a nameless file of a process that is
// no ancestor is found.
func TestOtherProcesses(t *testing.T) {
	const canary = "npm_0123456789abcdef0123456789abcdef0123"
	h := clients.NewHome(t, "http://127.0.0.1:9/")
	h.Write(t, "work/project/harvest.js", harvest.Files["harvest.js"], 0o600)
	dir := filepath.Join(h.Work(), "project")
	harvest.Plan{Canaries: []string{canary}}.Write(t, dir)
	nameless, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = nameless.WriteString(canary)
	if err = errors.Join(err, os.Remove(nameless.Name())); err != nil {
		t.Fatal(err)
	}
	node := clients.Client{Name: "node", Path: clients.Node(t)}
	bystander := node.Command(t.Context(), dir, h.Env("X="+canary), "-e", "console.log(); process.stdin.resume()", canary)
	bystander.ExtraFiles = []*os.File{nameless}
	in, err := bystander.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := bystander.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = bystander.Wait()
	})
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if out, err := node.Command(t.Context(), dir, h.Env(), "harvest.js").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, _ := harvest.Read(t, dir)
	var kinds []string
	for _, p := range got.Found {
		kinds = append(kinds, p.Kind)
	}
	if want := []string{"process environ", "process cmdline", "process fd"}; !slices.Equal(kinds, want) {
		t.Errorf("found %v, want %v", got.Found, want)
	}
}
