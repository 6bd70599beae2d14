package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// phases takes an install apart. Which version runs in the end, the manager says itself, in the folder that
// decides it and before it has been given anything.
func (a *app) phases(ctx context.Context, t *injection.Target, c command) (injection.Phases, error) {
	name := commandName(c.argv[0])
	if name == t.Manager.Name && (t.Manager.Major() == 0 || t.Switches) {
		t.Manager.Version = a.versionOf(ctx, c.path)
	}
	p, ok := injection.Split(t.Manager, c.argv[1:], project(c.argv[1:]))
	if !ok || name != t.Manager.Name {
		return p, &misuse{"two-phase", i18n.Args{"Command": clean(strings.Join(c.argv, " "))}}
	}
	return p, nil
}

// versionOf is what a manager says of itself, "" where it says nothing of use.
func (a *app) versionOf(ctx context.Context, path string) string {
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env = a.Environ()
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// project reads what counts of the project that a command is for: the nearest package.json above its
// folder, and whether pnpm has a workspace there.
func project(args []string) injection.Project {
	var pkg struct {
		Scripts map[string]any `json:"scripts"`
	}
	in := injection.Project{Scripts: func(name string) bool { return pkg.Scripts[name] != nil }}
	found := false
	dir, err := filepath.Abs(injection.FolderFlag(args))
	for err == nil {
		if text := readSome(filepath.Join(dir, "package.json")); text != nil && !found {
			found = true
			_ = json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &pkg) // the manager says what is wrong with it
		}
		in.PnpmWorkspace = in.PnpmWorkspace || readSome(filepath.Join(dir, "pnpm-workspace.yaml")) != nil
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return in
}

// inPhases runs an install in two: what packages hold is fetched with the credentials and no script of
// theirs runs, then the scripts run and there is nothing for them to find. It ends with the first phase
// that fails.
func (a *app) inPhases(c command, p injection.Phases, h handover) error {
	env, config, err := a.equip(h)
	if err != nil {
		return err
	}
	name := c.argv[0]
	if p.NoShell && runtime.GOOS != "windows" {
		env = with(env, "npm_config_script_shell", "true")
	}
	err = a.runnable(name, run(command{c.path, append([]string{name}, p.Fetch...), env}))
	if config.done != nil {
		config.done()
	}
	bare := environment(a.Environ(), handover{items: h.items}, "")
	for _, args := range p.Build {
		if !errors.Is(err, status(0)) {
			break
		}
		a.say("%s\n", a.t("exec.phase", i18n.Args{"Command": clean(commandName(name) + " " + strings.Join(args, " "))}))
		err = run(command{c.path, append([]string{name}, args...), bare})
	}
	return err
}
