package npmrc

import "strings"

// Environ makes a lookup of an environment such as os.Environ() gives. Names that begin with
// npm_config_ are found in any letter case, as npm does; the last one that is not empty wins.
// All other names are taken as they are.
func Environ(environ []string) func(string) string {
	exact, npm := map[string]string{}, map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if _, dup := exact[name]; !dup {
			exact[name] = value
		}
		if key, ok := npmKey(name); ok && value != "" {
			npm[key] = value
		}
	}
	return func(name string) string {
		if key, ok := npmKey(name); ok {
			return npm[key]
		}
		return exact[name]
	}
}

func npmKey(name string) (string, bool) {
	const prefix = "npm_config_"
	if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return "", false
	}
	return strings.ToLower(name), true
}

// UserPath is npm's user-level config file. env looks up a variable, best by Environ; home is the
// system's idea of the home directory, for where HOME is not set; goos is a runtime.GOOS. A relative
// path is returned as it is: npm takes it from wherever it runs.
func UserPath(env func(string) string, home, goos string) string {
	home = homeOf(env, home)
	if p := setting(env, "userconfig"); p != "" {
		return tilde(p, home, goos)
	}
	return join(goos, home, ".npmrc")
}

// GlobalPath is npm's global config file. node is the path of the node executable, links followed,
// or "" where there is none: then the result is "" unless the environment tells it.
func GlobalPath(env func(string) string, node, goos string) string {
	home := homeOf(env, "")
	if p := setting(env, "globalconfig"); p != "" {
		return tilde(p, home, goos)
	}
	if p := setting(env, "prefix"); p != "" {
		return join(goos, tilde(p, home, goos), "etc", "npmrc")
	}
	if p := env("PREFIX"); p != "" {
		return join(goos, p, "etc", "npmrc")
	}
	if goos == "windows" {
		// The installer's own npmrc moves the prefix here.
		if p := env("APPDATA"); p != "" {
			return join(goos, p, "npm", "etc", "npmrc")
		}
	}
	if node == "" {
		return ""
	}
	prefix := parent(node, goos)
	if goos != "windows" {
		prefix = parent(prefix, goos)
		if d := env("DESTDIR"); d != "" {
			prefix = join(goos, d, strings.TrimPrefix(prefix, "/"))
		}
	}
	return join(goos, prefix, "etc", "npmrc")
}

// PnpmAuthPath is the file that pnpm 11 and later write logins to. It outranks the user's .npmrc.
func PnpmAuthPath(env func(string) string, home, goos string) string {
	if d := env("XDG_CONFIG_HOME"); d != "" {
		return join(goos, d, "pnpm", "auth.ini")
	}
	switch goos {
	case "darwin":
		return join(goos, homeOf(env, home), "Library", "Preferences", "pnpm", "auth.ini")
	case "windows":
		if d := env("LOCALAPPDATA"); d != "" {
			return join(goos, d, "pnpm", "config", "auth.ini")
		}
		if p := env("USERPROFILE"); p != "" {
			home = p
		}
		return join(goos, home, ".config", "pnpm", "auth.ini")
	}
	return join(goos, homeOf(env, home), ".config", "pnpm", "auth.ini")
}

// ProjectPath is the config file of the project in dir. The separator is the one that dir uses.
func ProjectPath(dir string) string {
	if strings.Contains(dir, `\`) && !strings.Contains(dir, "/") {
		return join("windows", dir, ".npmrc")
	}
	return join("", dir, ".npmrc")
}

func homeOf(env func(string) string, home string) string {
	if h := env("HOME"); h != "" {
		return h // on Windows too: Git Bash sets it, and npm takes it first
	}
	return home
}

// setting looks a setting up in the two spellings that occur, for an env that minds letter case.
func setting(env func(string) string, name string) string {
	if v := env("npm_config_" + name); v != "" {
		return v
	}
	return env("NPM_CONFIG_" + strings.ToUpper(name))
}

// tilde does to a path what npm does: variables first, then the home directory.
func tilde(p, home, goos string) string {
	p = Expand(trim(p), func(string) (string, bool) { return "", false })
	if home != "" && (strings.HasPrefix(p, "~/") || goos == "windows" && strings.HasPrefix(p, `~\`)) {
		return join(goos, home, p[2:])
	}
	return p
}

func join(goos string, first string, rest ...string) string {
	sep := "/"
	if goos == "windows" {
		sep = `\`
		first = strings.TrimRight(first, `/`)
	}
	for _, r := range rest {
		first = strings.TrimSuffix(first, sep) + sep + r
	}
	return first
}

func parent(p, goos string) string {
	seps := "/"
	if goos == "windows" {
		seps = `/\`
	}
	i := strings.LastIndexAny(p, seps)
	switch {
	case i < 0:
		return "."
	case i == 0:
		return p[:1]
	}
	return p[:i]
}
