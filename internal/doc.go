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
// A command needs a credential. How it gets one is the registry's mode, least exposure first. In exec mode
// the credential is in no file and no shell: exec hands it to one command, bound to its registry
// (domain/injection.Deliver says how), and pnpm asks helper. In env mode the hook of the shell
// (domain/injection/hook) tests before each prompt, and before the first command behind it, whether the
// generation that it saw still exists, and loads the env file again if not. In file mode the agent writes the
// credential into the user's files while it lives, and takes it out at its end, at lock, sleep and quit.
//
// The hook's functions for package managers compare the end of the session with the shell's clock; only when
// it is over do they start ensure, which asks the agent what the command needs (agent.Due) and renews it.
// They note their runs in an empty file, so that notices come to those who would miss the session.
//
// Setup is a plan: domain/injection.Make turns what is there (managers, files, modes) into the lines of the
// user's files, agent.Plan shows them, and once they are agreed to the agent keeps them so. What it added
// where nothing was it notes, for undo takes back exactly that.
//
// A folder is entered: where config files lie in it or above it, the hook has them checked, and again before a
// package manager runs if they are no longer those that were checked. It tells of each content once; the settings that
// keep a project from getting in between it takes each time, and without an answer it holds the sessions back.
// domain/hostile says what would carry a credential elsewhere, domain/lint what does not do what it seems to.
//
// A command fails. A face reads what it said (domain/finding.Read), so that nothing that was pasted crosses; the agent adds
// which credential counts in that folder (domain/effective), which session is kept, and what the registry answers with
// the credential and without it (adapter/registry, by agent.Questions); domain/finding.Judge makes one verdict of it. Only
// the registry that the failure is about is asked: a package's name is told to nobody else.
//
// A credential lies about. domain/leak finds it in a text, whatever kind of file that is; adapter/git says by plumbing alone
// what git tracks, has staged, ignores and keeps in its history, so that nothing of a repository's runs; agent.Scan joins
// both. What --fix and the pre-commit hook change is a plan like every other.
//
// A credential is taken over. agent.Import lists what lies in the user's own files and in the variables of the shell that
// asks; what was chosen goes to the keyring (agent's vault) under a name that the state knew before, and becomes the
// session of its registry where that has none. A plan takes the line out; the hole that stays (domain/leak.Hole) holds no
// secret, and with the keyring's it gives the line back, byte for byte.
//
// An access token is made, turned or ended. The registry's list (adapter/registry, by agent.AccessTokens) is matched with
// what lies here, and domain/access says what each is worth. A change is a job: the state names each step before it is
// done, so that whoever is killed goes on from there. What is made lies in the vault before anybody sees it; what asks for a
// second factor waits in one queue, one page at a time; before anything is revoked adapter/lookout says what on this
// machine could be waiting for that.
//
// Projects are found below roots that the user has chosen: adapter/discover reads each folder once, remembers it by inode
// and change time, and names the folders whose entries adapter/watch is to track. A found project is shown, and chooses nothing.
//
// The window is a frame around rooms: ui/window holds the frame, ui/window/look the theme and the parts, ui/window/desk
// what every room works at, ui/window/plan the view of what would change on disk, and each other folder one room. A
// room knows no other. Where language or colours change, all is made anew. A secret reaches the window in two
// cases, to be copied and to be shown, each by a deliberate act and recorded.
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
//
// domain/yarnrc is yarn 2+'s config on top of domain/yamldoc, the one reader and editor of YAML;
// domain/bunfig reads bun's. adapter/managers finds package managers, adapter/deskenv gives variables to
// programs that the desktop starts, adapter/processes finds those that hold an older one. The tables in
// assets/docs are written by the tests of package e2e, and held against what they measure.
package internal
