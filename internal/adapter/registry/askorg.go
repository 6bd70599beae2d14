package registry

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// maxTeams is how many teams of an organisation are looked at.
const maxTeams = 50

// Org asks what an account is to the organisation of a package's scope, and which of its teams have the package.
//
// Only members may read the list of members. A list without the account, and a refusal (403) that names no other
// cause, mean that it is no member. A 404 does not tell an organisation that is not there from a registry that has no
// organisations, unless it says so. Nothing in npm's protocol tells an open invitation; it is known only where a
// registry's refusal speaks of one.
func (c *Client) Org(ctx context.Context, reg registry.URL, m agent.Member) finding.Org {
	name, ok := escapeName(m.Package)
	scope, _, scoped := strings.Cut(m.Package, "/")
	if !ok || !scoped || m.Account == "" || m.Session.IsZero() {
		return finding.Org{}
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	r := roster{c: c, ctx: ctx, reg: reg, m: m, org: escape(scope[1:]), escaped: name}
	out := finding.Org{Name: clean(scope[1:], nil)}
	r.membership(&out)
	if out.Member != finding.Yes {
		return out
	}
	out.Listed = r.listed()
	out.Granted, out.Write = r.rights()
	return out
}

// roster asks the lists of one organisation for one account and package.
type roster struct {
	c            *Client
	ctx          context.Context // of one call of Org
	reg          registry.URL
	m            agent.Member
	org, escaped string // in paths
}

func (r roster) ask(path string) asked {
	return r.c.ask(r.ctx, question{reg: r.reg, path: path, s: r.m.Session, most: maxList})
}

func (r roster) membership(out *finding.Org) {
	a := r.ask("-/org/" + r.org + "/user")
	defer func() { out.Asked = a.outcome }()
	words := strings.ToLower(a.words())
	switch a.outcome {
	case finding.OutcomeOK:
		members, ok := a.texts()
		if !ok {
			return
		}
		role, member := members[r.m.Account]
		switch strings.ToLower(role) {
		case "invited", "pending":
			out.Invited, member = finding.Yes, false
		default:
			out.Role = clean(role, a.hide)
		}
		out.Member = yes(member)
	case finding.OutcomeForbidden:
		if !slices.ContainsFunc(a.signs, otherCause) {
			out.Member = finding.No
		}
		if strings.Contains(words, "invit") {
			out.Invited = finding.Yes
		}
	case finding.OutcomeMissing:
		if containsAny(words, []string{"scope not found", "org not found", "organization not found", "no such org"}) {
			out.Member = finding.No
		}
	}
}

// otherCause reports a sign that a refusal has nothing to do with the organisation.
func otherCause(s finding.Sign) bool {
	switch s {
	case finding.SignForbidden, finding.SignNotMember:
		return false
	}
	return true
}

// listed asks whether the package is among the organisation's.
func (r roster) listed() finding.Known {
	return r.right("-/org/" + r.org + "/package").known(func(right string) bool { return right != "" })
}

// right is what a list says of the package.
type right struct {
	told bool
	text string
}

func (g right) known(f func(string) bool) finding.Known {
	if !g.told {
		return finding.Unasked
	}
	return yes(f(g.text))
}

// writes reports a right to publish; lists say "write", npm prints "read-write".
func writes(text string) bool { return text == "write" || text == "read-write" }

// right looks the package up in a list of packages. A right that is null is a right to read.
func (r roster) right(path string) right {
	a := r.ask(path)
	o, ok := a.object()
	if !ok {
		return right{}
	}
	if _, there := o[r.m.Package]; !there {
		return right{told: true}
	}
	text, _ := o.text(r.m.Package)
	return right{told: true, text: cmp.Or(text, "read")}
}

// rights asks what the account may do with the package: the package's own list of those who may first, since it is one
// request, then the account's teams.
func (r roster) rights() (granted, write finding.Known) {
	a := r.ask("-/package/" + r.escaped + "/collaborators")
	people, told := a.texts()
	if mine := people[r.m.Account]; mine != "" {
		return finding.Yes, yes(writes(mine))
	}
	granted, write = r.teams()
	if granted == finding.Unasked && told {
		return finding.No, finding.No
	}
	return granted, write
}

// teams looks through the organisation's teams. Unless all could be read, what was not found is not known.
func (r roster) teams() (granted, write finding.Known) {
	names, all := r.teamNames()
	for _, team := range names {
		path := "-/team/" + r.org + "/" + escape(team) + "/"
		members, ok := r.members(path + "user")
		if !ok {
			all = false
			continue
		}
		if !slices.Contains(members, r.m.Account) {
			continue
		}
		g := r.right(path + "package")
		switch {
		case !g.told:
			all = false
		case writes(g.text):
			return finding.Yes, finding.Yes
		case g.text != "":
			granted = finding.Yes
		}
	}
	if !all {
		return granted, finding.Unasked
	}
	return yes(granted == finding.Yes), finding.No
}

// teamNames lists the teams: "@acme:developers", or without the organisation. all is false if there are more.
func (r roster) teamNames() (names []string, all bool) {
	list, ok := r.members("-/org/" + r.org + "/team")
	if !ok {
		return nil, false
	}
	for _, full := range list {
		_, team, found := strings.Cut(full, ":")
		if !found {
			team = full
		}
		if team != "" && !strings.HasPrefix(team, ".") {
			names = append(names, team)
		}
	}
	return names[:min(len(names), maxTeams)], len(names) <= maxTeams
}

// members reads a list of names.
func (r roster) members(path string) ([]string, bool) {
	a := r.ask(path)
	if !a.is(finding.OutcomeOK) {
		return nil, false
	}
	var list []string
	err := json.Unmarshal(a.body, &list)
	return list, err == nil && list != nil
}
