package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// Main runs the command that env.Args name and returns the exit code of the process.
func Main(ctx context.Context, env Env) int {
	a := &app{Env: env, agent: &starter{Agent: env.Agent, start: env.StartAgent}}
	if run := a.fast(); run != nil {
		return a.finish(run(ctx))
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := a.root()
	root.SetArgs(env.Args)
	return a.finish(root.ExecuteContext(ctx))
}

// app is one run of the program.
type app struct {
	Env
	agent    api.Agent // starts one where none runs
	language string    // from the user's settings, once they are known
	printer  *i18n.Printer
}

// p speaks the user's language. It is made late: reading the catalogues costs more than most commands.
func (a *app) p() *i18n.Printer {
	if a.printer == nil || a.language != "" && a.printer.Language() != a.language {
		a.printer = i18n.New(a.language)
	}
	return a.printer
}

// t is the text of a key below "cli.".
func (a *app) t(key string, args ...i18n.Args) string { return a.p().T("cli."+key, args...) }

// snapshot asks for the state and takes the user's language from it.
func (a *app) snapshot(ctx context.Context) (api.Snapshot, error) {
	s, err := a.agent.Snapshot(ctx)
	if err == nil {
		a.language = s.Settings.Language
	}
	return s, err
}

// fast returns the function of a command that shells and scripts run often, if the arguments have its
// plainest form, without building the tree of all commands. Every other form goes that way, and ends
// in the same functions.
func (a *app) fast() func(context.Context) error {
	args := a.Args
	if len(args) == 0 {
		return nil
	}
	if args[0] == "exec" && len(args) > 2 && args[1] == "--" {
		return func(ctx context.Context) error { return a.exec(ctx, args[2:], execOptions{}) }
	}
	if args[0] == "helper" && len(args) == 2 && args[1] != "" && args[1][0] != '-' {
		return func(ctx context.Context) error { return a.helper(ctx, args[1], false) }
	}
	shell := ""
	switch {
	case len(args) == 3 && args[1] == "--shell":
		shell = args[2]
	case len(args) != 1:
		return nil
	}
	switch args[0] {
	case "version", "--version":
		if shell == "" {
			return func(context.Context) error { return a.version(false) }
		}
	case "env":
		return func(ctx context.Context) error { return a.env(ctx, shell) }
	case "hook":
		return func(context.Context) error { return a.hook(shell) }
	}
	return nil
}
