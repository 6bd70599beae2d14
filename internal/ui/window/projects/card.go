package projects

import (
	"path/filepath"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// card is one folder: a heading that opens and closes what is known of it.
type card struct {
	r           *Room
	dir         string
	box         *fyne.Container
	head        *look.Row
	sign        *widget.Icon
	name, path  *look.Label
	marks, body *fyne.Container
	under       *fyne.Container // holds the body, or hides it
	arrow       func(step int)
	open        bool
	drawn       any // what the body and the marks were made of; nil: not yet
}

// newCard makes the card of a folder. It is open where there are so few that all can be read at once.
func (r *Room) newCard(dir string) *card {
	c := &card{
		r: r, dir: dir, sign: widget.NewIcon(nil), name: look.Head(""), path: look.Line("", look.SizeText, look.Dim),
		marks: look.Beside(look.Grid / 2), body: look.Column(2 * look.Grid), open: dir != "" && len(r.d.Snapshot.Projects) <= 2,
	}
	name := r.d.P.T("projects.everywhere")
	if dir != "" {
		name = desk.Plain(filepath.Base(dir))
		c.path.SetText(desk.Plain(desk.ShortPath(dir)))
	}
	c.name.SetText(name)
	words := look.Column(2, c.name, c.path)
	title := container.New(look.Either(narrow, look.Ends(2*look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid/2)), words, container.NewHBox(c.marks))
	line := container.NewBorder(nil, nil, look.Pad(container.NewCenter(c.sign), 0, look.Grid/2), nil, look.Pad(title, 0, look.Grid))
	c.head = r.hand.Row(name, look.Pad(line, look.Grid, look.Grid), func() { c.fold(!c.open) })
	c.head.Arrow = func(step int) { c.arrow(step) }
	side := func(left float32) fyne.Layout {
		return layout.NewCustomPaddedLayout(look.Grid/2, 2*look.Grid, left, 2*look.Grid)
	}
	c.under = container.New(look.Either(narrow, side(6*look.Grid), side(2*look.Grid)), c.body)
	c.box = look.Card(look.Column(0, c.head, c.under))
	return c
}

// update draws what is known now. What stands open stays open.
func (c *card) update(p api.Project) {
	var now any = p
	if c.dir == "" {
		now = c.r.d.Snapshot.Files
	}
	if c.drawn != nil && reflect.DeepEqual(now, c.drawn) {
		return
	}
	c.drawn = now
	if c.dir == "" {
		c.path.Say(c.r.ownWords(), look.Dim)
	} else {
		c.marks.Objects = c.r.marks(p)
		c.marks.Refresh()
	}
	c.body.RemoveAll()
	c.draw()
}

// fold opens or closes the card.
func (c *card) fold(open bool) {
	c.open = open
	c.draw()
	c.r.long.Refit()
}

// draw makes the body when it is first seen, and shows or hides it.
func (c *card) draw() {
	c.sign.SetResource(theme.MenuExpandIcon())
	if c.open {
		c.sign.SetResource(theme.MenuDropDownIcon())
		if len(c.body.Objects) == 0 {
			c.fill()
		}
	}
	c.under.Hidden = !c.open
	c.box.Refresh()
}

func (c *card) fill() {
	switch drawn := c.drawn.(type) {
	case api.Project:
		c.body.Objects = c.r.projectParts(drawn)
	case []api.WatchedFile:
		c.body.Objects = c.r.ownParts(drawn)
	}
}
