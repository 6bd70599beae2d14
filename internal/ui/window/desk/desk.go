// Package desk is what every room of the window works at: the agent, the texts, the window, and the way from
// one room to another. A room is made for one desk and lives as long as the window has its language and its
// colours; then all are made anew.
//
// All of it runs on Fyne's main goroutine, but for what Do runs beside it.
package desk

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Room is a room of the window. The window calls Show and Tick of the one that is open, and of no other.
type Room interface {
	// Content is what the room shows, the same object each time.
	Content() fyne.CanvasObject
	// Show draws the snapshot on the desk, which is a new one, or was not seen by this room yet.
	Show()
	// Tick draws what the passing of time changes. It is called each second, and after Show.
	Tick(now time.Time)
	// Header says what stands above the room.
	Header(now time.Time) Header
	// Enter is called when the room is opened, after Show. about names what to show there; "" nothing special.
	Enter(about string)
	// Cover hides what must not stand open: the user has gone to another room or to another program.
	Cover()
	// Search shows what matches text alone; "" shows all.
	Search(text string)
	// Hand leads the keyboard through the room. Its scroll is turned by Page Up and Page Down.
	Hand() *look.Hand
	// Escape goes back one step, and reports whether there was one.
	Escape() bool
}

// Dropper is a room that does something with a file that was dropped on the window.
type Dropper interface{ Drop(path string) }

// Refresher is a room that reads something of its own anew when the user asks to look again.
type Refresher interface{ Refresh() }

// Header is what stands above a room beside its name.
type Header struct {
	Sub        string // a few words on the whole
	Action     string // the main action; "" is none
	Do         func()
	Also       string // another action; "" is none
	DoAlso     func()
	Searchable bool
}

// FindProjects, in place of a folder, has the room of the projects ask below which folder to find some.
const FindProjects = "find"

// FindCredentials has the room of the settings look for credentials that lie about.
const FindCredentials = "import"

// Outside is what the program lends to the window. Each may be nil: then it is not offered.
type Outside struct {
	// Copy puts a secret into the clipboard, keeps it out of histories, and takes it away after CopyFor if it
	// is still there.
	Copy func(token.Secret) error
	// OpenPath shows a file or folder in the system's file manager.
	OpenPath func(path string) error
	// Browse opens a page in the browser.
	Browse func(page string) error
	// Start starts the agent.
	Start func() error
	// Still reports whether the system asks for reduced motion.
	Still func() bool
}

// How long a secret stays where it was put by a deliberate act.
const (
	CopyFor = 30 * time.Second // in the clipboard
	ShowFor = 10 * time.Second // on the screen
)

// Desk is what rooms work at.
type Desk struct {
	Agent    api.Agent
	P        *i18n.Printer
	Win      fyne.Window
	Ctx      context.Context // ends with the window
	UI       func(func())    // runs a function on the window's goroutine
	Typed    func(*fyne.KeyEvent)
	Open     func(room api.Room, about string)
	Toast    func(text string) // a word at the edge of the window that goes by itself
	Outside  Outside
	Snapshot api.Snapshot
	Gone     bool // the agent does not answer
	Active   bool // the window has the user's eye: what moves may move

	hide func() // hides the secret that stands open, or is about to; nil: none was asked for
}

// Bare notes how to hide a secret that is about to stand open, and hides the one before. hide may be called more
// than once.
func (d *Desk) Bare(hide func()) {
	d.Cover()
	d.hide = hide
}

// Cover hides the secret that stands open, and one that was asked for and has not come yet. It does not matter which
// room it is in, nor whether the window still has that room.
func (d *Desk) Cover() {
	if d.hide != nil {
		d.hide()
		d.hide = nil
	}
}

// Hand makes a hand for one surface.
func (d *Desk) Hand() *look.Hand { return &look.Hand{Typed: d.Typed} }

// Moves reports whether pictures may move.
func (d *Desk) Moves() bool {
	return d.Active && d.Snapshot.Settings.Animations && (d.Outside.Still == nil || !d.Outside.Still())
}

// Do runs a call to the agent beside the window's goroutine, and shows what went wrong.
func (d *Desk) Do(call func(context.Context) error) { d.Then(call, nil) }

// Then is Do, and calls then on the window's goroutine if all went well.
func (d *Desk) Then(call func(context.Context) error, then func()) {
	go func() {
		err := call(d.Ctx)
		if d.Ctx.Err() != nil || Cancelled(err) {
			return
		}
		d.UI(func() {
			switch {
			case err != nil:
				d.Tell(err)
			case then != nil:
				then()
			}
		})
	}()
}

// Cancelled reports whether err says only that somebody changed their mind.
func Cancelled(err error) bool {
	var told *api.Error
	return errors.As(err, &told) && told.Code == api.CodeCancelled
}

// Act asks the agent for a small change.
func (d *Desk) Act(a api.Action) {
	d.Do(func(ctx context.Context) error { return d.Agent.Do(ctx, a) })
}

// Set changes settings. change gets those in force, asked for anew: the desk's may be older than the last change.
func (d *Desk) Set(change func(*api.Settings)) {
	d.Do(func(ctx context.Context) error {
		now, err := d.Agent.Snapshot(ctx)
		if err != nil {
			return err
		}
		s := now.Settings
		change(&s)
		return d.Agent.Do(ctx, api.Action{Verb: api.VerbSet, Settings: &s})
	})
}

// Login logs in to a registry; "" is the one that needs it most.
func (d *Desk) Login(registry string) {
	d.Do(func(ctx context.Context) error {
		return d.Agent.Login(ctx, api.LoginRequest{Registry: registry}, nil)
	})
}

// Quiet answers the calls of Room that a room has no use for.
type Quiet struct{}

// Tick draws nothing.
func (Quiet) Tick(time.Time) {}

// Enter opens the room as it is.
func (Quiet) Enter(string) {}

// Cover has nothing to hide.
func (Quiet) Cover() {}

// Search finds nothing: the header offers none.
func (Quiet) Search(string) {}

// Escape has no step back.
func (Quiet) Escape() bool { return false }

// Scrolled makes a hand whose scroll holds content, with room for the scroll bar.
func (d *Desk) Scrolled(content fyne.CanvasObject) *look.Hand {
	h := d.Hand()
	h.Scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(look.Grid/2, look.Grid, 3, 12), container.NewVBox(content)))
	return h
}
