package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The four type sizes and the grid, in Fyne's pixels.
const (
	sizeTitle = 24
	sizeHead  = 16
	sizeText  = 14
	sizeSmall = 12
	grid      = 8
)

// palette is one of the two sets of colours: paper and night.
type palette struct {
	back, card, line, ink, dim, rail, sand, onSand, warn, chip, chosen color.NRGBA
	add, addBack, del, delBack, code                                   color.NRGBA // of a diff
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

var (
	paper = palette{rgb(0xf6f4f1), rgb(0xffffff), rgb(0xe4dfd7), rgb(0x1c2430), rgb(0x5f6772), rgb(0xefebe5), rgb(0x9a5c0c), rgb(0xffffff), rgb(0xc23f0a), rgb(0xf3efe8), rgb(0xffffff),
		rgb(0x17653a), rgb(0xe6f3ea), rgb(0xb0330a), rgb(0xfbe9e3), rgb(0xfbfaf8)}
	night = palette{rgb(0x16181c), rgb(0x1e2126), rgb(0x2e333b), rgb(0xece9e4), rgb(0x9ba3ae), rgb(0x121417), rgb(0xe8ab4e), rgb(0x16181c), rgb(0xff7a45), rgb(0x272b32), rgb(0x22262c),
		rgb(0x7fd3a0), rgb(0x1b2f25), rgb(0xff9a78), rgb(0x3a221b), rgb(0x1a1c20)}
)

func colours(v fyne.ThemeVariant) palette {
	if v == theme.VariantDark {
		return night
	}
	return paper
}

// current is the palette that the theme in force draws with.
func current() palette {
	if theme.Color(theme.ColorNameBackground) == color.Color(night.back) {
		return night
	}
	return paper
}

// Theme is Fyne's own with our colours, sizes and one accent: sand.
type Theme struct{ fyne.Theme }

// NewTheme returns the theme. It follows the system's light or dark.
func NewTheme() Theme { return Theme{theme.DefaultTheme()} }

// Color implements fyne.Theme.
func (t Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := colours(v)
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return p.back
	case theme.ColorNameForeground:
		return p.ink
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return p.dim
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return p.sand
	case theme.ColorNameForegroundOnPrimary:
		return p.onSand
	case theme.ColorNameFocus, theme.ColorNameSelection:
		focus := p.sand
		focus.A = 0x55
		return focus
	case theme.ColorNameButton:
		return p.chip
	case theme.ColorNameInputBackground:
		return p.card
	case theme.ColorNameSeparator, theme.ColorNameInputBorder:
		return p.line
	case theme.ColorNameWarning, theme.ColorNameError:
		return p.warn
	case theme.ColorNameSuccess:
		return p.add
	case theme.ColorNameHover:
		return color.NRGBA{p.ink.R, p.ink.G, p.ink.B, 0x12}
	}
	return t.Theme.Color(name, v)
}

// Size implements fyne.Theme.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return sizeText
	case theme.SizeNameHeadingText:
		return sizeTitle
	case theme.SizeNameSubHeadingText:
		return sizeHead
	case theme.SizeNameCaptionText:
		return sizeSmall
	case theme.SizeNamePadding:
		return grid / 2
	case theme.SizeNameInnerPadding:
		return grid
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return grid
	}
	return t.Theme.Size(name)
}
