package icon

import (
	"image"
	"image/color"
	"slices"
	"sync"
)

// still is a picture without what moves in it: painted up to there, and what comes over it.
type still struct {
	below []uint8   // the pixels under what moves
	first int       // the pixel that keep begins with
	keep  []float64 // what the holes leave of what moves
	above []dab
}

// dab is a pixel's share of a colour.
type dab struct {
	at     int
	cover  float64
	colour color.NRGBA
}

// develop paints what does not move.
func develop(g grid, pic picture, colours palette) *still {
	n := g.size
	out := &still{below: make([]uint8, 4*n*n)}
	var work scan
	moved := false
	for _, l := range pic {
		keep := work.keep(g, l.holes)
		for _, s := range l.shapes {
			colour := colours[s.role]
			first, shares := work.cover(g, s)
			for i, c := range shares {
				at := first + i
				if c *= keep[at]; c <= 0 {
					continue
				}
				if moved {
					out.above = append(out.above, dab{at, c, colour})
				} else {
					over(out.below[4*at:4*at+4], colour, c)
				}
			}
		}
		if len(l.moving) > 0 {
			moved = true
			out.first = n * max(0, n/2-2)
			out.keep = slices.Clone(keep[out.first:])
		}
	}
	out.above = slices.Clip(out.above)
	return out
}

// keep is what the holes leave of each pixel.
func (c *scan) keep(g grid, holes []shape) []float64 {
	keep := slices.Repeat([]float64{1}, g.size*g.size)
	for _, h := range holes {
		first, shares := c.cover(g, h)
		for i, share := range shares {
			keep[first+i] *= 1 - share
		}
	}
	return keep
}

// with is the picture with what moves in pic.
func (s *still) with(g grid, pic picture, colours palette) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, g.size, g.size))
	copy(out.Pix, s.below)
	var work scan
	for _, l := range pic {
		for _, m := range l.moving {
			first, shares := work.cover(g, m)
			for i, c := range shares {
				at := first + i
				if at < s.first {
					continue
				}
				if c *= s.keep[at-s.first]; c > 0 {
					over(out.Pix[4*at:4*at+4], colours[m.role], c)
				}
			}
		}
	}
	for _, d := range s.above {
		over(out.Pix[4*d.at:4*d.at+4], d.colour, d.cover)
	}
	return out
}

// stillsKept is for as many sessions as a window shows at a time; a still of 112 pixels takes 200 kB.
const stillsKept = 12

// stills are the last pictures that moved: the same frame by frame, until the sand sinks by a pixel.
var stills = struct {
	sync.Mutex
	of map[frameKey]*still
}{of: map[frameKey]*still{}}

// frameKey is what a still depends on.
type frameKey struct {
	spec          Spec // without what the measures below stand for
	surface, peak float64
}

// animated paints a frame, with the still of the frames before where there is one.
func animated(s Spec, g grid) *image.NRGBA {
	pic, colours := draw(s, g), colours(s)
	steps := g.steps(s)
	key := frameKey{spec: s, surface: g.surface(steps), peak: g.peak(steps)}
	key.spec.Share, key.spec.Fall, key.spec.Exact = 0, 0, false
	stills.Lock()
	found := stills.of[key]
	stills.Unlock()
	if found == nil {
		found = develop(g, pic, colours)
		stills.Lock()
		if len(stills.of) >= stillsKept {
			for old := range stills.of {
				delete(stills.of, old)
				break
			}
		}
		stills.of[key] = found
		stills.Unlock()
	}
	return found.with(g, pic, colours)
}
