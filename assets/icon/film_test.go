package icon

import (
	"image"
	"image/color"
	blend "image/draw"
	"os"
	"path/filepath"
	"testing"
)

// TestFilm writes the window's pictures, and the frames of a falling grain, for a person to look
// at: go test -artifacts.
func TestFilm(t *testing.T) {
	file := filepath.Join(t.ArtifactDir(), "film.png")
	const cell = 264
	sizes := []int{256, 128, 112, 64, 48}
	shots := film()
	high := 0
	for _, size := range sizes {
		high += size + 8
	}
	sheet := image.NewNRGBA(image.Rect(0, 0, cell*len(shots), 2*high))
	for band, back := range []color.NRGBA{{0xff, 0xff, 0xff, 255}, {0x1e, 0x21, 0x26, 255}} {
		y := band * high
		blend.Draw(sheet, image.Rect(0, y, sheet.Rect.Max.X, y+high), image.NewUniform(back), image.Point{}, blend.Src)
		for _, size := range sizes {
			for col, s := range shots {
				s.Size, s.Dark = size, band == 1
				img := Render(s)
				blend.Draw(sheet, img.Bounds().Add(image.Pt(col*cell+4, y+4)), img, image.Point{}, blend.Over)
			}
			y += size + 8
		}
	}
	if err := os.WriteFile(file, encode(sheet), 0o644); err != nil {
		t.Fatal(err)
	}
}

// film is what a card shows in the life of a session, and a grain's way in quarters.
func film() []Spec {
	var out []Spec
	for _, share := range []float64{1, 0.8, 0.6, 0.3} {
		out = append(out, Spec{State: Running, Share: share})
	}
	for _, share := range []float64{0.2, 0.1, 0.02} {
		out = append(out, Spec{State: Ending, Share: share})
	}
	for _, state := range []State{Ended, Locked, Unknown, Offline, Idle} {
		out = append(out, Spec{State: state})
	}
	for _, fall := range []float64{0, 0.25, 0.5, 0.75, 1} {
		out = append(out, Spec{State: Running, Share: 0.6, Fall: fall})
	}
	for i := range out {
		out[i].Fine = true
	}
	return out
}
