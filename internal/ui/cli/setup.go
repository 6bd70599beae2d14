package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type setupOptions struct {
	shells                  []string
	move, moveSet           bool
	undo, yes, dryRun, json bool

	mode, registry      string
	desktop, desktopSet bool
	helper              bool

	store string
	prove bool
}

func (o *setupOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&o.shells, "shell", nil, "")
	f.BoolVar(&o.move, "move", false, "")
	f.StringVar(&o.mode, "mode", "", "")
	f.StringVar(&o.registry, "registry", "", "")
	f.BoolVar(&o.desktop, "desktop", false, "")
	f.BoolVar(&o.helper, "helper", false, "")
	f.StringVar(&o.store, "store", "", "")
	f.BoolVar(&o.prove, "prove", false, "")
	f.BoolVar(&o.undo, "undo", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVar(&o.json, "json", false, "")
	_ = cmd.RegisterFlagCompletionFunc("shell", completeShell)
	_ = cmd.RegisterFlagCompletionFunc("mode", completeMode)
	_ = cmd.RegisterFlagCompletionFunc("store", cobra.FixedCompletions(stores, cobra.ShellCompDirectiveNoFileComp))
}

// setup shows what it would change, asks, and changes it. At a terminal, with nothing said already, it is the first
// run in five steps.
func (a *app) setup(ctx context.Context, o setupOptions) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if a.walks(o) {
		return a.walk(ctx, o, s)
	}
	wishes, err := a.wishes(o, s)
	if err != nil {
		return err
	}
	plan, err := a.agent.Plan(ctx, wishes)
	if err != nil {
		return err
	}
	shown := preview{plan, inForce(wishes, s), o.undo}
	switch {
	case o.json:
		err = a.planJSON(plan)
	case o.dryRun:
		err = a.print(a.preview(shown, a.style(a.Stdout)))
	}
	if err != nil || o.dryRun {
		return err
	}
	if !o.json {
		a.say("%s", a.preview(shown, a.style(a.Stderr)))
	}
	if err := a.carryOutSetup(ctx, plan, o, s); err != nil || !o.prove {
		return err
	}
	return a.proven(ctx)
}

// carryOutSetup changes the store, where another was named, and then the files.
func (a *app) carryOutSetup(ctx context.Context, plan api.Plan, o setupOptions, s api.Snapshot) error {
	done := "setup.done"
	if slices.ContainsFunc(s.Sessions, func(one api.Session) bool {
		return one.StateAt(a.Now()) == api.StateRunning || one.StateAt(a.Now()) == api.StateEnding
	}) {
		done = "setup.done.signed-in"
	}
	if o.undo {
		done = "setup.undone"
	}
	if o.store == "" {
		return a.carryOut(ctx, plan, o.yes, done)
	}
	if !o.yes {
		if err := a.agree(plan); err != nil {
			return err
		}
	}
	keep, err := a.wishedStore(newAsker(a), o.store, s)
	if err != nil {
		return err
	}
	if err := a.kept(ctx, keep); err != nil || keep != nil && !changes(plan) {
		return err
	}
	return a.carryOut(ctx, plan, true, done)
}

// changes reports whether a plan changes anything.
func changes(plan api.Plan) bool {
	return len(plan.Edits)+len(plan.Commands) > 0 || plan.Move || plan.Mode || plan.Desktop
}

// planJSON prints a plan for scripts.
func (a *app) planJSON(plan api.Plan) error {
	if plan.Edits == nil {
		plan.Edits = []api.PlanEdit{}
	}
	if plan.Reach == nil {
		plan.Reach = []injection.Reach{}
	}
	return a.json(struct {
		Schema int `json:"schema_version"`
		api.Plan
	}{api.Schema, plan})
}

// carryOut asks whether to make the changes of a plan that was shown, makes them, and says so.
func (a *app) carryOut(ctx context.Context, plan api.Plan, agreed bool, done string) error {
	nothing := "setup.nothing"
	if done == "setup.undone" {
		nothing = "setup.nothing.undone"
	}
	if !changes(plan) {
		a.say("%s\n", a.t(nothing))
		return nil
	}
	if !agreed {
		if err := a.agree(plan); err != nil {
			return err
		}
	}
	if err := a.agent.Apply(ctx, plan.ID); err != nil {
		return err
	}
	a.say("%s\n", a.t(done))
	return nil
}

// knows answers for a shell that has a hook, with nothing to print.
func (a *app) knows(shell string) (string, error) {
	_, err := a.Hook(shell)
	return "", err
}

// wishes makes a request of the flags. Without any, it is the user's own shell, and placeholders for what
// stands in the open, now and later: both are shown, and the user is asked.
func (a *app) wishes(o setupOptions, s api.Snapshot) (api.SetupRequest, error) {
	req := api.SetupRequest{Undo: o.undo, Move: o.move, Mode: injection.Mode(o.mode), Registry: resolve(o.registry, s), Helper: o.helper}
	if o.desktopSet {
		req.Desktop = &o.desktop
	}
	if o.undo && o.store != "" {
		return req, &misuse{"undo-store", nil}
	}
	if o.store != "" && !slices.Contains(stores, o.store) {
		return req, &misuse{"store", i18n.Args{"Store": clean(o.store)}}
	}
	if o.registry != "" && (o.mode == "" || o.undo) {
		return req, &misuse{"registry-mode", nil}
	}
	if o.registry != "" && !knownName(o.registry, s) {
		return req, &misuse{"registry", i18n.Args{"Registry": clean(o.registry)}}
	}
	if o.undo && o.mode != "" {
		return req, &misuse{"undo-mode", nil}
	}
	if o.mode != "" && !slices.Contains(injection.Modes, req.Mode) {
		return req, &misuse{"mode", i18n.Args{"Mode": clean(o.mode)}}
	}
	for _, list := range o.shells {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				req.Shells = append(req.Shells, name)
			}
		}
	}
	if len(req.Shells) == 0 && o.undo {
		req.Shells = everyShell // whichever they were
	}
	if len(req.Shells) == 0 {
		if shell := loginShell(a.Getenv("SHELL")); shell != "" {
			req.Shells = []string{shell}
		}
	}
	if !o.moveSet && !o.undo {
		req.Move = true
	}
	for _, shell := range req.Shells {
		if err := a.forShell(shell, a.knows); err != nil {
			return req, err
		}
	}
	return req, nil
}

// agree asks once.
func (a *app) agree(plan api.Plan) error {
	if !isTerminal(a.Stdin) {
		return &misuse{"yes", nil}
	}
	answer, err := newAsker(a).line(a.question(plan))
	if err != nil {
		return err
	}
	if agrees(answer) {
		return nil
	}
	return &api.Error{Code: api.CodeCancelled}
}

// question asks about a plan.
func (a *app) question(plan api.Plan) string {
	switch {
	case len(plan.Commands) > 0:
		return a.t("scan.ask")
	case len(plan.Edits) == 0:
		return a.t("setup.ask.settings")
	}
	return a.p().N("cli.setup.ask", len(plan.Edits))
}

// agrees reports whether an answer is a yes.
func agrees(answer string) bool {
	return slices.Contains([]string{"y", "yes", "はい"}, strings.ToLower(strings.TrimSpace(answer)))
}
