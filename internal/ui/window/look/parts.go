package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
)

// Panel puts content on a card with rounded corners.
func Panel(content fyne.CanvasObject) *fyne.Container { return Card(Pad(content, 2*Grid, 3*Grid)) }

// Card is a panel that leaves the room at the sides to its content.
func Card(content fyne.CanvasObject) *fyne.Container {
	c := Current()
	back := canvas.NewRectangle(c.Card)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = 12, c.Line, 1
	return container.NewStack(back, content)
}

// Pad keeps room above and below, and at the sides.
func Pad(content fyne.CanvasObject, upright, sides float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(upright, upright, sides, sides), content)
}

// Column puts parts below each other with so much room between them.
func Column(gap float32, parts ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), parts...)
}

// Beside puts parts beside each other with so much room between them, each as wide as it must be.
func Beside(gap float32, parts ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), parts...)
}

// Chip is a small fact on a small ground.
func Chip(s string) fyne.CanvasObject {
	c := Current()
	back := canvas.NewRectangle(c.Chip)
	back.CornerRadius = 6
	return container.NewStack(back, Pad(shrinking(s, SizeSmall, Ink), 2, Grid))
}

// shrinking is a line as wide as its text, which is cut where a layout gives it less.
func shrinking(s string, size float32, tone Tone) fyne.CanvasObject {
	wide := fyne.MeasureText(s, theme.Size(sizeNames[size]), fyne.TextStyle{}).Width
	return Wide(Line(s, size, tone), wide+4) // the line measures by runes, and rounds
}

// Mark is a chip with a frame that asks for attention.
func Mark(s string) fyne.CanvasObject {
	c := Current()
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = 6, c.Warn, 1
	return container.NewStack(back, Pad(shrinking(s, SizeSmall, Warn), 2, Grid))
}

// Badge is a number that asks for attention.
func Badge(s string) fyne.CanvasObject {
	c := Current()
	back := canvas.NewRectangle(c.Warn)
	back.CornerRadius = 9
	ink := c.OnSand
	return container.NewCenter(container.NewStack(back, Pad(Text(s, SizeSmall, ink, true), 1, 7)))
}

// Code is a command or a line of a file, to be read letter by letter and copied.
func Code(s string) fyne.CanvasObject { return code(s, true) }

// Command is a command beside a button that copies it: the Tab key goes to the button alone.
func Command(s string) fyne.CanvasObject { return code(s, false) }

func code(s string, selectable bool) fyne.CanvasObject {
	c := Current()
	l := NewLabel(s, SizeText, Ink).Mono()
	l.Wrapping, l.Selectable = fyne.TextWrapBreak, selectable
	back := canvas.NewRectangle(c.Code)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = Grid, c.Line, 1
	return container.NewStack(back, Pad(l, Grid, 12))
}

// Scaled is a width that holds so much text, whatever the size of the type.
func Scaled(width float32) float32 { return width * theme.Size(theme.SizeNameText) / SizeText }

// Space is empty room of some height and width.
func Space(size float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSquareSize(size))
	return r
}

// Wide gives content at least this width.
func Wide(content fyne.CanvasObject, width float32) fyne.CanvasObject {
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(width, 0))
	return container.NewStack(strut, content)
}

// Rule is a thin line across.
func Rule() fyne.CanvasObject {
	r := canvas.NewRectangle(Current().Line)
	r.SetMinSize(fyne.NewSize(0, 1))
	return r
}

// Middle keeps content in the middle of its height and as wide as there is room.
func Middle(content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), content, layout.NewSpacer())
}

// Sized gives content exactly this size.
func Sized(content fyne.CanvasObject, width, height float32) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(width, height), content)
}

// Bullets are sentences with a point before each.
func Bullets(lines []string) fyne.CanvasObject {
	box := Column(Grid / 2)
	for _, line := range lines {
		box.Add(container.NewBorder(nil, nil, container.NewVBox(Text("•  ", SizeText, Current().Sand, true)), nil, Prose(line)))
	}
	return box
}
