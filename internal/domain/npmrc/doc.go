// Package npmrc reads and edits npm's config files: .npmrc of every level, and pnpm's auth.ini, which
// has the same grammar.
//
// Reading follows npm's own "ini" package to the letter, its oddities included: what npm would see is
// what Parse tells. Editing touches nothing but the bytes of the value in question; Set, Remove and
// Restore read their own result back and return an error rather than a file that says anything else
// than was asked for. Doing the same edit twice changes nothing the second time.
//
// Everything is pure: files come in and go out as bytes, nothing is kept between calls, and a File
// may be used by many goroutines. Values may be secrets. They are handed out as token.Secret where
// they are known to be, and no error text holds one.
package npmrc

import "errors"

// MaxSize is the size above which a file is not edited, in bytes. npm's own files have a few hundred.
const MaxSize = 1 << 20

// Errors of Set, Remove and Restore, for errors.Is.
var (
	ErrTooLarge = errors.New("config file is larger than 1 MiB")
	ErrEncoding = errors.New("config file or value is no clean UTF-8 text")
	ErrOdd      = errors.New("config file has a structure that npm itself stumbles over")
	ErrKey      = errors.New("not a key that a config file can hold")
	ErrConflict = errors.New("the edit would change more than was asked for")
)
