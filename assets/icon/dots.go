package icon

import "math"

// dots is the frame as a dotted line.
func dots(g grid) []shape {
	var out []shape
	d := max(2*g.pixel, g.near(g.cap))
	row := width - 2*g.left
	n := int(math.Max(2, math.Round(row/(2*d)))) // as many gaps as dots, less one
	for i := range n {
		x := g.near(g.left + float64(i)*(row-d)/float64(n-1))
		dot := box(x, g.top, x+d, g.top+g.cap)
		if g.fine {
			dot = disc(point{x + d/2, g.top + g.cap/2}, d/2)
		}
		out = append(out, shape{path: dot, role: ink}, shape{path: dot.mirrored(flip), role: ink})
	}
	if g.size > 0 && g.size < smallest {
		return append(out, squares(g)...)
	}
	for _, c := range along(side(g), g.dotted) {
		for _, q := range []point{c, turn(c)} {
			out = append(out, shape{path: path{q, q}, width: 1.25 * g.wall, role: ink})
		}
	}
	return out
}

// squares are the dots of the glass where a dot is a pixel or two: on whole pixels, from the neck
// outwards.
func squares(g grid) []shape {
	d := max(g.pixel, g.near(g.wall))
	var out []shape
	left := side(g)
	for y := middle - g.pixel; y > g.inner()+g.pixel/2; y -= d + g.pixel {
		x := g.near(at(left, y+d/2) - d/2)
		dot := box(x, y, x+d, y+d)
		for _, q := range []path{dot, dot.mirrored(flip)} {
			out = append(out, shape{path: q, role: ink}, shape{path: q.mirrored(turn), role: ink})
		}
	}
	return out
}

// at is where a line that only goes down is at y.
func at(p path, y float64) float64 {
	for i := 1; i < len(p); i++ {
		if a, b := p[i-1], p[i]; y <= b.y && b.y > a.y {
			return a.x + (y-a.y)/(b.y-a.y)*(b.x-a.x)
		}
	}
	return p[len(p)-1].x
}

// along returns places on a line that lie step apart, the same from both ends and none at the ends.
func along(p path, step float64) []point {
	whole := 0.0
	for i := 1; i < len(p); i++ {
		whole += math.Hypot(p[i].x-p[i-1].x, p[i].y-p[i-1].y)
	}
	n := int(whole / step)
	step = whole / float64(n)
	var out []point
	next, gone := step/2, 0.0
	for i := 1; i < len(p); i++ {
		d := math.Hypot(p[i].x-p[i-1].x, p[i].y-p[i-1].y)
		for ; next <= gone+d && d > 0; next += step {
			t := (next - gone) / d
			out = append(out, point{p[i-1].x + t*(p[i].x-p[i-1].x), p[i-1].y + t*(p[i].y-p[i-1].y)})
		}
		gone += d
	}
	return out
}
