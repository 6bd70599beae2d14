package plan

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Finding is a finding in words, with where it is and the button that does something about it.
func Finding(d *desk.Desk, h *look.Hand, f api.Finding) fyne.CanvasObject {
	w := d.FindingWords(f)
	title := look.Prose(w.Title).Bold()
	if f.Severity == api.SeverityError {
		title.Importance = look.Warn
	}
	words := look.Column(look.Grid/2, title, look.Prose(w.Text))
	if w.Hint != "" {
		hint := look.Prose(w.Hint)
		hint.Importance = look.Dim
		words.Add(hint)
	}
	if f.File != "" {
		words.Add(Place(d, h, Spot{File: f.File, Line: f.Line}))
	}
	button := Button(d, h, f)
	if button == nil {
		return words
	}
	return container.New(look.Either(look.Scaled(64*look.Grid), look.Ends(3*look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid)), words, container.NewHBox(button))
}

// Spot is a line of a file; Line 0 is the file as a whole. Name is what to call the file, "" its short path.
type Spot struct {
	File string
	Line int
	Name string
}

// Words name the spot.
func (s Spot) Words(p *i18n.Printer) string {
	name := s.Name
	if name == "" {
		name = desk.ShortPath(s.File)
	}
	name = desk.Plain(name)
	if s.Line == 0 {
		return name
	}
	return p.T("findings.at", i18n.Args{"File": name, "Line": s.Line})
}

// Place names a spot and opens its file where it is pressed.
func Place(d *desk.Desk, h *look.Hand, s Spot) fyne.CanvasObject {
	words := s.Words(d.P)
	if d.Outside.OpenPath == nil {
		l := look.Caption(words)
		l.Wrapping = fyne.TextWrapBreak
		return l
	}
	return h.Link(words, func() { Show(d, s.File) })
}

// Show opens a file or folder in the system's file manager.
func Show(d *desk.Desk, path string) {
	d.Do(func(context.Context) error {
		if err := d.Outside.OpenPath(path); err != nil {
			return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": desk.ShortPath(path)}, Cause: err.Error()}
		}
		return nil
	})
}

// Button does something about a finding. It is nil where nothing can be done here.
func Button(d *desk.Desk, h *look.Hand, f api.Finding) *look.Button {
	if f.Action != nil {
		return verbButton(d, h, f)
	}
	do, ok := remedies[f.Code]
	if !ok {
		return nil
	}
	return h.Button(d.P.T("findings.verb."+do.name), false, func() { do.press(d, f) })
}

// verbButton does what the agent proposes.
func verbButton(d *desk.Desk, h *look.Hand, f api.Finding) *look.Button {
	do := *f.Action
	key := "window.verb." + string(do.Verb)
	if !d.P.Has(key) {
		key = "findings.verb." + string(do.Verb)
	}
	if !d.P.Has(key) {
		return nil
	}
	return h.Button(d.P.T(key), false, func() {
		if do.Verb == api.VerbFix {
			Fix(d, f)
			return
		}
		ask(d, do)
	})
}

// ask asks the agent for a change, and says so when it holds.
func ask(d *desk.Desk, do api.Action) {
	d.Then(func(ctx context.Context) error { return d.Agent.Do(ctx, do) }, func() { d.Toast(d.P.T("findings.done")) })
}

// remedy is what the window can do about a finding that the agent proposes nothing for.
type remedy struct {
	name  string
	press func(*desk.Desk, api.Finding)
}

var (
	login    = remedy{"login", func(d *desk.Desk, f api.Finding) { d.Login(f.Registry) }}
	rescan   = remedy{"rescan", func(d *desk.Desk, _ api.Finding) { ask(d, api.Action{Verb: api.VerbRescan}) }}
	probe    = remedy{"probe", func(d *desk.Desk, _ api.Finding) { ask(d, api.Action{Verb: api.VerbProbe}) }}
	settings = remedy{"settings", func(d *desk.Desk, _ api.Finding) { d.Open(api.RoomSettings, "") }}
	setup    = remedy{"setup", func(d *desk.Desk, _ api.Finding) { d.Open(api.RoomSetup, "") }}
)

var remedies = map[string]remedy{
	api.FindingLogin: login, api.FindingClassic: login,
	api.FindingFileUnreadable: rescan, api.FindingFileChanged: rescan, api.FindingStaleEnv: rescan, api.FindingEnvFile: rescan, api.FindingStateWrite: rescan,
	api.FindingClockSkew:     probe,
	api.FindingKeyringAbsent: settings, api.FindingKeyringSlow: settings, api.FindingSettings: settings, api.FindingDesktopEnv: settings,
	api.FindingNoHook: setup,
}
