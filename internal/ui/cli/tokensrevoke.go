package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenRevokeOptions struct {
	registry                         string
	panic, dryRun, yes, sure, asJSON bool
	proof                            proofOptions
}

func (a *app) tokenRevokeCommand() *cobra.Command {
	var o tokenRevokeOptions
	cmd := &cobra.Command{
		Use: "revoke name|id|masked...", GroupID: groupTokens, ValidArgsFunction: a.completeTokens,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.panic && len(args) > 0 {
				return a.none(cmd, args)
			}
			if !o.panic && len(args) == 0 {
				return a.some(cmd, args)
			}
			return a.revokeTokens(cmd.Context(), args, o)
		},
	}
	a.registryFlag(cmd, &o.registry)
	o.proof.flags(cmd, false)
	f := cmd.Flags()
	f.BoolVar(&o.panic, "panic", false, "")
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	f.BoolVar(&o.sure, "sure", false, "")
	f.BoolVar(&o.asJSON, "json", false, "")
	return cmd
}

// revoking is one revocation: what is planned is shown and asked about, then it is done.
type revoking struct {
	*app
	o   tokenRevokeOptions
	ask *asker
	req api.RevokeRequest

	names map[string]string // of what is to end, by its id
	notes map[string]string // where the user has noted that it is kept, by its id
}

// revokeTokens revokes access tokens, after the user has seen what breaks and what could wait for it.
func (a *app) revokeTokens(ctx context.Context, words []string, o tokenRevokeOptions) error {
	r := &revoking{app: a, o: o, ask: newAsker(a), req: api.RevokeRequest{Panic: o.panic, IDs: words}}
	if o.panic && o.registry != "" {
		return &misuse{"tokens-panic-all", nil}
	}
	plan, err := r.plan(ctx)
	if err != nil {
		return err
	}
	if o.dryRun {
		return r.showDry(plan)
	}
	if err := r.agree(plan); err != nil {
		return err
	}
	return r.carryOut(ctx)
}

// plan asks what would be revoked and what that breaks.
func (r *revoking) plan(ctx context.Context) (api.RevokeReport, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return api.RevokeReport{}, err
	}
	if r.o.registry != "" && !knownName(r.o.registry, s) {
		return api.RevokeReport{}, &misuse{"registry", i18n.Args{"Registry": clean(r.o.registry)}}
	}
	if slices.ContainsFunc(r.req.IDs, isSecret) {
		return api.RevokeReport{}, &misuse{"tokens-secret", nil}
	}
	r.req.Registry = resolve(r.o.registry, s)
	dry := r.req
	dry.DryRun = true
	plan, err := r.agent.RevokeTokens(ctx, dry, nil)
	var e *api.Error
	if errors.As(err, &e) && e.Code == api.CodeNoToken && e.Args["Several"] != "" {
		_, _, err = r.pick(ctx, r.o.registry, r.req.IDs) // which shows them
	}
	if err != nil {
		return plan, err
	}
	r.notes = map[string]string{}
	for _, n := range s.Notes {
		r.notes[n.ID] = n.Where
	}
	r.req.IDs, r.names = nil, map[string]string{}
	for _, it := range plan.Items {
		r.names[it.ID] = it.Name
		if !r.o.panic {
			r.req.IDs = append(r.req.IDs, it.ID)
		}
	}
	return plan, nil
}

// showDry prints what would be revoked, what that breaks, and the requests.
func (r *revoking) showDry(plan api.RevokeReport) error {
	if r.o.asJSON {
		return r.report(plan)
	}
	text := r.signWords(r.style(r.Stdout), plan.Signs) + r.itemWords(r.style(r.Stdout), plan.Items, r.notes)
	if len(plan.Drafts) > 0 {
		text += "\n" + draftWords(plan.Drafts)
	}
	return r.print(text)
}

// agree shows the plan and asks: once for all, and once more for each that this machine uses.
func (r *revoking) agree(plan api.RevokeReport) error {
	st := r.style(r.Stderr)
	r.say("%s", r.signWords(st, plan.Signs))
	r.say("%s", r.itemWords(st, plan.Items, r.notes))
	r.say("%s\n", r.t("tokens.revoke.hour"))
	if err := r.seen(plan.Signs); err != nil {
		return err
	}
	r.req.Checked = len(plan.Signs) > 0 // what turns up after this stops it
	switch {
	case r.req.Panic && !(r.o.yes && r.o.sure):
		if err := r.word(); err != nil {
			return err
		}
	case !r.req.Panic && !r.o.yes:
		if err := r.confirmed(r.ask, r.p().N("cli.tokens.revoke.ask", len(plan.Items)), "tokens-yes"); err != nil {
			return err
		}
	}
	for _, it := range plan.Items {
		if it.What == "token" && used(it) {
			if err := r.usedHere(it); err != nil {
				return err
			}
		}
	}
	if !r.req.Panic && len(r.req.Sure) == 0 && !slices.ContainsFunc(plan.Items, func(it api.Revoked) bool { return !used(it) }) {
		if r.ask.terminal != nil {
			return &api.Error{Code: api.CodeCancelled}
		}
		r.say("%s\n", r.t("tokens.revoke.sure"))
		return status(exitRefused)
	}
	return nil
}

func used(it api.Revoked) bool { return it.State == api.RevokeInUse || len(it.Breaks) > 0 }

// seen asks whether the user has looked at what could wait for a revocation.
func (r *revoking) seen(signs []api.Sign) error {
	if len(signs) == 0 || r.o.sure {
		return nil
	}
	if r.ask.terminal == nil {
		r.say("%s\n", r.t("tokens.sign.refused"))
		return status(exitRefused)
	}
	return r.confirmed(r.ask, r.t("tokens.sign.ask"), "tokens-yes")
}

// panicWord is what is typed before everything is revoked. It is the same in every language.
const panicWord = "panic"

func (r *revoking) word() error {
	r.say("%s\n", r.t("tokens.panic"))
	if r.ask.terminal == nil {
		return &misuse{"tokens-panic", nil}
	}
	answer, err := r.ask.line(r.t("tokens.panic.ask", i18n.Args{"Word": panicWord}))
	if err == nil && strings.TrimSpace(answer) != panicWord {
		err = &api.Error{Code: api.CodeCancelled}
	}
	return err
}

// usedHere asks a second time about one that this machine uses. Without a yes it stays, and the others go. Panic needs
// no second time: its word was typed, and all was told.
func (r *revoking) usedHere(it api.Revoked) error {
	yes := r.o.sure || r.req.Panic
	if !yes && r.ask.terminal != nil {
		answer, err := r.ask.line(r.t("tokens.revoke.used", i18n.Args{"Name": clean(it.Name), "Masked": clean(it.Masked)}))
		if err != nil {
			return err
		}
		yes = agrees(answer)
	}
	if yes {
		r.req.Sure = append(r.req.Sure, it.ID)
	}
	return nil
}

// carryOut revokes and prints what became of each. Its exit code is 8 where one is left.
func (r *revoking) carryOut(ctx context.Context) error {
	p, err := r.prover(r.o.proof, nameOf(r.req.Registry), r.ask)
	if err != nil {
		return err
	}
	var done api.RevokeReport
	step := r.tokenStep(r.names)
	err = p.run(func(_, otp token.Secret) error {
		r.req.OTP = otp
		now, err := r.agent.RevokeTokens(ctx, r.req, step)
		if len(now.Items) > 0 {
			done = now
		}
		return cmp.Or(err, codeWanted(now))
	})
	if err != nil && !slices.ContainsFunc(done.Items, revoked) {
		return err
	}
	if err := r.report(done); err != nil {
		return err
	}
	if len(done.Signs) > 0 && !r.req.Checked {
		r.say("%s%s\n", r.signWords(r.style(r.Stderr), done.Signs), r.t("tokens.sign.refused"))
		return status(exitRefused)
	}
	if slices.ContainsFunc(done.Items, func(it api.Revoked) bool { return !revoked(it) }) {
		r.say("%s\n", r.t("tokens.revoke.partly"))
		if slices.ContainsFunc(done.Items, func(it api.Revoked) bool { return it.State == api.RevokeInUse }) {
			r.say("%s\n", r.t("tokens.revoke.sure"))
		}
		return status(exitPartly)
	}
	return nil
}

func revoked(it api.Revoked) bool { return it.State == api.RevokeDone }

// codeWanted is the wish for another code of a registry that took the last one for some only, nil for none.
func codeWanted(done api.RevokeReport) error {
	for _, it := range done.Items {
		if it.Error != nil && it.Error.Code == api.CodeOTP {
			return it.Error
		}
	}
	return nil
}

// exitPartly is the exit code where a part is done.
const exitPartly = 8

func (r *revoking) report(done api.RevokeReport) error {
	if !r.o.asJSON {
		return r.print(r.itemWords(r.style(r.Stdout), done.Items, nil))
	}
	done.Signs = append([]api.Sign{}, done.Signs...)
	done.Items = append([]api.Revoked{}, done.Items...)
	for i := range done.Items {
		done.Items[i].Breaks = append([]api.Place{}, done.Items[i].Breaks...)
	}
	return r.json(struct {
		Schema int `json:"schema_version"`
		api.RevokeReport
	}{api.Schema, done})
}

// signWords tell what starts by itself on this machine and could wait for a revocation.
func (a *app) signWords(st style, signs []api.Sign) string {
	if len(signs) == 0 {
		return ""
	}
	out := st.paint(red, "✗ "+a.t("tokens.sign")) + "\n"
	for _, s := range signs {
		text := clean(s.What)
		if key := "access.sign." + s.What; a.p().Has(key) {
			text = clean(a.p().T(key, i18n.Args{"Detail": clean(s.Detail), "File": clean(s.File)}))
		}
		if !s.Since.IsZero() {
			text += " " + a.t("tokens.sign.since", i18n.Args{"Clock": a.p().Clock(s.Since, a.Now())})
		}
		out += "  " + clean(a.shortPath(s.File)) + "  " + text + "\n"
		if s.Detail != "" {
			out += "    " + st.paint(dim, clean(s.Detail)) + "\n"
		}
	}
	return out + "  " + a.t("tokens.sign.hint") + "\n\n"
}

// itemWords say of each what is planned or became of it, what breaks here, and where the user has noted that it is kept.
func (a *app) itemWords(st style, items []api.Revoked, notes map[string]string) string {
	var rows [][]cell
	for _, it := range items {
		sign, colour := "·", ""
		switch it.State {
		case api.RevokeDone:
			sign, colour = "✓", green
		case api.RevokeFailed:
			sign, colour = "✗", red
		case api.RevokeInUse, api.RevokeLeft:
			sign, colour = "!", yellow
		}
		rows = append(rows, []cell{
			{sign + " " + cmp.Or(clean(it.Name), nameOf(it.Registry)), colour}, {clean(it.Masked), dim},
			{a.coded("tokens.what.", it.What), ""}, {a.coded("tokens.state.", it.State), ""},
		})
	}
	lines := strings.SplitAfter(table(st, rows), "\n")
	var b strings.Builder
	for i, it := range items {
		b.WriteString(lines[i])
		if it.Error != nil {
			what, _, _ := a.explain(it.Error)
			b.WriteString("    " + clean(what) + "\n")
		}
		for _, p := range it.Breaks {
			b.WriteString("    " + a.t("tokens.breaks", i18n.Args{"Place": a.placeWords(p)}) + "\n")
		}
		if where := notes[it.ID]; where != "" {
			b.WriteString("    " + a.t("tokens.elsewhere", i18n.Args{"Where": clean(where)}) + "\n")
		}
	}
	return b.String()
}

// coded is the text of a code, or the code of a newer agent.
func (a *app) coded(prefix, code string) string {
	if !a.p().Has("cli." + prefix + code) {
		return clean(code)
	}
	return a.t(prefix + code)
}
