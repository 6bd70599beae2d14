// Package managers tells which package managers a user has.
//
// Identify reads what a program on disk is and starts nothing, so that it may be asked about whatever a
// command line names. Finder asks the programs that the user's PATH leads to for their version where reading
// does not tell it: in a folder that only the system writes to, for a package manager obeys the files that it
// finds around it; with a small environment that holds no credential, lets no shim download anything and
// forbids the way to other versions; side by side, for three seconds at most, and with all that they
// started. A program of a project's own node_modules is never asked.
//
// It needs the standard library alone: the command line imports it.
package managers
