package glyph

import (
	"encoding/xml"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestEveryPenIsRead: known words only, each with its numbers, and nothing drawn before a place is named.
func TestEveryPenIsRead(t *testing.T) {
	for name, pen := range pens {
		parts := strings.FieldsFunc(pen, func(r rune) bool { return strings.ContainsRune("MLHVCZOD", r) })
		parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
		at := 0
		for _, r := range pen {
			want, known := words[byte(r)]
			if !known {
				continue
			}
			if at == 0 && want == 0 || !strings.ContainsRune("MOD", rune(pen[0])) {
				t.Fatalf("%s begins with nothing to go on from", name)
			}
			if want == 0 {
				continue
			}
			if got := len(strings.Fields(parts[at])); got != want {
				t.Errorf("%s: %c has %d numbers, %q", name, r, got, parts[at])
			}
			at++
		}
	}
}

// TestInsideTheGrid: no pen leaves the box, and every glyph fills most of it one way.
func TestInsideTheGrid(t *testing.T) {
	for _, name := range Names() {
		low, high := math.Inf(1), math.Inf(-1)
		for _, l := range lines(pens[name]) {
			for _, r := range l.outline() {
				for _, q := range r {
					if math.IsNaN(q.x + q.y) {
						t.Fatalf("%s has a place that is none", name)
					}
					low, high = min(low, q.x, q.y), max(high, q.x, q.y)
				}
			}
		}
		if low < 1 || high > 19 || high-low < 12 {
			t.Errorf("%s reaches from %.2f to %.2f", name, low, high)
		}
	}
}

// TestFilledOnly: Fyne colours what is filled, and drops what it does not know.
func TestFilledOnly(t *testing.T) {
	for _, name := range Names() {
		var svg struct {
			XMLName xml.Name `xml:"svg"`
			ViewBox string   `xml:"viewBox,attr"`
			Paths   []struct {
				Attributes []xml.Attr `xml:",any,attr"`
			} `xml:"path"`
		}
		text := SVG(name)
		if err := xml.Unmarshal(text, &svg); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if svg.ViewBox != "0 0 20 20" || len(svg.Paths) != 1 || len(svg.Paths[0].Attributes) != 1 {
			t.Errorf("%s is %.120s", name, text)
		}
		if strings.Contains(string(text), "NaN") {
			t.Errorf("%s has a place that is none", name)
		}
	}
}

// TestDistinct: no two names have one picture, and what is no name has none.
func TestDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, name := range Names() {
		if other := seen[string(SVG(name))]; other != "" {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[string(SVG(name))] = name
	}
	rooms := []string{Sessions, Access, Projects, Publish, Findings, Settings}
	for _, room := range rooms {
		if !slices.Contains(Names(), room) {
			t.Errorf("%s has no picture", room)
		}
	}
	if SVG("sandwich") != nil {
		t.Error("a picture for what is no name")
	}
}
