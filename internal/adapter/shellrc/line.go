package shellrc

import "bytes"

// marker ends the line that is ours, in every shell's rc file.
const marker = "# sandglass: keeps registry logins fresh"

// unfinished follows the marker where the file's last line had no end: it brought one, which undo takes back.
const unfinished = " (on a line of its own)"

// withLine returns the file with our line in it, once: in place where one stands already, else at the end.
// The new line ends as the file's others do: what is appended later must not stick to it. No file gives a new one.
func withLine(old []byte, line string) []byte {
	line += " " + marker
	eol := "\n"
	if i := bytes.IndexByte(old, '\n'); i > 0 && old[i-1] == '\r' {
		eol = "\r\n"
	}
	var out []byte
	done := false
	for l := range bytes.Lines(old) {
		body, end := split(l)
		rest, mine := ours(body)
		switch {
		case !mine:
			out = append(out, l...)
		case !done:
			out = append(out, line...)
			if bytes.HasSuffix(body[:len(body)-len(rest)], []byte(unfinished)) {
				out = append(out, unfinished...)
			}
			out = append(append(out, end...), rest...)
			done = true
		default:
			out = append(out, rest...)
		}
	}
	switch {
	case done:
		return out
	case len(out) > 0 && out[len(out)-1] != '\n':
		return append(append(append(append(out, eol...), line...), unfinished...), eol...)
	}
	return append(append(out, line...), eol...)
}

// withoutLine takes our line out, and the line end that it brought where it is still the last one. What was
// appended to it without a line end of its own stays. No file stays no file.
func withoutLine(old []byte) []byte {
	if old == nil {
		return nil
	}
	out := []byte{}
	brought := false
	for l := range bytes.Lines(old) {
		body, end := split(l)
		rest, mine := ours(body)
		if !mine {
			out, brought = append(out, l...), false
			continue
		}
		brought = bytes.HasSuffix(bytes.TrimRight(body[:len(body)-len(rest)], " \t"), []byte(unfinished)) || len(end) == 0
		if len(rest) > 0 {
			out, brought = append(append(out, rest...), end...), false
		}
	}
	if brought {
		out, _ = split(out)
	}
	return out
}

// ours reports whether a line is ours, and what stands behind the marker: another program may have appended
// something to a last line without an end.
func ours(body []byte) (rest []byte, mine bool) {
	i := bytes.Index(body, []byte(marker))
	if i < 0 {
		return nil, false
	}
	rest = bytes.TrimPrefix(body[i+len(marker):], []byte(unfinished))
	if len(bytes.TrimSpace(rest)) == 0 {
		return nil, true
	}
	return rest, true
}

// split cuts the line end off, as it is.
func split(l []byte) (body, end []byte) {
	n := len(l)
	if n > 0 && l[n-1] == '\n' {
		n--
		if n > 0 && l[n-1] == '\r' {
			n--
		}
	}
	return l[:n], l[n:]
}
