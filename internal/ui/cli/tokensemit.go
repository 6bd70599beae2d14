package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// emitter is what the agent's records call a command that gives a secret out.
const emitter = "sandglass tokens"

func (a *app) tokenEmitCommand() *cobra.Command {
	return &cobra.Command{
		Use: "emit id", GroupID: groupTokens, Args: a.one, ValidArgsFunction: a.completeKept,
		RunE: func(cmd *cobra.Command, args []string) error { return a.emitToken(cmd.Context(), args[0]) },
	}
}

// emitToken writes the secret of an access token from the keyring to a program that stores it.
func (a *app) emitToken(ctx context.Context, word string) error {
	if isTerminal(a.Stdout) {
		return &misuse{"tokens-emit", nil}
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	k, err := keptOf(s, word)
	if err != nil {
		return err
	}
	return a.emit(ctx, k.ID, token.Secret{})
}

// keptOf finds a credential of the keyring by its id, by the access token's, or by its masked form or name.
func keptOf(s api.Snapshot, word string) (api.Kept, error) {
	list := make([]access.Token, len(s.Kept))
	for i, k := range s.Kept {
		if k.ID == word {
			return k, nil
		}
		list[i] = access.Token{ID: cmp.Or(k.Token, k.ID), Name: k.Name, Masked: k.Masked}
	}
	one, err := access.Find(list, word)
	if errors.Is(err, access.ErrSeveral) {
		return api.Kept{}, &misuse{"tokens-several", nil}
	}
	if err != nil {
		return api.Kept{}, &api.Error{Code: api.CodeNoKept}
	}
	return s.Kept[slices.IndexFunc(list, func(t access.Token) bool { return t.ID == one.ID })], nil
}

// secretOf is the secret of what is kept, from the keyring if it is not at hand.
func (a *app) secretOf(ctx context.Context, use api.GrantUse, kept string, s token.Secret) (token.Secret, error) {
	if !s.IsZero() {
		return s, nil
	}
	g, err := a.agent.Grant(ctx, api.GrantRequest{Use: use, Kept: kept, Program: emitter})
	if err != nil {
		return s, err
	}
	if len(g.Items) == 0 || g.Items[0].Secret.IsZero() {
		return s, &api.Error{Code: api.CodeNoKept}
	}
	return g.Items[0].Secret, nil
}

// emit writes the secret for a program, without a line's end: some would store it.
func (a *app) emit(ctx context.Context, kept string, s token.Secret) error {
	s, err := a.secretOf(ctx, api.UseEmit, kept, s)
	if err != nil {
		return err
	}
	return a.print(s.Reveal())
}

// reveal shows the secret on the screen.
func (a *app) reveal(ctx context.Context, kept string, s token.Secret) error {
	s, err := a.secretOf(ctx, api.UseShow, kept, s)
	if err != nil {
		return err
	}
	return a.print(s.Reveal() + "\n")
}

// completeKept offers the names of what the keyring has.
func (a *app) completeKept(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	s, err := a.Env.Agent.Snapshot(ctx)
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, k := range s.Kept {
		names = append(names, clean(k.ID)+"\t"+clean(cmp.Or(k.Name, k.Masked)))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
