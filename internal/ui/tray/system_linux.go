package tray

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/sandglass-dev/sandglass/assets/icon"
)

// early says that icon and title may be set before the library runs, and are not lost then.
const early = true

// defaultSize suits the panels of this system: they shrink a picture to their height, and 48 is
// twice or three times what most of them have.
const defaultSize = 48

// plain packs without compressing: the picture goes to the library next door, and compressing it would
// cost an idle program several megabytes.
var plain = png.Encoder{CompressionLevel: png.NoCompression}

// tapOpens says that a left click opens the window, and the right one the menu. That holds for the desktops
// that tell one from the other: Plasma, Xfce, MATE, Cinnamon, LXQt, Budgie, waybar. Those that do not ask the
// program give the menu for both by themselves: GNOME's AppIndicator extension, which opens the window for a
// double click, and what is made of Ayatana's indicators.
const tapOpens = true

// titled says that the title is the icon's text for those who hear it, and is not drawn.
const titled = true

// fit leaves a tooltip as it is.
func fit(tooltip string) string { return tooltip }

// menuOpen is not known: the desktop tells when the menu opens.
func menuOpen() bool { return false }

// escape doubles the sign that marks a keyboard letter in a label.
func escape(label string) string { return strings.ReplaceAll(label, "_", "__") }

// pictures are the icon for the tray; there are no template pictures here.
func pictures(spec icon.Spec) (template, regular []byte) {
	if spec.Size == 0 {
		spec.Size = defaultSize
	}
	return nil, encode(icon.Render(spec))
}

// encode writes a picture so that the library sends its true colours. Of each colour, multiplied by
// the alpha to 16 bits, the library sends the lower eight (systray_unix.go, argbForImage), which is
// noise where a pixel is half transparent; hosts expect the plain colour. So the lower eight bits are
// made to be the plain colour, and the upper ones what they should be.
func encode(img *image.NRGBA) []byte {
	b := img.Bounds()
	deep := image.NewNRGBA64(b)
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := img.NRGBAAt(x, y)
			if c.A == 0 {
				continue
			}
			deep.SetNRGBA64(x, y, color.NRGBA64{lower(c.R, c.A), lower(c.G, c.A), lower(c.B, c.A), uint16(c.A) * 0x101})
		}
	}
	var out bytes.Buffer
	_ = plain.Encode(&out, deep) // to memory, which cannot fail
	return out.Bytes()
}

// lower is the deep colour whose product with the alpha ends in c.
func lower(c, alpha uint8) uint16 {
	a := uint32(alpha) * 0x101
	product := uint32(c)*uint32(alpha)/255<<8 | uint32(c)
	if product > a {
		product = uint32(c)
	}
	return uint16((product*0xffff + a - 1) / a)
}
