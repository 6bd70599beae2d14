package icon

import "math"

// grid is the 24 by 24 box with the sandglass's measures fitted to the pixels of one size.
type grid struct {
	size   int     // pixels a side; 0: not fitted
	pixel  float64 // the side of a pixel
	top    float64 // the upper cap's upper edge; everything is the same upside down
	cap    float64 // a cap's height
	left   float64 // the caps' left edge; everything is the same back to front
	glass  float64 // the glass's left edge
	wall   float64 // the width of the glass's line
	neck   float64 // half the opening between the bulbs
	gap    float64 // between glass and sand
	grain  float64 // the width of a falling grain
	bar    float64 // the width of a badge's strokes
	badge  float64 // a badge's width
	notch  float64 // the free room around a badge
	dotted float64 // from dot to dot of the dotted outline
	fine   bool    // the shapes for a window
}

const (
	middle = 12.0
	width  = 24.0
)

// plain is the grid of the drawing, for a size that is not known.
func plain() grid {
	return grid{
		pixel: 0.1, top: 1, cap: 2.4, left: 3.2, glass: 4.6, wall: 1.7, neck: 0.9, gap: 0.55, grain: 0.9,
		bar: 1.7, badge: 10.4, notch: 1.1, dotted: 3.1,
	}
}

// fit moves edges to the borders of pixels and makes lines at least a pixel wide.
func fit(s Spec) grid {
	size, g := s.Size, plain()
	if s.fine() {
		g = g.refined()
	}
	g.size, g.pixel = size, width/float64(size)
	g.top = g.down(g.top)
	g.cap = max(2*g.pixel, g.near(g.cap-0.1))
	g.left = g.near(g.left)
	g.glass = g.left + max(g.pixel, g.near(g.glass-plain().left))
	g.wall = max(1.25*g.pixel, g.wall)
	g.neck = max(g.pixel, g.neck)
	switch {
	case size < smallest:
		g.gap = 0
	case size < 56:
		g.gap = g.pixel
	}
	g.bar = max(g.pixel, g.down(0.9*g.bar))
	g.badge = g.near(g.badge)
	if odd(g.badge/g.pixel) != odd(g.bar/g.pixel) {
		g.badge += g.pixel
	}
	g.notch = max(g.pixel, g.near(g.notch))
	return g
}

// refined are the measures of a picture for a window, which has room for round ends and thinner lines.
func (g grid) refined() grid {
	g.fine = true
	g.cap, g.left, g.glass, g.wall, g.neck = 2.2, 3, 5, 1.45, 0.85
	g.gap, g.grain, g.bar, g.dotted = 0.6, 0.8, 1.6, 2.75
	return g
}

func (g grid) near(v float64) float64 { return math.Round(v/g.pixel) * g.pixel }
func (g grid) down(v float64) float64 { return math.Floor(v/g.pixel+1e-9) * g.pixel }

func odd(v float64) bool { return int(math.Round(v))%2 == 1 }

// inner is where the upper bulb begins, below the cap.
func (g grid) inner() float64 { return g.top + g.cap }

// flip turns a point upside down.
func flip(q point) point { return point{q.x, width - q.y} }

// turn turns a point back to front.
func turn(q point) point { return point{width - q.x, q.y} }
