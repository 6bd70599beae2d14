package icon

// badge is a disc with a sign cut out of it, in a notch of the picture.
type badge struct {
	at    func(g grid) point // its middle
	role  role
	holes func(g grid, c point) []shape
}

func topRight(g grid) point {
	return point{width - g.badge/2, g.badge / 2}
}

func bottomRight(g grid) point { return flip(topRight(g)) }

// badged cuts the notch into pic and puts the badge there.
func badged(g grid, pic picture, b badge) picture {
	c := b.at(g)
	notch := shape{path: disc(c, g.badge/2+g.notch)}
	for i := range pic {
		pic[i].holes = append(pic[i].holes, notch)
	}
	return append(pic, layer{
		shapes: []shape{{path: disc(c, g.badge/2), role: b.role}},
		holes:  b.holes(g, c),
	})
}

// sign is the width of the strokes of signs with curves: large enough for the badge.
func (g grid) sign() float64 { return max(g.bar, g.badge/8.5) }

// exclamation says: over.
func exclamation(g grid, c point) []shape {
	b := g.bar
	upper := g.near(0.28*g.badge) - b/2
	if g.fine {
		return []shape{
			{path: path{{c.x, c.y - upper + b/4}, {c.x, c.y}}, width: b},
			{path: disc(point{c.x, c.y + 1.9*b}, 0.6*b)},
		}
	}
	return []shape{
		{path: box(c.x-b/2, c.y-b/2-upper, c.x+b/2, c.y+b/2)},
		{path: box(c.x-b/2, c.y+1.5*b, c.x+b/2, c.y+2.5*b)},
	}
}

// keyhole says: locked.
func keyhole(g grid, c point) []shape {
	b := g.sign()
	return []shape{
		{path: disc(point{c.x, c.y - b}, 1.35*b)},
		{path: path{{c.x - b/2, c.y - b}, {c.x + b/2, c.y - b}, {c.x + 0.9*b, c.y + 2.5*b}, {c.x - 0.9*b, c.y + 2.5*b}}},
	}
}

// question says: nobody knows.
func question(g grid, c point) []shape {
	b := g.sign()
	hook := path{{c.x - 1.15*b, c.y - 1.5*b}}.
		curve(point{c.x - 1.15*b, c.y - 2.6*b}, point{c.x + 1.2*b, c.y - 2.7*b}, point{c.x + 1.2*b, c.y - 1.2*b}).
		curve(point{c.x + 1.2*b, c.y - 0.3*b}, point{c.x, c.y - 0.4*b}, point{c.x, c.y + 0.5*b})
	if g.fine {
		return []shape{{path: hook, width: b}, {path: disc(point{c.x, c.y + 2.1*b}, 0.6*b)}}
	}
	return []shape{
		{path: hook, width: b},
		{path: box(c.x-b/2, c.y+1.5*b, c.x+b/2, c.y+2.5*b)},
	}
}
