package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// handover is what a command is given, and how.
type handover struct {
	items []api.GrantItem
	way   injection.Delivery
	seal  []string // NAME=VALUE: settings that keep a project from getting in between
}

// protection says what a command must find in its environment, so that the files of the folder cannot lead
// the session astray. Where nothing does, the command is not run: it was to be given the session.
func (a *app) protection(ctx context.Context, args []string) (seal []string, err error) {
	var seen api.Inspection
	for _, folder := range []string{"", injection.FolderFlag(args)} {
		dir, err := filepath.Abs(folder)
		if err != nil {
			return nil, nil // a folder that is gone has no files
		}
		one, err := a.agent.Inspect(ctx, api.InspectRequest{Dir: dir})
		if err != nil {
			return nil, err
		}
		seen.Findings = append(seen.Findings, one.Findings...)
		seen.Seal, seen.Withhold = append(seen.Seal, one.Seal...), append(seen.Withhold, one.Withhold...)
		if injection.FolderFlag(args) == "" {
			break
		}
	}
	if len(seen.Seal) == 0 && len(seen.Withhold) == 0 {
		return nil, nil
	}
	st := a.style(a.Stderr)
	for _, f := range seen.Findings {
		if f.Severity == api.SeverityError {
			a.say("%s", a.short(st, f))
		}
	}
	if len(seen.Withhold) > 0 {
		a.say("%s %s\n%s %s\n", a.t("error"), a.t("exec.refused"), a.t("hint"), a.t("exec.refused.hint"))
		return nil, status(exitRefused)
	}
	a.say("%s\n", a.t("exec.sealed"))
	return seen.Seal, nil
}

// target says what is known of a command that was found.
func (a *app) target(path string) injection.Target {
	var t injection.Target
	if m, ok := a.Identify(path); ok {
		t.Manager = m
	} else {
		t.Manager.Name = injection.ManagerOf(path) // a shim, which is now this version and now that
	}
	t.Switches = t.Manager.Name == "yarn" && switches()
	return t
}

// shadowed reports whether pnpm's own file of logins refers to a session's variable.
func (a *app) shadowed(items []api.GrantItem) bool {
	home, _ := os.UserHomeDir()
	text := readSome(npmrc.PnpmAuthPath(npmrc.Environ(a.Environ()), home, runtime.GOOS))
	for _, v := range variables(api.Grant{Items: items}) {
		if bytes.Contains(text, []byte("${"+v.Name)) {
			return true
		}
	}
	return false
}

// maxSettings is how much is read of a project's file, in bytes.
const maxSettings = 1 << 20

// switches reports whether files in this folder, or above it, name a package manager of their own.
func switches() bool {
	dir, err := os.Getwd()
	if err != nil {
		return true
	}
	for {
		for name, mark := range map[string]string{"package.json": `"packageManager"`, ".yarnrc.yml": "yarnPath", ".yarnrc": "yarn-path"} {
			if bytes.Contains(readSome(filepath.Join(dir, name)), []byte(mark)) {
				return true
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return false
		}
		dir = up
	}
}

// readSome is a regular file's beginning, nothing where there is none.
func readSome(path string) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSettings {
		return nil
	}
	text, _ := os.ReadFile(path)
	return text
}

// keyPrefix begins the environment's spelling of a config key. No command is given one that holds a
// credential, and one that was inherited is taken out: it would outrank the file.
const keyPrefix = "npm_config_"

// userConfigVariable names the user's config file to npm, pnpm, Yarn 1 and Bun.
const userConfigVariable = "NPM_CONFIG_USERCONFIG"

// equip makes the environment of a command. config must be let go of when the command has ended.
func (a *app) equip(h handover) (env []string, config userConfig, err error) {
	if h.way.File {
		text, err := a.mergedConfig(h.items)
		if err != nil {
			return nil, config, err
		}
		if config, err = a.hold(text); err != nil {
			return nil, config, err
		}
	}
	return sealed(environment(a.Environ(), h, config.path), h.seal), config, nil
}

// sealed is env with settings that the user has not made there: those count before a project's anyway.
func sealed(env, seal []string) []string {
	for _, pair := range seal {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.ContainsFunc(env, func(line string) bool {
			have, _, _ := strings.Cut(line, "=")
			return sameVariable(have, name)
		}) {
			env = append(env, pair)
		}
	}
	return env
}

// environment is env with what a command is given, each name once: other programs decide what a name
// means that stands twice. A variable that carries a session and is not for this command is there, and
// empty, because every package manager has its own trouble with one that is not.
func environment(env []string, h handover, config string) []string {
	given := injected(h)
	if config != "" {
		given = append(given, [2]string{userConfigVariable, config})
	}
	out := slices.DeleteFunc(slices.Clone(env), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return slices.ContainsFunc(given, func(g [2]string) bool { return sameVariable(name, g[0]) })
	})
	for _, g := range given {
		if !strings.HasPrefix(g[0], keyPrefix) {
			out = append(out, g[0]+"="+g[1])
		}
	}
	return out
}

// with is env with one variable more, in place of any of that name.
func with(env []string, name, value string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(line string) bool {
		old, _, _ := strings.Cut(line, "=")
		return sameVariable(old, name)
	})
	return append(out, name+"="+value)
}

// injected lists the variables of a command and what is in them. Keys are empty: they are to go.
func injected(h handover) (out [][2]string) {
	for _, v := range variables(api.Grant{Items: h.items}) {
		value := ""
		if h.way.Variables {
			value = v.Value.Reveal()
		}
		out = append(out, [2]string{v.Name, value})
	}
	for _, it := range h.items {
		if it.Key != "" {
			out = append(out, [2]string{keyPrefix + it.Key + ":_authToken", ""})
		}
	}
	return out
}

// sameVariable compares names of variables. npm's are found in any letter case.
func sameVariable(one, other string) bool {
	n := len(keyPrefix)
	if len(one) > n && len(other) > n && strings.EqualFold(one[:n], keyPrefix) {
		return strings.EqualFold(one, other)
	}
	return one == other
}

// missingLine tells the user of Yarn or Deno when no line of theirs refers to the session: the command
// would run without it. It goes on all the same, since it may not need one.
func (a *app) missingLine(ctx context.Context, m injection.Manager, g api.Grant) {
	file := injection.HomeLine(m)
	if file == "" {
		return
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return
	}
	level := api.LevelUser
	if m.Name == "yarn" {
		level = api.LevelYarn
	}
	for _, one := range s.Sessions {
		given := slices.ContainsFunc(g.Items, func(it api.GrantItem) bool { return it.Registry == one.Registry && !it.Secret.IsZero() })
		refers := slices.ContainsFunc(one.Places, func(p api.Place) bool {
			return p.Level == level && (p.Literal || slices.Contains(one.Variables, p.Variable))
		})
		if given && !refers {
			a.say("%s\n%s %s\n", a.t("exec.no-line", i18n.Args{"Registry": clean(one.Name), "Manager": m.Name, "File": "~/" + file}), a.t("hint"), a.t("exec.no-line.hint"))
		}
	}
}
