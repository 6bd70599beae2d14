package cli

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

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
	for _, l := range found.Leaks {
		b.WriteString(a.leak(st, l, base, s) + "\n")
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

// leak is one credential: where, what, how it lies there, and what to do.
func (a *app) leak(st style, l api.Leak, base string, s api.Snapshot) string {
	colour := red
	if l.State == api.LeakIgnored || l.State == api.LeakOutside {
		colour = yellow
	}
	out := st.paint(colour, "✗ "+clean(below(l.File, base))+":"+strconv.Itoa(l.Line)) + "  " + a.leakKind(l) + "  " + st.paint(dim, clean(l.Masked)) + "\n"
	out += "  " + a.t("scan.state."+string(l.State)) + "\n"
	if l.Commit != "" {
		out += "  " + a.t("scan.history", i18n.Args{"Commit": clean(l.Commit[:min(len(l.Commit), 10)]), "Date": l.When.Local().Format(time.DateOnly)}) + "\n"
	}
	if l.Session != "" {
		out += "  " + a.t("scan.session", i18n.Args{"Registry": nameOf(l.Session)}) + "\n"
	}
	for _, do := range a.remedies(l, s) {
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
func (a *app) remedies(l api.Leak, s api.Snapshot) (out []string) {
	has := func(code string) bool {
		return slices.ContainsFunc(l.Fixes, func(f api.Fix) bool { return f.Code == code })
	}
	users := slices.ContainsFunc(s.Files, func(f api.WatchedFile) bool {
		return f.Path == l.File && f.Level != api.LevelProject && f.Level != api.LevelGlobal
	})
	known := l.State == api.LeakCommitted || l.State == api.LeakTracked || l.Commit != ""
	switch {
	case has(api.FixUntrack):
		out = append(out, a.t("scan.do.untrack"))
	case has(api.FixIgnore):
		out = append(out, a.t("scan.do.ignore"))
	case users:
		out = append(out, a.t("scan.do.move"))
	case l.State == api.LeakStaged:
		out = append(out, a.t("scan.do.unstage"))
	case l.State != api.LeakCommitted:
		out = append(out, a.t("scan.do.line"))
	}
	switch {
	case known && l.Session != "":
		out = append(out, a.t("scan.do.logout", i18n.Args{"URL": clean(l.Session)}))
	case known:
		out = append(out, a.t("scan.do.revoke"))
	}
	return out
}
