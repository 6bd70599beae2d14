// Package lint looks through config files for lines with credentials that do not do what they seem to: a
// package manager passes them over, sends them as they are written, or stops at them. Which of them does so
// was measured, and every rule's test runs the real one before and after the repair.
//
// A Problem comes with its repair where there is one that is right without asking: the whole new text of one
// or two files, in which nothing changed but the lines in question. Repairs are each made for the files as
// they are; after one was applied the files want to be checked again.
//
// Everything is pure. A Problem's Args hold no secret; the texts of files in its Fix do, where the files do.
package lint
