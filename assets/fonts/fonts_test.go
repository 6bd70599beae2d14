package fonts

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/assets"
)

var both = map[string][]byte{"Regular": Regular, "Bold": Bold}

// TestEveryCharacterOfTheCatalogues: a text that nobody can read on a desktop without Japanese fonts
// is noticed here.
func TestEveryCharacterOfTheCatalogues(t *testing.T) {
	files, err := fs.Glob(assets.Translations, "translations/*.ja.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d catalogues, %v", len(files), err)
	}
	for name, font := range both {
		has := characters(t, font)
		for _, file := range files {
			text, err := fs.ReadFile(assets.Translations, file)
			if err != nil {
				t.Fatal(err)
			}
			if lacking := without(has, string(text)); lacking != "" {
				t.Errorf("%s lacks %s, which %s has: run packaging/fonts/make", name, lacking, file)
			}
		}
	}
}

// TestWhatPeopleType: names of accounts and folders are in no catalogue.
func TestWhatPeopleType(t *testing.T) {
	const text = " \u3000亜腕湾挙ぁんァヶヴー々〆「」、。・（）！？￥０９ＡＺａｚｱﾝ～…–—‘’“”€→Aaz09@/#Éßü"
	for name, font := range both {
		if lacking := without(characters(t, font), text); lacking != "" {
			t.Errorf("%s lacks %s", name, lacking)
		}
	}
}

// TestSmallEnough: they are in the window's program, whoever reads no Japanese, too.
func TestSmallEnough(t *testing.T) {
	if n := len(Regular) + len(Bold); n > 2_000_000 {
		t.Errorf("%d bytes", n)
	}
}

// without lists what of a text a font has no letter for.
func without(has map[rune]bool, text string) string {
	var lacking []string
	for _, r := range text {
		if r >= ' ' && !has[r] {
			lacking = append(lacking, fmt.Sprintf("%c (%U)", r, r))
			has[r] = true // told once
		}
	}
	return strings.Join(lacking, ", ")
}

// characters reads which characters an OpenType font has a letter for, from its table of format 4.
func characters(t *testing.T, font []byte) map[rune]bool {
	t.Helper()
	cmap := table(font, "cmap")
	for i := range int(be16(cmap, 2)) {
		sub := cmap[binary.BigEndian.Uint32(cmap[4+8*i+4:]):]
		if be16(sub, 0) == 4 {
			return segments(sub)
		}
	}
	t.Fatal("the font has no table of characters of format 4")
	return nil
}

// table is the part of a font with a name of four letters.
func table(font []byte, name string) []byte {
	for i := range int(be16(font, 4)) {
		entry := font[12+16*i:]
		if string(entry[:4]) == name {
			at, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
			return font[at : at+length]
		}
	}
	return nil
}

// segments reads a table of format 4: ends, a gap, beginnings, differences, and where the glyphs are.
func segments(sub []byte) map[rune]bool {
	has := map[rune]bool{}
	wide := int(be16(sub, 6)) // two bytes a segment
	ends, starts, deltas, offsets := 14, 16+wide, 16+2*wide, 16+3*wide
	for i := 0; i < wide; i += 2 {
		first, last, offset := int(be16(sub, starts+i)), int(be16(sub, ends+i)), int(be16(sub, offsets+i))
		for c := first; c <= last && c < 0xffff; c++ {
			glyph := uint16(c)
			if offset != 0 {
				glyph = be16(sub, offsets+i+offset+2*(c-first))
			}
			if offset == 0 || glyph != 0 {
				glyph += be16(sub, deltas+i)
			}
			has[rune(c)] = glyph != 0
		}
	}
	return has
}

func be16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
