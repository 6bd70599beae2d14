package tray

import (
	"strings"

	"github.com/sandglass-dev/sandglass/assets/icon"
)

// early is false: the library has no window for the icon before it runs.
const early = false

// sizes are those that the tray asks for at 100 to 300 %.
var sizes = []int{16, 20, 24, 32, 48}

// escape doubles the sign that marks a keyboard letter in a label.
func escape(label string) string { return strings.ReplaceAll(label, "&", "&&") }

// pictures are the icon for the tray; there are no template pictures here.
func pictures(spec icon.Spec) (template, regular []byte) {
	if spec.Size > 0 {
		return nil, icon.ICO(spec, spec.Size)
	}
	return nil, icon.ICO(spec, sizes...)
}
