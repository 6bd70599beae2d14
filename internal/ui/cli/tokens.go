package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// groupTokens is the group of the commands below tokens.
const groupTokens = "tokens"

// tokensCommand holds all that is done with access tokens. Alone it lists them.
func (a *app) tokensCommand() *cobra.Command {
	var o tokenListOptions
	cmd := &cobra.Command{
		Use: "tokens", GroupID: groupSession, Args: a.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listTokens(cmd.Context(), o) },
	}
	o.flags(a, cmd)
	cmd.AddGroup(&cobra.Group{ID: groupTokens})
	cmd.AddCommand(
		a.tokenListCommand(), a.tokenCreateCommand(), a.tokenEmitCommand(), a.tokenRotateCommand(), a.tokenRevokeCommand(),
		a.tokenNoteCommand(), a.tokenAuditCommand(), a.tokenExportCommand(),
	)
	return cmd
}

// registryFlag is the flag that names a registry.
func (a *app) registryFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "registry", "", "")
	_ = cmd.RegisterFlagCompletionFunc("registry", func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return a.completeRegistry(cmd, nil, typed)
	})
}

// accessTokens asks for the state, which tells the language, and then for the access tokens of a registry.
func (a *app) accessTokens(ctx context.Context, registry string, fresh bool) (api.Snapshot, api.TokenList, error) {
	s, err := a.snapshot(ctx)
	if err != nil {
		return s, api.TokenList{}, err
	}
	if registry != "" && !knownName(registry, s) {
		return s, api.TokenList{}, &misuse{"registry", i18n.Args{"Registry": clean(registry)}}
	}
	l, err := a.agent.Tokens(ctx, api.TokensRequest{Registry: resolve(registry, s), Fresh: fresh})
	return s, l, err
}

// pick finds the access tokens that are meant by names, ids, beginnings of ids, or masked forms. What an older list does
// not have, a fresh one may.
func (a *app) pick(ctx context.Context, registry string, words []string) (api.TokenList, []api.AccessToken, error) {
	_, l, err := a.accessTokens(ctx, registry, false)
	if err != nil {
		return l, nil, err
	}
	found, err := a.meant(l, words)
	if errors.Is(err, access.ErrNone) {
		if _, l, err = a.accessTokens(ctx, registry, true); err != nil {
			return l, nil, err
		}
		found, err = a.meant(l, words)
	}
	if errors.Is(err, access.ErrNone) {
		err = &misuse{"tokens-none", i18n.Args{"Registry": nameOf(l.Registry)}}
	}
	return l, found, err
}

// meant finds what each word means. None of them is repeated: somebody may have pasted a secret.
func (a *app) meant(l api.TokenList, words []string) (found []api.AccessToken, err error) {
	list := make([]access.Token, len(l.Tokens))
	for i, t := range l.Tokens {
		list[i] = t.Token
	}
	for _, word := range words {
		if isSecret(word) {
			return nil, &misuse{"tokens-secret", nil}
		}
		one, err := access.Find(list, word)
		if errors.Is(err, access.ErrSeveral) {
			a.say("%s", a.candidates(l.Tokens, word))
			return nil, &misuse{"tokens-several", nil}
		}
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(l.Tokens, func(t api.AccessToken) bool { return t.ID == one.ID && t.Name == one.Name })
		if l.Tokens[at].Kind == access.Entered {
			return nil, &misuse{"tokens-elsewhere", i18n.Args{"Name": clean(one.Name)}}
		}
		found = append(found, l.Tokens[at])
	}
	return found, nil
}

// isSecret reports whether a word is an access token itself, which belongs in no command line.
func isSecret(word string) bool {
	return token.LooksLikeNPM(token.NewSecret(strings.TrimSpace(word)))
}

// candidates are the access tokens that one word could mean, with what tells them apart.
func (a *app) candidates(all []api.AccessToken, word string) string {
	var rows [][]cell
	for _, t := range all {
		if fits(t, word) {
			ends, _ := a.endsWords(t)
			rows = append(rows, []cell{{"  " + clean(t.ID), ""}, {clean(t.Name), ""}, {clean(t.Masked), dim}, {ends, ""}})
		}
	}
	return table(a.style(a.Stderr), rows)
}

// completeTokens offers the names of access tokens that the agent has told of. No registry is asked for it, and no
// agent is started: the user has only pressed Tab.
func (a *app) completeTokens(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	s, err := a.Env.Agent.Snapshot(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	seen := map[string]bool{"": true}
	for _, typed := range args {
		seen[typed] = true
	}
	var names []string
	add := func(name string) {
		if name = clean(name); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, t := range s.Soon {
		add(t.Name)
	}
	for _, k := range s.Kept {
		if k.Token != "" {
			add(k.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
