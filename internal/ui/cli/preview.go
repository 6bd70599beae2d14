package cli

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// preview is a plan, and the modes that are in force once it is applied.
type preview struct {
	plan  api.Plan
	modes []injection.Mode
	undo  bool
}

// inForce lists the modes that registries have after what is wished for.
func inForce(req api.SetupRequest, s api.Snapshot) (modes []injection.Mode) {
	for _, one := range s.Sessions {
		m := s.Settings.Mode(one.Registry)
		if req.Mode != "" && (req.Registry == "" || req.Registry == one.Registry) {
			m = req.Mode
		}
		modes = append(modes, m)
	}
	if len(modes) == 0 {
		modes = []injection.Mode{s.Settings.DefaultMode}
		if req.Mode != "" {
			modes[0] = req.Mode
		}
	}
	return modes
}

// preview shows each file with the lines that would come and go, how each package manager then gets the
// credentials, what that gives away, and what else to know.
func (a *app) preview(p preview, st style) string {
	var b strings.Builder
	for _, e := range p.plan.Edits {
		b.WriteString(a.edit(e, st))
	}
	b.WriteString(a.commands(st, "scan.commands", p.plan.Commands) + a.commands(st, "scan.undo", p.plan.Undo))
	if p.plan.Move && !p.undo {
		b.WriteString(a.t("setup.from-now-on") + "\n\n")
	}
	if p.plan.Desktop && !p.undo {
		b.WriteString(a.t("setup.desktop") + "\n\n")
	}
	if len(p.plan.Reach) > 0 && !p.undo {
		b.WriteString(st.paint(bold, a.t("setup.reach")) + "\n" + table(st, a.reach(p.plan.Reach)) + "\n")
		b.WriteString(st.paint(bold, a.t("setup.modes")) + "\n" + table(st, a.modes(p.modes)) + "\n")
	}
	for _, f := range p.plan.Warnings {
		b.WriteString(a.finding(st, f) + "\n")
	}
	return b.String()
}

// commands are lines that a user would type, below a heading.
func (a *app) commands(st style, heading string, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	out := st.paint(bold, a.t(heading)) + "\n"
	for _, line := range lines {
		out += "  " + clean(line) + "\n"
	}
	return out + "\n"
}

// edit shows one file.
func (a *app) edit(e api.PlanEdit, st style) string {
	key := "setup.change"
	switch {
	case e.Create:
		key = "setup.create"
	case e.Delete:
		key = "setup.delete"
	}
	var b strings.Builder
	b.WriteString(st.paint(bold, a.t(key, i18n.Args{"File": clean(e.File)})) + "\n")
	for _, line := range e.Diff {
		colour := dim
		switch {
		case strings.HasPrefix(line, "+"):
			colour = green
		case strings.HasPrefix(line, "-"):
			colour = red
		}
		b.WriteString("  " + st.paint(colour, clean(line)) + "\n")
	}
	b.WriteByte('\n')
	return b.String()
}

// reach says a line for each package manager and registry.
func (a *app) reach(all []injection.Reach) (rows [][]cell) {
	for _, r := range all {
		name := strings.TrimSpace(clean(r.Manager) + " " + clean(r.Version))
		way := clean(string(r.Way))
		if key := "cli.way." + string(r.Way); a.p().Has(key) {
			way = a.p().T(key)
		}
		rows = append(rows, []cell{{"  " + name, bold}, {nameOf(r.Registry), ""}, {way, ""}})
	}
	return rows
}

// modes says what each mode gives away, and which ones are in force.
func (a *app) modes(inForce []injection.Mode) (rows [][]cell) {
	for _, m := range injection.Modes {
		sign := "  "
		if slices.Contains(inForce, m) {
			sign = "* "
		}
		rows = append(rows, []cell{{"  " + sign + string(m), bold}, {a.t("mode." + string(m)), ""}})
	}
	return rows
}
