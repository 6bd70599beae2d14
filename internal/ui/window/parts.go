package window

import (
	"image/color"
	"os"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// text makes a line of text in one of the four sizes.
func text(s string, size float32, c color.Color, bold bool) *canvas.Text {
	t := canvas.NewText(s, c)
	t.TextSize, t.TextStyle.Bold = size, bold
	return t
}

// setText changes a text only where it differs: nothing is drawn again while nothing changes.
func setText(t *canvas.Text, s string, c color.Color) {
	if t.Text == s && t.Color == c {
		return
	}
	t.Text, t.Color = s, c
	t.Refresh()
}

// panel puts content on a card with rounded corners.
func panel(content fyne.CanvasObject, fill, line color.Color) fyne.CanvasObject {
	back := canvas.NewRectangle(fill)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = 12, line, 1
	return container.NewStack(back, container.New(layout.NewCustomPaddedLayout(2*grid, 2*grid, 3*grid, 3*grid), content))
}

// chip is a small fact on a small ground.
func chip(s string, p palette) fyne.CanvasObject {
	back := canvas.NewRectangle(p.chip)
	back.CornerRadius = 6
	return container.NewStack(back, container.New(layout.NewCustomPaddedLayout(1, 1, grid, grid), text(s, sizeSmall, p.ink, false)))
}

// fixed gives content a width of its own.
func fixed(content fyne.CanvasObject, width float32) fyne.CanvasObject {
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(width, 0))
	return container.NewStack(strut, content)
}

// shortPath writes a path below the home folder with "~".
func shortPath(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(os.PathSeparator)); err == nil && ok {
		return "~" + string(os.PathSeparator) + rest
	}
	return path
}

// prose is a text that takes as many lines as it needs. Japanese knows no blanks between words: broken at the
// few that there are, its lines would end anywhere.
func prose(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = wrapping(s)
	return l
}

func wrapping(s string) fyne.TextWrap {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }) {
		return fyne.TextWrapBreak
	}
	return fyne.TextWrapWord
}

// caption is small prose.
func caption(s string) *widget.Label {
	l := prose(s)
	l.SizeName, l.Importance = theme.SizeNameCaptionText, widget.LowImportance
	return l
}
