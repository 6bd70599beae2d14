package hostile

import (
	"strconv"
	"strings"
	"unicode"
)

// manyHosts is how many strange hosts of a lock file are told.
const manyHosts = 5

// lock looks at where a lock file fetches packages from. Only a known registry's host gets a credential, so
// another host is a low danger; a known host by another scheme or port is a high one. The formats differ in what
// they let a text hide: each is read as it stands, with its escapes undone, and as an address in an address.
func (s *scanner) lock(src []byte) {
	text := string(src)
	texts := []string{text}
	if strings.Contains(text, `\`) {
		text = unescape(text)
		texts = append(texts, text)
	}
	if strings.Contains(text, "%") {
		texts = append(texts, unpercent(text))
	}
	told, strange := map[string]bool{}, 0
	for _, text := range texts {
		line, at := 1, 0
		s.addresses(text, func(a found) {
			key := a.origin
			if a.climbs {
				key += "/.."
			}
			fetched := s.fetched(text[max(0, a.at-64):a.at])
			if told[key] || s.full() || !fetched && s.near[a.name] == nil {
				return
			}
			line, at = line+strings.Count(text[at:a.at], "\n"), a.at
			d := Danger{Line: line}
			if s.fetches(a, d) || s.near[a.name] != nil {
				told[key] = true
				return
			}
			if strange < manyHosts {
				strange++
				told[key] = true
				d.Code, d.Host, d.Severity = Lockfile, hostOf(a.origin), Low
				s.add(d)
			}
		})
	}
}

// fetched reports whether an address behind this text is one that the lock file's program fetches.
func (s *scanner) fetched(before string) bool {
	before = strings.TrimRight(before, " \t\r\n\"'")
	if s.file == "bun.lock" && strings.HasSuffix(before, ",") || strings.HasSuffix(before, "archiveUrl=") {
		return true
	}
	before = strings.TrimRight(before, ": \t\r\n\"'")
	return strings.HasSuffix(before, "resolved") || strings.HasSuffix(before, "tarball")
}

// found is an address in a text.
type found struct {
	at     int    // where it begins
	origin string // scheme, host and port
	name   string // the host without its port
	climbs bool   // its path leads out of itself
	odd    bool   // its host does not end, or is in letters that programs put others in for
}

// addresses visits the http and https addresses in a text, in the ways of writing them that browsers and package
// managers understand.
func (s *scanner) addresses(text string, visit func(found)) {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 {
			return
		}
		colon := at + i
		at = colon + 1
		for _, scheme := range []string{"https", "http"} {
			n := colon - len(scheme)
			if n < 0 || !strings.EqualFold(text[n:colon], scheme) {
				continue
			}
			if a, ok := addressOf(scheme, text[at:]); ok {
				a.at = n
				visit(a)
			}
			break
		}
	}
}

// addressOf reads what stands behind a scheme and its colon.
func addressOf(scheme, rest string) (a found, ok bool) {
	const window = 4096
	endless := len(rest) > window
	rest = strings.TrimLeft(rest[:min(len(rest), window)], `/\`)
	if end := strings.IndexAny(rest, "\"'`<>,{}[]| \t\r\n"); end >= 0 {
		rest, endless = rest[:end], false
	}
	host, path := rest, ""
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		host, path, endless = rest[:i], rest[i:], false
	}
	if strings.Contains(host, "%") {
		host = unpercent(host)
	}
	host = strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
	name, _, _ := strings.Cut(host, ":")
	return found{
		origin: scheme + "://" + host, name: strings.TrimSuffix(name, "."), climbs: climbs(path),
		odd: endless || strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }),
	}, host != "" || endless
}

// climbs reports whether a path has ".." in it, which some package managers do not reckon with.
func climbs(path string) bool {
	if !strings.Contains(path, "..") && !strings.Contains(path, "%") && !strings.Contains(path, `\`) {
		return false
	}
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	for _, part := range strings.FieldsFunc(unpercent(path), func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return true
		}
	}
	return false
}

// fetches tells of an address that a package is fetched from, if a credential may go there that is not for it.
func (s *scanner) fetches(a found, d Danger) bool {
	if !a.odd && s.near[a.name] == nil {
		return false
	}
	d.Host, d.Severity = hostOf(a.origin), High
	switch {
	case a.odd:
		d.Code = Address
	case s.lookalike(a.origin):
		d.Code = Lookalike
	case a.climbs:
		d.Code = Address
	default:
		return false
	}
	s.add(d)
	return true
}

// unescape undoes the escapes of JSON, and of YAML in double quotes.
func unescape(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		c := text[i+1]
		text = text[i+2:]
		digits := map[byte]int{'u': 4, 'x': 2, 'U': 8}[c]
		switch {
		case digits > 0 && len(text) >= digits:
			if n, err := strconv.ParseUint(text[:digits], 16, 32); err == nil {
				b.WriteRune(rune(n))
				text = text[digits:]
			}
		case c == '\n': // the line goes on in the next one
			text = strings.TrimLeft(text, " \t")
		case c == 'n' || c == 'r' || c == 't': // no part of an address, and passed over in one
		default:
			b.WriteByte(c)
		}
	}
}

// unpercent undoes the escapes of addresses.
func unpercent(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		text = text[i+1:]
		if n, err := strconv.ParseUint(text[:min(2, len(text))], 16, 8); err == nil && len(text) >= 2 {
			b.WriteByte(byte(n))
			text = text[2:]
		} else {
			b.WriteByte('%')
		}
	}
}
