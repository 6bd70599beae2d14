package settings

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// list shows what was found, with what became of it. All that can be taken is ticked.
func (x *importing) list() {
	p := x.d.P
	x.picks = nil
	parts := []fyne.CanvasObject{look.Prose(x.sum()).Bold()}
	for _, it := range x.found.Items {
		parts = append(parts, x.item(it), look.Rule())
	}
	if slices.ContainsFunc(x.found.Items, func(it api.ImportItem) bool { return takeable(it) && it.Registry == "" }) {
		parts = append(parts, look.Column(look.Grid,
			look.Column(2, look.Prose(p.T("settings.import.registry")).Bold(), look.Caption(p.T("settings.import.registry.text"))), x.registry))
	}
	if n := len(x.found.Unread); n > 0 {
		unread := look.Column(look.Grid/2, look.Prose(p.N("settings.import.unread", n)))
		for _, path := range x.found.Unread {
			unread.Add(plan.Place(x.d, x.hand, plan.Spot{File: path}))
		}
		parts = append(parts, unread)
	}
	x.show(append(parts, look.Caption(p.T("settings.import.shell")))...)
	x.settle()
	switch {
	case x.yes.Disabled():
		look.Focus(x.no)
	case len(x.picks) > 0:
		look.Focus(x.picks[0].Row)
	default:
		look.Focus(x.yes)
	}
}

// sum says in a sentence how it stands.
func (x *importing) sum() string {
	switch p := x.d.P; {
	case len(x.found.Items) == 0:
		return p.T("settings.import.none")
	case x.taken > 0 && len(fixesOf(x.found)) > 0:
		return p.N("settings.import.taken", x.taken)
	case x.taken > 0:
		return p.N("settings.import.taken.only", x.taken)
	default:
		return p.N("settings.import.found", len(x.found.Items))
	}
}

// settle has the button do what comes next: take what is ticked, else clear the files of what the keyring has.
func (x *importing) settle() {
	p := x.d.P
	x.yes.Enable()
	switch {
	case len(x.ticked()) > 0:
		x.say(p.T("settings.import.take"), x.take)
	case len(fixesOf(x.found)) > 0:
		x.say(p.T("settings.import.clear"), x.clear)
	default:
		x.say(p.T("settings.import.take"), x.take)
		x.yes.Disable()
	}
}

// item is one credential: what it is, where it lies, and what stands in the way.
func (x *importing) item(it api.ImportItem) fyne.CanvasObject {
	p := x.d.P
	facts := []string{desk.Plain(it.Masked)}
	if it.Variable != "" {
		facts = append(facts, desk.Plain(it.Variable))
	}
	what, text := x.r.credential(it.Kind, it.Registry), strings.Join(facts, " · ")
	below := look.Column(2)
	var head fyne.CanvasObject = look.Column(2, look.Prose(what).Bold(), look.Caption(text))
	if takeable(it) {
		pick := x.hand.Choice(look.ChoiceText{Value: it.ID, Title: what, Text: text}, true, x.settle)
		x.picks = append(x.picks, pick)
		head = pick.Row
	}
	for _, place := range it.Places {
		below.Add(plan.Place(x.d, x.hand, plan.Spot{File: place.File, Line: place.Line}))
		if place.Left != "" {
			below.Add(look.Caption(p.T("settings.import.stays", i18n.Args{"Why": x.words("import.left.", place.Left)})))
		}
	}
	switch {
	case it.Session:
		below.Add(good(p.T("settings.import.session", i18n.Args{"Registry": x.d.NameOf(it.Registry)})))
	case it.Kept != "":
		below.Add(good(p.T("settings.import.kept")))
	}
	if it.Note != "" {
		below.Add(look.Caption(x.words("import.note.", it.Note)))
	}
	in := float32(0)
	if takeable(it) {
		in = 2*look.Grid + theme.IconInlineSize() // below the words that have the box before them
	}
	return look.Column(look.Grid/2, head, container.New(layout.NewCustomPaddedLayout(0, 0, in, 0), below))
}

// good says that all is well with a credential.
func good(text string) fyne.CanvasObject {
	return look.NewLabel("✓ "+text, look.SizeText, look.Good).Wrapped()
}

// words are the text of one of the agent's codes: the window's own where it has one, else that of all faces, else the code of a
// newer agent.
func (x *importing) words(prefix, code string) string {
	for _, key := range []string{"settings." + prefix + code, prefix + code} {
		if x.d.P.Has(key) {
			return x.d.P.T(key)
		}
	}
	return desk.Plain(code)
}
