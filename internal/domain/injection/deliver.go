package injection

import "slices"

// Target is a command that is about to run with credentials.
type Target struct {
	Manager     Manager // without a name it is a command that is no package manager, such as make
	Interpreter string  // the program that runs it where it is a script: node, sh, bash; "" for a program
	// Switches is set where the folder's files name a package manager of their own: what runs in the end may
	// be another version than the one that was found.
	Switches bool
}

// Delivery is how a command gets credentials from exec.
type Delivery struct {
	Keys      bool // npm_config_//host/:_authToken in its environment
	File      bool // a private copy of the user's .npmrc with the credentials in it, by NPM_CONFIG_USERCONFIG
	Variables bool // the sessions' own variables; where this is false they are defined, and empty
}

// Deliver says what a command needs, and no more. All three ways are bound to the host that the session is
// for, or to a name that no repository can guess. YARN_NPM_AUTH_TOKEN and NPM_CONFIG_TOKEN are neither:
// Yarn and Bun send them wherever the project says.
func Deliver(t Target) Delivery {
	major := t.Manager.Major()
	switch t.Manager.Name {
	case "npm":
		// A key of the environment outranks a project's own stale line, which a user's file does not.
		return Delivery{Keys: true, File: major < 10 || drops(t.Interpreter)}
	case "pnpm":
		// pnpm 10 takes no keys from its environment, and pnpm 11 becomes pnpm 10 where a project asks for it.
		keys := major == 0 || major >= 11
		return Delivery{Keys: keys, File: major < 11 || t.Switches || drops(t.Interpreter)}
	case "yarn":
		// Yarn 2 and later read no .npmrc: the user's .yarnrc.yml refers to the variable. Yarn 1 reads it,
		// and starts a later one where a project keeps that.
		return Delivery{File: major < 2, Variables: major != 1 || t.Switches}
	case "bun":
		return Delivery{File: true}
	case "deno":
		// Deno reads the .npmrc of the home folder and can be told no other: a line there refers to the variable.
		return Delivery{Variables: true}
	}
	return Delivery{Keys: true, File: true, Variables: true}
}

// drops reports whether a script's interpreter may keep variables from what it starts whose names are no
// words. dash does. These were seen to pass them on; of others nothing is known.
func drops(interpreter string) bool {
	return !slices.Contains([]string{"", "node", "bash", "zsh", "fish"}, interpreter)
}

// HomeLine is the config file whose placeholder a manager gets the credential by, if it gets it by none of the
// ways that need no file of the user's: ".yarnrc.yml" or ".npmrc" in the home folder, else "".
func HomeLine(m Manager) string {
	switch {
	case m.Name == "yarn" && m.Major() >= 2:
		return ".yarnrc.yml"
	case m.Name == "deno":
		return ".npmrc"
	}
	return ""
}
