package icon

import "math"

// drawFine describes the sandglass of s in the shapes for a window.
func drawFine(s Spec, g grid, frame layer) picture {
	body := layer{shapes: []shape{{path: bulbs(g), role: glass}}}
	light := layer{shapes: glints(g)}
	switch s.State {
	case Running, Ending:
		return picture{body, fineSand(s, g), light, frame}
	case Ended:
		heap := layer{shapes: g.pile(g.peak(Levels), spent), holes: gap(g)}
		return badged(g, picture{body, heap, light, frame}, badge{at: topRight, role: alert, holes: exclamation})
	case Locked:
		return badged(g, picture{body, light, frame}, badge{at: bottomRight, role: ink, holes: keyhole})
	case Unknown:
		return badged(g, picture{body, light, frame}, badge{at: topRight, role: ink, holes: question})
	case Offline:
		return picture{layer{shapes: dots(g)}}
	}
	return picture{body, light, frame}
}

// lid is the upper cap.
func (g grid) lid() shape {
	r := g.cap / 2
	return shape{path: path{{g.left + r, g.top + r}, {width - g.left - r, g.top + r}}, width: g.cap, role: ink}
}

func flipped(s shape) shape {
	s.path = s.path.mirrored(flip)
	return s
}

// The sand fills bulbs that are wide at the caps and narrow at the neck: its height does not go with
// the time left but with about this power of it.
const (
	fullest = 0.86 // of the upper bulb's height, when nothing has run through
	highest = 0.66 // of the lower bulb's height, when all has
	upper   = 0.62
	lower   = 0.9
)

func (g grid) fineSurface(steps float64) float64 {
	left := max(0.015, 1-steps/Levels) // the last grains stay until the session has ended
	return middle - fullest*math.Pow(left, upper)*(middle-g.inner())
}

func (g grid) finePeak(steps float64) float64 {
	return width - g.inner() - highest*math.Pow(min(1, steps/Levels), lower)*(middle-g.inner())
}

// fineSand is the sand, above, on its way and below.
func fineSand(s Spec, g grid) layer {
	steps := g.steps(s)
	l := layer{holes: gap(g)}
	l.shapes = append(l.shapes, g.funnel(g.surface(steps))...)
	l.shapes = append(l.shapes, shape{path: path{{middle, middle - 0.4}, {middle, middle + 0.3}}, width: g.grain, role: sand})
	if steps > 0 {
		l.shapes = append(l.shapes, g.pile(g.peak(steps), sand)...)
	}
	l.moving = grains(g, g.peak(steps), s.Fall)
	return l
}

// funnel is the sand above: it sinks most over the neck.
func (g grid) funnel(surface float64) []shape {
	edge := at(side(g), surface)
	dip := surface + 0.1*(middle-edge)
	half := path{{edge, surface}}.curve(
		point{edge + 0.5*(middle-edge), surface}, point{middle - 0.3*(middle-edge), dip}, point{middle, dip})
	whole := append(append(path{{0, surface}}, half...), half.mirrored(turn)...)
	whole = append(whole, point{width, surface}, point{width, middle}, point{0, middle})
	dark := append(half.mirrored(turn), point{width, surface}, point{width, middle}, point{middle, middle})
	return []shape{{path: whole, role: sand, clip: bulbs(g)}, {path: dark, role: shade, clip: bulbs(g)}}
}

// pile is the sand below: as a cone as long as it does not reach the glass.
func (g grid) pile(peak float64, r role) []shape {
	floor := width - g.inner()
	wide := min(middle-g.glass, 3.4*(floor-peak))
	foot := min(floor, peak+0.3*wide)
	half := path{{middle - wide, foot}}.curve(
		point{middle - 0.55*wide, foot - 0.42*(foot-peak)}, point{middle - 0.3*wide, peak}, point{middle, peak})
	right := half.mirrored(turn)
	whole := append(append(path{}, half...), right...)
	whole = append(whole, point{middle + wide, floor}, point{middle - wide, floor})
	out := []shape{{path: whole, role: r, clip: bulbs(g)}}
	if r == sand {
		dark := append(right, point{middle + wide, floor}, point{middle + 0.3*wide, floor})
		out = append(out, shape{path: dark, role: shade, clip: bulbs(g)})
	}
	return out
}

// glints are where the glass throws the light back, from above on the left.
func glints(g grid) []shape {
	x := g.glass + g.wall + g.gap + 0.9
	var out []shape
	for _, y := range []float64{g.inner() + 1.7, width - g.inner() - 2.9} {
		out = append(out, shape{path: path{{x, y}, {x, y + 1.3}}, width: 0.75, role: glint})
	}
	return out
}
