package icon

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
)

// rows is how many lines are looked at in each row of pixels. Along a line, cover is exact.
const rows = 16

// span is a piece of a line that lies inside a shape.
type span struct{ from, to float64 }

// paint turns a picture into pixels.
func paint(g grid, pic picture, colours palette) *image.NRGBA {
	n := g.size
	out := image.NewNRGBA(image.Rect(0, 0, n, n))
	for _, l := range pic {
		keep := make([]float64, n*n)
		for i := range keep {
			keep[i] = 1
		}
		for _, h := range l.holes {
			for i, c := range cover(g, h) {
				keep[i] *= 1 - c
			}
		}
		for _, s := range l.shapes {
			colour := colours[s.role]
			for i, c := range cover(g, s) {
				if c *= keep[i]; c > 0 {
					over(out.Pix[4*i:4*i+4], colour, c)
				}
			}
		}
	}
	return out
}

// over lays a colour with a cover of 0 to 1 over a pixel.
func over(pix []uint8, c color.NRGBA, cover float64) {
	top := cover * float64(c.A) / 255
	under := float64(pix[3]) / 255 * (1 - top)
	alpha := top + under
	if math.Round(alpha*255) <= 0 {
		return
	}
	for i, v := range []uint8{c.R, c.G, c.B} {
		pix[i] = uint8(math.Round((float64(v)*top + float64(pix[i])*under) / alpha))
	}
	pix[3] = uint8(math.Round(alpha * 255))
}

// cover is how much of every pixel lies inside a shape.
func cover(g grid, s shape) []float64 {
	n := g.size
	out := make([]float64, n*n)
	scale := 24 / float64(n)
	for line := range n * rows {
		y := (float64(line) + 0.5) / rows * scale
		spans := inside(s, y)
		row := out[line/rows*n:][:n]
		for _, sp := range spans {
			add(row, sp.from/scale, sp.to/scale)
		}
	}
	return out
}

// add counts a span, in pixels, towards the pixels of a row.
func add(row []float64, from, to float64) {
	from, to = max(from, 0), min(to, float64(len(row)))
	for x := int(from); x < len(row) && float64(x) < to; x++ {
		row[x] += max(0, min(to, float64(x+1))-max(from, float64(x))) / rows
	}
}

// inside returns the parts of the line at y that a shape holds.
func inside(s shape, y float64) []span {
	var spans []span
	if s.width > 0 {
		for i := 1; i < len(s.path); i++ {
			if sp, ok := capsule(s.path[i-1], s.path[i], s.width/2, y); ok {
				spans = append(spans, sp)
			}
		}
		spans = union(spans)
	} else {
		spans = crossings(s.path, y)
	}
	if s.clip != nil {
		spans = common(spans, crossings(s.clip, y))
	}
	return spans
}

// crossings are the parts of the line at y inside an outline.
func crossings(p path, y float64) []span {
	var xs []float64
	for i, a := range p {
		b := p[(i+1)%len(p)]
		if (a.y <= y) != (b.y <= y) {
			xs = append(xs, a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x))
		}
	}
	slices.Sort(xs)
	var spans []span
	for i := 1; i < len(xs); i += 2 {
		spans = append(spans, span{xs[i-1], xs[i]})
	}
	return spans
}

// capsule is the part of the line at y within r of the line from a to b.
func capsule(a, b point, r, y float64) (span, bool) {
	out := span{math.Inf(1), math.Inf(-1)}
	grow := func(from, to float64) { out.from, out.to = min(out.from, from), max(out.to, to) }
	for _, c := range []point{a, b} {
		if h := math.Abs(y - c.y); h < r {
			w := math.Sqrt(r*r - h*h)
			grow(c.x-w, c.x+w)
		}
	}
	if length := math.Hypot(b.x-a.x, b.y-a.y); length > 0 {
		nx, ny := -(b.y-a.y)/length*r, (b.x-a.x)/length*r
		for _, sp := range crossings(path{{a.x + nx, a.y + ny}, {b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}}, y) {
			grow(sp.from, sp.to)
		}
	}
	return out, out.from < out.to
}

// union joins spans that touch.
func union(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// common is what two lists of spans share.
func common(a, b []span) []span {
	var out []span
	for _, x := range a {
		for _, y := range b {
			if from, to := max(x.from, y.from), min(x.to, y.to); from < to {
				out = append(out, span{from, to})
			}
		}
	}
	return out
}
