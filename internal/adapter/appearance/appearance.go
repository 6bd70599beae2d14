// Package appearance asks the desktop how the user wants to see things. It keeps nothing: each question is asked
// anew, with a time limit of its own, and where nobody answers the answer is the usual one. It is safe for
// concurrent use.
package appearance
