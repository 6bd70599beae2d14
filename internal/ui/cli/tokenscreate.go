package cli

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenCreateOptions struct {
	spec                          specOptions
	registry, variable, where     string
	show, emit, dryRun, json, yes bool
	proof                         proofOptions
}

func (a *app) tokenCreateCommand() *cobra.Command {
	var o tokenCreateOptions
	cmd := &cobra.Command{
		Use: "create name", GroupID: groupTokens, Args: a.one, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.spec.Name = args[0]
			return a.createToken(cmd.Context(), o)
		},
	}
	o.spec.flags(cmd)
	o.proof.flags(cmd, true)
	a.registryFlag(cmd, &o.registry)
	f := cmd.Flags()
	f.StringVar(&o.variable, "variable", "", "")
	f.StringVar(&o.where, "where", "", "")
	f.BoolVar(&o.show, "show", false, "")
	f.BoolVar(&o.emit, "emit", false, "")
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	return cmd
}

// outlets checks where the secret is to go, before there is one: a screen keeps what a file would not, and the other way
// round.
func (o tokenCreateOptions) outlets(a *app) error {
	screen := isTerminal(a.Stdout)
	switch {
	case o.show && o.emit, o.json && (o.show || o.emit), o.dryRun && (o.show || o.emit):
		return &misuse{"tokens-outlets", nil}
	case o.show && !screen:
		return &misuse{"tokens-show", nil}
	case o.emit && screen:
		return &misuse{"tokens-emit", nil}
	}
	return nil
}

// createToken makes an access token. Its secret lies in the keyring before anything is shown.
func (a *app) createToken(ctx context.Context, o tokenCreateOptions) error {
	if err := o.outlets(a); err != nil {
		return err
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if o.registry != "" && !knownName(o.registry, s) {
		return &misuse{"registry", i18n.Args{"Registry": clean(o.registry)}}
	}
	if o.variable != "" && !injection.ValidName(o.variable) {
		return &misuse{"flag-invalid", i18n.Args{"Flag": "--variable", "Value": clean(o.variable)}}
	}
	ask := newAsker(a)
	spec, err := a.wishedSpec(ctx, wish{o.spec, cmp.Or(resolve(o.registry, s), s.Default)}, ask)
	if err != nil {
		return err
	}
	if err := a.unfit(spec); err != nil {
		return err
	}
	order := api.TokenOrder{Registry: resolve(o.registry, s), Spec: spec, Variable: o.variable, Where: o.where, DryRun: o.dryRun}
	if o.dryRun {
		return a.draftToken(ctx, order, o.json)
	}
	if spec.Bypass {
		if err := a.warnBypass(ask, o.yes); err != nil {
			return err
		}
	}
	made, err := a.made(ctx, order, o.proof, ask)
	if err != nil {
		return err
	}
	return a.handOver(ctx, made, o)
}

// made has the access token made, with the proofs that the registry asks for.
func (a *app) made(ctx context.Context, order api.TokenOrder, o proofOptions, ask *asker) (made api.NewToken, err error) {
	p, err := a.prover(o, nameOf(order.Registry), ask)
	if err != nil {
		return made, err
	}
	step := a.tokenStep(nil)
	err = p.run(func(password, otp token.Secret) error {
		order.Password, order.OTP = password, otp
		made, err = a.agent.MakeToken(ctx, order, step)
		return err
	})
	return made, a.specError(err)
}

// warnBypass tells what an access token without a second factor is, and asks once.
func (a *app) warnBypass(ask *asker, agreed bool) error {
	a.say("%s %s\n", a.style(a.Stderr).paint(yellow, "!"), a.t("tokens.bypass"))
	if agreed {
		return nil
	}
	return a.confirmed(ask, a.t("tokens.bypass.ask"), "tokens-yes")
}

// draftToken prints what would be sent.
func (a *app) draftToken(ctx context.Context, order api.TokenOrder, asJSON bool) error {
	made, err := a.agent.MakeToken(ctx, order, nil)
	if err != nil {
		return a.specError(err)
	}
	return a.showDrafts(made.Drafts, asJSON)
}

// showDrafts prints requests as they would be sent, without secrets.
func (a *app) showDrafts(drafts []api.Draft, asJSON bool) error {
	if asJSON {
		out := []api.Draft{}
		for _, d := range drafts {
			d.Header = append([]string{}, d.Header...)
			out = append(out, d)
		}
		return a.json(struct {
			Schema int         `json:"schema_version"`
			Drafts []api.Draft `json:"drafts"`
		}{api.Schema, out})
	}
	return a.print(draftWords(drafts))
}

func draftWords(drafts []api.Draft) string {
	text := ""
	for i, d := range drafts {
		if i > 0 {
			text += "\n"
		}
		text += clean(d.Method) + " " + clean(d.URL) + "\n"
		for _, h := range d.Header {
			text += clean(h) + "\n"
		}
		if d.Body != "" {
			text += "\n" + clean(d.Body) + "\n"
		}
	}
	return text
}

// handOver says what was made and what can be done with it now, and gives the secret out where that was asked for.
func (a *app) handOver(ctx context.Context, made api.NewToken, o tokenCreateOptions) error {
	t := made.Token
	if o.json {
		return a.json(struct {
			Schema   int             `json:"schema_version"`
			Token    api.AccessToken `json:"token"`
			Commands []string        `json:"commands"`
		}{api.Schema, wholeToken(t), access.EmitCommands(t.Kept, o.variable, o.where)})
	}
	words := a.tokenTable(a.style(a.Stderr), []api.AccessToken{t})
	a.say("\n%s\n%s\n", words, a.t("tokens.made", i18n.Args{"Name": clean(t.Name)}))
	if o.variable != "" {
		a.say("%s\n", a.t("tokens.made.variable", i18n.Args{"Variable": clean(o.variable)}))
	}
	switch {
	case o.emit:
		return a.emit(ctx, t.Kept, made.Secret)
	case o.show:
		a.say("%s\n", a.t("tokens.show"))
		return a.reveal(ctx, t.Kept, made.Secret)
	}
	a.say("\n%s\n", a.t("tokens.commands"))
	for _, line := range access.EmitCommands(t.Kept, o.variable, o.where) {
		a.say("  %s\n", line)
	}
	return nil
}

// specError says in the words of the rule why an access token cannot be made so.
func (a *app) specError(err error) error {
	var e *api.Error
	if !errors.As(err, &e) || e.Code != api.CodeSpec || !a.p().Has("access.problem."+e.Args["Problem"]) {
		return err
	}
	a.say("%s %s\n", a.style(a.Stderr).paint(red, a.t("error")), a.problemWords(access.Problem{Code: e.Args["Problem"], Args: e.Args}))
	return status(exitUsage)
}
