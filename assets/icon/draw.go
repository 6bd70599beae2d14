package icon

// draw describes the sandglass of s on g.
func draw(s Spec, g grid) picture {
	frame := layer{shapes: frame(g)}
	if g.fine {
		return drawFine(s, g, frame)
	}
	switch s.State {
	case Running, Ending:
		return picture{sandLayer(s, g), frame}
	case Ended:
		heap := layer{shapes: []shape{heap(g, Levels, spent)}, holes: gap(g)}
		return badged(g, picture{heap, frame}, badge{at: topRight, role: alert, holes: exclamation})
	case Locked:
		return badged(g, picture{frame}, badge{at: bottomRight, role: ink, holes: keyhole})
	case Unknown:
		return badged(g, picture{frame}, badge{at: topRight, role: ink, holes: question})
	case Offline:
		return picture{layer{shapes: dots(g)}}
	}
	return picture{frame}
}

// side is the middle of the left wall, from the upper cap to the lower one.
func side(g grid) path {
	x, narrow := g.glass+g.wall/2, middle-g.neck-g.wall/2
	knee := g.inner() + 0.36*(middle-g.inner())
	upper := path{{x, g.inner()}, {x, knee}}.curve(
		point{x, knee + 0.5*(middle-knee)}, point{narrow, middle - 0.4*(middle-knee)}, point{narrow, middle})
	return append(upper, upper.mirrored(flip)...)
}

// frame is the caps and the glass.
func frame(g grid) []shape {
	left := side(g)
	if g.fine {
		return []shape{g.lid(), flipped(g.lid()), {path: left, width: g.wall, role: ink}, {path: left.mirrored(turn), width: g.wall, role: ink}}
	}
	upper := box(g.left, g.top, width-g.left, g.top+g.cap)
	return []shape{
		{path: upper, role: ink},
		{path: upper.mirrored(flip), role: ink},
		{path: left, width: g.wall, role: ink},
		{path: left.mirrored(turn), width: g.wall, role: ink},
	}
}

// bulbs is the room inside the glass, to the middle of its walls.
func bulbs(g grid) path {
	left := side(g)
	return append(left, left.mirrored(turn)...)
}

// gap is what is cut from the sand so that it does not touch the glass.
func gap(g grid) []shape {
	if g.gap == 0 {
		return nil
	}
	left := side(g)
	wide := g.wall + 2*g.gap
	holes := []shape{{path: left, width: wide}, {path: left.mirrored(turn), width: wide}}
	lid := box(g.left, g.top, width-g.left, g.inner()+g.gap)
	return append(holes, shape{path: lid}, shape{path: lid.mirrored(flip)})
}

// steps says how many of Levels steps have run through; Levels leaves the last grains.
func (g grid) steps(s Spec) float64 {
	switch {
	case g.fine: // to the very end
		return Levels - max(0, min(1, s.Share))*Levels
	case s.State == Ending:
		return Levels
	case s.Exact:
		return Levels - max(0, min(1, s.Share))*Levels
	}
	return Levels - float64(Level(s.Share))
}

// sandLayer is the sand, above, on its way and below.
func sandLayer(s Spec, g grid) layer {
	steps := g.steps(s)
	l := layer{holes: gap(g)}
	surface := g.surface(steps)
	l.shapes = append(l.shapes, shape{
		path: box(0, surface, width, middle), role: sand, clip: bulbs(g),
	})
	if steps > 0 {
		l.shapes = append(l.shapes, heap(g, steps, sand))
	}
	l.moving = grains(g, g.peak(steps), s.Fall)
	return l
}

// surface is how high the upper sand stands after so many steps.
func (g grid) surface(steps float64) float64 {
	if g.fine {
		return g.near(g.fineSurface(steps))
	}
	return g.near(g.inner() + steps/(Levels+1)*(middle-g.inner()))
}

// peak is how high the heap below stands after so many steps.
func (g grid) peak(steps float64) float64 {
	if g.fine {
		return g.near(g.finePeak(steps))
	}
	return g.near(width - g.inner() - steps/(Levels+1)*(middle-g.inner()))
}

// heap is the sand below.
func heap(g grid, steps float64, r role) shape {
	floor, peak := width-g.inner(), g.peak(steps)
	slope := max(g.pixel, 0.22*(floor-peak))
	shoulder := min(floor, peak+slope)
	outline := path{{0, shoulder}, {g.glass, shoulder}}.curve(
		point{g.glass + 2.5, shoulder}, point{middle - 3, peak}, point{middle, peak})
	outline = append(outline, outline.mirrored(turn)...)
	outline = append(outline, point{width, floor}, point{0, floor})
	return shape{path: outline, role: r, clip: bulbs(g)}
}
