package lookout

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// knownNames are those of watchers that were found, as squeeze leaves them.
var knownNames = []string{"ghtokenmonitor", "githubtokenmonitor", "npmtokenmonitor", "kittymonitor"}

// exactNames are such names, too, but too common to be a part of one.
var exactNames = []string{"tokenmonitor"}

// mentions are the texts of what reads credentials, asks whether they work, or lists them, in lower case.
var mentions = []string{
	"_authtoken", ".npmrc", "npmauthtoken", "npm_token", "node_auth_token", "npm_config__auth", "npm whoami", "npm token ",
	"/-/whoami", "/-/npm/v1/tokens", "/-/npm/v1/user",
	"gh auth token", "gh auth status", "github_token", "gh_token", "api.github.com/user", "gh/hosts.yml", ".git-credentials", "git credential fill",
}

// judge says which sign an entry is, "" for none.
func (r *home) judge(e entry) string {
	text := settings(e.text)
	if isKnown(filepath.Base(e.file)) {
		return KnownName
	}
	if r.own(text) {
		return ""
	}
	programs := r.programs(text)
	if slices.ContainsFunc(programs, func(p string) bool { return isKnown(filepath.Base(p)) }) || namesKnown(text) {
		return KnownName
	}
	watches := mentionsCredentials(text)
	for _, p := range programs {
		script := string(r.read(p))
		if namesKnown(script) {
			return KnownName
		}
		watches = watches || mentionsCredentials(script)
	}
	if watches {
		return WatchesCredentials
	}
	return ""
}

// settings are a definition without its comments and without what is only for people to read. Of what holds texts of
// two bytes a character, as shortcuts of Windows do beside others, each is there once more with one.
func settings(raw []byte) string {
	text := string(raw)
	if bytes.IndexByte(raw, 0) >= 0 {
		text += "\n" + string(bytes.ReplaceAll(raw, []byte{0}, nil))
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		start := strings.TrimSpace(line)
		key, _, isSetting := strings.Cut(start, "=")
		key, _, _ = strings.Cut(key, "[") // Comment[de]
		switch {
		case strings.HasPrefix(start, "#"), strings.HasPrefix(start, ";"):
		case isSetting && slices.Contains([]string{"Description", "Documentation", "Name", "GenericName", "Comment", "Keywords", "Icon"}, strings.TrimSpace(key)):
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// squeeze leaves letters and digits, in lower case, so that no spelling of a name hides it.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func isKnown(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return slices.Contains(exactNames, squeeze(stem)) || namesKnown(name)
}

// namesKnown looks word by word, so that the end of one and the beginning of the next make no name.
func namesKnown(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}) {
		w := squeeze(word)
		if slices.ContainsFunc(knownNames, func(name string) bool { return strings.Contains(w, name) }) {
			return true
		}
	}
	return false
}

func mentionsCredentials(text string) bool {
	low := strings.ToLower(text)
	return slices.ContainsFunc(mentions, func(m string) bool { return strings.Contains(low, m) })
}
