package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon/glyph"
)

// Icon is one of package glyph's line drawings in the colour of the text.
func Icon(name string) fyne.Resource {
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg", glyph.SVG(name)))
}

// Picture shows an icon in 20 by 20.
func Picture(name string) fyne.CanvasObject { return Sized(widget.NewIcon(Icon(name)), 20, 20) }
