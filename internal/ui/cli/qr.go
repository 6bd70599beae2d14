package cli

import (
	"strings"

	"rsc.io/qr"
)

// quiet is the empty margin around a QR code, in modules. Four is the standard; terminals have room
// around the picture, and two are read by every phone.
const quiet = 2

// qrCode draws a QR code of text with two modules in each character cell. It is "" for a text that
// does not fit.
func qrCode(text string, st style) string {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ""
	}
	// Dark on light, whatever the terminal's own colours: with colour both are set, without it light
	// modules are drawn, since most terminals are dark.
	black := func(x, y int) bool { return code.Black(x-quiet, y-quiet) }
	full := func(x, y int) bool { return black(x, y) == st.colour }
	size := code.Size + 2*quiet
	var b strings.Builder
	for y := 0; y < size; y += 2 {
		var line strings.Builder
		for x := range size {
			switch up, down := full(x, y), y+1 < size && full(x, y+1); {
			case up && down:
				line.WriteRune('█')
			case up:
				line.WriteRune('▀')
			case down:
				line.WriteRune('▄')
			default:
				line.WriteRune(' ')
			}
		}
		b.WriteString(st.paint("30;107", line.String()) + "\n")
	}
	return b.String()
}
