package e2e

import (
	"slices"
	"strings"
)

// everyClient are the package managers that failures are taken from.
var everyClient = []string{"npm10", "npm11", "npm12", "pnpm10", "pnpm11", "pnpm12", "yarn1", "yarn4", "bun"}

// scenario is one cause, and the command that fails by it.
type scenario struct {
	verdict string
	name    string // of its files, where a verdict has several
	// do is install, publish, view, whoami, or "" where custom has all there is.
	do string
	// of is the package that is installed or viewed.
	of string
	// publish and version name the package that is published; manifest is what else its package.json says.
	publish, version, manifest string
	// more are arguments behind all others.
	more []string
	// custom are the arguments of clients that do otherwise.
	custom map[string][]string
	// only are the clients that can have it, nil for all that can do it. not says why another cannot.
	only []string
	not  map[string]string
	// waits: a client may wait for a page, and is interrupted.
	waits bool

	front  verdaccioOptions
	before func(*stage, scenario) // files, before the agent runs
	after  func(*stage)           // what happens once it does
	later  func(*stage)           // and when all have failed, before anybody asks why
}

func (sc scenario) title() string { return first(sc.name, sc.verdict) }

// clients are those that can have it.
func (sc scenario) clients() []string {
	return slices.DeleteFunc(slices.Clone(everyClient), func(c string) bool {
		return sc.only != nil && !slices.Contains(sc.only, c) || sc.not[c] != "" || sc.args(c, false) == nil
	})
}

// verbs are the commands of each program. A list that is missing: it has no such command.
var verbs = map[string]map[string][]string{
	"install": {
		"npm": {"install", "--ignore-scripts"}, "pnpm": {"add", "--ignore-scripts"}, "yarn1": {"add", "--ignore-scripts", "--non-interactive", "--network-timeout", "10000"},
		"yarn4": {"add"}, "bun": {"add", "--ignore-scripts"},
	},
	"publish": {
		"npm": {"publish", "--ignore-scripts"}, "pnpm": {"publish", "--no-git-checks", "--ignore-scripts"}, "yarn1": {"publish", "--non-interactive"},
		"yarn4": {"npm", "publish"}, "bun": {"publish", "--ignore-scripts"},
	},
	"view":   {"npm": {"view"}, "pnpm": {"view"}, "yarn1": {"info"}, "yarn4": {"npm", "info"}, "bun": {"info"}},
	"whoami": {"npm": {"whoami"}, "pnpm": {"whoami"}, "yarn4": {"npm", "whoami"}, "bun": {"pm", "whoami"}},
}

// args are a client's arguments, nil if it has no such command, or no JSON.
func (sc scenario) args(client string, json bool) []string {
	program := strings.TrimRight(client, "0123456789")
	all, own := sc.custom[client]
	if !own && sc.do != "" {
		all = verbs[sc.do][program]
		if program == "yarn" {
			all = verbs[sc.do][client]
		}
	}
	if all == nil {
		return nil
	}
	all = slices.Clone(all)
	if sc.of != "" && !own {
		all = append(all, sc.of)
	}
	all = append(all, sc.more...)
	if !json {
		return all
	}
	switch {
	case program == "bun", client == "yarn4" && sc.do == "whoami":
		return nil
	case program == "pnpm" && sc.do == "install":
		return append(all, "--reporter=ndjson")
	}
	return append(all, "--json")
}
