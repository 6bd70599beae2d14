// Package look is how the window looks and how the keyboard goes through it: two sets of colours, four
// sizes of type on a grid of eight, and the few parts that all rooms are put together of.
//
// Parts take their colours when they are made. When the theme changes the window makes all of them anew.
// Everything here runs on Fyne's main goroutine.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Grid is the step of all distances, in Fyne's pixels.
const Grid = 8

// The four sizes of type before the theme's scale, in Fyne's pixels.
const (
	SizeTitle = 24
	SizeHead  = 16
	SizeText  = 14
	SizeSmall = 12
)

// Palette is a set of colours: paper or night.
type Palette struct {
	Back, Card, Line, Ink, Dim, Rail, Sand, OnSand, Warn, Chip, Chosen color.NRGBA
	Add, AddBack, Del, DelBack, Code                                   color.NRGBA // of a diff
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

var (
	paper = Palette{rgb(0xf6f4f1), rgb(0xffffff), rgb(0xe4dfd7), rgb(0x1c2430), rgb(0x5f6772), rgb(0xefebe5), rgb(0x9a5c0c), rgb(0xffffff), rgb(0xb83b09), rgb(0xf3efe8), rgb(0xffffff),
		rgb(0x17653a), rgb(0xe6f3ea), rgb(0xb0330a), rgb(0xfbe9e3), rgb(0xfbfaf8)}
	night = Palette{rgb(0x16181c), rgb(0x1e2126), rgb(0x2e333b), rgb(0xece9e4), rgb(0x9ba3ae), rgb(0x121417), rgb(0xe8ab4e), rgb(0x16181c), rgb(0xff7a45), rgb(0x272b32), rgb(0x22262c),
		rgb(0x7fd3a0), rgb(0x1b2f25), rgb(0xff9a78), rgb(0x3a221b), rgb(0x1a1c20)}
)

func colours(v fyne.ThemeVariant) Palette {
	if v == theme.VariantDark {
		return night
	}
	return paper
}

// Dark reports whether the theme in force is the dark one.
func Dark() bool { return theme.Color(theme.ColorNameBackground) == color.Color(night.Back) }

// Current is the palette that the theme in force draws with.
func Current() Palette {
	if Dark() {
		return night
	}
	return paper
}

// Theme is Fyne's own with our colours, sizes and one accent: sand.
type Theme struct {
	fyne.Theme
	// Scale makes all type larger or smaller; 0 is 1.
	Scale float32
	// Face stands in for Fyne's font, so that Japanese can be read where the system has no font for it; nil:
	// Fyne's, with what the system has for the rest.
	Face func(fyne.TextStyle) fyne.Resource
}

// NewTheme returns the theme. It follows the system's light or dark.
func NewTheme() *Theme { return &Theme{Theme: theme.DefaultTheme()} }

// Font implements fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if t.Face != nil && !style.Monospace && !style.Symbol {
		return t.Face(style)
	}
	return t.Theme.Font(style)
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := colours(v)
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return p.Back
	case theme.ColorNameForeground:
		return p.Ink
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return p.Dim
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return p.Sand
	case theme.ColorNameForegroundOnPrimary:
		return p.OnSand
	case theme.ColorNameFocus, theme.ColorNameSelection:
		focus := p.Sand
		focus.A = 0x55
		return focus
	case theme.ColorNameButton:
		return p.Chip
	case theme.ColorNameInputBackground:
		return p.Card
	case theme.ColorNameSeparator, theme.ColorNameInputBorder:
		return p.Line
	case theme.ColorNameWarning, theme.ColorNameError:
		return p.Warn
	case theme.ColorNameSuccess:
		return p.Add
	case theme.ColorNameHover:
		return color.NRGBA{p.Ink.R, p.Ink.G, p.Ink.B, 0x12}
	}
	return t.Theme.Color(name, v)
}

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	scale := t.Scale
	if scale == 0 {
		scale = 1
	}
	switch name {
	case theme.SizeNameText:
		return SizeText * scale
	case theme.SizeNameHeadingText:
		return SizeTitle * scale
	case theme.SizeNameSubHeadingText:
		return SizeHead * scale
	case theme.SizeNameCaptionText:
		return SizeSmall * scale
	case theme.SizeNameInlineIcon:
		return t.Theme.Size(name) * scale
	case theme.SizeNamePadding:
		return Grid / 2
	case theme.SizeNameInnerPadding:
		return Grid
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return Grid
	}
	return t.Theme.Size(name)
}

// sizeNames are the theme's names of the four sizes.
var sizeNames = map[float32]fyne.ThemeSizeName{
	SizeTitle: theme.SizeNameHeadingText, SizeHead: theme.SizeNameSubHeadingText, SizeText: theme.SizeNameText, SizeSmall: theme.SizeNameCaptionText,
}
