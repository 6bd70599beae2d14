// Package deskenv gives variables to the programs that a desktop starts from now on.
//
// On Linux it tells the two who start them, over a session bus connection of its own for each request: the
// user's systemd, where it is on that bus, and the bus daemon, for the programs that the bus starts. Each may
// be lacking or refuse; a request has worked when one of them took it. Doing it twice does it once.
//
// Values travel in D-Bus messages alone, to a bus behind a local socket: not in an argument vector, which other
// users can read, and not in an error's text. They then lie in the memory of those two, for every program of
// the user's to ask for, until Unset or the end of the session. The bus daemon cannot forget a variable: Unset
// leaves it empty there, and so for the programs that the bus starts. A program that runs already, and what a
// desktop's panel starts as its own child, gets none of this.
//
// New returns nil elsewhere. On macOS the way is launchd: launchctl setenv takes the value as an argument,
// readable to everybody in the list of processes while it runs, and launchd's own interface is private and not to
// be had without cgo (B13). On Windows the user's environment lies in the registry: it outlives the session
// and is shown to all (B14).
package deskenv

import "errors"

// ErrNoDesktop says that there is nobody to give variables to.
var ErrNoDesktop = errors.New("no desktop session takes variables")
