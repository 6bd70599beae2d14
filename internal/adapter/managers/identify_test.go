package managers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/managers"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

var _ agent.Managers = (*managers.Finder)(nil)

// real lists the clients with the names and the begins of the versions that must be found. None is started.
var real = map[string][2]string{
	"npm10": {"npm", "10."}, "npm11": {"npm", "11."}, "npm12": {"npm", "12."},
	"pnpm10": {"pnpm", "10."}, "pnpm11": {"pnpm", "11."}, "pnpm12": {"pnpm", "12."},
	"yarn1": {"yarn", "1."}, "yarn4": {"yarn", "4."}, "bun": {"bun", "1."},
}

// program is the file that a user's PATH would lead to.
func program(t *testing.T, name string) string {
	t.Helper()
	c := clients.Need(t, name)
	if len(c.Args) > 0 {
		return c.Args[0]
	}
	return c.Path
}

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, target, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestIdentify_Real identifies the real programs, by themselves and by two links, as npm and a version
// manager set them.
func TestIdentify_Real(t *testing.T) {
	for name, want := range real {
		t.Run(name, func(t *testing.T) {
			file := program(t, name)
			dir := t.TempDir()
			for _, path := range []string{file, link(t, "hop", filepath.Join(dir, want[0])), link(t, file, filepath.Join(dir, "hop"))} {
				m, ok := managers.Identify(path)
				if !ok || m.Name != want[0] || !strings.HasPrefix(m.Version, want[1]) || m.Path != path {
					t.Errorf("%s: %+v %v", path, m, ok)
				}
			}
		})
	}
	if m, ok := managers.Identify(clients.Need(t, "nu").Path); ok {
		t.Errorf("nushell is %+v", m)
	}
	if m, ok := managers.Identify(clients.Node(t)); ok {
		t.Errorf("Node.js is %+v", m)
	}
}

// TestIdentify_Npx tells whose program an npx is.
func TestIdentify_Npx(t *testing.T) {
	for name, other := range map[string]string{"npm12": "npx-cli.js", "pnpm11": "pnpx.mjs", "pnpm10": "pnpx.cjs"} {
		file := filepath.Join(filepath.Dir(program(t, name)), other)
		m, ok := managers.Identify(link(t, file, filepath.Join(t.TempDir(), "npx")))
		if !ok || m.Name != real[name][0] || !strings.HasPrefix(m.Version, real[name][1]) {
			t.Errorf("%s: %+v %v", file, m, ok)
		}
	}
	bunx := link(t, program(t, "bun"), filepath.Join(t.TempDir(), "bunx"))
	if m, ok := managers.Identify(bunx); !ok || m.Name != "bun" {
		t.Errorf("bunx: %+v %v", m, ok)
	}
}

// TestIdentify_Made reads what cannot be installed here.
func TestIdentify_Made(t *testing.T) {
	const npmJS = "lib/node_modules/npm/bin/npm-cli.js"
	shim := "#!/bin/sh\nbasedir=$(dirname \"$0\")\nif [ -x \"$basedir/node\" ]; then\n" +
		"  exec \"$basedir/node\"  \"$basedir/node_modules/pnpm/bin/pnpm.cjs\" \"$@\"\nelse\n" +
		"  exec node  \"$basedir/node_modules/pnpm/bin/pnpm.cjs\" \"$@\"\nfi\n"
	cmd := "@ECHO off\r\nSET dp0=%~dp0\r\n\"%dp0%\\node.exe\"  \"%dp0%\\node_modules\\pnpm\\bin\\pnpm.cjs\" %*\r\n"
	type file struct{ path, text string }
	for name, c := range map[string]struct {
		files     []file
		path      string
		want, ver string
	}{
		"package":     {[]file{{"lib/node_modules/npm/package.json", `{"name":"npm","version":"11.19.0"}`}, {npmJS, ""}}, npmJS, "npm", "11.19.0"},
		"inner json":  {[]file{{"lib/node_modules/npm/package.json", `{"name":"npm","version":"11.19.0"}`}, {"lib/node_modules/npm/bin/package.json", `{"type":"module"}`}, {npmJS, ""}}, npmJS, "npm", "11.19.0"},
		"no version":  {[]file{{"lib/node_modules/npm/package.json", `{"name":"npm","version":"latest; rm"}`}, {npmJS, ""}}, npmJS, "npm", ""},
		"other":       {[]file{{"lib/node_modules/corepack/package.json", `{"name":"corepack","version":"0.34.0"}`}, {"lib/node_modules/corepack/dist/npm.js", ""}}, "lib/node_modules/corepack/dist/npm.js", "", ""},
		"consumer":    {[]file{{"package.json", `{"name":"npm","version":"1.2.3"}`}, {"node_modules/tool/cli.js", ""}}, "node_modules/tool/cli.js", "", ""},
		"pnpm exe":    {[]file{{"node_modules/@pnpm/exe/package.json", `{"name":"@pnpm/exe","version":"10.1.0"}`}, {"node_modules/@pnpm/exe/pnpm", ""}}, "node_modules/@pnpm/exe/pnpm", "pnpm", "10.1.0"},
		"deno":        {[]file{{"node_modules/deno/package.json", `{"name":"deno","version":"2.9.6"}`}, {"node_modules/deno/bin.cjs", ""}}, "node_modules/deno/bin.cjs", "deno", "2.9.6"},
		"shim":        {[]file{{"node_modules/pnpm/package.json", `{"name":"pnpm","version":"10.34.9"}`}, {"pnpm", shim}}, "pnpm", "pnpm", "10.34.9"},
		"cmd shim":    {[]file{{"node_modules/pnpm/package.json", `{"name":"pnpm","version":"10.34.9"}`}, {"pnpm.cmd", cmd}}, "pnpm.cmd", "pnpm", "10.34.9"},
		"asdf":        {[]file{{"npm", "#!/usr/bin/env bash\nexec asdf exec \"npm\" \"$@\"\n"}}, "npm", "", ""},
		"one program": {[]file{{"bun", "\x7fELF..."}}, "bun", "bun", ""},
		"one script":  {[]file{{"bun", "#!/bin/sh\n"}}, "bun", "", ""},
		"bad json":    {[]file{{"package.json", `{"name":["npm"]}`}, {"npm", ""}}, "npm", "", ""},
		"huge json":   {[]file{{"package.json", `{"name":"npm","x":"` + strings.Repeat("x", 2<<20) + `"}`}, {"npm", ""}}, "npm", "", ""},
		"nothing":     {nil, "npm", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range c.files {
				write(t, filepath.Join(dir, f.path), f.text, 0o755)
			}
			m, ok := managers.Identify(filepath.Join(dir, c.path))
			if m.Name != c.want || m.Version != c.ver || ok != (c.want != "") {
				t.Errorf("%+v %v", m, ok)
			}
		})
	}
}

// TestC12_IdentifyOddFiles is done with links that go round, and with folders.
func TestC12_IdentifyOddFiles(t *testing.T) {
	dir := t.TempDir()
	link(t, filepath.Join(dir, "b"), filepath.Join(dir, "a"))
	link(t, filepath.Join(dir, "a"), filepath.Join(dir, "b"))
	if err := os.MkdirAll(filepath.Join(dir, "npm", "package.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "a"), dir, filepath.Join(dir, "npm"), filepath.Join(dir, "npm", "package.json"), ""} {
		if m, ok := managers.Identify(path); ok {
			t.Errorf("%s: %+v", path, m)
		}
		if got := managers.Interpreter(path); got != "" {
			t.Errorf("%s: run by %s", path, got)
		}
	}
}

func TestInterpreter(t *testing.T) {
	dir := t.TempDir()
	for line, want := range map[string]string{
		"#!/bin/sh\n": "sh", "#! /bin/dash -e\n": "dash", "#!/bin/sh\r\n": "sh", "#!/bin/sh": "sh",
		"#!/usr/bin/env node\n": "node", "#!/usr/bin/env -S node --x\n": "node", "#!/usr/bin/env -Snode --x\n": "node",
		"#!/usr/bin/env --split-string=node --x\n": "node", "#!/usr/bin/env -S A=1 -i -u B node\n": "node",
		"#!/usr/bin/env -S --unset B /opt/bin/bash\n": "bash", "#!/usr/bin/env\n": "", "#!\n": "", "#!/usr/bin/env -u\n": "",
		"\x7fELF": "", "": "", "# a text\n": "", "\n#!/bin/sh\n": "",
	} {
		if got := managers.Interpreter(write(t, filepath.Join(dir, "f"), line, 0o755)); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
	if got := managers.Interpreter(program(t, "npm12")); got != "node" {
		t.Errorf("npm is run by %q", got)
	}
	if got := managers.Interpreter(program(t, "pnpm12")); got != "" {
		t.Errorf("pnpm 12 is run by %q", got)
	}
}
