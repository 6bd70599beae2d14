// Package hostile looks through the config files of a project that somebody else wrote, for what would carry
// a credential of the user's elsewhere: settings that lead package managers to another registry, another
// config file, a proxy or a program, and places where a variable's value would be sent.
//
// The rules were found and are tested against the package managers themselves, in package e2e. They are
// blunt where an honest project has no reason to write such a thing, and silent about what honest projects
// write. A registry that the user's own config knows is no stranger; npm's public registry never is.
//
// What a project's programs do once they run is not looked at: it can do anything.
//
// Everything is pure. No Danger holds a secret: of values only hosts and names of variables are told.
package hostile
