// Package glass is the sandglass as a part of the window: drawn in the very pixels of the screen, so that it
// is sharp at every scale, and drawn again only when the sand has sunk by a step that can be seen.
//
// Its grains fall while Animate is on and there is sand; at all other times nothing lives that would wake
// the program. All of it runs on Fyne's main goroutine.
package glass

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon"
)

// A grain takes fall from its place to the next one's, in so many pictures.
const (
	fall   = time.Second
	frames = 8
	frame  = fall / frames
)

// Glass is the sandglass.
type Glass struct {
	widget.BaseWidget
	// UI runs a function on the window's goroutine; fyne.Do if nothing else is said.
	UI func(func())

	side   float32
	raster *canvas.Raster
	spec   icon.Spec // without what the screen decides: size and fall
	known  bool      // spec was set
	on     bool
	timer  *time.Timer // nil while nothing moves
	unseen int         // pictures that nobody has painted
	drawn  icon.Spec
	image  image.Image
}

// New makes a sandglass with sides of so many of Fyne's pixels, empty and at rest.
func New(side float32) *Glass {
	g := &Glass{UI: fyne.Do, side: side}
	g.raster = canvas.NewRaster(g.draw)
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *Glass) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(g.raster) }

// MinSize implements fyne.CanvasObject.
func (g *Glass) MinSize() fyne.Size { return fyne.NewSquareSize(g.side) }

// Set says what the glass tells: the state, the share, whether it stands on a dark ground.
func (g *Glass) Set(s icon.Spec) {
	s.Size, s.Fall, s.Exact, s.Fine = 0, 0, true, true
	if n := g.steps(); g.known && plain(s) == plain(g.spec) && int(s.Share*n) == int(g.spec.Share*n) {
		return
	}
	g.spec, g.known = s, true
	g.Refresh()
	g.Animate(g.on)
}

func plain(s icon.Spec) icon.Spec {
	s.Share = 0
	return s
}

// steps is into how many heights of the sand the life is divided: about two to a pixel of the screen, for near
// the end the narrow bulb empties faster than the time passes.
func (g *Glass) steps() float64 {
	side := g.drawn.Size
	if side == 0 {
		side = int(g.side)
	}
	return float64(2 * side)
}

// draw paints the glass for a place of so many of the screen's pixels.
func (g *Glass) draw(w, h int) image.Image {
	s := g.spec
	g.unseen = 0
	s.Size, s.Fall = min(w, h), 0
	if g.timer != nil {
		s.Fall = phase(time.Now())
	}
	if g.image == nil || s != g.drawn {
		g.drawn, g.image = s, icon.Render(s)
	}
	return g.image
}

// phase is how far the grains are at now. It hangs on the clock alone: all glasses of a window move at once, and
// the window is drawn once for all of them.
func phase(now time.Time) float64 {
	return float64(now.UnixNano()/int64(frame)%frames) / frames
}

// Animate says whether grains may fall. They do while the glass shows sand and is not hidden; when it has not
// been painted for a second they stop until Animate is called again.
func (g *Glass) Animate(on bool) {
	g.on = on
	switch moves := g.moves(); {
	case moves && g.timer == nil:
		g.unseen = 0
		g.arm()
	case !moves && g.timer != nil:
		g.timer.Stop()
		g.timer = nil
		g.Refresh() // the grains at their places
	}
}

// Moving reports whether grains fall.
func (g *Glass) Moving() bool { return g.timer != nil }

func (g *Glass) moves() bool {
	return g.on && g.Visible() && (g.spec.State == icon.Running || g.spec.State == icon.Ending)
}

// arm waits for the next picture's moment.
func (g *Glass) arm() {
	now := time.Now()
	var timer *time.Timer
	next := now.Truncate(frame).Add(frame).Sub(now)
	timer = time.AfterFunc(next, func() {
		g.UI(func() {
			if g.timer != timer {
				return // stopped meanwhile
			}
			if g.unseen++; g.unseen > frames {
				g.timer = nil // the window is away, or has been made anew without this glass
				return
			}
			g.Refresh()
			g.arm()
		})
	})
	g.timer = timer
}

// Show implements fyne.CanvasObject.
func (g *Glass) Show() {
	g.BaseWidget.Show()
	g.Animate(g.on)
}

// Hide implements fyne.CanvasObject.
func (g *Glass) Hide() {
	g.BaseWidget.Hide()
	g.Animate(g.on)
}

// Refresh implements fyne.CanvasObject.
func (g *Glass) Refresh() { g.raster.Refresh() }
