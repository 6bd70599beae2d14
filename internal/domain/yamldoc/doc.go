// Package yamldoc reads and edits config files in YAML the way that JavaScript tools do with js-yaml's
// failsafe schema: every scalar is a text, nothing is a number or a date, of duplicate keys the last one
// counts, and "<<" is a key like any other. yarn reads .yarnrc.yml so.
//
// Reading refuses what it is not sure to read as js-yaml does. Editing touches nothing but the bytes of the
// setting in question; Set and Remove read their own result back and return an error rather than a file
// that says anything else than was asked for. Doing the same edit twice changes nothing the second time.
//
// Everything is pure: files come in and go out as bytes, nothing is kept between calls, and a Doc may be
// used by many goroutines. Values may be secrets: no error text holds one.
package yamldoc

import "errors"

// MaxSize is the size above which a file is neither read nor edited, in bytes.
const MaxSize = 1 << 20

// Errors, for errors.Is. Their texts tell the line.
var (
	ErrTooLarge = errors.New("config file is larger than 1 MiB")
	ErrEncoding = errors.New("config file or value is no clean UTF-8 text")
	ErrSyntax   = errors.New("config file is no valid YAML list of settings")
	ErrOdd      = errors.New("config file uses a part of YAML that readers do not agree about")
	ErrPath     = errors.New("not a setting that a config file can hold")
	ErrConflict = errors.New("the setting cannot be edited without changing more than was asked for")
)
