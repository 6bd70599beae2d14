// Package glyph draws the small line icons of the window: one set, on a grid of 20 by 20, with
// strokes of 1.5 and round ends. Each is one path that is filled, not stroked, and names no colour:
// Fyne colours what is filled only. Everything is pure: the same name gives the same bytes.
package glyph

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The names: the six rooms of the window's rail, then what stands in buttons and lines.
const (
	Sessions = "sessions"
	Access   = "access"
	Projects = "projects"
	Publish  = "publish"
	Findings = "findings"
	Settings = "settings"

	More    = "more"
	Copy    = "copy"
	Folder  = "folder"
	Check   = "check"
	Warning = "warning"
	Search  = "search"
	Eye     = "eye"
)

// pens holds what a pen of 1.5 does for each glyph, in SVG's words for paths (M L H V C Z, absolute).
// Two words are our own: O x y r is a circle's line, D x y r a filled disc.
var pens = map[string]string{
	// a sandglass
	Sessions: `M4.75 2.75H15.25M4.75 17.25H15.25
		M6.25 2.75V5.25C6.25 7.75 9.1 8.5 9.1 10C9.1 11.5 6.25 12.25 6.25 14.75V17.25
		M13.75 2.75V5.25C13.75 7.75 10.9 8.5 10.9 10C10.9 11.5 13.75 12.25 13.75 14.75V17.25`,
	// a key
	Access: `O 6.75 13.25 3.75M9.4 10.6L16.75 3.25M13.25 6.75L15.75 9.25`,
	// layers
	Projects: `M10 2.75L17.25 6.5L10 10.25L2.75 6.5ZM2.75 10.25L10 14L17.25 10.25M2.75 13.75L10 17.5L17.25 13.75`,
	// up, out of a tray
	Publish: `M10 12.5V3M5.75 7.25L10 3L14.25 7.25M3 12.75V14.75C3 16 4 17 5.25 17H14.75C16 17 17 16 17 14.75V12.75`,
	// a pulse
	Findings: `M2.25 10.5H5.5L8 4L12 16.25L14.25 10.5H17.75`,
	// two sliders
	Settings: `M2.75 6.25H9.5O 11.75 6.25 2.25M14 6.25H17.25M2.75 13.75H6O 8.25 13.75 2.25M10.5 13.75H17.25`,

	More: `D 4.25 10 1.4D 10 10 1.4D 15.75 10 1.4`,
	Copy: `M9 7H15C16.1 7 17 7.9 17 9V15C17 16.1 16.1 17 15 17H9C7.9 17 7 16.1 7 15V9C7 7.9 7.9 7 9 7Z
		M13 3H5C3.9 3 3 3.9 3 5V13`,
	Folder: `M4.5 16C3.4 16 2.5 15.1 2.5 14V6C2.5 4.9 3.4 4 4.5 4H7.5L9.75 6.5H15.5C16.6 6.5 17.5 7.4 17.5 8.5V14C17.5 15.1 16.6 16 15.5 16Z`,
	Check:  `M3.75 10.5L8 14.75L16.25 5.5`,
	Warning: `M11.1 3.6L17.4 14.7C17.9 15.6 17.3 16.5 16.3 16.5H3.7C2.7 16.5 2.1 15.6 2.6 14.7L8.9 3.6C9.4 2.7 10.6 2.7 11.1 3.6Z
		M10 7.5V11D 10 13.6 0.95`,
	Search: `O 8.75 8.75 5.75M13 13L17.25 17.25`,
	Eye: `M2 10C4 6.5 6.75 4.75 10 4.75C13.25 4.75 16 6.5 18 10C16 13.5 13.25 15.25 10 15.25C6.75 15.25 4 13.5 2 10Z
		O 10 10 2.5`,
}

// Names lists the glyphs by the alphabet.
func Names() []string { return slices.Sorted(maps.Keys(pens)) }

// SVG is the glyph as a drawing of 20 by 20; nil for a name that is not in Names.
func SVG(name string) []byte {
	pen, ok := pens[name]
	if !ok {
		return nil
	}
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20"><path d="`)
	for _, l := range lines(pen) {
		for _, ring := range l.outline() {
			ring.write(&b)
		}
	}
	b.WriteString(`"/></svg>`)
	return []byte(b.String())
}

// write adds the ring in SVG's words.
func (r ring) write(b *strings.Builder) {
	for i, q := range r {
		verb := byte('L')
		if i == 0 {
			verb = 'M'
		}
		b.WriteByte(verb)
		b.WriteString(strconv.FormatFloat(q.x, 'f', 2, 64) + " " + strconv.FormatFloat(q.y, 'f', 2, 64))
	}
	b.WriteByte('Z')
}
