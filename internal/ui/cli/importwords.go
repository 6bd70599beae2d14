package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// list is what was found, in words: a block for each credential.
func (im *imports) list(st style) string {
	var b strings.Builder
	for _, it := range im.found.Items {
		b.WriteString(im.item(st, it) + "\n")
	}
	if n := len(im.found.Items); n > 0 {
		b.WriteString(st.paint(bold, im.p().N("cli.import.found", n)) + "\n")
	} else {
		b.WriteString(st.paint(green, "✓") + " " + im.t("import.none") + "\n")
	}
	if n := len(im.found.Unread); n > 0 {
		b.WriteString(st.paint(yellow, "!") + " " + im.p().N("cli.import.unread", n) + "\n")
		for _, path := range im.found.Unread {
			b.WriteString("  " + clean(im.shortPath(path)) + "\n")
		}
	}
	return b.String()
}

// item is one credential: what it is, where it lies, and what stands in the way.
func (im *imports) item(st style, it api.ImportItem) string {
	what := im.leakKind(api.Leak{Kind: it.Kind, Masked: it.Masked, Registry: registryName(it.Registry), Certain: true})
	out := st.paint(bold, "• "+what) + "  " + st.paint(dim, clean(it.Masked)) + "\n"
	for _, p := range it.Places {
		out += "  " + clean(im.shortPath(p.File)) + ":" + strconv.Itoa(p.Line) + "\n"
		if p.Left != "" {
			out += "    " + st.paint(yellow, im.t("import.stays", i18n.Args{"Why": im.coding("import.left.", p.Left)})) + "\n"
		}
	}
	if it.InShell {
		out += "  " + im.inShell(it) + "\n"
	}
	if said := im.standing(it); said != "" {
		out += "  " + said + "\n"
	}
	return out
}

// inShell says that this shell has a credential, under the name that it is known by.
func (im *imports) inShell(it api.ImportItem) string {
	if it.Variable == "" {
		return im.t("import.shell")
	}
	return im.t("import.shell.named", i18n.Args{"Variable": clean(it.Variable)})
}

func registryName(address string) string {
	if address == "" {
		return ""
	}
	return nameOf(address)
}

// standing says what the agent has of a credential already, or what keeps it from the shells.
func (im *imports) standing(it api.ImportItem) string {
	var said []string
	switch {
	case it.Session:
		said = append(said, im.t("import.session", i18n.Args{"Registry": registryName(it.Registry)}))
	case it.Kept != "":
		said = append(said, im.t("import.kept", i18n.Args{"ID": clean(it.Kept)}))
	}
	if it.Note != "" {
		said = append(said, im.coding("import.note.", it.Note))
	}
	return strings.Join(said, " ")
}

// coding is the text of one of the agent's codes, or the code of a newer agent.
func (a *app) coding(prefix, code string) string {
	if !a.p().Has(prefix + code) {
		return clean(code)
	}
	return a.p().T(prefix + code)
}

// became says what became of each credential that was taken.
func (im *imports) became(st style) string {
	var b strings.Builder
	for _, it := range im.found.Items {
		if !slices.Contains(im.req.Take, it.ID) {
			continue
		}
		b.WriteString(st.paint(green, "✓") + " " + clean(it.Masked) + "  " + im.standing(it) + "\n")
	}
	return b.String()
}

// keptWords is one credential of the keyring: its name here, what it is, and where it was taken from.
func (a *app) keptWords(st style, k api.Kept) string {
	what := a.leakKind(api.Leak{Kind: k.Kind, Masked: k.Masked, Registry: registryName(k.Registry), Certain: true})
	out := st.paint(bold, "• "+clean(k.ID)) + "  " + what + "  " + st.paint(dim, clean(k.Masked)) + "\n"
	if k.Name != "" {
		out += "  " + a.t("import.kept.name", i18n.Args{"Name": clean(k.Name)}) + "\n"
	}
	if k.Variable != "" {
		out += "  " + a.t("import.kept.variable", i18n.Args{"Variable": clean(k.Variable)}) + "\n"
	}
	for _, p := range k.Taken {
		line := clean(a.shortPath(p.File))
		if p.Line > 0 {
			line += ":" + strconv.Itoa(p.Line)
		}
		out += "  " + a.t("import.kept.from", i18n.Args{"Place": line}) + "\n"
	}
	if k.Lost {
		out += "  " + st.paint(red, a.t("import.lost")) + "\n"
	}
	return out
}
