package autostart

import "path/filepath"

// New makes the entry in the user's folder of launch agents. It touches nothing yet.
func New(o Options) *Entry {
	return &Entry{program: o.Program, path: filepath.Join(o.Home, "Library", "LaunchAgents", id+".plist"), form: plist{}}
}
