package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type importOptions struct {
	folder, registry, drop string
	keepFiles, undo, kept  bool
	json, yes, dryRun      bool
}

func (a *app) importCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use: "import [folder]", GroupID: groupSetup, ValidArgsFunction: a.completeImport,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !o.sensible(args):
				return &misuse{"import", nil}
			case o.kept:
				return a.listKept(cmd.Context(), o.json)
			case o.drop != "":
				return a.dropKept(cmd.Context(), o.drop, o.yes)
			case o.undo:
				return a.undoImport(cmd.Context(), args, o)
			}
			if err := a.atMostOne(cmd, args); err != nil {
				return err
			}
			o.folder = first(args)
			return a.importing(cmd.Context(), o)
		},
	}
	a.registryFlag(cmd, &o.registry)
	f := cmd.Flags()
	f.BoolVar(&o.keepFiles, "keep-files", false, "")
	f.BoolVar(&o.undo, "undo", false, "")
	f.BoolVar(&o.kept, "kept", false, "")
	f.StringVar(&o.drop, "drop", "", "")
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	_ = cmd.RegisterFlagCompletionFunc("drop", func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return a.completeKept(cmd, nil, typed)
	})
	return cmd
}

// sensible reports whether the flags go together.
func (o importOptions) sensible(args []string) bool {
	plain := !o.undo && !o.keepFiles && !o.dryRun && o.registry == "" && len(args) == 0
	switch {
	case o.kept:
		return plain && o.drop == "" && !o.yes
	case o.drop != "":
		return plain && !o.json
	}
	return !(o.undo && (o.keepFiles || o.registry != "")) && !(o.dryRun && o.yes)
}

// completeImport offers folders, and behind --undo what was taken.
func (a *app) completeImport(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if undo, _ := cmd.Flags().GetBool("undo"); undo {
		return a.completeKept(cmd, nil, typed)
	}
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// imports is one run of the command.
type imports struct {
	*app
	o     importOptions
	req   api.ImportRequest
	found api.ImportReport
	plan  *api.Plan
	done  bool // the plan was carried out
	acted bool // all was done that was asked for
	still int  // places that have what was to go
}

// importing lists credentials that lie about, takes them into the keyring, and out of the files. Each is shown and asked
// about. Its exit code is 8 where some stay in files.
func (a *app) importing(ctx context.Context, o importOptions) error {
	im := &imports{app: a, o: o}
	if err := im.look(ctx); err != nil {
		return err
	}
	if !o.json {
		if err := a.print(im.list(a.style(a.Stdout))); err != nil {
			return err
		}
	}
	switch {
	case len(im.found.Items) == 0:
	case o.dryRun, o.json && !o.yes:
		if err := im.rehearse(ctx); err != nil {
			return err
		}
	default:
		if err := im.carryOut(ctx); err != nil {
			return err
		}
		im.acted = true
	}
	if o.json {
		if err := im.report(); err != nil {
			return err
		}
	}
	if n := im.left(); im.acted && !o.keepFiles && n > 0 {
		im.say("%s\n", im.p().N("cli.import.left", n))
		return status(exitPartly)
	}
	return nil
}

// look asks the agent what lies about.
func (im *imports) look(ctx context.Context) error {
	s, err := im.snapshot(ctx)
	if err != nil {
		return err
	}
	if im.o.registry != "" && !knownName(im.o.registry, s) {
		return &misuse{"registry", i18n.Args{"Registry": clean(im.o.registry)}}
	}
	if im.req.Registry = resolve(im.o.registry, s); im.o.folder != "" {
		if im.req.Dir, err = absolute(im.o.folder); err != nil {
			return noFolder(im.o.folder, err)
		}
	}
	im.req.Variables = im.variables(s)
	im.found, err = im.agent.Import(ctx, im.req)
	return err
}

// wellKnown are the variables that package managers, and what is written about them, gave their credentials.
var wellKnown = []string{"NPM_TOKEN", "NODE_AUTH_TOKEN", "YARN_NPM_AUTH_TOKEN", "NPM_AUTH_TOKEN", "NPM_CONFIG_TOKEN"}

// variables are those of this shell that carry what may be a credential for a package manager: by the look of the value, by
// a name that is known for it, or by one that the user's own files name. No other leaves this process.
func (im *imports) variables(s api.Snapshot) (list []api.ImportVariable) {
	names := slices.Clone(wellKnown)
	for _, one := range s.Sessions {
		for _, p := range one.Places {
			names = append(names, p.Variable)
		}
	}
	for _, pair := range im.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if value == "" || len(value) > longestVariable || !injection.ValidName(name) || strings.ContainsAny(value, "\r\n") {
			continue
		}
		secret := token.NewSecret(value)
		if slices.Contains(names, name) || token.LooksLikeNPM(secret) || len(leak.Scan(".env", []byte(name+"="+value+"\n"))) > 0 {
			list = append(list, api.ImportVariable{Name: name, Secret: secret})
		}
	}
	return list
}

// longestVariable is how long a variable's value is at most that is looked at.
const longestVariable = 8 << 10

// rehearse shows what would be changed in files.
func (im *imports) rehearse(ctx context.Context) error {
	fixes := im.fixes(func(api.ImportItem) bool { return true })
	if im.o.keepFiles || len(fixes) == 0 {
		return nil
	}
	plan, err := im.planFor(ctx, api.SetupRequest{Fixes: fixes})
	if err == nil && !im.o.json {
		err = im.print(im.preview(preview{plan: plan}, im.style(im.Stdout)))
	}
	return err
}

// planFor asks for a plan, and says why where a line cannot be changed.
func (im *imports) planFor(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	plan, err := im.agent.Plan(ctx, req)
	if err == nil {
		im.plan = &plan
	}
	return plan, im.reasoned(err)
}

// reasoned puts into an error why a credential cannot be taken out of its line, or put back.
func (a *app) reasoned(err error) error {
	var e *api.Error
	if !errors.As(err, &e) || e.Code != api.CodeMove || !a.p().Has("import.left."+e.Args["Why"]) {
		return err
	}
	told := *e
	told.Cause = a.p().T("import.left." + e.Args["Why"])
	return &told
}

// fixes are the repairs of those items that ok names.
func (im *imports) fixes(ok func(api.ImportItem) bool) (list []api.Fix) {
	for _, it := range im.found.Items {
		for _, fix := range it.Fixes {
			if ok(it) && !slices.Contains(list, fix) {
				list = append(list, fix)
			}
		}
	}
	return list
}

// left counts the places where a credential stays and nobody wants it.
func (im *imports) left() int {
	n := im.still
	for _, it := range im.found.Items {
		for _, p := range it.Places {
			if p.Left != "" && p.Left != leftByChoice {
				n++
			}
		}
	}
	return n
}

// advise says what no program can do for the user: shells have what they have.
func (im *imports) advise() {
	for _, it := range im.found.Items {
		switch {
		case it.InShell && len(it.Places) == 0:
			im.say("%s\n", im.t("import.shell.alone", i18n.Args{"Masked": clean(it.Masked)}))
		case it.InShell && im.done:
			im.say("%s\n", im.t("import.shell.still", i18n.Args{"Masked": clean(it.Masked)}))
		}
	}
}

// report prints it all as data.
func (im *imports) report() error {
	return im.json(struct {
		Schema int `json:"schema_version"`
		api.ImportReport
		Plan    *api.Plan `json:"plan,omitempty"`
		Applied bool      `json:"applied"`
	}{api.Schema, im.found, wholePlan(im.plan), im.done})
}

// wholePlan has lists where JSON would have null.
func wholePlan(p *api.Plan) *api.Plan {
	if p == nil {
		return nil
	}
	out := *p
	out.Edits = append([]api.PlanEdit{}, out.Edits...)
	out.Reach = append([]injection.Reach{}, out.Reach...)
	out.Shells = append([]string{}, out.Shells...)
	out.Managers = append([]injection.Manager{}, out.Managers...)
	return &out
}
