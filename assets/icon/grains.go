package icon

// smallest is the side, in pixels, from which on grains are more than single pixels.
const smallest = 28

// grains are on their way down to the heap's peak.
func grains(g grid, peak, fall float64) []shape {
	var out []shape
	if g.size > 0 && g.size < smallest { // single pixels, left and right of the middle by turns
		for i, y := 0, middle+g.pixel; y+g.pixel < peak; i, y = i+1, y+2*g.pixel {
			x := middle - g.pixel*float64((i+1)%2)
			out = append(out, shape{path: box(x, y, x+g.pixel, y+g.pixel), role: sand})
		}
		return out
	}
	places := g.places(peak)
	fall = max(0, min(1, fall))
	for i, y := range places[:len(places)-1] {
		if y += fall * (places[i+1] - y); y+0.6+g.grain/2 <= middle {
			continue
		}
		grain := shape{path: path{{middle, y}, {middle, y + 0.6}}, width: g.grain, role: sand}
		if i == 0 {
			grain.clip = box(0, middle, width, width)
		}
		out = append(out, grain)
	}
	return out
}

// places are where grains are at rest, from one that the neck still hides to one that the heap hides.
func (g grid) places(peak float64) []float64 {
	out := []float64{middle - 1.5}
	y := middle + 0.4
	for ; y+1 < peak; y += 1.9 {
		out = append(out, y)
	}
	return append(out, max(y, peak+g.grain/2))
}
