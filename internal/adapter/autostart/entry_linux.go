package autostart

import (
	"cmp"
	"path/filepath"
	"strings"
)

// New makes the entry in the user's autostart folder. It touches nothing yet.
func New(o Options) *Entry {
	e := &Entry{program: o.Program, form: desktopFile{strings.Split(o.Env("XDG_CURRENT_DESKTOP"), ":")}}
	config := o.Env("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) {
		config = filepath.Join(o.Home, ".config")
	}
	name := filepath.Join("autostart", id+".desktop")
	e.path = filepath.Join(config, name)
	for dir := range strings.SplitSeq(cmp.Or(o.Env("XDG_CONFIG_DIRS"), "/etc/xdg"), ":") {
		if filepath.IsAbs(dir) {
			e.system = append(e.system, filepath.Join(dir, name))
		}
	}
	return e
}
