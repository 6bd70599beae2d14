package glass

import (
	"image"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sandglass-dev/sandglass/assets/icon"
)

// painted makes a glass that was painted once, in a place of so many pixels.
func painted(t *testing.T, side int, s icon.Spec) (*Glass, *int) {
	t.Helper()
	g, draws := New(56), new(int)
	g.Resize(fyne.NewSquareSize(56))
	generate := g.raster.Generator
	g.raster.Generator = func(w, h int) image.Image {
		before := g.drawn
		out := generate(w, h)
		if g.drawn != before {
			*draws++
		}
		return out
	}
	g.Set(s)
	g.raster.Generator(side, side)
	return g, draws
}

func TestSharpAtEveryScale(t *testing.T) {
	test.NewTempApp(t)
	for _, scale := range []float32{1, 1.5, 3} {
		w := test.NewTempWindow(t, nil)
		g := New(56)
		w.SetPadded(false)
		w.SetContent(g)
		w.Canvas().(interface{ SetScale(float32) }).SetScale(scale)
		w.Resize(fyne.NewSquareSize(56))
		g.Set(icon.Spec{State: icon.Running, Share: 0.7})
		w.Canvas().Capture()
		if got, want := g.drawn.Size, int(56*scale); got != want {
			t.Errorf("at %.1f the glass is drawn with %d pixels, want %d", scale, got, want)
		}
	}
}

func TestDrawsOnlyWhatCanBeSeen(t *testing.T) {
	test.NewTempApp(t)
	spec := icon.Spec{State: icon.Running, Share: 1}
	g, draws := painted(t, 112, spec)
	const life = 7200
	for left := life; left > 0; left-- {
		spec.Share = float64(left) / life
		g.Set(spec)
		g.raster.Generator(112, 112)
	}
	if *draws < 100 || *draws > 2*112+2 {
		t.Errorf("in two hours the glass is drawn %d times", *draws)
	}
	before := *draws
	spec.State = icon.Ended
	g.Set(spec)
	if g.raster.Generator(112, 112); *draws != before+1 {
		t.Error("a new state is not drawn")
	}
}

// TestGrainsFall: eight pictures a second while it may move, none and nothing that could wake the program
// otherwise.
func TestGrainsFall(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		g, draws := painted(t, 112, icon.Spec{State: icon.Running, Share: 0.6})
		shown := make(chan struct{}, 1024)
		g.UI = func(f func()) {
			f()
			g.raster.Generator(112, 112)
			shown <- struct{}{}
		}
		falls := func(d time.Duration) int {
			time.Sleep(d)
			synctest.Wait()
			n := len(shown)
			for range n {
				<-shown
			}
			return n
		}
		for name, rest := range map[string]func(){
			"animated, but ended": func() { g.Set(icon.Spec{State: icon.Ended}); g.Animate(true) },
			"still":               func() { g.Set(icon.Spec{State: icon.Running, Share: 0.5}); g.Animate(false) },
			"hidden":              func() { g.Set(icon.Spec{State: icon.Ending, Share: 0.1}); g.Animate(true); g.Hide() },
		} {
			g.Show()
			g.Set(icon.Spec{State: icon.Running, Share: 0.6})
			g.Animate(true)
			before := *draws
			if n := falls(2 * time.Second); n != 2*frames || !g.Moving() {
				t.Errorf("%d pictures in two seconds, want %d", n, 2*frames)
			}
			if n := *draws - before; n < frames {
				t.Errorf("the grains do not move: %d pictures differ", n)
			}
			rest()
			if n := falls(time.Hour); n != 0 || g.Moving() {
				t.Errorf("%s: %d pictures in an hour", name, n)
			}
			if g.raster.Generator(112, 112); g.drawn.Fall != 0 {
				t.Errorf("%s: a grain stays between two places", name)
			}
		}
	}) // a goroutine that lives on would fail the bubble
}

// TestUnseenRests: a glass that nobody paints comes to rest by itself, and moves on when asked again.
func TestUnseenRests(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		g, _ := painted(t, 112, icon.Spec{State: icon.Running, Share: 0.6})
		n := 0
		g.UI = func(f func()) { n++; f() }
		for range 2 {
			n = 0
			g.Animate(true)
			time.Sleep(time.Hour)
			synctest.Wait()
			if g.Moving() || n != frames+1 {
				t.Errorf("unseen for an hour it woke the program %d times", n)
			}
		}
	})
}

// TestNothingLivesAtRest: a window full of glasses at rest, and one that was stopped, keep no goroutine.
func TestNothingLivesAtRest(t *testing.T) {
	test.NewTempApp(t)
	before := runtime.NumGoroutine()
	for range 100 {
		g, _ := painted(t, 56, icon.Spec{State: icon.Running, Share: 0.6})
		g.Animate(true)
		g.Animate(false)
		if g.timer != nil {
			t.Fatal("a timer is left")
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func BenchmarkFrame(b *testing.B) {
	g := New(56)
	g.spec = icon.Spec{State: icon.Running, Share: 0.6, Exact: true, Fine: true}
	g.timer = time.NewTimer(time.Hour)
	defer g.timer.Stop()
	for b.Loop() {
		g.image = nil
		g.draw(112, 112)
	}
}
