package tokens

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// What an access token may be for. The last fills nothing.
const (
	toInstall = "install"
	toPublish = "publish"
	toStage   = "stage"
	toOther   = "other"
)

// form is all that an access token can be made with. It begins with what it is for, which fills in the least.
type form struct {
	r *Room
	h *look.Hand

	purpose, permission, orgPermission          []*look.Choice
	all, bypass                                 *look.Choice
	name, description, days                     *look.Field
	packages, scopes, orgs, addresses, variable *look.Field
	where                                       *look.Field
	wrong                                       map[string]*fyne.Container // by the field of access.Spec in JSON
	content                                     *fyne.Container
	typed                                       bool // the user has changed what was filled in
	grown                                       func()
}

func newForm(r *Room, h *look.Hand, grown func()) *form {
	f := &form{r: r, h: h, wrong: map[string]*fyne.Container{}, grown: grown}
	p, touch := r.d.P, func() { f.typed = true }
	texts := func(key string, values ...string) (all []look.ChoiceText) {
		for _, v := range values {
			one := look.ChoiceText{Value: v, Title: p.T(key + "." + v)}
			if p.Has(key + "." + v + ".text") {
				one.Text = p.T(key + "." + v + ".text")
			}
			all = append(all, one)
		}
		return all
	}
	f.purpose = h.Group(texts("tokens.for", toInstall, toStage, toPublish, toOther), toInstall, f.suggest)
	f.permission = h.Group(texts("tokens.level", string(access.ReadOnly), string(access.StageOnly), string(access.ReadWrite), string(access.NoAccess)), string(access.ReadOnly), touch)
	f.orgPermission = h.Group(texts("tokens.level.org", string(access.NoAccess), string(access.ReadOnly), string(access.ReadWrite)), string(access.NoAccess), touch)
	f.all = h.Choice(look.ChoiceText{Title: p.T("tokens.form.all"), Text: p.T("tokens.form.all.text")}, false, touch)
	f.bypass = h.Choice(look.ChoiceText{Title: p.T("tokens.form.bypass"), Text: p.T("tokens.form.bypass.text")}, false, touch)
	f.name, f.description = h.Field("ci-acme-site", func() {}), h.Field("", func() {})
	f.days = h.Field("30", touch)
	f.packages, f.scopes = h.Field("@acme/site, acme-tools", touch), h.Field("@acme, @eu", touch)
	f.orgs, f.addresses = h.Field("acme", touch), h.Field("192.0.2.0/24", touch)
	f.variable, f.where = h.Field("NPM_TOKEN", func() {}), h.Field(p.T("tokens.note.where.hint"), func() {})
	f.content = f.build()
	f.suggest()
	return f
}

// build puts the fields below each other.
func (f *form) build() *fyne.Container {
	p := f.r.d.P
	rows := func(all []*look.Choice) *fyne.Container {
		box := look.Column(0)
		for _, c := range all {
			box.Add(c.Row)
		}
		return box
	}
	bare := func(o *fyne.Container, of ...string) fyne.CanvasObject {
		told := look.Column(look.Grid / 2)
		for _, name := range of {
			f.wrong[name] = told
		}
		o.Add(told)
		return o
	}
	field := func(key string, o fyne.CanvasObject, of ...string) fyne.CanvasObject {
		text := ""
		if p.Has("tokens.form." + key + ".text") {
			text = p.T("tokens.form." + key + ".text")
		}
		return bare(labelled(p.T("tokens.form."+key), text, o), of...)
	}
	return look.Column(2*look.Grid,
		field("for", rows(f.purpose)),
		look.Rule(),
		field("name", f.name, "name"),
		field("permission", rows(f.permission), "permission"),
		field("scopes", f.scopes, "scopes"),
		field("packages", f.packages, "packages"),
		bare(rows([]*look.Choice{f.all}), "all_packages"),
		field("days", f.days, "days"),
		field("addresses", f.addresses, "addresses"),
		field("orgs", look.Column(look.Grid/2, f.orgs, rows(f.orgPermission)), "orgs", "org_permission"),
		bare(rows([]*look.Choice{f.bypass}), "bypass_2fa"),
		field("description", f.description, "description"),
		look.Rule(),
		field("variable", f.variable, "variable"),
		field("where", f.where, "where"),
	)
}

// suggest fills in the least that is enough for what it is to be for, unless that is up to the user.
func (f *form) suggest() {
	purpose := chosen(f.purpose)
	if purpose == toOther {
		return
	}
	need := access.Need{Installs: purpose == toInstall, Publishes: purpose == toPublish, Stages: purpose == toStage, Scopes: f.r.scopes(), Packages: split(f.packages.Text), Days: access.DefaultReadDays}
	if f.typed {
		need.Scopes = split(f.scopes.Text)
	}
	if purpose != toInstall {
		need.Days = access.LimitWriteDays
	}
	typed := f.typed
	f.set(access.Suggest(need))
	f.typed = typed // not by the user
}

// set fills the fields.
func (f *form) set(s access.Spec) {
	for _, c := range f.permission {
		c.Set(c.Value == string(s.Permission))
	}
	for _, c := range f.orgPermission {
		c.Set(c.Value == string(s.OrgPermission) || s.OrgPermission == access.NotTold && c.Value == string(access.NoAccess))
	}
	f.all.Set(s.All)
	f.bypass.Set(s.Bypass)
	f.packages.SetText(strings.Join(s.Packages, ", "))
	f.scopes.SetText(strings.Join(s.Scopes, ", "))
	f.orgs.SetText(strings.Join(s.Orgs, ", "))
	f.addresses.SetText(strings.Join(s.Addresses, ", "))
	f.days.SetText("")
	if s.Days > 0 {
		f.days.SetText(strconv.Itoa(s.Days))
	}
}

// scopes are those whose packages the user's projects have from the registry.
func (r *Room) scopes() (all []string) {
	for _, project := range r.d.Snapshot.Projects {
		for _, scope := range project.ScopesOf(r.registry) {
			if access.ValidScope(scope) && !slices.Contains(all, scope) {
				all = append(all, scope)
			}
		}
	}
	return all
}

// split are the names in a field, with commas or spaces between them.
func split(text string) []string {
	all := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", ;\t\n、　", r) })
	if len(all) == 0 {
		return nil
	}
	return all
}

// spec is what the fields say. Problems are those that stop it, by field.
func (f *form) spec() (s access.Spec, problems []access.Problem) {
	s = access.Spec{
		Name: strings.TrimSpace(f.name.Text), Description: strings.TrimSpace(f.description.Text),
		Packages: split(f.packages.Text), Scopes: split(f.scopes.Text), Orgs: split(f.orgs.Text), Addresses: split(f.addresses.Text),
		All: f.all.On, Bypass: f.bypass.On, Permission: access.Level(chosen(f.permission)), OrgPermission: access.Level(chosen(f.orgPermission)),
	}
	if text := strings.TrimSpace(f.days.Text); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 {
			problems = append(problems, access.Problem{Code: access.ProblemDays, Field: "days"})
		}
		s.Days = max(0, days)
	}
	return s, append(problems, s.Problems(time.Now())...)
}

// check says at each field what is wrong there, and reports whether anything stops the request.
func (f *form) check() (access.Spec, bool) {
	s, problems := f.spec()
	f.complain(problems)
	fine := !access.Refused(problems)
	if v := strings.TrimSpace(f.variable.Text); v != "" && !validVariable(v) {
		f.say("variable", f.r.d.P.T("tokens.form.variable.wrong"), look.Warn)
		fine = false
	}
	f.grown()
	return s, fine
}

// complain draws problems at their fields.
func (f *form) complain(problems []access.Problem) {
	p := f.r.d.P
	for _, box := range f.wrong {
		box.Objects = nil
	}
	for _, one := range problems {
		tone := look.Warn
		if one.Warning {
			tone = look.Dim
		}
		f.say(one.Field, p.T("access.problem."+one.Code, p.Fill(one.Args, time.Now(), desk.Plain)), tone)
	}
}

func (f *form) say(field, text string, tone look.Tone) {
	box := f.wrong[field]
	if box == nil {
		box = f.wrong["name"]
	}
	box.Add(look.NewLabel(text, look.SizeSmall, tone).Wrapped())
	f.content.Refresh()
}

// lead brings the keyboard to the field of the first problem, and what is wrong there into sight.
func (f *form) lead() {
	to, told := f.name, f.wrong["name"]
	for _, one := range []struct {
		name  string
		field *look.Field
	}{{"name", f.name}, {"scopes", f.scopes}, {"packages", f.packages}, {"days", f.days}, {"addresses", f.addresses}, {"orgs", f.orgs}, {"variable", f.variable}} {
		if len(f.wrong[one.name].Objects) > 0 {
			to, told = one.field, f.wrong[one.name]
			break
		}
	}
	look.Focus(to)
	f.h.Reveal(told)
}

// validVariable reports whether a text can be the name of an environment variable everywhere.
func validVariable(name string) bool {
	for i, r := range name {
		letter := 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// order is what is asked of the agent.
func (f *form) order(s access.Spec) api.TokenOrder {
	return api.TokenOrder{Registry: f.r.registry, Spec: s, Variable: strings.TrimSpace(f.variable.Text), Where: strings.TrimSpace(f.where.Text)}
}
