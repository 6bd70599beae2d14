// Package icon draws the sandglass, Sandglass's mark. Its sand is the time that is left.
//
// There is one description of it, in shapes on a grid of 24 by 24; Render, PNG, ICO, ICNS and SVG come from
// it. A small picture is not the large one shrunk: like the letters of a font, the shapes are fitted
// to whole pixels, so that caps, walls and every grain of sand are sharp at 16. States differ by
// shape, never by colour alone. Everything is pure: the same Spec gives the same bytes.
package icon

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

// State is what the sandglass tells.
type State int

// The states.
const (
	Idle    State = iota // nothing to keep alive: the plain outline
	Running              // sand by Share
	Ending               // the last grains, in amber
	Ended                // empty above, with a notch and a mark in it
	Locked               // with a keyhole
	Unknown              // with a question mark
	Offline              // dotted
)

// States lists them.
var States = []State{Idle, Running, Ending, Ended, Locked, Unknown, Offline}

// Levels is how many levels of sand there are.
const Levels = 5

// Spec says which picture.
type Spec struct {
	State    State
	Share    float64 // the time left, 0 to 1; drawn in Levels steps
	Exact    bool    // draw the very share instead, for large pictures
	Size     int     // pixels a side, at least 8
	Dark     bool    // for a dark background
	Template bool    // black with transparency only, for the menu bar of macOS
	Fine     bool    // from 48 pixels on, the shapes for a window: round, light, with glass to see, the very share
	Fall     float64 // 0 to 1: how far each falling grain is on its way to the next one's place, from 28 pixels on
}

// moves says whether the picture has grains that Fall moves.
func (s Spec) moves() bool {
	return s.Size >= smallest && (s.State == Running || s.State == Ending)
}

// fine says whether the picture is drawn in the shapes for a window.
func (s Spec) fine() bool { return s.Fine && s.Size >= 48 }

// lastQuarter is the share at which a session is ending: the levels of sand divide the life before it.
const lastQuarter = 0.25

// Level is the level of sand for a share: Levels at first, 1 at the end, 0 when nothing is left.
func Level(share float64) int {
	if share <= 0 || math.IsNaN(share) {
		return 0
	}
	step := (1 - lastQuarter) / Levels
	return max(1, int(math.Ceil((min(share, 1)-lastQuarter)/step-1e-9)))
}

// LevelShare is the greatest share of a level: the sand falls from level to level-1 at
// LevelShare(level-1).
func LevelShare(level int) float64 {
	if level <= 0 {
		return 0
	}
	return lastQuarter + float64(min(level, Levels))*(1-lastQuarter)/Levels
}

// Render draws the picture.
func Render(s Spec) *image.NRGBA {
	s.Size = max(s.Size, 8)
	g := fit(s)
	if s.Fall > 0 && s.moves() {
		return animated(s, g)
	}
	return paint(g, draw(s, g), colours(s))
}

// PNG is Render's picture as a file.
func PNG(s Spec) []byte { return encode(Render(s)) }

// ICO is a Windows icon with the picture in each of the sizes, at most 256.
func ICO(s Spec, sizes ...int) []byte {
	return bundle(sizes, func(size int) *image.NRGBA {
		s.Size = size
		return Render(s)
	})
}

// bundle puts pictures of several sizes into a Windows icon.
func bundle(sizes []int, render func(size int) *image.NRGBA) []byte {
	var head, body bytes.Buffer
	put := func(v any) { _ = binary.Write(&head, binary.LittleEndian, v) } // fixed sizes, to memory
	put([3]uint16{0, 1, uint16(len(sizes))})
	for _, size := range sizes {
		data := encode(render(size))
		side := uint8(size) // 256 is written as 0
		put([4]uint8{side, side, 0, 0})
		put([2]uint16{1, 32})
		put([2]uint32{uint32(len(data)), uint32(6 + 16*len(sizes) + body.Len())})
		body.Write(data)
	}
	return append(head.Bytes(), body.Bytes()...)
}

// palette gives each role its colour.
type palette map[role]color.NRGBA

// role is what a shape is to the picture.
type role int

const (
	ink   role = iota // frame
	sand              // time left
	spent             // time gone
	alert             // what asks for attention
	glass             // what the glass itself adds to what is behind it
	shade             // the side of the sand away from the light
	glint             // where the glass throws the light back
)

func colours(s Spec) palette {
	p := palette{
		ink:   {0x1c, 0x24, 0x30, 255},
		sand:  {0xc0, 0x7a, 0x1e, 255},
		spent: {0x1c, 0x24, 0x30, 140},
		alert: {0xd9, 0x48, 0x0f, 255},
		glass: {0x1c, 0x24, 0x30, 14},
		shade: {0x5a, 0x2a, 0x00, 38},
		glint: {0xff, 0xff, 0xff, 130},
	}
	if s.Dark {
		p = palette{
			ink:   {0xe9, 0xe6, 0xe1, 255},
			sand:  {0xe8, 0xab, 0x4e, 255},
			spent: {0xe9, 0xe6, 0xe1, 150},
			alert: {0xff, 0x7a, 0x45, 255},
			glass: {0xe9, 0xe6, 0xe1, 18},
			shade: {0x5a, 0x2a, 0x00, 46},
			glint: {0xff, 0xff, 0xff, 70},
		}
	}
	if s.Template {
		black := color.NRGBA{A: 255}
		return palette{ink: black, sand: black, spent: {A: 140}, alert: black, glass: {}, shade: {}, glint: {}}
	}
	if s.State == Ending {
		p[sand] = p[alert]
	}
	return p
}
