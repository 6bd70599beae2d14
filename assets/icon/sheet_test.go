package icon

import (
	"image"
	"image/color"
	blend "image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// variant is one picture of the contact sheet.
type variant struct {
	name string
	spec Spec
}

// variants are all pictures that the tray can show.
func variants() []variant {
	out := []variant{}
	for level := Levels; level >= 1; level-- {
		out = append(out, variant{"running " + string(rune('0'+level)), Spec{State: Running, Share: LevelShare(level)}})
	}
	return append(out,
		variant{"ending", Spec{State: Ending, Share: 0.1}}, variant{"ended", Spec{State: Ended}},
		variant{"locked", Spec{State: Locked}}, variant{"unknown", Spec{State: Unknown}},
		variant{"offline", Spec{State: Offline}}, variant{"idle", Spec{State: Idle}})
}

// TestSheet writes all pictures in all sizes for a person to look at: go test -artifacts.
func TestSheet(t *testing.T) {
	file := filepath.Join(t.ArtifactDir(), "sheet.png")
	sizes := []int{16, 20, 22, 24, 32, 48, 64}
	const cell, zoomed = 72, 16 * 5
	rowsHigh := len(sizes)*cell + zoomed + 22*4 + 20
	sheet := image.NewNRGBA(image.Rect(0, 0, len(variants())*104, 3*rowsHigh))
	for band, bg := range []color.NRGBA{{0xf3, 0xf1, 0xee, 255}, {0x1b, 0x1e, 0x23, 255}, {0xdd, 0xdd, 0xdd, 255}} {
		area := image.Rect(0, band*rowsHigh, sheet.Rect.Max.X, (band+1)*rowsHigh)
		blend.Draw(sheet, area, image.NewUniform(bg), image.Point{}, blend.Src)
		for col, v := range variants() {
			spec := v.spec
			spec.Dark, spec.Template = band == 1, band == 2
			y := area.Min.Y + 4
			for _, zoom := range []struct{ size, by int }{{16, 5}, {22, 4}} {
				spec.Size = zoom.size
				img := Render(spec)
				for py := range zoom.size * zoom.by {
					for px := range zoom.size * zoom.by {
						r := image.Rect(col*104+8+px, y+py, col*104+9+px, y+py+1)
						blend.Draw(sheet, r, img, image.Pt(px/zoom.by, py/zoom.by), blend.Over)
					}
				}
				y += zoom.size*zoom.by + 4
			}
			for _, size := range sizes {
				spec.Size = size
				img := Render(spec)
				blend.Draw(sheet, img.Bounds().Add(image.Pt(col*104+(104-size)/2, y+(cell-size)/2)), img, image.Point{}, blend.Over)
				y += cell
			}
		}
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, sheet); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
