package look

import (
	"image/color"
	"math"
	"testing"
)

// luminance is what WCAG calls the relative luminance of a colour.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// under is ground with the shade of the pointer on it, as Theme draws it.
func under(ground, ink color.NRGBA) color.NRGBA {
	const share = float64(0x12) / 0xff
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
	return color.NRGBA{mix(ground.R, ink.R), mix(ground.G, ink.G), mix(ground.B, ink.B), 0xff}
}

// TestContrast: whatever is read stands out from what it stands on by 4.5 to 1, and what shows where the keyboard
// is by 3 to 1, on paper and at night.
func TestContrast(t *testing.T) {
	for name, p := range map[string]Palette{"paper": paper, "night": night} {
		grounds := map[string]color.NRGBA{"back": p.Back, "card": p.Card, "rail": p.Rail, "chip": p.Chip, "chosen": p.Chosen, "code": p.Code}
		inks := map[string]color.NRGBA{"ink": p.Ink, "dim": p.Dim, "sand": p.Sand, "warn": p.Warn, "good": p.Add, "bad": p.Del}
		read := func(what, on string, ink, ground color.NRGBA, least float64) {
			if c := contrast(ink, ground); c < least {
				t.Errorf("%s: %s on %s stands out by %.2f to 1, not %.1f", name, what, on, c, least)
			}
		}
		for on, ground := range grounds {
			for what, ink := range inks {
				read(what, on, ink, ground, 4.5)
			}
			read("the ring of the keyboard", on, p.Sand, ground, 3)
		}
		// A disabled button and a chip's frame have no ground of their own.
		read("a main button's text", "sand", p.OnSand, p.Sand, 4.5)
		read("a main button's text", "sand under the pointer", p.OnSand, under(p.Sand, p.Ink), 4.5)
		read("a button's text", "a card under the pointer", p.Ink, under(p.Card, p.Ink), 4.5)
		read("a row's small text", "a card under the pointer", p.Dim, under(p.Card, p.Ink), 4.5)
		read("a row's warning", "a card under the pointer", p.Warn, under(p.Card, p.Ink), 4.5)
		read("a grave button's text", "a card under the pointer", p.Warn, under(p.Card, p.Ink), 4.5)
		read("a badge's number", "its spot", p.OnSand, p.Warn, 4.5)
		for what, ink := range map[string]color.NRGBA{"a failure": p.Warn, "its hint": p.Ink, "a line that goes": p.Del, "its number": p.Dim} {
			read(what, "the red ground", ink, p.DelBack, 4.5)
		}
		for what, ink := range map[string]color.NRGBA{"a line that comes": p.Add, "its number": p.Dim} {
			read(what, "the green ground", ink, p.AddBack, 4.5)
		}
	}
}
