package cli

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// proofTries is how often a password or a code is asked for.
const proofTries = 3

// proofOptions say that proofs come on standard input, for scripts: one a line, the password first.
type proofOptions struct{ password, otp bool }

func (o *proofOptions) flags(cmd *cobra.Command, password bool) {
	if password {
		cmd.Flags().BoolVar(&o.password, "password-stdin", false, "")
	}
	cmd.Flags().BoolVar(&o.otp, "otp-stdin", false, "")
}

// prover gives a registry the proofs that it asks for.
type prover struct {
	a        *app
	ask      *asker
	o        proofOptions
	registry string // as a person calls it, empty: as the agent does

	password, otp token.Secret
	tries         map[string]int // of each proof
	last          string         // that was given
}

// The proofs.
const (
	proofPassword = "password"
	proofOTP      = "otp"
)

func (a *app) prover(o proofOptions, registry string, ask *asker) (*prover, error) {
	p := &prover{a: a, ask: ask, o: o, registry: registry, tries: map[string]int{}}
	if !o.password {
		return p, nil
	}
	var err error
	if p.password, err = ask.secret(a.t("tokens.ask.password", i18n.Args{"Registry": registry})); err != nil {
		return nil, err
	}
	p.tries[proofPassword], p.last = 1, proofPassword
	return p, nil
}

// run calls, and calls again with the proof that was missing or wrong.
func (p *prover) run(call func(password, otp token.Secret) error) error {
	for {
		err := call(p.password, p.otp)
		if err == nil {
			return nil
		}
		var e *api.Error
		if !errors.As(err, &e) {
			return err
		}
		what := p.wanted(e)
		if what == "" || !p.answerable(what) {
			return err
		}
		if err := p.get(what, e); err != nil {
			return err
		}
	}
}

// wanted is the proof that would help, "" for none. A registry that says no after a proof may mean that proof.
func (p *prover) wanted(e *api.Error) string {
	switch e.Code {
	case api.CodePassword:
		return proofPassword
	case api.CodeOTP:
		return proofOTP
	case api.CodeDenied:
		return p.last
	}
	return ""
}

// answerable reports whether a proof can be had once more: from a person three times, from a script once.
func (p *prover) answerable(what string) bool {
	if what == proofPassword && p.o.password || what == proofOTP && p.o.otp {
		return p.tries[what] == 0
	}
	return p.tries[what] < proofTries && p.ask.terminal != nil
}

func (p *prover) get(what string, e *api.Error) error {
	if p.tries[what] > 0 {
		p.a.say("%s\n", p.a.t("tokens.ask.again"))
	}
	prompt := p.a.t("tokens.ask.password", i18n.Args{"Registry": cmp.Or(p.registry, clean(e.Args["Registry"]))})
	to := &p.password
	if what == proofOTP {
		to, prompt = &p.otp, p.a.t("tokens.ask.digits")
		if e.Args["Way"] == "mail" {
			prompt = p.a.t("tokens.ask.mail")
		}
	}
	s, err := p.ask.secret(prompt)
	if err != nil {
		return err
	}
	*to = s
	p.tries[what]++
	p.last = what
	return nil
}

// tokenStep tells how far something with access tokens is, which go by these names where they have any.
func (a *app) tokenStep(names map[string]string) func(api.TokenStep) {
	var page string
	return func(s api.TokenStep) {
		switch s.Step {
		case api.StepPage:
			if s.URL == page {
				return
			}
			page = s.URL
			key := "tokens.page.open"
			if s.Browser {
				key = "tokens.page.browser"
			}
			a.say("%s\n", a.t(key, i18n.Args{"Host": clean(s.Host)}))
			a.address(s.URL, s.Browser)
			a.say("%s\n", a.t("tokens.page.waiting"))
		case api.StepMade, api.StepKept, api.StepVerified:
			a.say("%s %s\n", a.style(a.Stderr).paint(green, "✓"), a.t("tokens.step."+s.Step))
		case api.StepRevoked, api.StepFailed:
			if s.Total > 1 {
				a.say("%s\n", a.t("tokens.step."+s.Step, i18n.Args{"Done": s.Done, "Total": s.Total, "Name": clean(cmp.Or(names[s.ID], s.ID))}))
			}
		}
	}
}

// confirmed asks for a yes, once. Where nobody can be asked it is a misuse with this key.
func (a *app) confirmed(ask *asker, question, nobody string) error {
	if ask.terminal == nil {
		return &misuse{nobody, nil}
	}
	answer, err := ask.line(question)
	if err == nil && !agrees(answer) {
		err = &api.Error{Code: api.CodeCancelled}
	}
	return err
}
