package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// specOptions are the flags that say what an access token is to be made with.
type specOptions struct {
	access.Spec
	permission, orgPermission string
}

func (o *specOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Description, "description", "", "")
	f.IntVar(&o.Days, "days", 0, "")
	f.StringSliceVar(&o.Packages, "package", nil, "")
	f.StringSliceVar(&o.Scopes, "scope", nil, "")
	f.StringSliceVar(&o.Orgs, "org", nil, "")
	f.BoolVar(&o.All, "all-packages", false, "")
	f.StringVar(&o.permission, "permission", "", "")
	f.StringVar(&o.orgPermission, "org-permission", "", "")
	f.StringSliceVar(&o.Addresses, "address", nil, "")
	f.BoolVar(&o.Bypass, "bypass-2fa", false, "")
	words := cobra.FixedCompletions(permissions, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("permission", words)
	_ = cmd.RegisterFlagCompletionFunc("org-permission", words)
}

// permissions are the words for them that are offered.
var permissions = []string{"read-only", "read-write", "stage-only", "no-access"}

// levels are the words for permissions. Registries write the third one longer.
var levels = map[string]access.Level{
	"": access.NotTold, "no-access": access.NoAccess, "read-only": access.ReadOnly, "read-write": access.ReadWrite,
	"stage-only": access.StageOnly, string(access.StageOnly): access.StageOnly,
}

// wish is an access token that is asked for.
type wish struct {
	specOptions
	registry string // canonical
}

// wishedSpec makes a Spec of the flags. Where no permission is named, the least that is enough is suggested to the user.
func (a *app) wishedSpec(ctx context.Context, w wish, ask *asker) (access.Spec, error) {
	spec := w.Spec
	for _, level := range []struct {
		word string
		to   *access.Level
	}{{w.permission, &spec.Permission}, {w.orgPermission, &spec.OrgPermission}} {
		var ok bool
		if *level.to, ok = levels[level.word]; !ok {
			return spec, &misuse{"tokens-level", i18n.Args{"Word": clean(level.word)}}
		}
	}
	onlyOrgs := spec.OrgPermission != access.NotTold && !spec.All && len(spec.Packages)+len(spec.Scopes) == 0
	if spec.Permission != access.NotTold || onlyOrgs {
		return spec, nil
	}
	if ask.terminal == nil {
		return spec, &misuse{"tokens-permission", nil}
	}
	return a.suggested(ctx, spec, w.registry, ask)
}

// suggested asks what an access token is for, and whether the least that is enough for it is right. What a project's files
// name is only made use of after the user has seen it.
func (a *app) suggested(ctx context.Context, spec access.Spec, registry string, ask *asker) (access.Spec, error) {
	need := access.Need{Scopes: spec.Scopes, Packages: spec.Packages, Days: spec.Days, Name: spec.Name, Addresses: spec.Addresses}
	if !spec.All && len(need.Scopes)+len(need.Packages) == 0 {
		if need.Scopes = a.scopesHere(ctx, registry); len(need.Scopes) == 0 {
			return spec, &misuse{"tokens-reach", nil}
		}
	}
	answer, err := ask.line(a.t("tokens.suggest.ask"))
	if err != nil {
		return spec, err
	}
	need.Stages = strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "s")
	need.Installs = !need.Stages
	least := access.Suggest(need)
	spec.Permission, spec.Scopes, spec.Packages, spec.Days = least.Permission, least.Scopes, least.Packages, least.Days
	shown := api.AccessToken{Token: access.Token{
		Permission: spec.Permission, Scopes: spec.Scopes, Packages: spec.Packages, All: spec.All, Orgs: spec.Orgs, OrgPermission: spec.OrgPermission, Bypass: spec.Bypass,
	}}
	a.say("%s\n", a.t("tokens.suggest", i18n.Args{"May": a.mayWords(shown), "Reach": a.reachWords(shown), "Life": a.lifeWords(spec)}))
	return spec, a.confirmed(ask, a.t("tokens.suggest.agree"), "tokens-permission")
}

// lifeWords say for how long an access token is asked for.
func (a *app) lifeWords(spec access.Spec) string {
	days := spec.Days
	switch {
	case days > 0:
	case spec.Permission == access.ReadOnly:
		days = access.DefaultReadDays
	default:
		days = access.DefaultWriteDays
	}
	return a.p().N("cli.tokens.days", days)
}

// scopesHere are the scopes whose packages come from a registry in the current folder.
func (a *app) scopesHere(ctx context.Context, registry string) (scopes []string) {
	dir, err := absolute("")
	if err != nil {
		return nil
	}
	seen, err := a.agent.Inspect(ctx, api.InspectRequest{Dir: dir, Scopes: true})
	if err != nil || seen.Project == nil {
		return nil
	}
	return seen.Project.ScopesOf(registry)
}

// unfit tells what speaks against a Spec, and refuses what the registry would refuse.
func (a *app) unfit(spec access.Spec) error {
	problems := spec.Problems(a.Now())
	st := a.style(a.Stderr)
	for _, p := range problems {
		switch {
		case !p.Warning:
			a.say("%s %s\n", st.paint(red, a.t("error")), a.problemWords(p))
		case p.Code != access.ProblemBypassEnds: // which is told with the question
			a.say("%s %s\n", st.paint(yellow, "!"), a.problemWords(p))
		}
	}
	if !access.Refused(problems) {
		return nil
	}
	if !slices.ContainsFunc(problems, func(p access.Problem) bool { return p.Field == "days" }) {
		return status(exitUsage) // each says what to do
	}
	a.say("%s %s\n", st.paint(bold, a.t("hint")), a.t("tokens.limits", i18n.Args{
		"Write": strconv.Itoa(access.DefaultWriteDays), "Most": strconv.Itoa(access.LimitWriteDays), "Read": strconv.Itoa(access.DefaultReadDays),
	}))
	return status(exitUsage)
}

// exitUsage is the exit code of a command line that cannot be carried out.
const exitUsage = 2

func (a *app) problemWords(p access.Problem) string {
	key := "access.problem." + p.Code
	if !a.p().Has(key) {
		return clean(p.Code)
	}
	return clean(a.p().T(key, accessArgs(p.Args)))
}
