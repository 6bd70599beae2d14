package finding

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

var (
	nameShape = lazy(`^(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~_-][A-Za-z0-9._~-]*$`)
	specShape = lazy(`^[\w.^~*<>=|+:/ -]{1,80}$`)

	quotedSpec = lazy(`['"‘“«]((?:@[\w.~-]+/)?[\w.~-]+@[^'"’”»\s][^'"’”»\n]{0,79})['"’”»]`)
	scopedSpec = lazy(`(@[\w.~-]+/[\w.~-]+@(?:npm:)?[^\s'",;:)\]]+)`)
	plainSpec  = lazy(`(?i)(?:version found for|version for|package|resolve|pkgid)[: ]+((?:@[\w.~-]+/)?[\w.~-]+@(?:npm:)?[^\s'",;:)\]]+)`)
	berrySpec  = lazy(`^(?:\w*Error: )?((?:@[\w.~-]+/)?[\w.~-]+@npm:[^\s:]+):`)
	quotedName = lazy(`(?i)(?:package|versions for|specifier|registry for|dependency) ["'‘“«]((?:@[\w.~-]+(?:/|%2f))?[\w.~-]+)["'’”»]`)
	barePlace  = lazy(`(?i)(?:manifest (?:for )?|latest version of |package )((?:@[\w.~-]+/)?[\w.~-]*[\w~])(?:[\s:,.]|$)`)
	scopedName = lazy(`(?:^|[\s"'(])(@[\w.~-]+/[\w.~-]*[\w~])(?:[\s"'):,.]|$)`)
	unresolved = lazy(`((?:@[\w.~-]+/)?[\w.~-]+@[^\s'",;:)\]]+) failed to resolve`)
	matching   = lazy(`(?i)(?:match(?:es|ing)) ["'‘“]([^"'’”\n]{1,80})["'’”]`)
)

// goodName reports whether s may be a package's name.
func goodName(s string) bool { return len(s) <= 214 && nameShape.in(s) }

// cutSpec parts name@range.
func cutSpec(s string) (name, spec string) {
	i := strings.LastIndexByte(s, '@')
	if i <= 0 {
		return s, ""
	}
	return s[:i], strings.TrimPrefix(strings.TrimRight(s[i+1:], ".,"), "npm:")
}

// subject finds the package that it is about.
func (s *said) subject() {
	name, spec := "", ""
	if !s.root {
		name, spec = namedIn(s.URL)
	}
	word, of := s.worded()
	switch {
	case s.block.pkg != "":
		s.Package, s.Spec = s.block.pkg, s.block.spec
	case name != "" && (s.Method != "" || word == "" || word == name):
		s.Package, s.Spec = name, spec
	case word != "":
		s.Package, s.Spec = word, of
	}
	if s.Package == word && s.Spec == "" {
		s.Spec = of
	}
	if s.Package == "" && (s.URL == "" || !strings.Contains(s.URL, "/-/")) {
		s.Package = s.run.pkg
	}
	if s.Spec == "" && s.Package == s.run.pkg {
		s.Spec = s.run.spec
	}
	if !goodName(s.Package) || s.Spec == "unknown" || !specShape.in(s.Spec) {
		s.Spec = ""
	}
	if !goodName(s.Package) {
		s.Package = ""
	}
}

// worded finds the package in the words of the error.
func (s *said) worded() (name, spec string) {
	for _, l := range s.lines {
		for _, p := range []pattern{quotedSpec, berrySpec, scopedSpec, plainSpec, unresolved} {
			if m := p.find(l); m != nil && !strings.Contains(l, "://"+m[1]) {
				if name, spec = cutSpec(m[1]); goodName(name) && spec != "unknown" {
					return name, spec
				}
			}
		}
	}
	for _, p := range []pattern{quotedName, scopedName, barePlace} {
		for _, l := range s.lines {
			m := p.find(l)
			if m == nil {
				continue
			}
			if name = unescape(m[1]); goodName(name) && !filler[strings.ToLower(name)] {
				if r := matching.find(s.text); r != nil {
					spec = r[1]
				}
				return name, spec
			}
		}
	}
	return "", ""
}

// filler are words that stand behind "package" and are no name.
var filler = map[string]bool{
	"manifest": true, "manager": true, "managers": true, "metadata": true, "version": true, "versions": true, "json": true, "package.json": true,
	"is": true, "was": true, "not": true, "on": true, "in": true, "from": true, "for": true, "and": true, "or": true, "that": true, "name": true,
	"requires": true, "exists": true, "does": true, "could": true, "has": true, "with": true, "to": true, "at": true, "names": true, "registry": true,
}

// namedIn finds the package in the address of its metadata or of its tarball.
func namedIn(address string) (name, spec string) {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return "", ""
	}
	_, path, _ := strings.Cut(rest, "/")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = unescape(p)
	}
	for i, p := range parts {
		if p != "-" {
			continue
		}
		if i+2 < len(parts) && parts[i+1] == "package" {
			return nameAt(parts[i+2:], false)
		}
		if i > 0 && strings.HasSuffix(path, ".tgz") {
			name, _ = nameAt(parts[:i], true)
			base := strings.TrimSuffix(parts[len(parts)-1], ".tgz")
			if _, v, cut := strings.Cut(base, name[strings.LastIndexByte(name, '/')+1:]+"-"); cut && name != "" {
				spec = v
			}
			return name, spec
		}
		return "", ""
	}
	return nameAt(parts, true)
}

// nameAt takes the name at the end of a path's parts, or at their beginning.
func nameAt(parts []string, last bool) (name, spec string) {
	n := len(parts)
	if n == 0 || parts[n-1] == "" && last {
		return "", ""
	}
	if !last {
		if strings.HasPrefix(parts[0], "@") && !strings.Contains(parts[0], "/") && n > 1 {
			return parts[0] + "/" + parts[1], ""
		}
		return parts[0], ""
	}
	if n > 1 && (parts[n-1] == "latest" || versionShape.in(parts[n-1])) {
		spec, n = parts[n-1], n-1
	}
	name = parts[n-1]
	if n > 1 && strings.HasPrefix(parts[n-2], "@") && !strings.Contains(parts[n-2], "/") {
		name = parts[n-2] + "/" + name
	}
	if !goodName(name) {
		return "", ""
	}
	return name, spec
}

var versionShape = lazy(`^\d+\.\d+\.\d+`)

func unescape(s string) string {
	if clear, err := url.PathUnescape(s); err == nil && utf8.ValidString(clear) {
		return clear
	}
	return s
}

var (
	hintYes = lazy(`(?i)\b(?:an? )?authori[sz]ation header was (?:used|sent)|sent an? authori[sz]ation header`)
	hintNo  = lazy(`(?i)\bno authori[sz]ation header|without (?:an )?authori[sz]ation|\banonymous user\b|\bno (?:authentication|credentials?) (?:was |were |is |are )?(?:configured|found|set|provided)`)
)

// sentOrNot finds whether a credential went with the request.
func (s *said) sentOrNot() {
	switch {
	case s.Sent != Unasked:
	case hintNo.in(s.text), s.Code == "ENEEDAUTH":
		s.Sent = No
	case hintYes.in(s.text):
		s.Sent = Yes
	}
}

var (
	braced   = lazy(`\$\{([A-Za-z_][\w.]{0,80})[^}\s]{0,80}\}`)
	inRound  = lazy(`(?i)environment variable (?:not found|is not set|not set)?\s?[("'` + "`" + `]{1,2}\$?\{?([A-Za-z_]\w{0,80})`)
	varSaid  = lazy(`(?i)replace env|environment variable|env(?:ironment)? var|variables? .{0,30}\b(?:not (?:set|defined|found)|undefined)`)
	keyed    = lazy("[\"'`](//[^\"'`\\s=]+|@[\\w.-]+:registry|_?[A-Za-z][\\w-]*)[\"'`]")
	fileName = lazy(`(?i)(?:\b(?:in|reading|from|at) )?["']?((?:[A-Za-z]:)?[^\s"'():]*(?:\.?npmrc|\.yarnrc(?:\.yml)?|auth\.ini|pnpm-workspace\.yaml|\.?bunfig\.toml))\b`)
	barred   = lazy(`(?i)ignor(?:ed|ing) (?:the )?(?:project|workspace|repository)|must not be configured in project|TOKEN_HELPER_IN_PROJECT|ENV_NOT_EXPANDED|(?:not|never) (?:expanded|honou?red|trusted|read|used)\b.{0,80}\b(?:project|repository|workspace)`)
	legacy   = lazy(`(?i)ERR_INVALID_AUTH|EUNKNOWNCONFIG|invalid auth config|must be renamed|not allowed in \w+ config|unknown \w+ config`)
)

// settings finds the setting, the variable and the file that it complains of, in the error or in a warning before it.
func (s *said) settings() {
	for _, l := range append([]string{s.Code + " " + strings.Join(s.lines, " ")}, s.notes...) {
		variable := varSaid.in(l)
		if !variable && !barred.in(l) && !legacy.in(l) {
			continue
		}
		if m := keyed.find(l); m != nil && s.Setting == "" {
			s.Setting = m[1]
		}
		if m := fileName.find(address().ReplaceAllString(l, "")); m != nil && s.File == "" {
			s.File = m[1]
		}
		if !variable || s.Variable != "" {
			continue
		}
		if m := braced.find(l); m != nil {
			s.Variable = m[1]
		} else if m := inRound.find(l); m != nil {
			s.Variable = m[1]
		}
	}
}
