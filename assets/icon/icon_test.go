package icon

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the launcher's files")

// TestStatesDifferByShape: no two pictures may be told apart by colour alone. The picture for the
// menu bar has none, so its cover is compared.
func TestStatesDifferByShape(t *testing.T) {
	const different = 6 // pixels' worth of cover
	for _, size := range []int{16, 20, 22, 24, 32, 48, 64, 112} {
		for i, a := range variants() {
			for _, b := range variants()[:i] {
				if d := distance(mask(a.spec, size), mask(b.spec, size)); d < different {
					t.Errorf("at %d px %s and %s differ by %.1f pixels only", size, a.name, b.name, d)
				}
			}
		}
	}
}

// mask is the cover of each pixel, 0 to 255. From 64 pixels on it is the window's picture.
func mask(s Spec, size int) []uint8 {
	s.Size, s.Template, s.Fine = size, true, size >= 64
	img := Render(s)
	out := make([]uint8, 0, size*size)
	for i := 3; i < len(img.Pix); i += 4 {
		out = append(out, img.Pix[i])
	}
	return out
}

func distance(a, b []uint8) float64 {
	d := 0.0
	for i := range a {
		d += math.Abs(float64(a[i])-float64(b[i])) / 255
	}
	return d
}

// TestTemplateIsBlack: macOS colours the picture itself.
func TestTemplateIsBlack(t *testing.T) {
	for _, v := range variants() {
		v.spec.Size, v.spec.Template = 22, true
		img := Render(v.spec)
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i]|img.Pix[i+1]|img.Pix[i+2] != 0 {
				t.Fatalf("%s has a coloured pixel", v.name)
			}
		}
	}
}

// TestSharpCaps: the caps fill whole pixels in every size of a tray.
func TestSharpCaps(t *testing.T) {
	for _, size := range []int{16, 18, 20, 22, 24, 32, 36, 44, 48} {
		img := Render(Spec{State: Idle, Size: size})
		for y := range size {
			if a := img.NRGBAAt(size/4, y).A; (y < size/8 || y >= size-size/8) && a != 0 && a != 255 {
				t.Errorf("at %d px the cap is blurred in row %d: %d", size, y, a)
			}
		}
	}
}

// TestMirrored: the sandglass stands straight in every size.
func TestMirrored(t *testing.T) {
	for _, size := range []int{16, 22, 24, 32, 48, 64} {
		img := Render(Spec{State: Idle, Size: size})
		for y := range size {
			for x := range size {
				a, b, c := img.NRGBAAt(x, y).A, img.NRGBAAt(size-1-x, y).A, img.NRGBAAt(x, size-1-y).A
				if math.Abs(float64(a)-float64(b)) > 2 || math.Abs(float64(a)-float64(c)) > 2 {
					t.Fatalf("at %d px (%d,%d) differs from its mirror: %d %d %d", size, x, y, a, b, c)
				}
			}
		}
	}
}

func TestLevel(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  int
	}{
		{-1, 0}, {0, 0}, {math.NaN(), 0}, {1e-9, 1}, {0.25, 1}, {0.4, 1}, {0.41, 2}, {0.55, 2}, {0.56, 3},
		{0.7, 3}, {0.71, 4}, {0.85, 4}, {0.86, 5}, {1, 5}, {7, 5}, {math.Inf(1), 5},
	} {
		if got := Level(c.share); got != c.want {
			t.Errorf("Level(%v) = %d, want %d", c.share, got, c.want)
		}
	}
	for level := range Levels + 1 {
		if got := Level(LevelShare(level)); got != level {
			t.Errorf("Level(LevelShare(%d)) = %d", level, got)
		}
	}
}

// TestSandFalls: with each level there is less sand above and more below.
func TestSandFalls(t *testing.T) {
	for _, size := range []int{16, 24, 48} {
		above, below := math.Inf(1), -1.0
		for level := Levels; level >= 1; level-- {
			m := mask(Spec{State: Running, Share: LevelShare(level)}, size)
			half := len(m) / 2
			a, b := distance(m[:half], make([]uint8, half)), distance(m[half:], make([]uint8, half))
			if a >= above || b <= below {
				t.Errorf("at %d px level %d: %.1f above after %.1f, %.1f below after %.1f", size, level, a, above, b, below)
			}
			above, below = a, b
		}
	}
}

func TestICO(t *testing.T) {
	sizes := []int{16, 32, 256}
	ico := ICO(Spec{State: Ended}, sizes...)
	if n := binary.LittleEndian.Uint16(ico[4:]); int(n) != len(sizes) {
		t.Fatalf("%d pictures", n)
	}
	for i, size := range sizes {
		entry := ico[6+16*i:]
		length, at := binary.LittleEndian.Uint32(entry[8:]), binary.LittleEndian.Uint32(entry[12:])
		img, err := png.Decode(bytes.NewReader(ico[at : at+length]))
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds() != image.Rect(0, 0, size, size) || entry[0] != uint8(size) {
			t.Errorf("picture %d is %v, its entry says %d", i, img.Bounds(), entry[0])
		}
	}
}

func TestSVGIsXML(t *testing.T) {
	for _, v := range variants() {
		text := SVG(v.spec)
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v\n%s", v.name, err, text)
			}
		}
	}
}

// TestLauncherFiles: the files beside the catalogues are what this package draws. -update writes them.
func TestLauncherFiles(t *testing.T) {
	for name, want := range LauncherFiles() {
		file := filepath.Join("..", name)
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what this package draws: run go generate ./assets/icon", name)
		}
	}
}
