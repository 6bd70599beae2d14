// Package recorder starts servers on loopback that take what they are sent: the attacker's registry and
// proxy in tests of hostile repositories, and the user's own registry beside it.
//
// A Recorder is a registry that has every package, whatever its path, name and version, so that an install
// goes through to the tarball. It is a proxy too: what it is asked to pass on it answers itself, and a
// tunnel ends in it, with a certificate of its own authority. Nothing that it gets goes any further. It
// notes each request and looks in it for the canaries that it was told: in the request line and its
// decoded form, in each header and what Basic hides, and in the body.
package recorder
