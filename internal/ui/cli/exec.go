package cli

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// Exit codes of exec where the command never ran, as env(1) and the shells have them.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

type execOptions struct {
	registry          string
	twoPhase, noInput bool
}

// exec runs a command with the credentials, which nothing else gets. On unix this process becomes the
// command: terminal, signals, exit code and process id are the command's own.
func (a *app) exec(ctx context.Context, argv []string, o execOptions) error {
	path, err := a.find(argv[0])
	if err != nil {
		return err
	}
	t := a.target(path)
	var phases injection.Phases
	if o.twoPhase {
		if phases, err = a.phases(ctx, &t, command{path: path, argv: argv}); err != nil {
			return err
		}
	}
	g, err := a.granted(ctx, argv, o)
	if err != nil {
		return err
	}
	seal, err := a.protection(ctx, argv[1:])
	if err != nil {
		return err
	}
	a.missingLine(ctx, t.Manager, g)
	c := command{path: path, argv: argv}
	t.Shadowed = t.Manager.Name == "pnpm" && a.shadowed(g.Items)
	way := injection.Deliver(t)
	if o.twoPhase {
		return a.inPhases(c, phases, handover{g.Items, way, seal})
	}
	env, config, err := a.equip(handover{g.Items, way, seal})
	if err != nil {
		return err
	}
	c.env = env
	if config.stay {
		defer config.done()
		return a.runnable(argv[0], run(c))
	}
	return a.runnable(argv[0], replace(path, argv, env))
}

// runnable says in words why the system would not run a command.
func (a *app) runnable(name string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOEXEC) {
		return a.unable("not-executable", name, exitNotExecutable)
	}
	return err
}

// granted asks for the credentials that a command is to have. On a terminal sessions that are over, and
// that it needs, are renewed first.
func (a *app) granted(ctx context.Context, argv []string, o execOptions) (api.Grant, error) {
	req := api.GrantRequest{Use: api.UseExec, Program: filepath.Base(argv[0])}
	var err error
	if req.Registry, err = a.named(ctx, o.registry); err != nil {
		return api.Grant{}, err
	}
	g, err := a.agent.Grant(ctx, req)
	if a.mayAsk(o.noInput) {
		due, wrong := a.needed(ctx, argv, req, answer{g, err})
		if wrong != nil {
			return api.Grant{}, wrong
		}
		if len(due) > 0 {
			if err := a.renew(ctx, due, "renew.cancels"); err != nil {
				return api.Grant{}, err
			}
			g, err = a.agent.Grant(ctx, req)
		}
	}
	if err != nil {
		return api.Grant{}, err
	}
	return g, a.usable(g)
}

// named is the address of what a user calls a registry, "" for "".
func (a *app) named(ctx context.Context, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if u, err := registry.Parse(name); err == nil {
		return u.String(), nil
	}
	s, err := a.snapshot(ctx)
	if err == nil && !knownName(name, s) {
		return "", &misuse{"registry", i18n.Args{"Registry": clean(name)}}
	}
	return resolve(name, s), err
}

// unable says why a command cannot run.
func (a *app) unable(key, command string, code int) error {
	a.say("%s %s\n", a.t("error"), a.t("exec."+key, i18n.Args{"Command": clean(command)}))
	return status(code)
}

// find looks a command up in PATH, but never in the folder that happens to be the current one.
func (a *app) find(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, exec.ErrDot):
		return "", a.unable("dot", name, exitNotExecutable)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EISDIR):
		return "", a.unable("not-executable", name, exitNotExecutable)
	}
	return "", a.unable("not-found", name, exitNotFound)
}

// usable says whether a grant gives anything. Sessions that are over beside living ones are told.
func (a *app) usable(g api.Grant) error {
	var over []api.GrantItem
	for _, it := range g.Items {
		if it.Secret.IsZero() {
			over = append(over, it)
		}
	}
	switch {
	case len(g.Items) == 0:
		return &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": registry.Public.Name()}}
	case len(over) == len(g.Items):
		return &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": nameOf(over[0].Registry)}}
	}
	for _, it := range over {
		a.say("%s\n", a.t("exec.over", i18n.Args{"Registry": nameOf(it.Registry)}))
	}
	return nil
}

// nameOf is what a person calls a registry.
func nameOf(address string) string {
	u, err := registry.Parse(address)
	if err != nil {
		return clean(address)
	}
	return u.Name()
}
