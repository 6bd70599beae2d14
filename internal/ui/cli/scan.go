package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type scanOptions struct {
	staged, history, shell bool
	json, fix, yes         bool
	hook, unhook           bool
	folder                 string
}

func (a *app) scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use: "scan [folder]", GroupID: groupSetup, Args: a.atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.folder = first(args)
			return a.scan(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.staged, "staged", false, "")
	f.BoolVar(&o.history, "history", false, "")
	f.BoolVar(&o.shell, "shell", false, "")
	f.BoolVar(&o.fix, "fix", false, "")
	f.BoolVar(&o.hook, "hook", false, "")
	f.BoolVar(&o.unhook, "unhook", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	return cmd
}

// sensible reports whether the flags go together.
func (o scanOptions) sensible() bool {
	ways := 0
	for _, on := range []bool{o.staged, o.shell, o.hook, o.unhook} {
		if on {
			ways++
		}
	}
	return ways <= 1 && !(ways == 1 && o.history) && !(o.shell && o.folder != "") && !(o.fix && (o.hook || o.unhook))
}

// scan looks for credentials that lie about. Its exit code is 7 where there are any.
func (a *app) scan(ctx context.Context, o scanOptions) error {
	if !o.sensible() {
		return &misuse{"scan", nil}
	}
	dir, err := absolute(o.folder)
	if err != nil {
		return noFolder(o.folder, err)
	}
	req := api.ScanRequest{Dir: dir, Staged: o.staged, History: o.history, Shell: o.shell}
	if o.shell {
		req.Env = a.shellPlaces()
	}
	if o.staged && o.folder == "" {
		req.Git = a.gitPlace(dir)
	}
	if o.staged && !o.json && !o.fix && a.Getenv("GIT_INDEX_FILE") != "" {
		return a.guardCommit(ctx, req)
	}
	s, err := a.snapshot(ctx) // starts the agent, and tells the language
	if err != nil {
		return err
	}
	if o.hook || o.unhook {
		return a.setHook(ctx, dir, o)
	}
	found, err := a.scanned(ctx, req)
	if err != nil {
		return err
	}
	if o.json {
		err = a.json(struct {
			Schema int `json:"schema_version"`
			api.ScanReport
		}{api.Schema, found})
	} else {
		err = a.print(a.leaks(a.style(a.Stdout), req, found, s))
	}
	if err == nil && o.fix {
		return a.fixLeaks(ctx, found, o.yes)
	}
	if err == nil && len(found.Leaks) > 0 {
		return status(exitRefused)
	}
	return err
}

// shellPlaces is where the shell that asks says that its files are.
func (a *app) shellPlaces() map[string]string {
	out := map[string]string{}
	for _, name := range api.ScanVariables {
		if value := a.Getenv(name); filepath.IsAbs(value) {
			out[name] = value
		}
	}
	return out
}

// gitPlace is the repository that git named to a hook.
func (a *app) gitPlace(dir string) api.GitPlace {
	path := func(name string) string {
		value := a.Getenv(name)
		if value == "" || filepath.IsAbs(value) {
			return value
		}
		return filepath.Join(dir, value)
	}
	return api.GitPlace{Dir: path("GIT_DIR"), WorkTree: path("GIT_WORK_TREE"), Index: path("GIT_INDEX_FILE")}
}

// scanned asks the agent, and shows on a terminal how far it is.
func (a *app) scanned(ctx context.Context, req api.ScanRequest) (api.ScanReport, error) {
	m := a.meter()
	found, err := a.agent.Scan(ctx, req, func(p api.Progress) {
		if m.last = p; m.cols == 0 {
			return
		}
		text := a.p().N("cli.scan.files", p.Done)
		if req.History && p.Total > 0 {
			text = a.t("scan.commits", i18n.Args{"Done": p.Done, "Total": p.Total})
		}
		text = a.t("scan.progress", i18n.Args{"Done": text, "Found": p.Found, "At": clean(p.At)})
		a.say("\r%s\x1b[K", cut(text, m.cols-1))
	})
	m.end()
	if found.Leaks == nil {
		found.Leaks = []api.Leak{}
	}
	return found, err
}

// hookPatience is how long a commit waits for an agent.
const hookPatience = 2 * time.Second

// guardCommit is scan as git's pre-commit hook calls it. It is silent where all is well. What keeps it from looking
// keeps nobody from committing: a guard that stands in the way is taken off.
func (a *app) guardCommit(ctx context.Context, req api.ScanRequest) error {
	quick, cancel := context.WithTimeout(ctx, hookPatience)
	defer cancel()
	s, err := a.Env.Agent.Snapshot(quick)
	if err == nil {
		a.language = s.Settings.Language
		var found api.ScanReport
		if found, err = a.scanned(ctx, req); err == nil {
			return a.judged(req, found, s)
		}
	}
	var told *api.Error
	switch {
	case ctx.Err() != nil:
		return &api.Error{Code: api.CodeCancelled}
	case quick.Err() == nil && errors.As(err, &told) && told.Code != api.CodeNoAgent:
		a.tell(err)
		a.say("%s\n", a.t("scan.hook.failed"))
	default:
		a.say("%s\n", a.t("scan.hook.alone"))
	}
	return nil
}

// judged lets a commit through, or says why not.
func (a *app) judged(req api.ScanRequest, found api.ScanReport, s api.Snapshot) error {
	if len(found.Leaks) == 0 {
		return nil
	}
	a.say("%s%s\n", a.leaks(a.style(a.Stderr), req, found, s), a.t("scan.hook.refused"))
	return status(exitRefused)
}

// setHook puts the guard into a repository's pre-commit hook, or takes it out.
func (a *app) setHook(ctx context.Context, dir string, o scanOptions) error {
	code, done := api.FixHook, "scan.hook.done"
	if o.unhook {
		code, done = api.FixUnhook, "scan.unhook.done"
	}
	return a.planned(ctx, api.SetupRequest{Fixes: []api.Fix{{Code: code, File: dir}}}, o.yes, done)
}

// planned shows a plan, asks, and carries it out.
func (a *app) planned(ctx context.Context, req api.SetupRequest, agreed bool, done string) error {
	plan, err := a.agent.Plan(ctx, req)
	if err != nil {
		return err
	}
	a.say("%s", a.preview(preview{plan: plan}, a.style(a.Stderr)))
	return a.carryOut(ctx, plan, agreed, done)
}

// fixLeaks does what can be done about the files; a revocation is no change of them. Where nothing can be moved, for no
// keyring answers, the rest is done all the same. Its exit code is 7 where something is left.
func (a *app) fixLeaks(ctx context.Context, found api.ScanReport, agreed bool) error {
	var req api.SetupRequest
	left := false
	for _, l := range found.Leaks {
		fixes := slices.DeleteFunc(slices.Clone(l.Fixes), func(f api.Fix) bool { return f.Code == api.FixRevoke })
		left = left || len(fixes) == 0
		for _, fix := range fixes {
			if !slices.Contains(req.Fixes, fix) {
				req.Fixes = append(req.Fixes, fix)
			}
		}
	}
	if len(req.Fixes) == 0 {
		if left {
			a.say("%s\n", a.t("scan.fix.none"))
			return status(exitRefused)
		}
		return nil
	}
	err := a.planned(ctx, req, agreed, "scan.fix.done")
	var told *api.Error
	if errors.As(err, &told) && told.Code == api.CodeKeyring {
		rest := slices.DeleteFunc(slices.Clone(req.Fixes), func(f api.Fix) bool { return f.Code == api.FixMove })
		if len(rest) > 0 && len(rest) < len(req.Fixes) {
			a.tell(err)
			left, err = true, a.planned(ctx, api.SetupRequest{Fixes: rest}, agreed, "scan.fix.done")
		}
	}
	if err != nil {
		return err
	}
	if left {
		return status(exitRefused)
	}
	return nil
}
