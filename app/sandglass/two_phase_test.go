//go:build linux

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// look is what a thief's install script would do: it looks for the session in its environment, in that of
// every process above it, and in the config files of package managers, and notes what it found.
const look = `
const fs = require('fs'), secret = fs.readFileSync(__dirname + '/secret.txt', 'utf8').split('').reverse().join('')
const read = f => { try { return fs.readFileSync(f, 'latin1') } catch { return '' } }
let found = []
for (const [k, v] of Object.entries(process.env)) if (v.includes(secret)) found.push('env ' + k)
for (const f of ['/.npmrc', '/.yarnrc.yml', '/.config/pnpm/auth.ini'].map(f => process.env.HOME + f)
  .concat(Object.entries(process.env).filter(([k]) => /userconfig/i.test(k)).map(([, v]) => v)))
  if (read(f).includes(secret)) found.push('file ' + f)
for (let pid = process.ppid; pid > 1;) {
  for (const what of ['environ', 'cmdline']) if (read('/proc/' + pid + '/' + what).includes(secret)) found.push(what + ' of an ancestor')
  pid = Number(read('/proc/' + pid + '/stat').replace(/.*\) . /, '').split(' ')[0]) || 0
}
fs.appendFileSync(__dirname + '/found.txt', process.argv[2] + (found.length ? ' FOUND ' + found.join(', ') : '') + '\n')
`

// allEvents are the scripts of an install, in npm's order.
var allEvents = []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"}

// looked sets up a project whose own scripts, and those of a package that it needs, look for the session.
func (d *developer) looked(allow map[string]string) {
	d.t.Helper()
	d.home.Write(d.t, "look.js", look, 0o644)
	backwards := []byte(d.session)
	for i, j := 0, len(backwards)-1; i < j; i, j = i+1, j-1 {
		backwards[i], backwards[j] = backwards[j], backwards[i]
	}
	d.home.Write(d.t, "secret.txt", string(backwards), 0o600)
	d.project("", allEvents)
	d.home.Write(d.t, "work/package.json", strings.Replace(d.home.Read("work/package.json"), `"@acme`, `"dep":"file:../dep.tgz","@acme`, 1), 0o644)
	d.home.Write(d.t, "dep.tgz", packed(d.t, d.home.Dir+"/look.js"), 0o644)
	if allow["allowed"] != "" { // by name alone npm 12 allows no package from a file
		d.home.Write(d.t, "work/package.json", strings.Replace(d.home.Read("work/package.json"), `{`, `{"allowScripts":{"file:`+d.home.Dir+`/dep.tgz":true},`, 1), 0o644)
	}
	for name, text := range allow {
		d.home.Write(d.t, "work/"+name, text, 0o644)
	}
}

// packed is a package with install scripts that run a program of node.
func packed(t *testing.T, script string) string {
	t.Helper()
	scripts := map[string]string{}
	for _, s := range allEvents[:3] {
		scripts[s] = "node " + script + " dep:" + s
	}
	text, err := json.Marshal(map[string]any{"name": "dep", "version": "1.0.0", "scripts": scripts})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	box := tar.NewWriter(zip)
	if err := box.WriteHeader(&tar.Header{Name: "package/package.json", Mode: 0o644, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	_, _ = box.Write(text)
	_, _ = box.Close(), zip.Close()
	return out.String()
}

// TestL01_TwoPhases installs in two phases with every manager that can: what an install runs is run, and finds nothing.
// The control is the same install in one phase.
func TestL01_TwoPhases(t *testing.T) {
	all := "dep:preinstall dep:install dep:postinstall preinstall install postinstall prepublish preprepare prepare postprepare"
	some := "dep:preinstall dep:install dep:postinstall preinstall install postinstall"
	pnpm := map[string]string{"pnpm-workspace.yaml": "dangerouslyAllowAllBuilds: true\n"}
	for _, c := range []struct {
		label, client string
		argv          []string
		allow         map[string]string
		want          string
	}{
		{"npm10", "npm10", []string{"npm", "install"}, nil, all},
		{"npm11", "npm11", []string{"npm", "install"}, nil, all},
		{"npm12", "npm12", []string{"npm", "install"}, nil, strings.Join(allEvents, " ")}, // it blocks those of packages
		{"npm12allowed", "npm12", []string{"npm", "install"}, map[string]string{"allowed": "dep"}, all},
		{"pnpm10", "pnpm10", []string{"pnpm", "install"}, pnpm, some + " prepare"},
		{"pnpm11", "pnpm11", []string{"pnpm", "install"}, pnpm, some + " prepare"},
		{"pnpm12", "pnpm12", []string{"pnpm", "install"}, pnpm, some + " prepare"},
		{"yarn1", "yarn1", []string{"yarn"}, nil, some + " prepublish prepare"},
		{"yarn4", "yarn4", []string{"yarn"}, map[string]string{".yarnrc.yml": "enableScripts: true\n"}, some},
	} {
		t.Run(c.label, func(t *testing.T) {
			t.Parallel()
			d := newDeveloper(t, c.client, asLink)
			d.looked(c.allow)
			out, err := d.in(append([]string{"exec", "--two-phase", "--"}, c.argv...)...)
			if err != nil || !d.installed() {
				t.Errorf("exec --two-phase: %v\n%s", err, out)
			}
			found := d.home.Read("found.txt")
			if strings.Contains(found, "FOUND") {
				t.Errorf("a script found the session:\n%s", found)
			}
			ran := strings.Fields(found)
			for _, w := range strings.Fields(c.want) {
				if !strings.Contains(" "+strings.Join(ran, " ")+" ", " "+w+" ") {
					t.Errorf("%s did not run:\n%s\n%s", w, found, out)
				}
			}
			for i, r := range ran {
				if slices.Contains(ran[:i], r) {
					t.Errorf("%s ran twice:\n%s", r, found)
				}
			}
			d.nowhere()

			// The control: in one phase the same scripts find it.
			d.home.Write(t, "found.txt", "", 0o600)
			for _, dir := range []string{"node_modules", ".yarn"} {
				if err := os.RemoveAll(filepath.Join(d.home.Work(), dir)); err != nil {
					t.Fatal(err)
				}
			}
			out, err = d.in(append([]string{"exec", "--"}, c.argv...)...)
			if err != nil || !strings.Contains(d.home.Read("found.txt"), " FOUND ") {
				t.Errorf("in one phase: %v\n%s\n%s", err, d.home.Read("found.txt"), out)
			}
		})
	}
}

// TestTwoPhasesInWorkspaces: the scripts of a workspace's packages run, once and late. npm 10 would run their prepare
// scripts in the first phase.
func TestTwoPhasesInWorkspaces(t *testing.T) {
	for name, argv := range map[string][]string{
		"npm10": {"npm", "install"}, "npm11": {"npm", "ci"}, "npm12": {"npm", "install"},
		"pnpm10": {"pnpm", "install"}, "pnpm11": {"pnpm", "install"}, "pnpm12": {"pnpm", "install"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDeveloper(t, name, asLink)
			d.looked(map[string]string{"pnpm-workspace.yaml": "packages: [a]\ndangerouslyAllowAllBuilds: true\n"})
			d.home.Write(t, "work/a/package.json", `{"name":"a","version":"1.0.0","scripts":{"postinstall":"node ../../look.js a:postinstall","prepare":"node ../../look.js a:prepare"}}`, 0o644)
			d.home.Write(t, "work/package.json", strings.Replace(d.home.Read("work/package.json"), `"private"`, `"workspaces":["a"],"private"`, 1), 0o644)
			if argv[1] == "ci" {
				if out, err := d.in("exec", "--", "npm", "install", "--package-lock-only", "--ignore-scripts"); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			}
			out, err := d.in(append([]string{"exec", "--two-phase", "--"}, argv...)...)
			found := d.home.Read("found.txt")
			if err != nil || !d.installed() || strings.Contains(found, "FOUND") {
				t.Errorf("%v\n%s\n%s", err, found, out)
			}
			for _, s := range []string{"a:postinstall", "a:prepare", "prepare", "postinstall"} {
				if strings.Count("\n"+found, "\n"+s+"\n") != 1 {
					t.Errorf("%s did not run once:\n%s\n%s", s, found, out)
				}
			}
		})
	}
}
