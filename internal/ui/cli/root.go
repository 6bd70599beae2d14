package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// Groups of commands, in the order of the help.
const (
	groupSession = "session"
	groupUse     = "use"
	groupSetup   = "setup"
	groupMore    = "more"
)

// root is the tree of all commands. It holds no texts: help.go looks them up when help is shown.
func (a *app) root() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:           "sandglass",
		Args:          a.noSuchCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return a.version(false)
			}
			return a.open(cmd.Context())
		},
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	for _, g := range []string{groupSession, groupUse, groupSetup, groupMore} {
		root.AddGroup(&cobra.Group{ID: g})
	}
	root.AddCommand(a.sessionCommands()...)
	root.AddCommand(a.useCommands()...)
	root.AddCommand(a.setupCommands()...)
	root.AddCommand(a.moreCommands()...)
	root.Flags().BoolVarP(&version, "version", "v", false, "")
	a.words(root)
	return root
}

func (a *app) sessionCommands() []*cobra.Command {
	var st statusOptions
	status := &cobra.Command{
		Use: "status", GroupID: groupSession, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context(), st) },
	}
	status.Flags().BoolVar(&st.json, "json", false, "")
	status.Flags().BoolVarP(&st.watch, "watch", "w", false, "")
	var lo loginOptions
	login := &cobra.Command{
		Use: "login [registry]", GroupID: groupSession, Args: a.atMostOne, ValidArgsFunction: a.completeRegistry,
		RunE: func(cmd *cobra.Command, args []string) error { return a.login(cmd.Context(), first(args), lo) },
	}
	login.Flags().BoolVar(&lo.noBrowser, "no-browser", false, "")
	login.Flags().BoolVar(&lo.couch, "couch", false, "")
	logout := &cobra.Command{
		Use: "logout [registry]", GroupID: groupSession, Args: a.atMostOne, ValidArgsFunction: a.completeRegistry,
		RunE: func(cmd *cobra.Command, args []string) error { return a.logout(cmd.Context(), first(args)) },
	}
	return []*cobra.Command{status, login, logout, a.verb(api.VerbLock, "lock"), a.verb(api.VerbUnlock, "unlock")}
}

// verb is a command that asks for one small change.
func (a *app) verb(v api.Verb, name string) *cobra.Command {
	return &cobra.Command{
		Use: name, GroupID: groupSession, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.do(cmd.Context(), v) },
	}
}

func (a *app) useCommands() []*cobra.Command {
	var o execOptions
	run := &cobra.Command{
		Use: "exec [flags] -- command [argument...]", GroupID: groupUse, Args: a.some, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error { return a.exec(cmd.Context(), args, o) },
	}
	run.Flags().SetInterspersed(false) // flags behind the command's name are the command's
	run.Flags().StringVar(&o.registry, "registry", "", "")
	run.Flags().BoolVar(&o.twoPhase, "two-phase", false, "")
	run.Flags().BoolVar(&o.noInput, "no-input", false, "")
	_ = run.RegisterFlagCompletionFunc("registry", a.completeRegistry)
	var shell, hookShell string
	env := &cobra.Command{
		Use: "env", GroupID: groupUse, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.env(cmd.Context(), shell) },
	}
	env.Flags().StringVar(&shell, "shell", "", "")
	hook := &cobra.Command{
		Use: "hook", GroupID: groupUse, Args: a.none,
		RunE: func(*cobra.Command, []string) error { return a.hook(hookShell) },
	}
	hook.Flags().StringVar(&hookShell, "shell", "", "")
	for _, cmd := range []*cobra.Command{env, hook} {
		_ = cmd.RegisterFlagCompletionFunc("shell", completeShell)
	}
	return append(a.calledCommands(), run, env, hook)
}

// calledCommands are those that shells and package managers call. The list of commands does not show them.
func (a *app) calledCommands() []*cobra.Command {
	var noInput bool
	ensure := &cobra.Command{
		Use: "ensure [flags] -- command [argument...]", GroupID: groupUse, Args: a.some, DisableFlagsInUseLine: true, Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error { return a.ensure(cmd.Context(), args, noInput) },
	}
	ensure.Flags().SetInterspersed(false)
	helper := &cobra.Command{
		Use: "helper registry", GroupID: groupUse, Args: a.one, Hidden: true, ValidArgsFunction: a.completeRegistry,
		RunE: func(cmd *cobra.Command, args []string) error { return a.helper(cmd.Context(), args[0], noInput) },
	}
	for _, cmd := range []*cobra.Command{ensure, helper} {
		cmd.Flags().BoolVar(&noInput, "no-input", false, "")
	}
	return []*cobra.Command{ensure, helper}
}

func (a *app) setupCommands() []*cobra.Command {
	var o setupOptions
	setup := &cobra.Command{
		Use: "setup", GroupID: groupSetup, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.moveSet, o.desktopSet = cmd.Flags().Changed("move"), cmd.Flags().Changed("desktop")
			return a.setup(cmd.Context(), o)
		},
	}
	o.flags(setup)
	var d doctorOptions
	doctor := &cobra.Command{
		Use: "doctor [package|-]", GroupID: groupSetup, Args: a.atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			if about := first(args); d.wanted(about) {
				return a.diagnose(cmd.Context(), about, d)
			}
			return a.doctor(cmd.Context(), d)
		},
	}
	doctor.Flags().StringVar(&d.registry, "registry", "", "")
	doctor.Flags().StringVar(&d.log, "log", "", "")
	doctor.Flags().BoolVar(&d.last, "last", false, "")
	doctor.Flags().StringVar(&d.bundle, "bundle", "", "")
	_ = doctor.RegisterFlagCompletionFunc("registry", a.completeRegistry)
	doctor.Flags().BoolVar(&d.json, "json", false, "")
	doctor.Flags().BoolVar(&d.fix, "fix", false, "")
	doctor.Flags().BoolVarP(&d.yes, "yes", "y", false, "")
	var i inspectOptions
	check := &cobra.Command{
		Use: "check [folder]", GroupID: groupSetup, Args: a.atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error { return a.inspect(cmd.Context(), first(args), i) },
	}
	check.Flags().BoolVar(&i.json, "json", false, "")
	check.Flags().BoolVar(&i.hook, "hook", false, "")
	_ = check.Flags().MarkHidden("hook")
	return []*cobra.Command{setup, doctor, check, a.scanCommand(), a.importCommand(), a.projectsCommand(), a.inForeground("demo", groupSetup, "--demo")}
}

func (a *app) moreCommands() []*cobra.Command {
	agent := a.inForeground("agent", groupMore)
	var asJSON bool
	version := &cobra.Command{
		Use: "version", GroupID: groupMore, Args: a.none,
		RunE: func(*cobra.Command, []string) error { return a.version(asJSON) },
	}
	version.Flags().BoolVar(&asJSON, "json", false, "")
	completion := &cobra.Command{
		Use: "completion shell", GroupID: groupMore, Args: a.some,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE:      a.completion,
	}
	return []*cobra.Command{a.tokensCommand(), a.windowCommand(), agent, version, completion}
}

// inForeground is a command that becomes the agent's program.
func (a *app) inForeground(name, group string, args ...string) *cobra.Command {
	var noTray bool
	cmd := &cobra.Command{
		Use: name, GroupID: group, Args: a.none,
		RunE: func(*cobra.Command, []string) error {
			if noTray {
				args = append(args, "--no-tray")
			}
			return a.foreground(args)
		},
	}
	cmd.Flags().BoolVar(&noTray, "no-tray", false, "")
	return cmd
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// none, atMostOne, one and some check the number of arguments, and say what is wrong in the user's language.
func (a *app) none(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &misuse{"surplus", i18n.Args{"Argument": clean(args[0])}}
	}
	return nil
}

func (a *app) atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return a.none(cmd, args[1:])
	}
	return nil
}

func (a *app) one(cmd *cobra.Command, args []string) error {
	if err := a.some(cmd, args); err != nil {
		return err
	}
	return a.atMostOne(cmd, args)
}

func (a *app) some(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &misuse{"missing", i18n.Args{"Usage": cmd.UseLine()}}
	}
	return nil
}

// noSuchCommand is asked about the arguments of the root, which has none of its own.
func (a *app) noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		slices.Sort(near)
		return &misuse{"command-near", i18n.Args{"Command": clean(args[0]), "Near": near[0]}}
	}
	return &misuse{"command", i18n.Args{"Command": clean(args[0])}}
}

// flagProblem turns what pflag says into our own words.
func flagProblem(_ *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var needs *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			name = "-" + name
		} else {
			name = "--" + name
		}
		return &misuse{"flag", i18n.Args{"Flag": clean(name)}}
	case errors.As(err, &needs):
		return &misuse{"flag-value", i18n.Args{"Flag": "--" + clean(needs.GetSpecifiedName())}}
	case errors.As(err, &invalid):
		return &misuse{"flag-invalid", i18n.Args{"Flag": "--" + invalid.GetFlag().Name, "Value": clean(invalid.GetValue())}}
	}
	return &misuse{"flag", i18n.Args{"Flag": clean(err.Error())}}
}
