package shellrc

import "bytes"

// marker ends the line that is ours, in every shell's rc file.
const marker = "# sandglass: keeps registry logins fresh"

// withLine returns the file with our line in it, once: in place where one stands already, else at the end.
// The new line ends as the file's others do, and not at all where the last one did not. No file gives a new one.
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
		switch {
		case !ours(body):
			out = append(out, l...)
		case !done:
			out = append(append(out, line...), end...)
			done = true
		}
	}
	switch {
	case done:
		return out
	case len(out) > 0 && out[len(out)-1] != '\n':
		return append(append(out, eol...), line...)
	}
	return append(append(out, line...), eol...)
}

// withoutLine takes our line out, and with an unfinished last line of ours the line end that it brought.
// No file stays no file.
func withoutLine(old []byte) []byte {
	if old == nil {
		return nil
	}
	out := []byte{}
	for l := range bytes.Lines(old) {
		body, end := split(l)
		switch {
		case !ours(body):
			out = append(out, l...)
		case len(end) == 0:
			out, _ = split(out)
		}
	}
	return out
}

func ours(body []byte) bool { return bytes.HasSuffix(bytes.TrimRight(body, " \t"), []byte(marker)) }

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
