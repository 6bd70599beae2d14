package cli

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
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

// exec runs a command with the credentials in its environment, and in no other place. On unix this
// process becomes the command: terminal, signals, exit code and process id are the command's own.
func (a *app) exec(ctx context.Context, argv []string) error {
	path, err := a.find(argv[0])
	if err != nil {
		return err
	}
	g, err := a.agent.Grant(ctx, api.GrantRequest{Use: api.UseExec, Program: filepath.Base(argv[0])})
	if err != nil {
		return err
	}
	if err := a.usable(g); err != nil {
		return err
	}
	err = replace(path, argv, environment(a.Environ(), variables(g)))
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOEXEC) {
		return a.unable("not-executable", argv[0], exitNotExecutable)
	}
	return err
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
	case errors.Is(err, fs.ErrPermission):
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

// environment is env with vars set, each once. Other programs decide what a name means that stands
// twice, so an inherited one is taken out.
func environment(env []string, vars []injection.Variable) []string {
	ours := map[string]bool{}
	for _, v := range vars {
		ours[v.Name] = true
	}
	out := make([]string, 0, len(env)+len(vars))
	for _, line := range env {
		if name, _, _ := strings.Cut(line, "="); !ours[name] {
			out = append(out, line)
		}
	}
	for _, v := range vars {
		out = append(out, v.Name+"="+v.Value.Reveal())
	}
	return out
}
