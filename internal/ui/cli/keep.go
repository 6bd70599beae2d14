package cli

import (
	"context"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// stores are where logins can be kept, as a user names them.
var stores = []string{string(api.StoreKeyring), string(api.StoreFile), string(api.StoreMemory)}

// storeNow is the store that the user wants, whether or not it answers.
func storeNow(s api.Snapshot) api.Store {
	if s.Settings.Store == "" {
		return api.StoreKeyring
	}
	return s.Settings.Store
}

// wishedStore is what to ask of the agent for a store by this name, nil where it is in force already. The passphrase
// of the file is asked for: never an argument, for other users can read those.
func (a *app) wishedStore(ask *asker, name string, s api.Snapshot) (*api.KeepRequest, error) {
	if name != "" && !slices.Contains(stores, name) {
		return nil, &misuse{"store", i18n.Args{"Store": clean(name)}}
	}
	store := api.Store(name)
	opens := store == api.StoreFile && s.Agent.Store != api.StoreFile // it is chosen, and waits for its passphrase
	if name == "" || store == storeNow(s) && !opens {
		return nil, nil
	}
	req := &api.KeepRequest{Store: store}
	if store != api.StoreFile {
		return req, nil
	}
	var err error
	req.Passphrase, err = a.passphrase(ask, store != storeNow(s))
	return req, err
}

// passphrase asks for one, at a terminal twice where it is a new one.
func (a *app) passphrase(ask *asker, anew bool) (token.Secret, error) {
	for {
		first, err := ask.secret(a.t("setup.passphrase"))
		switch {
		case err != nil:
			return first, err
		case first.IsZero() && ask.terminal == nil:
			return first, &api.Error{Code: api.CodePassphrase}
		case ask.terminal == nil, !anew && !first.IsZero():
			return first, nil
		}
		again, err := ask.secret(a.t("setup.passphrase.again"))
		if err != nil {
			return again, err
		}
		if !first.IsZero() && first.Reveal() == again.Reveal() {
			return first, nil
		}
		a.say("%s\n", a.t("setup.passphrase.differ"))
	}
}

// kept changes the store, and says so.
func (a *app) kept(ctx context.Context, req *api.KeepRequest) error {
	if req == nil {
		return nil
	}
	if err := a.agent.Keep(ctx, *req); err != nil {
		return err
	}
	a.say("%s\n", a.t("setup.kept", i18n.Args{"Store": a.p().T("setup.keep." + string(req.Store))}))
	return nil
}

// provable are the shells that load the logins, where there is one to load.
func provable(s api.Snapshot) (names []string) {
	if s.Settings.DefaultMode == injection.ModeExec || !slices.ContainsFunc(s.Sessions, func(one api.Session) bool { return one.State != api.StateNone }) {
		return nil
	}
	for _, shell := range s.Shells {
		if shell.Hooked {
			names = append(names, shell.Name)
		}
	}
	return names
}

// unproven says why there is no shell to ask.
func (a *app) unproven(s api.Snapshot) string {
	switch {
	case !slices.ContainsFunc(s.Sessions, func(one api.Session) bool { return one.State != api.StateNone }):
		return a.t("setup.prove.login")
	case s.Settings.DefaultMode == injection.ModeExec:
		return a.t("setup.prove.exec")
	}
	return a.t("setup.prove.none")
}

// proofs has each of the shells say who is signed in. all reports whether all of them did.
func (a *app) proofs(ctx context.Context, s api.Snapshot) (all bool, err error) {
	st := a.style(a.Stderr)
	all = true
	for _, shell := range provable(s) {
		proof, err := a.agent.Prove(ctx, api.ProveRequest{Shell: shell})
		if err != nil {
			return false, err
		}
		args := i18n.Args{"Shell": clean(shell), "Command": clean(proof.Command), "Account": clean(proof.Account), "Answer": clean(proof.Answer)}
		if proof.OK {
			a.say("%s\n", st.paint(green, a.t("setup.prove.fine", args)))
			continue
		}
		all = false
		a.say("%s\n%s\n", st.paint(red, a.t("setup.prove.wrong", args)), a.t("setup.prove.hint"))
	}
	return all, nil
}

// proven is the end of a setup that was to be proved.
func (a *app) proven(ctx context.Context) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if len(provable(s)) == 0 {
		a.say("%s\n", a.unproven(s))
		return status(exitCode(&api.Error{Code: api.CodePartly}))
	}
	all, err := a.proofs(ctx, s)
	if err == nil && !all {
		return status(exitCode(&api.Error{Code: api.CodePartly}))
	}
	return err
}
