package autostart

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// place is a home with an agent in it, and an entry for that.
type place struct {
	*Entry
	t    *testing.T
	home string
	vars map[string]string
}

func newPlace(t *testing.T, program string) *place {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, program)
	write(t, path, "#!/bin/sh\necho \"$0\" \"$@\" >>"+shellQuote(filepath.Join(home, "started"))+"\n")
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, home: home, vars: map[string]string{"XDG_CURRENT_DESKTOP": "XFCE", "XDG_CONFIG_DIRS": filepath.Join(home, "xdg")}}
	p.Entry = p.entry(path)
	return p
}

func (p *place) entry(program string) *Entry {
	return New(Options{Program: program, Home: p.home, Env: func(name string) string { return p.vars[name] }})
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *place) text() string {
	p.t.Helper()
	text, err := os.ReadFile(p.path)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func (p *place) set(on bool) {
	p.t.Helper()
	if err := p.Set(on); err != nil {
		p.t.Fatal(err)
	}
	p.is(on)
}

func (p *place) is(want bool) {
	p.t.Helper()
	if got, err := p.Enabled(); got != want || err != nil {
		p.t.Fatalf("enabled: %v, %v, want %v", got, err, want)
	}
}

func TestOnAndOff(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	p.is(false)
	p.set(false)
	p.set(true)
	if want := filepath.Join(p.home, ".config/autostart/dev.sandglass.Sandglass.desktop"); p.path != want {
		t.Errorf("the entry is %s, want %s", p.path, want)
	}
	p.set(true)
	p.set(false)
	left, err := os.ReadDir(filepath.Dir(p.path))
	if len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
	p.vars["XDG_CONFIG_HOME"] = filepath.Join(p.home, "cfg")
	p.Entry = p.entry(p.program)
	p.set(true)
	if !strings.HasPrefix(p.path, p.vars["XDG_CONFIG_HOME"]+"/autostart/") {
		t.Errorf("the entry is %s", p.path)
	}
}

// TestMoved: an untouched entry for a program that lay elsewhere is renewed.
func TestMoved(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	if err := p.entry("/opt/old place/sandglass-agent").Set(true); err != nil {
		t.Fatal(err)
	}
	p.is(false)
	p.set(true)
	if got := p.text(); got != p.form.write(p.program) {
		t.Errorf("the entry is\n%s", got)
	}
}

// TestEditedStays: of a file that the user edited only the switch is turned, where links lead and with its mode.
func TestEditedStays(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	real := filepath.Join(p.home, "dotfiles", "agent.desktop")
	write(t, real, edited)
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, p.path); err != nil {
		t.Fatal(err)
	}
	p.set(true)
	if got := p.text(); got != edited {
		t.Errorf("switched on, though it was:\n%s", got)
	}
	p.set(false)
	if got, want := p.text(), strings.Replace(edited, "砂時計\n", "砂時計\nHidden=true\n", 1); got != want {
		t.Errorf("off:\n%s", got)
	}
	p.set(true)
	info, err := os.Lstat(p.path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
}

// TestHeld: an entry that is for other desktops is not switched on silently, and not changed.
func TestHeld(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	text := strings.Replace(edited, "Type=", "OnlyShowIn=KDE;\nHidden=true\nType=", 1)
	write(t, p.path, text)
	p.is(false)
	err := p.Set(true)
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), p.path) || !strings.Contains(err.Error(), "line 3: OnlyShowIn=KDE;") {
		t.Errorf("error %v", err)
	}
	if got := p.text(); got != text {
		t.Errorf("changed to\n%s", got)
	}
}

// TestMachinesEntry: what the machine starts for everybody is switched off for this user alone.
func TestMachinesEntry(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	machine := filepath.Join(p.home, "xdg", "autostart", id+".desktop")
	write(t, machine, p.form.write(p.program))
	p.is(true)
	p.set(false)
	p.set(true)
	p.set(false)
	if got, err := os.ReadFile(machine); err != nil || string(got) != p.form.write(p.program) {
		t.Errorf("the machine's entry is now %s, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	for _, program := range []string{"", "sandglass-agent", "/a\nHidden=false", "/a=b", "/50%/a", "/a\x00", "/\xff"} {
		if err := p.entry(program).Set(true); !errors.Is(err, ErrProgram) {
			t.Errorf("%q: %v", program, err)
		}
	}
	for _, text := range []string{"not an entry", strings.Repeat("#\n", largest)} {
		write(t, p.path, text)
		_, err := p.Enabled()
		if !errors.Is(err, ErrForm) || !strings.Contains(err.Error(), p.path) {
			t.Errorf("read: %v", err)
		}
		if err := p.Set(true); !errors.Is(err, ErrForm) {
			t.Errorf("switch: %v", err)
		}
		if p.text() != text {
			t.Error("the file was changed")
		}
	}
}

// TestNoHalfFile: where nothing can be written the old entry stays whole.
func TestNoHalfFile(t *testing.T) {
	p := newPlace(t, "bin/sandglass-agent")
	write(t, filepath.Join(p.home, ".config/autostart"), "a file where the folder should be")
	if err := p.Set(true); err == nil {
		t.Error("no error")
	}
}

// TestDesktopsTakeIt has real readers of desktop entries judge ours and start what it names, at odd places.
func TestDesktopsTakeIt(t *testing.T) {
	desktop.Need(t, "gio", "desktop-file-validate")
	for _, name := range []string{"bin/sandglass-agent", "my programs/it's $HOME `id` \"x\" \\ & (1);*|<>?#~/sandglass-agent", "砂時計/agent"} {
		p := newPlace(t, name)
		p.set(true)
		if out, err := exec.Command("desktop-file-validate", p.path).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v: %s", name, err, out)
		}
		cmd := exec.Command("gio", "launch", p.path)
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		desktop.Until(t, name+" to be started without arguments", func() bool { return p.started() == p.program })
	}
}

// TestAutostart has a real program start what the autostart folder holds.
func TestAutostart(t *testing.T) {
	desktop.Need(t, "dex")
	p := newPlace(t, "my programs/sandglass-agent")
	starts := func(want bool) {
		t.Helper()
		_ = os.Remove(filepath.Join(p.home, "started"))
		cmd := exec.Command("dex", "--autostart", "--wait", "--environment", "XFCE", "--search-paths", filepath.Dir(p.path))
		cmd.Env = append(os.Environ(), "HOME="+p.home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		if got := p.started(); (got == p.program) != want {
			t.Errorf("started %q, want %v", got, want)
		}
	}
	p.set(true)
	starts(true)
	p.set(false)
	starts(false)
	write(t, p.path, p.form.write(p.program)+"# mine\n")
	starts(true)
	p.set(false)
	starts(false)
	p.set(true)
	starts(true)
}

// started is what the agent noted when it was started: its path and arguments.
func (p *place) started() string {
	got, _ := os.ReadFile(filepath.Join(p.home, "started"))
	return strings.TrimSpace(string(got))
}

// TestSystemdTakesIt has systemd, which starts the entries of today's desktops, read one.
func TestSystemdTakesIt(t *testing.T) {
	generator := "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator"
	desktop.Need(t, generator)
	p := newPlace(t, "my programs/sandglass-agent")
	p.set(true)
	units := t.TempDir()
	cmd := exec.Command(generator, units, units, units)
	cmd.Env = append(os.Environ(), "HOME="+p.home, "XDG_CONFIG_HOME="+p.home+"/.config", "XDG_CONFIG_DIRS="+p.home+"/xdg")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	unit, err := os.ReadFile(filepath.Join(units, "app-"+strings.ReplaceAll(id, "-", `\x2d`)+"@autostart.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"After=graphical-session.target", p.program} {
		if !strings.Contains(string(unit), line) {
			t.Errorf("no %s in\n%s", line, unit)
		}
	}
}

// TestI13_ProgramThatOthersCanReplace: what any user may put another program in the place of is not started with the
// user's desktop; what is so already can be switched off.
func TestI13_ProgramThatOthersCanReplace(t *testing.T) {
	p := newPlace(t, "bin/tools/sandglass-agent")
	for path, mode := range map[string]fs.FileMode{p.program: 0o702, filepath.Dir(p.program): 0o777, filepath.Join(p.home, "bin"): 0o703} {
		was, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := p.Set(true); !errors.Is(err, ErrOpen) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		p.set(false)
		if err := os.Chmod(path, was.Mode()); err != nil {
			t.Fatal(err)
		}
		p.set(true)
	}
	if err := os.Chmod(filepath.Join(p.home, "bin"), 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	p.set(true) // as in /tmp: what is there is its owner's
}
