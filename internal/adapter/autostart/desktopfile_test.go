//go:build !windows

package autostart

import (
	"errors"
	"strings"
	"testing"
)

const edited = `# my own
[Desktop Entry]
Type=Application
Name=Sandglass, mine
Exec=nice sandglass-agent --no-tray
X-GNOME-Autostart-enabled = true
Name[ja]=砂時計

[Desktop Action Show]
Hidden=true
`

func TestDesktopFileHeld(t *testing.T) {
	for _, c := range []struct{ name, text, held string }{
		{"mine", edited, ""},
		{"hidden", strings.Replace(edited, "Type=", "Hidden=true\nType=", 1), "line 3: Hidden=true"},
		{"not hidden", strings.Replace(edited, "Type=", "Hidden=false\nType=", 1), ""},
		{"switched off in GNOME", strings.Replace(edited, "enabled = true", "enabled = false", 1), "line 6: X-GNOME-Autostart-enabled=false"},
		{"for others", strings.Replace(edited, "\n\n", "\nOnlyShowIn=KDE;GNOME;\n\n", 1), "line 8: OnlyShowIn=KDE;GNOME;"},
		{"for this one", "[Desktop Entry]\nOnlyShowIn=KDE;XFCE;\n", ""},
		{"not for this one", "[Desktop Entry]\nNotShowIn=XFCE\n", "line 2: NotShowIn=XFCE"},
		{"not for others", "[Desktop Entry]\nNotShowIn=KDE;\n", ""},
		{"program gone", "[Desktop Entry]\nTryExec=/nonexistent/agent\n", "line 2: TryExec=/nonexistent/agent"},
		{"program there", "[Desktop Entry]\nTryExec=sh\n", ""},
		{"Windows' line ends", "[Desktop Entry]\r\nHidden=true\r\n", "line 2: Hidden=true"},
	} {
		held, err := desktopFile{[]string{"XFCE"}}.held(c.text)
		if held != c.held || err != nil {
			t.Errorf("%s: %q, %v, want %q", c.name, held, err, c.held)
		}
	}
}

func TestDesktopFileTurn(t *testing.T) {
	for _, c := range []struct{ name, text, off, on string }{
		{"adds the key at the end of the group", edited,
			strings.Replace(edited, "砂時計\n", "砂時計\nHidden=true\n", 1), strings.Replace(edited, "砂時計\n", "砂時計\nHidden=false\n", 1)},
		{"keeps line ends", "[Desktop Entry]\r\nName=x\r\n", "[Desktop Entry]\r\nName=x\r\nHidden=true\r\n", "[Desktop Entry]\r\nName=x\r\nHidden=false\r\n"},
		{"no line end at the end", "[Desktop Entry]\nName=x", "[Desktop Entry]\nName=x\nHidden=true\n", "[Desktop Entry]\nName=x\nHidden=false\n"},
		{"turns the key", "[Desktop Entry]\nHidden=false\nName=x\n", "[Desktop Entry]\nHidden=true\nName=x\n", "[Desktop Entry]\nHidden=false\nName=x\n"},
		{"turns GNOME's key on", "[Desktop Entry]\nX-GNOME-Autostart-enabled=false\n",
			"[Desktop Entry]\nX-GNOME-Autostart-enabled=false\nHidden=true\n", "[Desktop Entry]\nX-GNOME-Autostart-enabled=true\nHidden=false\n"},
	} {
		off, err := desktopFile{}.turn(c.text, false)
		if off != c.off || err != nil {
			t.Errorf("%s: off: %q, %v, want %q", c.name, off, err, c.off)
		}
		on, err := desktopFile{}.turn(off, true)
		if on != c.on || err != nil {
			t.Errorf("%s: on again: %q, %v, want %q", c.name, on, err, c.on)
		}
	}
}

// TestNoDesktopFile: what is no desktop entry is not touched, and its line is named.
func TestNoDesktopFile(t *testing.T) {
	for text, line := range map[string]string{"": "line 1", "#\nName=x\n[Desktop Entry]\n": "line 2", "{}": "line 1", "#\n": "line 1"} {
		if _, err := (desktopFile{}).turn(text, true); !errors.Is(err, ErrForm) || !strings.Contains(err.Error(), line) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// odd are paths whose signs mean something to a shell, to Exec, or to a value.
var odd = []string{
	"/usr/bin/sandglass-agent", "/opt/my programs/sandglass-agent", `/home/a"b/agent`, "/home/$HOME/`id`/agent", `/home/back\slash/agent`,
	"/home/a'b;c&d|e<f>g*h?i#j(k)l~/agent", "/home/砂時計/agent", "/home/[x]{y}!^/agent", " /x"[1:],
}

func TestDesktopFileKnowsItsProgram(t *testing.T) {
	for _, path := range odd {
		text := desktopFile{}.write(path)
		if got := (desktopFile{}).program(text); got != path {
			t.Errorf("%s reads back as %s", path, got)
		}
		if strings.Count(text, "\n") != 11 {
			t.Errorf("%s breaks lines:\n%s", path, text)
		}
	}
}
