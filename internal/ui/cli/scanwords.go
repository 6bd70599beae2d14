package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// leaks is a report in words: a block for each credential, then what to know of the whole.
func (a *app) leaks(st style, req api.ScanRequest, found api.ScanReport, s api.Snapshot) string {
	var b strings.Builder
	base := found.Root
	if base == "" && !req.Shell {
		base = req.Dir
	}
	fix := fixCommand(req, found.Root)
	for _, l := range found.Leaks {
		b.WriteString(a.leak(st, l, shownBy{base, fix, s}) + "\n")
	}
	if n := len(found.Leaks); n > 0 {
		b.WriteString(st.paint(bold, a.p().N("cli.scan.found", n)))
	} else {
		b.WriteString(st.paint(green, "✓") + " " + a.t("scan.fine"))
	}
	looked := a.p().N("cli.scan.files", found.Files)
	if req.History {
		looked = a.t("scan.both", i18n.Args{"Files": looked, "Commits": a.p().N("cli.scan.history.commits", found.Commits)})
	}
	b.WriteString(" " + st.paint(dim, a.t("scan.looked", i18n.Args{"Files": looked})) + "\n")
	if len(found.Unread) > 0 {
		b.WriteString(st.paint(yellow, "!") + " " + a.p().N("cli.scan.unread", len(found.Unread)) + "\n")
		for _, path := range found.Unread[:min(len(found.Unread), 5)] {
			b.WriteString("  " + clean(below(path, base)) + "\n")
		}
	}
	if found.Cut {
		b.WriteString(st.paint(yellow, "!") + " " + a.t("scan.cut") + "\n")
	}
	if len(found.Leaks) > 0 && found.Root != "" && !found.Hooked && !req.Staged {
		b.WriteString(st.paint(bold, a.t("hint")) + " " + a.t("scan.hook.hint") + "\n")
	}
	return b.String()
}

// below is a path from base, if it lies there.
func below(path, base string) string {
	if rel, err := filepath.Rel(base, path); base != "" && err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// shownBy is what the words for one credential take from the whole: the folder that paths are told from, the command that
// makes the repairs, and the state.
type shownBy struct {
	base, fix string
	state     api.Snapshot
}

// fixCommand is what a user types for the repairs of what was found. From anywhere in a repository it is the whole of it.
func fixCommand(req api.ScanRequest, root string) string {
	here, _ := os.Getwd() // where nobody knows, the folder is named
	switch {
	case req.Shell:
		return "sandglass scan --fix --shell"
	case here == req.Dir, root != "" && here != "" && (here == root || below(here, root) != here):
		return "sandglass scan --fix"
	}
	return "sandglass scan --fix " + typed(clean(req.Dir))
}

// typed is a word as a user types it in a shell.
func typed(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("/._-+,:@%=", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// leak is one credential: where, what, how it lies there, and what to do.
func (a *app) leak(st style, l api.Leak, by shownBy) string {
	colour := red
	if l.State == api.LeakIgnored || l.State == api.LeakOutside {
		colour = yellow
	}
	out := st.paint(colour, "✗ "+clean(below(l.File, by.base))+":"+strconv.Itoa(l.Line)) + "  " + a.leakKind(l) + "  " + st.paint(dim, clean(l.Masked)) + "\n"
	out += "  " + a.t("scan.state."+string(l.State)) + "\n"
	if l.Commit != "" {
		out += "  " + a.t("scan.history", i18n.Args{"Commit": clean(l.Commit[:min(len(l.Commit), 10)]), "Date": l.When.Local().Format(time.DateOnly)}) + "\n"
	}
	if l.Session != "" {
		out += "  " + a.t("scan.session", i18n.Args{"Registry": nameOf(l.Session)}) + "\n"
	}
	for _, do := range a.remedies(l, by.fix, by.state) {
		out += "  " + st.paint(bold, "→") + " " + do + "\n"
	}
	return out
}

// leakKind names a credential.
func (a *app) leakKind(l api.Leak) string {
	kind := "scan.kind." + string(l.Kind)
	switch {
	case strings.HasPrefix(l.Masked, "npm_"), strings.HasPrefix(l.Masked, "npms_"):
		kind = "scan.kind.npm"
	case !a.p().Has("cli." + kind):
		kind = "scan.kind." + string(token.KindUnknown)
	}
	text := a.t(kind)
	if name := clean(strings.Trim(l.Registry, "/")); name != "" {
		text = a.t("scan.kind.for", i18n.Args{"Kind": text, "Registry": name})
	}
	if !l.Certain {
		text = a.t("scan.kind.perhaps", i18n.Args{"Kind": text})
	}
	return text
}

// remedies say what to do, in the order in which to do it.
func (a *app) remedies(l api.Leak, fix string, s api.Snapshot) (out []string) {
	move, untrack, ignore := hasFix(l, api.FixMove), hasFix(l, api.FixUntrack), hasFix(l, api.FixIgnore)
	command := i18n.Args{"Command": fix}
	switch {
	case move && untrack:
		out = append(out, a.t("scan.do.move.untrack", command))
	case move && ignore:
		out = append(out, a.t("scan.do.move.ignore", command))
	case move:
		out = append(out, a.t("scan.do.move", command))
	case untrack:
		out = append(out, a.t("scan.do.untrack", command))
	case ignore:
		out = append(out, a.t("scan.do.ignore", command))
	case l.State == api.LeakStaged:
		out = append(out, a.t("scan.do.unstage"))
	case l.State != api.LeakCommitted:
		out = append(out, a.t("scan.do.line"))
	}
	if end := a.revocation(l, s); end != "" {
		out = append(out, end)
	}
	return out
}

func hasFix(l api.Leak, code string) bool {
	return slices.ContainsFunc(l.Fixes, func(f api.Fix) bool { return f.Code == code })
}

// revocation says how a credential is revoked that others may have seen, "" where nobody knows.
func (a *app) revocation(l api.Leak, s api.Snapshot) string {
	where := ".file"
	if l.State == api.LeakCommitted || l.State == api.LeakTracked || l.Commit != "" {
		where = ""
	}
	switch {
	case l.Session != "" && hasFix(l, api.FixRevoke):
		return a.t("scan.do.logout"+where, i18n.Args{"URL": clean(l.Session)})
	case hasFix(l, api.FixRevoke):
		if i := slices.IndexFunc(s.Kept, func(k api.Kept) bool { return l.Kept != "" && k.ID == l.Kept }); i >= 0 {
			return a.t("scan.do.end"+where, i18n.Args{"Masked": clean(s.Kept[i].Masked)})
		}
		return a.t("scan.do.find" + where)
	case where == "":
		return a.t("scan.do.revoke")
	}
	return ""
}
