package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/go-text/typesetting/segmenter"
)

// flush takes away the room that Fyne's label keeps around its text, and breaks lines where the text has no
// blanks between words: Fyne would break them anywhere, before a full stop or within a name.
type flush struct {
	fyne.WidgetRenderer
	l     *Label
	width float32 // that was last given
}

// Layout implements fyne.WidgetRenderer.
func (f *flush) Layout(size fyne.Size) {
	if size.Width != f.width {
		f.width = size.Width
		f.fold()
	}
	in := theme.InnerPadding()
	f.WidgetRenderer.Layout(size.AddWidthHeight(2*in, 2*in))
	for _, o := range f.Objects() {
		o.Move(fyne.NewPos(-in, -in))
	}
}

// MinSize implements fyne.WidgetRenderer.
func (f *flush) MinSize() fyne.Size {
	in := theme.InnerPadding()
	least := f.WidgetRenderer.MinSize().SubtractWidthHeight(2*in, 2*in)
	if f.folds() {
		least.Width = min(least.Width, 2*theme.Size(f.l.SizeName))
	}
	return least
}

// Refresh implements fyne.WidgetRenderer.
func (f *flush) Refresh() {
	f.WidgetRenderer.Refresh()
	f.fold()
}

func (f *flush) folds() bool { return f.l.Wrapping == fyne.TextWrapBreak && !f.l.Selectable }

// fold writes the lines into Fyne's text, which breaks none then.
func (f *flush) fold() {
	if !f.folds() || f.width <= 0 {
		return
	}
	size := theme.Size(f.l.SizeName)
	lines := Lines(f.l.Text, func(s string) bool { return fyne.MeasureText(s, size, f.l.TextStyle).Width <= f.width })
	for _, o := range f.Objects() {
		if rich, ok := o.(*widget.RichText); ok {
			rich.Wrapping = fyne.TextWrapOff
			rich.Segments[0].(*widget.TextSegment).Text = strings.Join(lines, "\n")
			rich.Refresh()
		}
	}
}

// Lines breaks a text where Unicode allows it, so that each line fits. What cannot be broken has a line of its own.
func Lines(text string, fits func(string) bool) (lines []string) {
	var s segmenter.Segmenter
	s.Init([]rune(text))
	line := ""
	for parts := s.LineIterator(); parts.Next(); {
		part := parts.Line()
		word := string(part.Text)
		if line != "" && !fits(line+strings.TrimRight(word, " \n")) {
			lines = append(lines, strings.TrimRight(line, " \n"))
			line = ""
		}
		line += word
		if part.IsMandatoryBreak {
			lines = append(lines, strings.TrimRight(line, " \n"))
			line = ""
		}
	}
	if line != "" {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}
