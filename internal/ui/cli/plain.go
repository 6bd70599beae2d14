package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// version prints which build this is. The line is for scripts too, so it is the same in every language.
func (a *app) version(asJSON bool) error {
	if asJSON {
		return a.json(struct {
			Schema int `json:"schema_version"`
			Build
			Go   string `json:"go"`
			OS   string `json:"os"`
			Arch string `json:"arch"`
		}{api.Schema, a.Build, runtime.Version(), runtime.GOOS, runtime.GOARCH})
	}
	line := "sandglass " + a.Build.Version
	switch b := a.Build; {
	case b.Commit != "" && b.Date != "":
		line += " (" + b.Commit + ", " + b.Date + ")"
	case b.Commit != "":
		line += " (" + b.Commit + ")"
	}
	return a.print(line + "\n")
}

// print writes data.
func (a *app) print(text string) error {
	if _, err := io.WriteString(a.Stdout, text); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// json writes data as one indented JSON value.
func (a *app) json(v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return a.print(string(raw) + "\n")
}

// hook prints what a shell runs at its start.
func (a *app) hook(shell string) error {
	return a.forShell(shell, a.Hook)
}

// env prints the definitions of all variables that carry credentials, for a shell to evaluate.
// Variables whose session is over are defined as empty.
func (a *app) env(ctx context.Context, name string) error {
	return a.forShell(name, func(name string) (string, error) {
		shell, ok := injection.ShellNamed(name)
		if !ok { // must not cost a grant
			return "", injection.ErrShell
		}
		g, err := a.agent.Grant(ctx, api.GrantRequest{Use: api.UseEnv, Program: name})
		if err != nil {
			return "", err
		}
		text, err := injection.EnvFile(shell, injection.Env{Variables: variables(g)})
		return string(text), err
	})
}

func (a *app) forShell(shell string, text func(string) (string, error)) error {
	if shell == "" {
		shell = loginShell(a.Getenv("SHELL"))
	}
	out, err := text(shell)
	if errors.Is(err, injection.ErrShell) {
		return &misuse{"shell", i18n.Args{"Shell": clean(shell)}}
	}
	if err != nil {
		return err
	}
	return a.print(out)
}

// variables lists what a grant defines. A name that stands for two registries keeps the first one's value.
func variables(g api.Grant) (out []injection.Variable) {
	seen := map[string]bool{}
	for _, it := range g.Items {
		for _, name := range it.Variables {
			if !seen[name] {
				seen[name] = true
				out = append(out, injection.Variable{Name: name, Value: it.Secret})
			}
		}
	}
	return out
}

// do asks for a small change of state and says that it holds.
func (a *app) do(ctx context.Context, verb api.Verb) error {
	if err := a.agent.Do(ctx, api.Action{Verb: verb}); err != nil {
		return err
	}
	a.say("%s\n", a.t("done."+string(verb)))
	return nil
}

// open starts the agent with its tray icon, or brings up the window of the one that runs. Where there
// is no window, the state in words is shown instead.
func (a *app) open(ctx context.Context) error {
	err := a.Env.Agent.Do(ctx, api.Action{Verb: api.VerbShow})
	switch {
	case isCode(err, api.CodeNoAgent):
		if err := a.StartAgent(ctx, true); err != nil {
			return err
		}
		if _, err := a.snapshot(ctx); err != nil {
			return err
		}
		a.say("%s\n", a.t("started"))
	case err == nil:
		a.say("%s\n", a.t("done.show"))
		return nil
	case !isCode(err, api.CodeNoWindow):
		return err
	}
	return a.status(ctx, statusOptions{})
}

// foreground becomes the agent.
func (a *app) foreground(args []string) error {
	path, err := a.AgentPath()
	if err != nil {
		return &api.Error{Code: api.CodeNoAgent, Cause: err.Error()}
	}
	return replace(path, append([]string{path}, args...), a.Environ())
}
