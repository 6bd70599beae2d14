package lookout

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

const startup = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/"

// startedHere are the signs of the folder of a test; what the user's Run key holds is the machine's own.
func (m *machine) startedHere() (all string) {
	m.t.Helper()
	for _, s := range m.signs() {
		if strings.HasPrefix(s.File, m.home) {
			all += s.What
		}
	}
	return all
}

// TestN02_StartupFolder finds a watcher by its name, by a batch file, and behind a shortcut, whose texts have two bytes
// a character.
func TestN02_StartupFolder(t *testing.T) {
	m := newMachine(t)
	m.vars["USERPROFILE"] = m.home
	m.write(startup+"desktop.ini", "[.ShellClassInfo]\r\n")
	m.write(startup+"Syncthing.cmd", "@start \"\" \"%USERPROFILE%\\syncthing.exe\" --no-browser\r\n")
	if got := m.startedHere(); got != "" {
		t.Errorf("innocent ones: %s", got)
	}
	m.write(startup+"a.cmd", "@powershell -File %USERPROFILE%\\w.ps1\r\n")
	m.write("w.ps1", "irm https://api.github.com/user")
	link := "L\x00\x00\x00"
	for _, c := range utf16.Encode([]rune(filepath.Join(m.home, "w.ps1"))) {
		link += string([]byte{byte(c), byte(c >> 8)})
	}
	m.write(startup+"b.lnk", link+"\x00\x00")
	m.write(startup+"gh-token-monitor.lnk", "")
	if got := m.startedHere(); got != WatchesCredentials+WatchesCredentials+KnownName {
		t.Errorf("got %s", got)
	}
}
