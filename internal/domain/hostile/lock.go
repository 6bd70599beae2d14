package hostile

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// fetched matches the addresses in lock files from which packages are fetched.
var fetched = regexp.MustCompile(`(?:"?resolved"?(?::\s*|\s+)"?|tarball: ['"]?|", "|__archiveUrl=)(https?(?:://|%3A%2F%2F)[^\s"',}#]+)`)

// manyHosts is how many strange hosts of a lock file are told.
const manyHosts = 5

// lock looks at where a lock file fetches packages from. Only a known registry's host gets a credential, so
// another host is a low danger; a known host by another scheme or port is a high one.
func (s *scanner) lock(src []byte) {
	var told []string
	line := 0
	for text := range strings.Lines(string(src)) {
		line++
		if !strings.Contains(text, "http") {
			continue
		}
		for _, m := range fetched.FindAllStringSubmatch(text, -1) {
			address := m[1]
			if strings.Contains(address, "%3A%2F%2F") {
				address, _ = url.QueryUnescape(address) // a broken one has no host
			}
			host := hostOf(originOf(address))
			d := Danger{Code: Lockfile, Line: line, Host: host, Severity: Low}
			if s.lookalike(originOf(address)) {
				d.Code, d.Severity = Lookalike, High
			} else if s.knows(host) {
				continue
			}
			if key := d.Code + originOf(address); !slices.Contains(told, key) && len(told) < manyHosts {
				told = append(told, key)
				s.add(d)
			}
		}
	}
}

// originOf is an address without its path.
func originOf(address string) string {
	i := strings.Index(address, "://")
	if i < 0 {
		return ""
	}
	if j := strings.IndexAny(address[i+3:], `/?#\`); j >= 0 {
		return address[:i+3+j]
	}
	return address
}
