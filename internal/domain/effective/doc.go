// Package effective tells what package managers would do in a folder: which registry the packages of each
// scope come from, and which credential each manager would send there. It follows the managers' own rules
// about files, precedence, keys and variables; they were measured, and are tested in package e2e, with npm 10
// to 12, pnpm 10 to 12, yarn 1 and 4, bun and deno.
//
// What a shell's environment or a command line says about registries and credentials is not looked at: of the
// environment only whether a variable is set. Nor is the end of a session.
//
// Everything is pure. No value holds a secret: a literal is told by its fingerprint. The types are plain ones that
// agent/api has the like of: Scope, Credential, Source, Level and Place map to those there one to one, by the same
// names and, for Source and Level, the same texts, but for LevelWorkspace and LevelAbove, which there are
// LevelProject. Registries are texts in canonical form. Version, Fingerprint and Unset are for the agent to
// decide what it shows as live.
package effective
