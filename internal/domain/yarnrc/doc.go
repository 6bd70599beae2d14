// Package yarnrc reads and edits the config files of yarn 2 and later: ~/.yarnrc.yml and those of projects.
//
// Reading follows yarn: its YAML, its rules about which registry a credential is for, its grammar of
// variables. A file that yarn cannot read, or that others than yarn might read otherwise, is an error that
// tells the line. Editing is that of package yamldoc: comments and every byte of other lines stay, and the
// result is read back before it is returned.
//
// Two rules of yarn's that surprise, both measured with yarn 4.18. A scope that names no npmRegistryServer
// asks yarn's own default registry, not the file's npmRegistryServer. And without any npmRegistryServer
// yarn asks its own mirror of npm's public registry, so a credential under npm's address is not found;
// TokenKeys names both.
//
// Everything is pure. Values may be secrets: they are handed out as token.Secret, and no error text holds one.
package yarnrc

import (
	"errors"

	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// Errors, for errors.Is: those of package yamldoc and two of yarn's own.
var (
	ErrTooLarge  = yamldoc.ErrTooLarge
	ErrEncoding  = yamldoc.ErrEncoding
	ErrSyntax    = yamldoc.ErrSyntax
	ErrOdd       = yamldoc.ErrOdd
	ErrConflict  = yamldoc.ErrConflict
	ErrKey       = errors.New("not the key of a credential in yarn's config")
	ErrVariables = errors.New("yarn cannot put the variables into this value")
)
