package settings

import (
	"bytes"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// header begins a new file.
const header = "# Settings of Sandglass. Changes count at once; lines that are not here have their defaults.\n"

// edit returns the document with the values of s. Only values that differ from what the document says
// now are touched; a value that cannot be used stays as long as s has the default in its place.
func (d document) edit(s api.Settings) []byte {
	now := api.DefaultSettings()
	at := map[string]entry{}
	for _, e := range d.entries {
		if e.to > 0 {
			e.apply(&now)
			at[e.name] = e
		}
	}
	out, shift := bytes.Clone(d.data), 0
	for _, e := range d.entries { // in the order of the file, so that shift holds for all that follow
		f, known := named(e.name)
		if !known || e.to == 0 || same(f.get(s), f.get(now)) {
			continue
		}
		value := write(f.get(s))
		out = splice(out, e.from+shift, e.to+shift, value)
		shift += len(value) - (e.to - e.from)
	}
	var lines strings.Builder
	for _, f := range fields {
		_, there := at[f.name]
		if there || d.data != nil && same(f.get(s), f.get(now)) {
			continue
		}
		if d.data == nil {
			lines.WriteString("\n# " + f.note + "\n")
		}
		lines.WriteString(f.name + " = " + write(f.get(s)) + "\n")
	}
	if d.data == nil {
		return []byte(header + lines.String())
	}
	return d.insert(out, d.lastTop()+shift, lines.String())
}

// lastTop is where top-level lines can be added: before the first table and the comments that lead to it.
func (d document) lastTop() int {
	if d.top == len(d.data) {
		return d.top
	}
	at := d.top
	for at > 0 {
		before := lineStart(d.data, at-1)
		if !strings.HasPrefix(strings.TrimSpace(string(d.data[before:at])), "#") {
			break
		}
		at = before
	}
	return at
}

// insert puts whole lines at a place, in the document's own kind of line end.
func (d document) insert(out []byte, at int, lines string) []byte {
	if lines == "" {
		return out
	}
	if at > 0 && out[at-1] != '\n' {
		lines = "\n" + lines
	}
	if bytes.Contains(d.data, []byte("\r\n")) {
		lines = strings.ReplaceAll(lines, "\n", "\r\n")
	}
	return splice(out, at, at, lines)
}

func splice(b []byte, from, to int, s string) []byte {
	return append(b[:from:from], append([]byte(s), b[to:]...)...)
}

func named(name string) (field, bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}
