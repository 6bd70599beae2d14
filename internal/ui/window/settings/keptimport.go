package settings

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// importing is the dialog that looks for credentials that lie about, and takes into the keyring what the user wants.
// Files stay as they are: how they lose what the keyring has is shown in a dialog of its own.
type importing struct {
	r        *Room
	d        *desk.Desk
	hand     *look.Hand // of what scrolls
	bar      *look.Hand // of the buttons below it
	box      *desk.Box
	body     *fyne.Container
	foot     *fyne.Container
	no, yes  *look.Button
	folder   *look.Field
	registry *look.Field // what those are for that do not tell
	found    api.ImportReport
	taken    int // how many were taken into the keyring
	picks    []*look.Choice
	ctx      context.Context // ends with the dialog
}

// importing opens the dialog.
func (r *Room) importing() {
	p := r.d.P
	x := &importing{r: r, d: r.d, hand: &look.Hand{}, bar: &look.Hand{}, body: look.Column(2 * look.Grid)}
	ctx, end := context.WithCancel(r.d.Ctx)
	x.ctx = ctx
	x.folder = x.hand.Field(p.T("settings.import.folder.example"), func() {})
	x.folder.OnSubmitted = func(string) { x.look() }
	x.registry = x.hand.Field(p.T("settings.import.registry.example"), func() {})
	x.hand.Scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(look.Grid/2, look.Grid, 3, 12), x.body))
	x.no = x.bar.Button(p.T("window.action.cancel"), false, func() { x.box.Hide() })
	x.yes = x.bar.Button(p.T("settings.import.look"), true, x.look)
	x.foot = container.New(&across{}, look.Space(0), x.no, x.yes)
	x.box = r.d.Box(p.T("settings.import.title"), container.NewBorder(nil, look.Pad(x.foot, look.Grid, 3), nil, nil, x.hand.Scroll))
	x.box.SetOnClosed(end)
	x.box.Lead(x.hand)
	x.bar.Typed = x.hand.Typed
	room := r.d.Win.Canvas().Size()
	x.box.Resize(fyne.NewSize(min(look.Scaled(80*look.Grid), room.Width-2*look.Grid), min(look.Scaled(66*look.Grid), room.Height-2*look.Grid)))
	x.box.Show()
	x.start()
	look.Focus(x.yes)
}

// start asks where to look.
func (x *importing) start() {
	p := x.d.P
	choose := x.hand.Button(p.T("settings.import.choose"), false, func() { x.d.ChooseFolder(x.folder) })
	x.say(p.T("settings.import.look"), x.look)
	x.show(look.Prose(p.T("settings.import.where")), look.Column(look.Grid,
		look.Column(2, look.Prose(p.T("settings.import.folder")).Bold(), look.Caption(p.T("settings.import.folder.text"))),
		x.folder, container.NewHBox(choose)), look.Caption(p.T("settings.import.shell")))
}

// say has the button do the next step.
func (x *importing) say(words string, do func()) {
	x.yes.OnTapped = do
	x.yes.SetText(words)
	x.foot.Refresh()
}

func (x *importing) show(parts ...fyne.CanvasObject) {
	x.body.Objects = parts
	x.body.Refresh()
	x.hand.Scroll.Refresh()
	x.hand.Scroll.ScrollToTop()
}

// look asks what lies about.
func (x *importing) look() {
	x.call(x.d.P.T("settings.import.looking"), api.ImportRequest{}, func(found api.ImportReport, err error) {
		if err != nil {
			x.start()
			x.tell(err, x.folder)
			return
		}
		x.found, x.taken = found, 0
		x.list()
	})
}

// take takes what is ticked into the keyring.
func (x *importing) take() {
	req := api.ImportRequest{Take: x.ticked(), Registry: x.address()}
	x.call(x.d.P.T("settings.import.taking"), req, func(found api.ImportReport, err error) {
		var told *api.Error
		switch {
		case errors.As(err, &told) && told.Code == api.CodeStale:
			x.look() // what was ticked is not what is there
			x.d.Tell(err)
		case err != nil:
			x.list()
			x.tick(req.Take)
			x.tell(err, x.no)
		default:
			x.found, x.taken = found, len(req.Take)
			x.list()
		}
	})
}

// tell shows an error. The keyboard is at o when it is read.
func (x *importing) tell(err error, o interface {
	fyne.CanvasObject
	fyne.Focusable
}) {
	look.Focus(o)
	if !desk.Cancelled(err) {
		x.d.Tell(err)
	}
}

// clear shows how the files lose what the keyring has.
func (x *importing) clear() {
	p := x.d.P
	fixes := fixesOf(x.found)
	x.box.Hide()
	x.r.change(p.T("settings.import.clear.title"), look.Prose(p.T("settings.import.clear.text")), func() api.SetupRequest {
		return api.SetupRequest{Fixes: fixes}
	})
}

// call asks the agent beside the window's goroutine. Nothing comes back to a dialog that is closed.
func (x *importing) call(doing string, req api.ImportRequest, then func(api.ImportReport, error)) {
	req.Dir = desk.Folder(x.folder.Text)
	x.yes.Disable()
	x.show(look.Prose(doing))
	look.Focus(x.no)
	go func() {
		found, err := api.ImportReport{}, missing(req.Dir)
		if err == nil {
			found, err = x.d.Agent.Import(x.ctx, req)
		}
		x.d.UI(func() {
			if x.ctx.Err() == nil {
				x.yes.Enable()
				then(found, err)
			}
		})
	}()
}

// missing is the error for a folder that is not there; "" is none that was asked for.
func missing(dir string) error {
	if dir == "" {
		return nil
	}
	at, err := os.Stat(dir)
	switch {
	case err == nil && at.IsDir() && filepath.IsAbs(dir):
		return nil
	case err == nil:
		err = errors.New("it is no folder, or its path does not begin at the root")
	}
	return &api.Error{Code: api.CodeFolder, Args: map[string]string{"Dir": desk.Plain(desk.ShortPath(dir))}, Cause: err.Error()}
}

// address is the registry that was typed, by its address or by the name that it has here.
func (x *importing) address() string {
	typed := strings.TrimSpace(x.registry.Text)
	for _, s := range x.d.Snapshot.Sessions {
		if typed != "" && x.d.NameOf(s.Registry) == typed {
			return s.Registry
		}
	}
	return typed
}

// ticked are the ids of what the user wants to take.
func (x *importing) ticked() (ids []string) {
	for _, c := range x.picks {
		if c.On {
			ids = append(ids, c.Value)
		}
	}
	return ids
}

// tick ticks these and no others.
func (x *importing) tick(ids []string) {
	for _, c := range x.picks {
		c.Set(slices.Contains(ids, c.Value))
	}
	x.settle()
}

// stored reports whether the keyring has it.
func stored(it api.ImportItem) bool { return it.Kept != "" || it.Session }

// leftSecondName is why a place stays whose credential can be kept all the same.
const leftSecondName = "second-name"

// takeable reports whether it can go into the keyring, and is not there.
func takeable(it api.ImportItem) bool {
	return !stored(it) && slices.ContainsFunc(it.Places, func(p api.LeakPlace) bool { return p.Left == "" || p.Left == leftSecondName })
}

// fixesOf are the repairs by which files lose what the keyring has.
func fixesOf(found api.ImportReport) (list []api.Fix) {
	for _, it := range found.Items {
		for _, fix := range it.Fixes {
			if stored(it) && !slices.Contains(list, fix) {
				list = append(list, fix)
			}
		}
	}
	return list
}
