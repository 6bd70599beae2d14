package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenListOptions struct {
	registry, sort, filter string
	fresh, json            bool
}

func (o *tokenListOptions) flags(a *app, cmd *cobra.Command) {
	a.registryFlag(cmd, &o.registry)
	f := cmd.Flags()
	f.BoolVar(&o.fresh, "fresh", false, "")
	f.StringVar(&o.sort, "sort", "ends", "")
	f.StringVar(&o.filter, "filter", "", "")
	f.BoolVar(&o.json, "json", false, "")
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions([]string{"ends", "name", "used"}, cobra.ShellCompDirectiveNoFileComp))
}

func (a *app) tokenListCommand() *cobra.Command {
	var o tokenListOptions
	cmd := &cobra.Command{
		Use: "list", GroupID: groupTokens, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listTokens(cmd.Context(), o) },
	}
	o.flags(a, cmd)
	return cmd
}

// orders compare two access tokens, by the word of --sort. What has no date comes last.
var orders = map[string]func(x, y api.AccessToken) int{
	"ends": func(x, y api.AccessToken) int { return cmp.Or(dated(x.Ends, y.Ends, 1), byName(x, y)) },
	"used": func(x, y api.AccessToken) int { return cmp.Or(dated(x.Used, y.Used, -1), byName(x, y)) },
	"name": byName,
}

func byName(x, y api.AccessToken) int {
	return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.ID, y.ID))
}

func dated(x, y time.Time, direction int) int {
	switch {
	case x.IsZero() && y.IsZero():
		return 0
	case x.IsZero():
		return 1
	case y.IsZero():
		return -1
	}
	return direction * x.Compare(y)
}

// listTokens shows the access tokens of a registry, the sessions that no list shows, and what waits for the user.
func (a *app) listTokens(ctx context.Context, o tokenListOptions) error {
	order := orders[o.sort]
	if order == nil {
		return &misuse{"tokens-sort", i18n.Args{"Word": clean(o.sort)}}
	}
	s, l, err := a.accessTokens(ctx, o.registry, o.fresh)
	if err != nil {
		return err
	}
	l.Tokens = slices.DeleteFunc(slices.Clone(l.Tokens), func(t api.AccessToken) bool { return !fits(t, o.filter) })
	slices.SortStableFunc(l.Tokens, order)
	if o.json {
		return a.json(struct {
			Schema int `json:"schema_version"`
			api.TokenList
			Sessions []api.Session  `json:"sessions"`
			Jobs     []api.TokenJob `json:"jobs"`
		}{api.Schema, wholeList(l), ofRegistry(s, l.Registry), append([]api.TokenJob{}, s.Jobs...)})
	}
	return a.print(a.tokenList(s, l, o.filter != ""))
}

// fits reports whether an access token has a text somewhere in what is known of it.
func fits(t api.AccessToken, text string) bool {
	text = strings.ToLower(text)
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	return has(t.Name) || has(t.Description) || has(t.Masked) || has(t.ID) || has(t.Note) || slices.ContainsFunc(t.Packages, has) ||
		slices.ContainsFunc(t.Scopes, has) || slices.ContainsFunc(t.Orgs, has) ||
		slices.ContainsFunc(t.Places, func(p api.Place) bool { return has(p.File) || has(p.Variable) })
}

// ofRegistry lists the sessions of a registry.
func ofRegistry(s api.Snapshot, registry string) []api.Session {
	out := []api.Session{}
	for _, one := range s.Sessions {
		if one.Registry == registry && one.State != api.StateNone {
			out = append(out, one)
		}
	}
	return out
}

// wholeList has lists where JSON would have null.
func wholeList(l api.TokenList) api.TokenList {
	tokens := make([]api.AccessToken, len(l.Tokens))
	for i, t := range l.Tokens {
		tokens[i] = wholeToken(t)
	}
	l.Tokens = tokens
	return l
}

func wholeToken(t api.AccessToken) api.AccessToken {
	for _, list := range []*[]string{&t.Packages, &t.Scopes, &t.Orgs, &t.Addresses} {
		if *list == nil {
			*list = []string{}
		}
	}
	if t.Marks == nil {
		t.Marks = []access.Mark{}
	}
	if t.Places == nil {
		t.Places = []api.Place{}
	}
	return t
}
