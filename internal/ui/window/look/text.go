package look

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Text makes one line of text in one of the four sizes, as wide as it is: for words of our own. What comes
// from outside goes into a Line.
func Text(s string, size float32, c color.Color, bold bool) *canvas.Text {
	t := canvas.NewText(s, c)
	t.TextSize, t.TextStyle.Bold = theme.Size(sizeNames[size]), bold
	return t
}

// Tone is what a label's colour says.
type Tone = widget.Importance

// The tones.
const (
	Ink  = widget.MediumImportance
	Dim  = widget.LowImportance
	Warn = widget.DangerImportance
	Good = widget.SuccessImportance
)

// Label is a text without the room that Fyne's has around it.
type Label struct{ widget.Label }

// NewLabel makes a label in one of the four sizes.
func NewLabel(s string, size float32, tone Tone) *Label {
	l := &Label{}
	l.Text, l.SizeName, l.Importance = s, sizeNames[size], tone
	l.ExtendBaseWidget(l)
	return l
}

// Prose is a text that takes as many lines as it needs.
func Prose(s string) *Label { return NewLabel(s, SizeText, Ink).Wrapped() }

// Caption is small prose.
func Caption(s string) *Label { return NewLabel(s, SizeSmall, Dim).Wrapped() }

// Line is one line that is cut with an ellipsis where the room is too small.
func Line(s string, size float32, tone Tone) *Label {
	l := NewLabel(s, size, tone)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// Head is a heading on a card.
func Head(s string) *Label { return Line(s, SizeHead, Ink).Bold() }

// Bold makes the label bold.
func (l *Label) Bold() *Label {
	l.TextStyle.Bold = true
	return l
}

// Mono makes it a text of the computer's.
func (l *Label) Mono() *Label {
	l.TextStyle.Monospace = true
	return l
}

// Centered puts it into the middle.
func (l *Label) Centered() *Label {
	l.Alignment = fyne.TextAlignCenter
	return l
}

// Wrapped lets it take more lines.
func (l *Label) Wrapped() *Label {
	l.Wrapping = wrapping(l.Text)
	return l
}

// Say changes the text and its tone only where they differ. It reports whether they did.
func (l *Label) Say(s string, tone Tone) bool {
	if l.Text == s && l.Importance == tone {
		return false
	}
	l.Importance = tone
	if l.Wrapping != fyne.TextWrapOff {
		l.Wrapping = wrapping(s)
	}
	l.SetText(s)
	return true
}

func wrapping(s string) fyne.TextWrap {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }) {
		return fyne.TextWrapBreak
	}
	return fyne.TextWrapWord
}

// CreateRenderer implements fyne.Widget.
func (l *Label) CreateRenderer() fyne.WidgetRenderer {
	return &flush{WidgetRenderer: l.Label.CreateRenderer(), l: l}
}

// MinSize implements fyne.CanvasObject.
func (l *Label) MinSize() fyne.Size {
	l.ExtendBaseWidget(l)
	return l.BaseWidget.MinSize()
}
