package cli

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenRotateOptions struct {
	registry, pkg, job          string
	change                      specOptions // what the new one has otherwise than the old one
	goOn, abandon, dryRun, json bool
	proof                       proofOptions
}

func (a *app) tokenRotateCommand() *cobra.Command {
	var o tokenRotateOptions
	cmd := &cobra.Command{
		Use: "rotate [name|id|masked]", GroupID: groupTokens, Args: a.atMostOne, ValidArgsFunction: a.completeTokens,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && o.job == "" {
				return a.some(cmd, args)
			}
			if o.job != "" && (len(args) > 0 || o.change.any()) || o.job == "" && (o.goOn || o.abandon) || o.goOn && o.abandon {
				return &misuse{"tokens-job", nil}
			}
			return a.rotateToken(cmd.Context(), first(args), o)
		},
	}
	a.registryFlag(cmd, &o.registry)
	o.proof.flags(cmd, true)
	f := cmd.Flags()
	o.change.flagsOfTwin(cmd)
	f.StringVar(&o.pkg, "package", "", "")
	f.StringVar(&o.job, "job", "", "")
	f.BoolVar(&o.goOn, "continue", false, "")
	f.BoolVar(&o.abandon, "abandon", false, "")
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVar(&o.json, "json", false, "")
	_ = cmd.RegisterFlagCompletionFunc("job", a.completeJob)
	return cmd
}

// rotateToken replaces an access token by its twin: step by step, as far as it goes without the user.
func (a *app) rotateToken(ctx context.Context, word string, o tokenRotateOptions) error {
	req := api.RotateRequest{Job: o.job, Continue: o.goOn, Abandon: o.abandon, DryRun: o.dryRun, Package: o.pkg}
	if o.job == "" {
		l, found, err := a.pick(ctx, o.registry, []string{word})
		if err != nil {
			return err
		}
		req.Registry, req.ID = l.Registry, found[0].ID
		if req.Spec, err = a.twin(found[0].Token, o.change); err != nil {
			return err
		}
	} else if s, err := a.snapshot(ctx); err != nil {
		return err
	} else if i := slices.IndexFunc(s.Jobs, func(j api.TokenJob) bool { return j.ID == o.job }); i >= 0 {
		req.Registry = s.Jobs[i].Registry
	}
	ask := newAsker(a)
	r, err := a.turned(ctx, req, o.proof, ask)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.showDrafts(r.Drafts, o.json)
	}
	if err := a.showRotation(r, o); err != nil || o.abandon || r.Done || r.Job.Step != api.NextPlaces || ask.terminal == nil || o.json {
		return err
	}
	return a.placesChanged(ctx, r, ask)
}

// flagsOfTwin are those flags of a Spec that a rotation may change: each narrows what the old one had, but the first two.
func (o *specOptions) flagsOfTwin(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Name, "name", "", "")
	f.IntVar(&o.Days, "days", 0, "")
	f.StringSliceVar(&o.Scopes, "scope", nil, "")
	f.StringSliceVar(&o.Addresses, "address", nil, "")
	f.StringVar(&o.permission, "permission", "", "")
	_ = cmd.RegisterFlagCompletionFunc("permission", cobra.FixedCompletions(permissions, cobra.ShellCompDirectiveNoFileComp))
}

func (o *specOptions) any() bool {
	return o.Name != "" || o.Days != 0 || len(o.Scopes)+len(o.Addresses) > 0 || o.permission != ""
}

// twin is what the new access token is to be made with, nil where the agent is to choose.
func (a *app) twin(old access.Token, o specOptions) (*access.Spec, error) {
	if !o.any() {
		return nil, nil
	}
	spec := access.Twin(old)
	spec.Name = cmp.Or(o.Name, spec.Name)
	if len(o.Scopes) > 0 {
		spec.All, spec.Packages, spec.Scopes = false, nil, o.Scopes
	}
	if len(o.Addresses) > 0 {
		spec.Addresses = o.Addresses
	}
	if o.permission != "" {
		level, ok := levels[o.permission]
		if !ok {
			return nil, &misuse{"tokens-level", i18n.Args{"Word": clean(o.permission)}}
		}
		spec.Permission = level
		spec.Bypass = spec.Bypass && level == access.ReadWrite
		if level != access.ReadOnly {
			spec.Days = min(spec.Days, access.LimitWriteDays)
		}
	}
	spec.Days = cmp.Or(o.Days, spec.Days)
	return &spec, a.unfit(spec)
}

// turned takes a rotation on, with the proofs that the registry asks for.
func (a *app) turned(ctx context.Context, req api.RotateRequest, o proofOptions, ask *asker) (r api.Rotation, err error) {
	p, err := a.prover(o, nameOf(req.Registry), ask)
	if err != nil {
		return r, err
	}
	step := a.tokenStep(nil)
	err = p.run(func(password, otp token.Secret) error {
		req.Password, req.OTP = password, otp
		if r, err = a.agent.RotateToken(ctx, req, step); err != nil || req.DryRun || r.Done || r.Job.Error == nil {
			return err
		}
		// It has begun and stands still. A second try goes on with it.
		req = api.RotateRequest{Registry: r.Job.Registry, Job: r.Job.ID, Continue: req.Continue}
		return r.Job.Error
	})
	if err != nil && r.Job.ID != "" {
		a.say("%s\n", a.jobWords(r.Job))
	}
	return r, a.specError(err)
}

// placesChanged asks for the user's word, and has the old access token revoked with it.
func (a *app) placesChanged(ctx context.Context, r api.Rotation, ask *asker) error {
	answer, err := ask.line(a.t("tokens.rotate.ask"))
	if err != nil || !agrees(answer) {
		a.say("%s\n", a.t("tokens.job.places", i18n.Args{"Name": clean(r.Job.Name), "Job": clean(r.Job.ID)}))
		return nil // nothing is lost: both work
	}
	word := api.RotateRequest{Registry: r.Job.Registry, Job: r.Job.ID, Continue: true}
	r, err = a.turned(ctx, word, proofOptions{}, ask)
	for isCode(err, api.CodeInUse) { // each is told once: another word revokes it all the same
		a.tell(err)
		if err := a.confirmed(ask, a.t("tokens.rotate.anyway"), "tokens-yes"); err != nil {
			return err
		}
		r, err = a.turned(ctx, word, proofOptions{}, ask)
	}
	if err != nil {
		return err
	}
	return a.showRotation(r, tokenRotateOptions{})
}

// showRotation says where it stands.
func (a *app) showRotation(r api.Rotation, o tokenRotateOptions) error {
	if o.json {
		r.New = wholeToken(r.New)
		r.Places = append([]api.Place{}, r.Places...)
		r.Commands = append([]string{}, r.Commands...)
		return a.json(struct {
			Schema int `json:"schema_version"`
			api.Rotation
		}{api.Schema, r})
	}
	args := i18n.Args{"Name": clean(r.Job.Name), "New": clean(r.New.Name), "Job": clean(r.Job.ID)}
	switch {
	case o.abandon:
		a.say("%s\n", a.t("tokens.rotate.abandoned", args))
		return nil
	case r.Done:
		a.say("%s %s\n%s\n", a.style(a.Stderr).paint(green, "✓"), a.t("tokens.rotate.done", args), a.t("tokens.revoke.hour"))
		return nil
	case r.Job.Step != api.NextPlaces:
		a.say("%s\n", a.jobWords(r.Job))
		return nil
	}
	return a.print(a.rotationWords(r)) // the rest is for the user to do
}

// rotationWords list what is to be changed: places on this machine, and commands for those elsewhere.
func (a *app) rotationWords(r api.Rotation) string {
	st := a.style(a.Stdout)
	ends, colour := a.endsWords(r.New)
	out := table(st, [][]cell{{{clean(r.New.Name), bold}, {clean(r.New.Masked), dim}, {ends, colour}}}) + "\n"
	if len(r.Places) > 0 {
		out += st.paint(bold, a.t("tokens.rotate.places")) + "\n"
		for _, p := range r.Places {
			out += "  " + a.placeWords(p) + "\n"
		}
	}
	commands := r.Commands
	if len(commands) == 0 {
		commands = access.EmitCommands(r.Job.Kept, "", r.New.Note)
	}
	if len(commands) > 0 {
		out += st.paint(bold, a.t("tokens.rotate.commands")) + "\n"
		for _, line := range commands {
			out += "  " + clean(line) + "\n"
		}
	}
	return out + a.jobWords(r.Job) + "\n"
}

// completeJob offers the rotations that wait.
func (a *app) completeJob(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	var ids []string
	if s, err := a.Env.Agent.Snapshot(ctx); err == nil {
		for _, j := range s.Jobs {
			if j.What == api.ChangeRotate {
				ids = append(ids, clean(j.ID)+"\t"+clean(j.Name))
			}
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
