package cli

import (
	"cmp"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// tokenList is a registry's list in words.
func (a *app) tokenList(s api.Snapshot, l api.TokenList, filtered bool) string {
	st := a.style(a.Stdout)
	var b strings.Builder
	switch {
	case len(l.Tokens) > 0:
		b.WriteString(a.tokenTable(st, l.Tokens))
	case filtered:
		b.WriteString(a.t("tokens.nomatch") + "\n")
	default:
		b.WriteString(a.t("tokens.empty", i18n.Args{"Registry": nameOf(l.Registry)}) + "\n")
	}
	if sessions := ofRegistry(s, l.Registry); len(sessions) > 0 {
		b.WriteString("\n" + st.paint(bold, a.t("tokens.sessions")) + "\n")
		var rows [][]cell
		for _, one := range sessions {
			rows = append(rows, a.row(one, a.Now()))
		}
		b.WriteString(table(st, rows))
	}
	for i, j := range s.Jobs {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(st.paint(yellow, "!") + " " + a.jobWords(j) + "\n")
	}
	if !l.At.IsZero() {
		at := i18n.Args{"Registry": nameOf(l.Registry), "Clock": a.p().Clock(l.At, a.Now())}
		b.WriteString("\n" + st.paint(dim, a.p().N("cli.tokens.count", len(l.Tokens))+" "+a.t("tokens.asked", at)) + "\n")
	}
	return b.String()
}

// columns is how wide a stream's terminal is, 0 if it is none.
func columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		if cols, _, err := term.GetSize(int(f.Fd())); err == nil {
			return cols
		}
	}
	return 0
}

// tokenTable has a row for each access token, and lines of its own below it for what does not fit into a row. Where the
// terminal is too narrow for rows, there are blocks.
func (a *app) tokenTable(st style, tokens []api.AccessToken) string {
	var rows [][]cell
	head := []cell{}
	for _, name := range []string{"name", "masked", "may", "reach", "ends", "used"} {
		head = append(head, cell{a.t("tokens.head." + name), dim})
	}
	rows = append(rows, head)
	for _, t := range tokens {
		rows = append(rows, a.tokenRow(t))
	}
	if cols := columns(a.Stdout); cols > 0 {
		wide := func(line string) bool { return width(line) > cols }
		if slices.ContainsFunc(strings.Split(table(style{}, rows), "\n"), wide) {
			return a.tokenBlocks(st, tokens)
		}
	}
	lines := strings.SplitAfter(table(st, rows), "\n")
	var b strings.Builder
	b.WriteString(lines[0])
	for i, t := range tokens {
		b.WriteString(lines[i+1])
		for _, line := range a.tokenNotes(st, t) {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

func (a *app) tokenBlocks(st style, tokens []api.AccessToken) string {
	var b strings.Builder
	for _, t := range tokens {
		row := a.tokenRow(t)
		if t.Kind == access.Entered { // it has no masked form, and may nothing that anybody has told
			row[1], row[2].text = cell{row[2].text, dim}, ""
		}
		b.WriteString(st.paint(bold, row[0].text) + "  " + st.paint(row[1].colour, row[1].text) + "\n")
		var facts [][]cell
		for i, name := range []string{"may", "reach", "ends", "used"} {
			if c := row[i+2]; c.text != "" {
				facts = append(facts, []cell{{"  " + a.t("tokens.head."+name), dim}, c})
			}
		}
		b.WriteString(table(st, facts))
		for _, line := range a.tokenNotes(st, t) {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

// nameCells is how much of a name a row has room for.
const nameCells = 32

func (a *app) tokenRow(t api.AccessToken) []cell {
	name := clean(t.Name)
	if short := cut(name, nameCells); short != name {
		name = short + "…"
	}
	ends, colour := a.endsWords(t)
	used := a.t("tokens.used.none")
	if !t.Used.IsZero() {
		used = t.Used.Local().Format(time.DateOnly)
	}
	row := []cell{{name, bold}, {clean(t.Masked), dim}, {a.mayWords(t), ""}, {a.reachWords(t), ""}, {ends, colour}, {used, ""}}
	if t.Kind == access.Entered { // the rest nobody has told, and nobody will
		row[2].text, row[3].text, row[5].text = a.t("tokens.kind.entered"), "", ""
	}
	return row
}

// mayWords say what an access token may do.
func (a *app) mayWords(t api.AccessToken) string {
	if t.Kind == access.Classic {
		return a.t("tokens.kind.classic")
	}
	text := a.levelWords(t.Permission)
	if t.Permission == access.NotTold && t.OrgPermission != access.NotTold {
		text = a.levelWords(access.NoAccess)
	}
	if t.Bypass {
		text = a.t("tokens.may.bypass", i18n.Args{"May": text})
	}
	return text
}

// levelWords name a level. One from a newer registry goes by its own name.
func (a *app) levelWords(l access.Level) string {
	if l == access.NotTold {
		return a.t("tokens.may.none")
	}
	if key := "tokens.may." + string(l); a.p().Has("cli." + key) {
		return a.t(key)
	}
	return clean(string(l))
}

// reachShown is how many packages, scopes and organisations are named.
const reachShown = 3

// reachWords say for what.
func (a *app) reachWords(t api.AccessToken) string {
	var names []string
	if t.All {
		names = append(names, a.t("tokens.reach.all"))
	}
	names = append(append(names, t.Packages...), t.Scopes...)
	for _, org := range t.Orgs {
		names = append(names, a.t("tokens.reach.org", i18n.Args{"Org": org, "May": a.levelWords(t.OrgPermission)}))
	}
	if len(names) == 0 {
		return a.t("tokens.reach.none")
	}
	more := ""
	if n := len(names) - reachShown; n > 0 {
		names, more = names[:reachShown], " "+a.p().N("cli.tokens.reach.more", n)
	}
	return clean(strings.Join(names, a.t("projects.comma"))) + more
}

// soon is how long before its end an access token is shown as ending.
const soon = 14 * 24 * time.Hour

// endsWords say when it ends, as its registry tells it.
func (a *app) endsWords(t api.AccessToken) (text, colour string) {
	day := func(at time.Time) i18n.Args { return i18n.Args{"Date": at.Local().Format(time.DateOnly)} }
	now := a.Now()
	switch {
	case !t.Revoked.IsZero():
		return a.t("tokens.ends.revoked", day(t.Revoked)), red
	case t.Ends.IsZero():
		return a.t("tokens.ends.none"), ""
	case !now.Before(t.Ends):
		return a.t("tokens.ends.over", day(t.Ends)), red
	}
	args := day(t.Ends)
	args["Left"] = a.p().Left(t.Ends.Sub(now))
	if t.Ends.Sub(now) < soon {
		colour = yellow
	}
	return a.t("tokens.ends.in", args), colour
}

// tokenNotes are the lines below a row: where it is, here and elsewhere, and what is to be said about it.
func (a *app) tokenNotes(st style, t api.AccessToken) (lines []string) {
	var places []string
	for _, p := range t.Places {
		places = append(places, a.placeWords(p))
	}
	if t.Kept != "" {
		places = append(places, a.t("tokens.place.keyring"))
	}
	if t.InUse {
		places = append(places, a.t("tokens.place.use"))
	}
	if len(places) > 0 {
		lines = append(lines, a.t("tokens.here", i18n.Args{"Places": strings.Join(places, a.t("projects.comma"))}))
	}
	if t.Note != "" {
		lines = append(lines, a.t("tokens.elsewhere", i18n.Args{"Where": clean(t.Note)}))
	}
	for _, m := range t.Marks {
		sign, colour := markSign(m)
		lines = append(lines, st.paint(colour, sign)+" "+a.markWords(m, ""))
	}
	return lines
}

// placeWords say where on this machine, and how.
func (a *app) placeWords(p api.Place) string {
	if p.File == "" {
		return a.t("tokens.place.variable", i18n.Args{"Variable": clean(p.Variable)})
	}
	args := i18n.Args{"File": clean(a.shortPath(p.File)), "Line": strconv.Itoa(p.Line), "Variable": clean(p.Variable)}
	switch {
	case p.Literal:
		return a.t("tokens.place.open", args)
	case p.Variable != "":
		return a.t("tokens.place.by", args)
	}
	return a.t("tokens.place.line", args)
}

// shortPath writes a path below the home folder with "~".
func (a *app) shortPath(path string) string {
	home := cmp.Or(a.Getenv("HOME"), a.Getenv("USERPROFILE"))
	if rest, ok := strings.CutPrefix(path, home+string(os.PathSeparator)); ok && home != "" {
		return "~" + string(os.PathSeparator) + rest
	}
	return path
}

// markSign is a mark's sign and colour.
func markSign(m access.Mark) (sign, colour string) {
	if m.Serious {
		return "✗", red
	}
	return "!", yellow
}

// markWords are the words of a mark: its title, or with ".text" or ".hint" more. One from a newer agent has its code.
func (a *app) markWords(m access.Mark, part string) string {
	key := "access.mark." + m.Code
	if !a.p().Has(key + part) {
		if part == "" {
			return clean(m.Code)
		}
		return ""
	}
	return clean(a.p().T(key+part, accessArgs(m.Args)))
}

// accessArgs fill the texts of marks and problems. A time is told as a day.
func accessArgs(in map[string]string) i18n.Args {
	out := places(in)
	for name, value := range in {
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			out[name] = at.Local().Format(time.DateOnly)
		}
	}
	return out
}

// operands are a registry's ids in a command that is shown, where none of them may pass for a flag.
func operands(ids ...string) string {
	text := clean(strings.Join(ids, " "))
	if slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(clean(id), "-") }) {
		return "-- " + text
	}
	return text
}

// jobWords say what of a change is left to do, and how.
func (a *app) jobWords(j api.TokenJob) string {
	args := i18n.Args{"Name": clean(j.Name), "Job": clean(j.ID), "Old": clean(j.Old), "New": operands(j.New)}
	switch {
	case j.Lost && j.New != "":
		return a.t("tokens.job.lost", args)
	case j.What == api.ChangeRotate && j.Step == api.NextPlaces:
		return a.t("tokens.job.places", args)
	case j.What == api.ChangeRotate:
		return a.t("tokens.job.rotate", args)
	case j.What == api.ChangeRevoke && j.Name == "" && j.Registry != "": // of everything there, which the window does
		args["Name"] = nameOf(j.Registry)
	case j.What == api.ChangeRevoke && j.Name == "":
		return a.t("tokens.job.panic")
	case j.What == api.ChangeRevoke && len(j.Left) > 0:
		args["IDs"] = operands(j.Left[:min(len(j.Left), 5)]...)
		return a.p().N("cli.tokens.job.revoke", len(j.Left), args)
	}
	return a.t("tokens.job.open", args)
}
