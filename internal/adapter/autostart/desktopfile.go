//go:build !windows

package autostart

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// desktopFile is the form of Linux desktops, a desktop entry.
type desktopFile struct {
	desktops []string // the names of this one
}

// The keys that count, and the group that they stand in.
const (
	mainGroup  = "[Desktop Entry]"
	keyHidden  = "Hidden"
	keyGnome   = "X-GNOME-Autostart-enabled" // how GNOME's and others' settings switch an entry off
	keyTry     = "TryExec"
	keyOnly    = "OnlyShowIn"
	keyNot     = "NotShowIn"
	reserved   = " \t\n\"'\\><~|&;$*?#()`" // what makes an argument of Exec need quotes
	inQuotes   = "\"`$\\"                  // what needs a backslash in them
	freshEntry = mainGroup + `
Type=Application
Version=1.0
Name=Sandglass
Icon=` + id + `
Exec=%s
TryExec=%s
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
X-KDE-autostart-after=panel
`
)

func (desktopFile) write(program string) string {
	return fmt.Sprintf(freshEntry, escape(argument(program)), escape(program))
}

// argument quotes an argument for Exec.
func argument(s string) string {
	if !strings.ContainsAny(s, reserved) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(inQuotes, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return `"` + b.String() + `"`
}

// escape writes a text as a value.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s)
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r", `\s`, " ").Replace(s)
}

func (desktopFile) program(text string) string {
	f, err := parse(text)
	if err != nil {
		return ""
	}
	value, _ := f.value(keyTry)
	return unescape(value)
}

func (d desktopFile) held(text string) (string, error) {
	f, err := parse(text)
	if err != nil {
		return "", err
	}
	for _, c := range []struct {
		key  string
		held func(value string) bool
	}{
		{keyHidden, func(v string) bool { return v == "true" }},
		{keyGnome, func(v string) bool { return v == "false" }},
		{keyOnly, func(v string) bool { return !d.among(v) }},
		{keyNot, d.among},
		{keyTry, func(v string) bool { _, err := exec.LookPath(unescape(v)); return err != nil }},
	} {
		if value, line := f.value(c.key); line > 0 && c.held(value) {
			return fmt.Sprintf("line %d: %s=%s", line, c.key, value), nil
		}
	}
	return "", nil
}

// among reports whether this desktop is in a list.
func (d desktopFile) among(list string) bool {
	return slices.ContainsFunc(strings.Split(list, ";"), func(name string) bool {
		return name != "" && slices.Contains(d.desktops, name)
	})
}

func (desktopFile) turn(text string, on bool) (string, error) {
	f, err := parse(text)
	if err != nil {
		return "", err
	}
	if !on {
		f.set(keyHidden, "true")
		return f.String(), nil
	}
	if value, _ := f.value(keyHidden); value == "true" {
		f.set(keyHidden, "false")
	}
	if value, _ := f.value(keyGnome); value == "false" {
		f.set(keyGnome, "true")
	}
	return f.String(), nil
}

// lines are a desktop entry's, each with its end, and where its main group lies among them.
type lines struct {
	all        []string
	first, end int
}

func parse(text string) (*lines, error) {
	f := &lines{all: slices.Collect(strings.Lines(text)), first: -1}
	for i, line := range f.all {
		line = strings.TrimSpace(line)
		switch {
		case f.first < 0 && line == mainGroup:
			f.first, f.end = i+1, i+1
		case f.first >= 0 && strings.HasPrefix(line, "["):
			return f, nil
		case f.first < 0 && line != "" && !strings.HasPrefix(line, "#"):
			return nil, fmt.Errorf("%w: line %d: it stands before %s", ErrForm, i+1, mainGroup)
		case f.first >= 0 && line != "":
			f.end = i + 1
		}
	}
	if f.first < 0 {
		return nil, fmt.Errorf("%w: line 1: it does not begin with %s", ErrForm, mainGroup)
	}
	return f, nil
}

// value is a key's value, and the number of its line; 0 if there is none. The last one counts.
func (f *lines) value(key string) (value string, line int) {
	for i := f.first; i < f.end; i++ {
		if k, v, ok := strings.Cut(f.all[i], "="); ok && strings.TrimSpace(k) == key {
			value, line = strings.TrimSpace(v), i+1
		}
	}
	return value, line
}

// set changes a key's value in its line, or adds one at the end of the group.
func (f *lines) set(key, value string) {
	text := key + "=" + value + lineEnd(f.all[f.first-1])
	if _, line := f.value(key); line > 0 {
		f.all[line-1] = text
		return
	}
	if last := &f.all[f.end-1]; lineEnd(*last) == "" {
		*last += "\n"
	}
	f.all = slices.Insert(f.all, f.end, text)
	f.end++
}

func lineEnd(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

func (f *lines) String() string { return strings.Join(f.all, "") }
