package icon

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// SVG is the picture as a drawing, on the unfitted grid of 24. Size sets its width and height.
func SVG(s Spec) string {
	var b strings.Builder
	fmt.Fprint(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"`)
	if s.Size > 0 {
		fmt.Fprintf(&b, ` width="%d" height="%d"`, s.Size, s.Size)
	}
	b.WriteString(">\n")
	w := svgWriter{&b, colours(s), 0}
	g := plain()
	if s.Fine {
		g = g.refined()
	}
	for _, l := range draw(s, g) {
		w.layer(l)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// svgWriter writes layers and numbers the things that they refer to.
type svgWriter struct {
	b       *strings.Builder
	colours palette
	last    int
}

func (w *svgWriter) layer(l layer) {
	if len(l.holes) > 0 {
		w.last++
		fmt.Fprintf(w.b, `<mask id="m%d" maskUnits="userSpaceOnUse" x="0" y="0" width="24" height="24"><path fill="#fff" d="M0 0H24V24H0Z"/>`+"\n", w.last)
		for _, h := range l.holes {
			w.shape(h, "#000", "")
		}
		fmt.Fprintf(w.b, "</mask>\n<g mask=\"url(#m%d)\">\n", w.last)
		defer w.b.WriteString("</g>\n")
	}
	for _, s := range slices.Concat(l.shapes, l.moving) {
		c := w.colours[s.role]
		opacity := ""
		if c.A < 255 {
			opacity = fmt.Sprintf(` opacity="%s"`, short(float64(c.A)/255))
		}
		w.shape(s, hex(c), opacity)
	}
}

func (w *svgWriter) shape(s shape, colour, more string) {
	if s.clip != nil {
		w.last++
		fmt.Fprintf(w.b, `<clipPath id="c%d"><path d="%sZ"/></clipPath>`+"\n", w.last, data(s.clip))
		more += fmt.Sprintf(` clip-path="url(#c%d)"`, w.last)
	}
	if s.width > 0 {
		fmt.Fprintf(w.b, `<path fill="none" stroke="%s" stroke-width="%s" stroke-linecap="round" stroke-linejoin="round"%s d="%s"/>`+"\n",
			colour, short(s.width), more, data(s.path))
		return
	}
	fmt.Fprintf(w.b, `<path fill="%s"%s d="%sZ"/>`+"\n", colour, more, data(s.path))
}

func data(p path) string {
	var b strings.Builder
	for i, q := range p {
		verb := "L"
		if i == 0 {
			verb = "M"
		}
		b.WriteString(verb + short(q.x) + " " + short(q.y))
	}
	return b.String()
}

func short(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
}
