package glyph

import (
	"strconv"
	"strings"
)

// point is a place on the grid of 20.
type point struct{ x, y float64 }

// line is what the pen draws without being lifted.
type line struct {
	at     []point
	closed bool
	filled bool
}

// words says how many numbers each word of a pen takes.
var words = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'Z': 0, 'O': 3, 'D': 3}

// lines reads what a pen does. The pens are this package's own, and its tests read all of them: what
// is no number counts as 0.
func lines(pen string) []line {
	var out []line
	for pen = strings.TrimSpace(pen); pen != ""; {
		word, rest := pen[0], pen[1:]
		end := strings.IndexAny(rest, "MLHVCZOD")
		if end < 0 {
			end = len(rest)
		}
		var n [6]float64
		for i, field := range strings.Fields(rest[:end]) {
			n[i], _ = strconv.ParseFloat(field, 64)
		}
		out = draw(out, word, n)
		pen = rest[end:]
	}
	return out
}

// draw adds a word to the lines.
func draw(out []line, word byte, n [6]float64) []line {
	switch word {
	case 'M':
		return append(out, line{at: []point{{n[0], n[1]}}})
	case 'O', 'D':
		return append(out, line{at: circle(point{n[0], n[1]}, n[2]), closed: true, filled: word == 'D'})
	}
	l := &out[len(out)-1]
	last := l.at[len(l.at)-1]
	switch word {
	case 'L':
		l.at = append(l.at, point{n[0], n[1]})
	case 'H':
		l.at = append(l.at, point{n[0], last.y})
	case 'V':
		l.at = append(l.at, point{last.x, n[0]})
	case 'C':
		l.at = curve(l.at, point{n[0], n[1]}, point{n[2], n[3]}, point{n[4], n[5]})
	case 'Z':
		if l.at[0] == last {
			l.at = l.at[:len(l.at)-1]
		}
		l.closed = true
	}
	return out
}

// curve adds a Bézier curve as a line of short pieces.
func curve(at []point, c1, c2, end point) []point {
	const pieces = 10
	from := at[len(at)-1]
	for i := 1; i <= pieces; i++ {
		t := float64(i) / pieces
		u := 1 - t
		a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		at = append(at, point{
			a*from.x + b*c1.x + c*c2.x + d*end.x,
			a*from.y + b*c1.y + c*c2.y + d*end.y,
		})
	}
	return at
}
