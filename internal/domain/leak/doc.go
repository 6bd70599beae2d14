// Package leak finds credentials of package registries that stand in a text as they are: in config files of
// package managers, commented-out lines and backups of them, files with variables, CI files, shell files and
// histories, and, where the credential's own shape gives it away, anywhere.
//
// What stands for a credential is none: variables in every spelling, examples, masks, repeated characters. Nor are
// checksums, object ids, and UUIDs and JWTs that stand where no credential stands. A text whose checksum fits is told
// wherever it stands, tests included.
//
// Scanning is one pass over the bytes that stops at a few rare ones; what it looks at around each is bounded, so
// that the time is linear in the size, whatever the text. A text with a NUL byte in its first 8 KiB is no text, and
// of one above MaxSize the first MaxSize bytes are read. UTF-16 with its mark is a text; columns are then those of UTF-8.
//
// Take takes a credential out of a file with the line that is its alone, and Fill puts it back from a Hole, which holds
// no piece of any credential. What does more than that, or is read by nobody knows what, is left: a LeftError says why.
//
// Everything is pure, nothing is kept, and no Leak holds the credential: a fingerprint names it, as package token makes
// it from the very characters in the file, and Masked shows no more than the prefix that all of its kind have.
package leak
