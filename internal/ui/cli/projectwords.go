package cli

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// sending is what some package managers would do for the packages of a scope.
type sending struct {
	managers []string
	text     string
	notes    []string
	bad      bool // installs of private packages fail
}

// projectWords says what counts in a folder.
func (a *app) projectWords(p api.Project) string {
	st := a.style(a.Stdout)
	out := st.paint(bold, clean(p.Dir))
	if p.Missing {
		return out + "  " + st.paint(yellow, a.t("projects.missing")) + "\n"
	}
	out += "\n"
	var files []string
	for _, f := range p.Files {
		files = append(files, clean(beside(p.Dir, f)))
	}
	if len(files) == 0 {
		files = []string{a.t("projects.nofiles")}
	}
	out += "  " + st.paint(dim, strings.Join(files, a.t("projects.comma"))) + "\n"
	for _, s := range p.Scopes {
		out += "\n" + a.scopeWords(st, p, s)
	}
	for _, f := range p.Findings {
		out += "\n" + a.short(st, f)
	}
	return out + "\n" + st.paint(dim, a.t("projects.nothing-sent")) + "\n"
}

func (a *app) scopeWords(st style, p api.Project, s api.Scope) string {
	name := clean(s.Scope)
	if name == "" {
		name = a.t("projects.others")
	}
	origin := a.t("projects.origin.default")
	if s.File != "" {
		origin = a.spot(p.Dir, s.File, s.Line)
	}
	out := "  " + st.paint(bold, name) + a.t("projects.from", i18n.Args{"Registry": clean(s.Registry)}) + "  " + st.paint(dim, origin) + "\n"
	for _, row := range a.sendings(p, s) {
		sign, colour := "✓", green
		if row.bad {
			sign, colour = "✗", yellow
		}
		out += "    " + st.paint(colour, sign) + " " + clean(strings.Join(row.managers, a.t("projects.comma"))) + ": " + row.text + "\n"
		for _, note := range row.notes {
			out += "        " + st.paint(dim, note) + "\n"
		}
	}
	return out
}

// sendings says for each package manager what it sends. Those that send the same share a row.
func (a *app) sendings(p api.Project, s api.Scope) (rows []sending) {
	for _, c := range s.Credentials {
		row := a.sending(p, s, c)
		i := slices.IndexFunc(rows, func(o sending) bool { return o.text == row.text && slices.Equal(o.notes, row.notes) })
		if i < 0 {
			rows, i = append(rows, row), len(rows)
		}
		rows[i].managers = append(rows[i].managers, c.Manager)
	}
	return rows
}

// sending says what one package manager would send where, and why that: from which line, and which it hides.
func (a *app) sending(p api.Project, s api.Scope, c api.Credential) sending {
	address := s.Registry
	if c.Registry != "" {
		address = c.Registry
	}
	key, row := string(c.Source), sending{bad: fails(s, c)}
	switch {
	case c.Source == api.SourceNone && address == registry.Public.String():
		key += ".public"
	case c.Source == api.SourcePlaceholder && !c.Live:
		key += ".dead"
	case c.Source == api.SourceLiteral && c.Live:
		key += ".live"
	}
	row.text = a.t("projects.source."+key, i18n.Args{"Registry": clean(address), "Name": nameOf(address), "Variable": "${" + clean(c.Variable) + "}"})
	if c.File != "" {
		key := "projects.by"
		if c.Key != "" {
			key = "projects.by.key"
		}
		row.notes = append(row.notes, a.t(key, i18n.Args{"Key": clean(c.Key), "Place": a.spot(p.Dir, c.File, c.Line), "Level": a.level(c.Level)}))
	}
	if h := c.Hides; h != nil {
		row.notes = append(row.notes, a.t("projects.hides", i18n.Args{"Place": a.spot(p.Dir, h.File, h.Line), "Level": a.level(h.Level)}))
	}
	return row
}

// fails reports whether installs of private packages fail with what would be sent.
func fails(s api.Scope, c api.Credential) bool {
	address := s.Registry
	if c.Registry != "" {
		address = c.Registry
	}
	switch c.Source {
	case api.SourceNone, api.SourceIgnored:
		return address != registry.Public.String()
	case api.SourcePlaceholder:
		return !c.Live
	}
	return c.Source == api.SourceUnreadable
}

// level says what a file is, "" of one from a newer agent.
func (a *app) level(l api.Level) string {
	if key := "cli.projects.level." + string(l); a.p().Has(key) {
		return a.p().T(key)
	}
	return clean(string(l))
}

// spot is a line of a file, as seen from a folder.
func (a *app) spot(dir, file string, line int) string {
	out := clean(beside(dir, file))
	if line > 0 {
		out += ":" + strconv.Itoa(line)
	}
	return out
}

// beside is a file's name as seen from a folder, its path where it lies elsewhere.
func beside(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

// projectList is all watched and found folders in short.
func (a *app) projectList(s api.Snapshot) string {
	st, p := a.style(a.Stdout), a.p()
	var rows [][]cell
	for _, one := range s.Projects {
		rows = append(rows, a.projectRow(one))
	}
	out := table(st, rows)
	if len(rows) == 0 {
		out = a.t("projects.none") + "\n"
	}
	if s.MoreProjects > 0 {
		out += p.N("cli.projects.more", s.MoreProjects) + "\n"
	}
	if len(s.Settings.Roots) > 0 {
		out += "\n" + a.t("projects.roots") + "\n"
		for _, root := range s.Settings.Roots {
			out += "  " + clean(root) + "\n"
		}
	}
	return out
}

func (a *app) projectRow(p api.Project) []cell {
	sign, state := cell{"✓", green}, ""
	var registries []string
	failing := 0
	for _, s := range p.Scopes {
		if name := clean(s.Name); !slices.Contains(registries, name) {
			registries = append(registries, name)
		}
		if slices.ContainsFunc(s.Credentials, func(c api.Credential) bool { return fails(s, c) }) {
			failing++
		}
	}
	switch {
	case p.Missing:
		sign, state = cell{"-", yellow}, a.t("projects.missing")
	case failing > 0:
		sign, state = cell{"✗", yellow}, a.p().N("cli.projects.failing", failing)
	}
	if n := len(p.Findings); n > 0 {
		if state != "" {
			state += a.t("projects.comma")
		}
		sign, state = cell{"!", yellow}, state+a.p().N("cli.projects.findings", n)
	}
	kind := a.t("projects.watched")
	if p.Found {
		kind = a.t("projects.below")
	}
	return []cell{sign, {clean(p.Dir), ""}, {kind, dim}, {strings.Join(registries, a.t("projects.comma")), ""}, {state, yellow}}
}
