package keep

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// Chosen is the store that the user wants, whether or not it answers.
func Chosen(s api.Snapshot) api.Store {
	if s.Settings.Store == "" {
		return api.StoreKeyring
	}
	return s.Settings.Store
}

// Absent reports whether the keyring is wanted and none answers.
func Absent(s api.Snapshot) bool {
	return Chosen(s) == api.StoreKeyring && s.Agent.Store == api.StoreMemory
}

// Shut reports whether the store is there and does not open.
func Shut(s api.Snapshot) bool {
	locked := slices.ContainsFunc(s.Findings, func(f api.Finding) bool { return f.Code == api.FindingKeyringLocked })
	return locked || Chosen(s) == api.StoreFile && s.Agent.Store == api.StoreMemory
}

// Words say where secrets are now, and whether that is less than the user wants.
func Words(d *desk.Desk) (text string, alarm bool) {
	now := string(d.Snapshot.Agent.Store)
	switch s := d.Snapshot; {
	case Shut(s) && Chosen(s) == api.StoreFile:
		now, alarm = "locked", true
	case Shut(s):
		now, alarm = "shut", true
	case Absent(s):
		now, alarm = "absent", true
	case now == "":
		now = string(api.StoreMemory)
	}
	return d.P.T("setup.keep.now." + now), alarm
}
