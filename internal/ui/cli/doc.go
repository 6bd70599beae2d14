// Package cli is the command line: it turns arguments into calls of the agent, and answers into text,
// JSON and exit codes.
//
// Main is called once a process. Data goes to standard output, talk to standard error; texts are in
// the user's language and come from the catalogues only when one is shown, because most commands are
// run by scripts and prompts that wait for them. No command prints a secret but env, helper and tokens emit,
// which exist for it, and tokens create where the user says so.
package cli

import (
	"context"
	"io"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// Env is everything that the commands need from the world. The wiring in app/sandglass fills it.
type Env struct {
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ func() []string
	Now     func() time.Time
	Build   Build

	// Agent answers with api.CodeNoAgent where none runs; StartAgent starts one and returns when it
	// answers, with or without a tray icon.
	Agent      api.Agent
	StartAgent func(ctx context.Context, tray bool) error
	// AgentPath finds the agent's program, for running it in the foreground.
	AgentPath func() (string, error)
	// Hook is the text that a shell runs at its start. It answers an unknown shell with
	// injection.ErrShell.
	Hook func(shell string) (string, error)

	// Identify tells which package manager a program on disk is, without running it.
	Identify func(path string) (injection.Manager, bool)
	// RuntimeDir is the agent's private folder, "" where none is known.
	RuntimeDir string
}

// Build says which build of the program this is.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
}
