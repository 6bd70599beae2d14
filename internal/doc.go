// Package internal holds no code: it is where the house is described.
//
// Three programs, one per weight. app/sandglass is the command line: it asks the agent, starts it where
// none runs, and imports neither keyring nor D-Bus nor a toolkit. app/sandglass-agent runs all day.
// app/sandglass-window is the window. Each is wiring; the logic is below.
//
// Names say the layer, and imports go down only. Package house tests that, and .golangci.yml says it again:
//
//	ui/cli  ui/tray  ui/window  ui/guide   the faces: agent/api, i18n, domain values, their toolkit
//	agent                                  all state in one goroutine; declares the ports that it needs
//	agent/api                              the values that cross to the faces; only Grant can hold a secret
//	adapter/*                              one outside thing each; implements a port; knows no other adapter
//	domain/*                               rules without I/O
//	i18n, demo, testkit/*, e2e, house      texts; the demo registry; what tests run against; tests of the whole
//
// # Four ways through the house
//
// A file changes: adapter/watch sees every hop of the links to it and waits for 20 ms of quiet; the agent
// reads it, domain/npmrc parses, domain/token tells the kind. A new literal in a file of the user's is
// adopted: keyring, env file, and only then, where the user agreed, the placeholder back into the line, with
// the layout that npm's rewrite dropped. Files of projects are looked at for findings alone: they name no
// variable, make no session and change no registry's scheme, for a cloned repository wrote them.
//
// A session runs out: its end is wall time and is decided at every look, never by a timer alone. The one
// alarm (adapter/power) only says when to look. A told end is the end; a learned or assumed one is asked
// about first; a refusal before its time is believed when it comes twice.
//
// A command needs a credential: the hook of the shell (domain/injection/hook) tests before each prompt, and
// before the first command behind it, whether the generation that it saw still exists, and loads the env
// file again if not. It notes the runs of package managers in an empty file, so that notices come to those
// who would miss the session. exec hands a credential to one command.
//
// The user looks: the faces draw snapshots and ask for changes over adapter/ipc, whose socket is also the
// lock that keeps a second agent away.
//
// # Rooms that the plan did not have
//
// domain/registry is what a registry is, a canonical URL, and holds the one place where the address of npm's
// public registry is put together; adapter/registry talks to registries. adapter/dirs says where files go,
// adapter/logfile writes the log, adapter/window starts the window's process, ui/guide is the demo's face in
// a terminal.
package internal
