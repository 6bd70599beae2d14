package icon

import "math"

// point is a place on the grid of 24.
type point struct{ x, y float64 }

// path is a line through points, or the outline of an area.
type path []point

// curve adds a Bézier curve to p, as a line of short pieces: a picture of a few hundred pixels shows
// no corner.
func (p path) curve(c1, c2, end point) path {
	const pieces = 12
	from := p[len(p)-1]
	for i := 1; i <= pieces; i++ {
		t := float64(i) / pieces
		u := 1 - t
		a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		p = append(p, point{
			a*from.x + b*c1.x + c*c2.x + d*end.x,
			a*from.y + b*c1.y + c*c2.y + d*end.y,
		})
	}
	return p
}

// mirrored is p seen through f and back to front, so that it can go on where its mirror ended.
func (p path) mirrored(f func(point) point) path {
	out := make(path, len(p))
	for i, q := range p {
		out[len(p)-1-i] = f(q)
	}
	return out
}

// reach is how far p reaches up and down.
func (p path) reach() (top, bottom float64) {
	top, bottom = p[0].y, p[0].y
	for _, q := range p[1:] {
		top, bottom = min(top, q.y), max(bottom, q.y)
	}
	return top, bottom
}

func box(x0, y0, x1, y1 float64) path {
	return path{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

func disc(c point, r float64) path {
	const corners = 48
	out := make(path, corners)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		out[i] = point{c.x + r*cos, c.y + r*sin}
	}
	return out
}

// shape is one thing to draw: an area, or a line with round ends where width is set.
type shape struct {
	path  path
	width float64
	role  role
	clip  path // nil: everywhere
}

// layer is drawn over the layers before it. holes are cut out of its shapes only. One layer of a
// picture may have shapes that move: they are drawn last in it.
type layer struct {
	shapes []shape
	moving []shape
	holes  []shape
}

// picture is layers from the back to the front.
type picture []layer
