package icon

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

//go:generate go test -run TestLauncherFiles -update .

// launcherSizes are the pictures inside the Windows icon.
var launcherSizes = []int{16, 24, 32, 48, 64, 256}

// dockSizes are the pictures inside the macOS icon.
var dockSizes = []int{16, 32, 64, 128, 256, 512, 1024}

// LauncherFiles are the pictures by which desktops list the program, by file name. They stand on a
// tile of their own, since nobody knows what is behind them.
func LauncherFiles() map[string][]byte {
	return map[string][]byte{
		"sandglass.svg":  []byte(launcherSVG()),
		"sandglass.png":  encode(launcher(256)),
		"sandglass.ico":  bundle(launcherSizes, launcher),
		"sandglass.icns": container(dockSizes, docked),
	}
}

// launcherSpec is a session in the prime of its life.
var launcherSpec = Spec{State: Running, Share: 0.72, Exact: true}

var (
	tileColour = color.NRGBA{0xf6, 0xf4, 0xf1, 255}
	tileEdge   = color.NRGBA{0xd8, 0xd1, 0xc6, 255}
)

const (
	tileRadius = 5.0 // of the tile's corners, on the grid of 24
	tileShare  = 0.7 // of the tile's side, for the sandglass
)

func launcher(size int) *image.NRGBA {
	g := plain()
	g.size = size
	edge := max(24/float64(size), 0.35)
	tile := picture{{shapes: []shape{
		{path: rounded(0, tileRadius), role: ink},
		{path: rounded(edge, tileRadius-edge), role: sand},
	}}}
	out := paint(g, tile, palette{ink: tileEdge, sand: tileColour})
	s := launcherSpec
	s.Size = int(float64(size)*tileShare) &^ 1
	if size <= 32 {
		s.Size, s.Exact = size-4, false
	}
	put(out, Render(s), (size-s.Size)/2)
	return out
}

// docked is the launcher's picture with the free edge that icons have in the dock of macOS.
func docked(size int) *image.NRGBA {
	edge := size / 10
	if size <= 32 {
		edge = 0
	}
	out := image.NewNRGBA(image.Rect(0, 0, size, size))
	put(out, launcher(size-2*edge), edge)
	return out
}

// put lays the upper picture over the lower one.
func put(lower *image.NRGBA, upper *image.NRGBA, at int) {
	b := upper.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			i := lower.PixOffset(x+at, y+at)
			over(lower.Pix[i:i+4], upper.NRGBAAt(x, y), 1)
		}
	}
}

// rounded is a square with round corners, so far from the edge of the box.
func rounded(edge, r float64) path {
	a, b := edge, width-edge
	const k = 0.4477 // a quarter of a circle, as a Bézier curve
	p := path{{a + r, a}, {b - r, a}}.
		curve(point{b - r*k, a}, point{b, a + r*k}, point{b, a + r})
	p = append(p, point{b, b - r}).curve(point{b, b - r*k}, point{b - r*k, b}, point{b - r, b})
	p = append(p, point{a + r, b}).curve(point{a + r*k, b}, point{a, b - r*k}, point{a, b - r})
	return append(p, point{a, a + r}).curve(point{a, a + r*k}, point{a + r*k, a}, point{a + r, a})
}

func launcherSVG() string {
	inner := SVG(launcherSpec)
	inner = inner[strings.Index(inner, "\n")+1 : strings.LastIndex(inner, "</svg>")]
	shift := width * (1 - tileShare) / 2
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="256" height="256">
<rect x="0.18" y="0.18" width="23.64" height="23.64" rx="%s" fill="%s" stroke="%s" stroke-width="0.35"/>
<g transform="translate(%s %s) scale(%s)">
%s</g>
</svg>
`, short(tileRadius), hex(tileColour), hex(tileEdge), short(shift), short(shift), short(tileShare), inner)
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func encode(img image.Image) []byte {
	var b bytes.Buffer
	// Writing to memory cannot fail, and no picture here is one that PNG cannot hold.
	_ = png.Encode(&b, img)
	return b.Bytes()
}
