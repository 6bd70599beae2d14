package glyph

import (
	"math"
	"slices"
)

// half is half the pen's width.
const half = 0.75

// ring is the outline of an area.
type ring []point

// outline is the area that the pen covers along a line: one ring for a line with two ends, two for a
// closed one, of which the inner one goes the other way round.
func (l line) outline() []ring {
	if l.filled {
		return []ring{l.at}
	}
	back := slices.Clone(l.at)
	slices.Reverse(back)
	if l.closed {
		return []ring{beside(l.at, true), beside(back, true)}
	}
	out := append(beside(l.at, false), roundEnd(back)...)
	return []ring{append(append(out, beside(back, false)...), roundEnd(l.at)...)}
}

// beside is the line at the pen's left edge.
func beside(at []point, closed bool) ring {
	n := len(at)
	var out ring
	for i, q := range at {
		switch {
		case !closed && i == 0:
			out = append(out, q.off(normal(at[0], at[1])))
		case !closed && i == n-1:
			out = append(out, q.off(normal(at[i-1], q)))
		default:
			out = append(out, corner(at[(i+n-1)%n], q, at[(i+1)%n])...)
		}
	}
	return out
}

// corner is the pen's left edge at q: round outside of a bend, and where both edges meet inside.
func corner(before, q, after point) []point {
	a, b := normal(before, q), normal(q, after)
	turn := math.Remainder(b-a, 2*math.Pi)
	const bend = 0.6 // from here on a corner is meant, not a piece of a curve
	if turn < -bend || turn > bend {
		if turn > 0 { // the left is outside
			return arc(q, a, turn)
		}
	}
	reach := half / math.Cos(turn/2)
	sin, cos := math.Sincos(a + turn/2)
	return []point{{q.x + reach*cos, q.y + reach*sin}}
}

// roundEnd is the round end at the beginning of a line, from its right edge to its left one.
func roundEnd(at []point) []point {
	return arc(at[0], normal(at[0], at[1])-math.Pi, math.Pi)
}

// normal is the direction to the left edge of a pen that goes from a to b.
func normal(a, b point) float64 { return math.Atan2(b.y-a.y, b.x-a.x) - math.Pi/2 }

func (q point) off(direction float64) point {
	sin, cos := math.Sincos(direction)
	return point{q.x + half*cos, q.y + half*sin}
}

// arc is a part of the circle that the pen draws around q.
func arc(q point, from, turn float64) []point {
	pieces := max(1, int(math.Ceil(math.Abs(turn)/0.3)))
	var out []point
	for i := range pieces + 1 {
		out = append(out, q.off(from+turn*float64(i)/float64(pieces)))
	}
	return out
}

func circle(c point, r float64) []point {
	const pieces = 40
	out := make([]point, pieces)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / pieces)
		out[i] = point{c.x + r*cos, c.y + r*sin}
	}
	return out
}
