// Package busguard keeps 99designs/keyring from hanging or littering while it is imported. That
// library dials the session bus in its init functions: on a bus that accepts and never answers (or answers no call) the
// program hangs before main, and where there is no bus but dbus-launch, every start leaves a
// dbus-daemon behind.
//
// This package's init runs first (it imports next to nothing, and Go initialises packages that are
// ready in the order of their paths). It looks for a bus that answers a first call within half a second and, for
// as long as initialisation lasts, names in DBUS_SESSION_BUS_ADDRESS that bus alone, or an address
// where nothing is. Restore puts the variable back; adapter/keyring, the one importer, calls it in
// its own init. Nothing but package variables is kept, and Restore may be called again. If no bus
// answered, the library knows of none as long as the process lives.
package busguard

import "os"

// variable names the session bus for every D-Bus library.
const variable = "DBUS_SESSION_BUS_ADDRESS"

// nowhere is an address at which nothing can listen.
const nowhere = "unix:path=/nonexistent/sandglass"

var (
	original string
	given    bool
)

// Original returns what DBUS_SESSION_BUS_ADDRESS was when the process began, and whether it was set.
func Original() (string, bool) { return original, given }

// Restore gives DBUS_SESSION_BUS_ADDRESS back to the rest of the process and to its children.
func Restore() {
	if !changed {
		return
	}
	if given {
		os.Setenv(variable, original)
		return
	}
	os.Unsetenv(variable)
}
