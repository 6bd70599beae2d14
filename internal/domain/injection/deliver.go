package injection

// Target is a command that is about to run with credentials.
type Target struct {
	Manager Manager // without a name it is a command that is no package manager, such as make
	// Switches is set where the folder's files keep a Yarn of their own: what runs in the end may be another
	// version than the one that was found.
	Switches bool
	// Shadowed is set where pnpm's auth.ini refers to a session's variable: it outranks the user's .npmrc.
	Shadowed bool
}

// Delivery is how a command gets credentials from exec.
type Delivery struct {
	File      bool // a private copy of the user's .npmrc with the credentials in it, by NPM_CONFIG_USERCONFIG
	Variables bool // the sessions' own variables; where this is false they are defined, and empty
}

// Deliver says what a command needs, and no more.
//
// Both ways are safe from what a cloned repository says: the lines of the copy are bound to their hosts, and
// nobody can guess a variable's name. All others were measured and are not. A project's .npmrc can send
// ${npm_config_//host/:_authToken} anywhere with npm 10 to 12, Yarn 1, Bun and Deno, for that name is known
// to everybody; pnpm expands nothing there since 10.34, but a project can ask for an older one. Yarn and Bun
// send YARN_NPM_AUTH_TOKEN and NPM_CONFIG_TOKEN to the registry that the project names.
func Deliver(t Target) Delivery {
	major := t.Manager.Major()
	switch t.Manager.Name {
	case "npm", "bun":
		return Delivery{File: true}
	case "pnpm":
		return Delivery{File: true, Variables: t.Shadowed}
	case "yarn":
		// Yarn 2 and later read no .npmrc: the user's .yarnrc.yml refers to the variable. Yarn 1 reads it,
		// and starts a later one where a project keeps that.
		return Delivery{File: major < 2, Variables: major != 1 || t.Switches}
	case "deno":
		// Deno reads the .npmrc of the home folder and can be told no other: a line there refers to the variable.
		return Delivery{Variables: true}
	}
	return Delivery{File: true, Variables: true}
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
