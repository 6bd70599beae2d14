package icon

import (
	"bytes"
	"image"
	"math"
	"testing"
)

// falling are specs whose grains move.
func falling() []Spec {
	var out []Spec
	for _, size := range []int{28, 48, 112} {
		for _, share := range []float64{0, 0.04, 0.3, 0.6, 1} {
			for _, fine := range []bool{false, true} {
				s := Spec{State: Running, Share: share, Exact: true, Size: size, Fine: fine}
				ending := s
				ending.State, ending.Dark = Ending, true
				out = append(out, s, ending)
			}
		}
	}
	return out
}

// TestFallGoesRound: the last frame of a fall is the first of the next one, so that no grain jumps;
// and half-way the grains are elsewhere.
func TestFallGoesRound(t *testing.T) {
	for _, s := range falling() {
		first := Render(s)
		s.Fall = 1
		if d := differ(first, Render(s)); d > 0.4 {
			t.Errorf("%+v: the last frame is %.1f pixels from the first one", s, d)
		}
		s.Fall = 0.5
		if d := differ(first, Render(s)); d < 0.5 && s.Size >= 48 && (s.Fine || s.State == Running && s.Share >= 0.3) {
			t.Errorf("%+v: nothing has moved", s)
		}
	}
}

// TestStillIsTheSame: a frame over the still of another share, or of the same one before, is what it
// is without.
func TestStillIsTheSame(t *testing.T) {
	for range 2 {
		for _, s := range falling() {
			s.Fall = 0.3
			g := fit(s)
			if !bytes.Equal(Render(s).Pix, paint(g, draw(s, g), colours(s)).Pix) {
				t.Errorf("%+v differs", s)
			}
		}
	}
}

// TestStillsAreFew: a session's sand goes through many heights in two hours, and none is kept for ever.
func TestStillsAreFew(t *testing.T) {
	for i := range 40 {
		Render(Spec{State: Running, Share: float64(i) / 40, Exact: true, Size: 64, Fall: 0.5})
	}
	stills.Lock()
	defer stills.Unlock()
	if n := len(stills.of); n == 0 || n > stillsKept {
		t.Errorf("%d stills are kept", n)
	}
}

// TestOnlySandFalls: where there are no grains, or single pixels only, Fall changes nothing.
func TestOnlySandFalls(t *testing.T) {
	for _, v := range variants() {
		for _, size := range []int{22, 27, 64} {
			s := v.spec
			s.Size = size
			if s.moves() {
				continue
			}
			moved := s
			moved.Fall = 0.5
			if !bytes.Equal(Render(s).Pix, Render(moved).Pix) {
				t.Errorf("%s at %d px moves", v.name, size)
			}
		}
	}
}

// TestFineNeedsRoom: the shapes for a window never reach a tray.
func TestFineNeedsRoom(t *testing.T) {
	for _, v := range variants() {
		s := v.spec
		s.Size = 47
		fine := s
		fine.Fine = true
		if !bytes.Equal(Render(s).Pix, Render(fine).Pix) {
			t.Errorf("%s at 47 px is drawn for a window", v.name)
		}
	}
}

// TestFineSandIsTheTime: less above and more below, all the way to the end.
func TestFineSandIsTheTime(t *testing.T) {
	const size = 112
	for share := 1.0; share > 0.15; share -= 0.1 {
		s := Spec{State: Running, Fine: true, Share: share, Size: size}
		g := fit(s)
		now, later := g.steps(s), g.steps(s)+Levels*0.1
		if g.surface(now) >= g.surface(later) || g.peak(now) <= g.peak(later) {
			t.Errorf("at %.1f the sand does not sink", share)
		}
	}
}

// differ is how many whole pixels' worth two pictures differ by.
func differ(a, b *image.NRGBA) float64 {
	d := 0.0
	for i := range a.Pix {
		d += math.Abs(float64(a.Pix[i])-float64(b.Pix[i])) / (4 * 255)
	}
	return d
}
