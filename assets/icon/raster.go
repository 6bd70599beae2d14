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
	return develop(g, pic, colours).with(g, pic, colours)
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

// cover is how much of every pixel lies inside a shape, from pixel first on.
func (c *scan) cover(g grid, s shape) (first int, out []float64) {
	n := g.size
	scale := 24 / float64(n)
	from, to := s.rows(scale, n)
	c.out = append(c.out[:0], make([]float64, (to-from)*n)...)
	for line := from * rows; line < to*rows; line++ {
		y := (float64(line) + 0.5) / rows * scale
		row := c.out[(line/rows-from)*n:][:n]
		for _, sp := range c.inside(s, y) {
			add(row, sp.from/scale, sp.to/scale)
		}
	}
	return from * n, c.out
}

// rows are the rows of pixels that a shape can touch.
func (s shape) rows(scale float64, n int) (from, to int) {
	top, bottom := s.path.reach()
	top, bottom = top-s.width/2, bottom+s.width/2
	if s.clip != nil {
		a, b := s.clip.reach()
		top, bottom = max(top, a), min(bottom, b)
	}
	from = max(0, int(math.Floor(top/scale)))
	return from, max(from, min(n, int(math.Ceil(bottom/scale))))
}

// add counts a span, in pixels, towards the pixels of a row.
func add(row []float64, from, to float64) {
	from, to = max(from, 0), min(to, float64(len(row)))
	for x := int(from); x < len(row) && float64(x) < to; x++ {
		row[x] += max(0, min(to, float64(x+1))-max(from, float64(x))) / rows
	}
}

// scan holds the room for one line's work, so that no line asks for new.
type scan struct {
	xs                []float64
	own, other, spans []span
	out               []float64
}

// inside returns the parts of the line at y that a shape holds, until the next call.
func (c *scan) inside(s shape, y float64) []span {
	c.own = c.own[:0]
	if s.width > 0 {
		for i := 1; i < len(s.path); i++ {
			if sp, ok := c.capsule(s.path[i-1], s.path[i], s.width/2, y); ok {
				c.own = append(c.own, sp)
			}
		}
		c.own = union(c.own)
	} else {
		c.own = c.crossings(c.own, s.path, y)
	}
	if s.clip == nil {
		return c.own
	}
	c.other = c.crossings(c.other[:0], s.clip, y)
	c.spans = common(c.spans[:0], c.own, c.other)
	return c.spans
}

// crossings adds the parts of the line at y inside an outline to spans.
func (c *scan) crossings(spans []span, p path, y float64) []span {
	c.xs = c.xs[:0]
	for i, a := range p {
		j := i + 1
		if j == len(p) {
			j = 0
		}
		b := p[j]
		if (a.y <= y) != (b.y <= y) {
			c.xs = append(c.xs, a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x))
		}
	}
	slices.Sort(c.xs)
	for i := 1; i < len(c.xs); i += 2 {
		spans = append(spans, span{c.xs[i-1], c.xs[i]})
	}
	return spans
}

// capsule is the part of the line at y within r of the line from a to b.
func (c *scan) capsule(a, b point, r, y float64) (span, bool) {
	if y < min(a.y, b.y)-r || y > max(a.y, b.y)+r {
		return span{}, false
	}
	out := span{math.Inf(1), math.Inf(-1)}
	grow := func(from, to float64) { out.from, out.to = min(out.from, from), max(out.to, to) }
	for _, end := range [...]point{a, b} {
		if h := math.Abs(y - end.y); h < r {
			w := math.Sqrt(r*r - h*h)
			grow(end.x-w, end.x+w)
		}
	}
	if length := math.Hypot(b.x-a.x, b.y-a.y); length > 0 {
		nx, ny := -(b.y-a.y)/length*r, (b.x-a.x)/length*r
		c.spans = c.crossings(c.spans[:0], path{{a.x + nx, a.y + ny}, {b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}}, y)
		for _, sp := range c.spans {
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

// common adds what two lists of spans share to out.
func common(out, a, b []span) []span {
	for _, x := range a {
		for _, y := range b {
			if from, to := max(x.from, y.from), min(x.to, y.to); from < to {
				out = append(out, span{from, to})
			}
		}
	}
	return out
}
