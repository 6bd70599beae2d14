package leak

import (
	"encoding/base64"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// examples are parts of texts that people put where a credential belongs.
var examples = []string{"your", "example", "xxxx", "changeme", "change-me", "change_me", "placeholder", "dummy", "redacted", "replace", "insert",
	"token-here", "tokenhere", "token_here", "mytoken", "my-token", "my_token", "secret-token", "sometoken", "some-token", "some_token", "fake", "abcdefgh", "abcd1234",
	"12345678", "01234567", "...", "***", "…", "sha512-", "sha256-", "sha384-", "sha1-", "todo"}

// example reports whether a text stands for a credential and is none: by its words, or because it says too little.
func example(v string) bool {
	low := strings.ToLower(v)
	for _, w := range examples {
		if strings.Contains(low, w) {
			return true
		}
	}
	return strings.ContainsAny(v, "<>{}[]$%*#!(") || entropy(v) < 2.8 || sequence(v)*2 > len(v)
}

// entropy is how many bits a character tells, by how often each stands in the text.
func entropy(v string) float64 {
	var count [256]int
	for i := range len(v) {
		count[v[i]]++
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(v))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// sequence counts the characters that follow on the one before: abc, 123, aaa.
func sequence(v string) (n int) {
	for i := 1; i < len(v); i++ {
		if d := int(v[i]) - int(v[i-1]); d == 0 || d == 1 || d == -1 {
			n++
		}
	}
	return n
}

// judgeBare judges a text that has a known prefix or mark.
func judgeBare(v string) (kind token.Kind, certain, ok bool) {
	s := token.NewSecret(v)
	if token.ChecksumOK(s) && summed(v) {
		return token.Classify(s, token.Found), true, true
	}
	kind = token.Classify(s, token.Found)
	_, body, _ := strings.Cut(v, "_")
	if example(v) || entropy(v) < 3.5 || !mixed(v) && !cased(v) || summed(v) && len(body) <= 36 {
		return kind, false, false // a sum that does not fit, outside of a credential's place
	}
	if kind == token.KindUnknown && !token.LooksLikeNPM(s) {
		return kind, false, false
	}
	if body, ok := strings.CutPrefix(v, "cmVmd"); ok {
		raw, err := base64.StdEncoding.DecodeString(v)
		return kind, err == nil && strings.HasPrefix(string(raw), "reftkn:"), body != ""
	}
	return kind, !summed(v), true
}

// summed reports whether credentials with this prefix end in a checksum.
func summed(v string) bool {
	return strings.HasPrefix(v, "npm_") || len(v) >= 4 && v[:2] == "gh" && v[3] == '_' && strings.IndexByte("pousr", v[2]) >= 0
}

// mixed reports whether a text has digits and letters, as what a machine has drawn.
func mixed(v string) bool {
	return strings.ContainsAny(v, "0123456789") && strings.ContainsFunc(v, unicode.IsLetter)
}

// cased reports whether a text has small and capital letters: one in thirty of GitLab's tokens has no digit.
func cased(v string) bool { return strings.ToLower(v) != v && strings.ToUpper(v) != v }

// judgeToken judges what stands where an access token stands. strict is for variables: there a UUID is no credential,
// nor are an object's id, an address and words.
func judgeToken(v string, strict bool) (kind token.Kind, certain, ok bool) {
	s := token.NewSecret(v)
	kind = token.Classify(s, token.Found)
	switch {
	case token.ChecksumOK(s) && summed(v):
		return kind, true, true
	case len(v) < 12 || len(v) > token.MaxLength || example(v) || spoken(v) || s.Check() != nil:
		return kind, false, false
	case kind == token.KindClassic:
		return kind, true, !strict
	case kind == token.KindJWT, kind == token.KindSession:
		return kind, signed(v), signed(v) && !sample(v)
	case kind != token.KindUnknown:
		return kind, kind != token.KindAzure || strings.Contains(v, "AZDO"), true
	case strict && (len(v) < 16 || !mixed(v) || hexadecimal(v) || strings.Contains(v, "://") || strings.HasPrefix(v, "/") || strings.HasPrefix(v, ".") || entropy(v) < 3.2):
		return kind, false, false
	}
	return kind, false, true
}

// judgeBasic judges what stands where a name and a password, or a password, stand in base64.
func judgeBasic(name, v string) (kind token.Kind, certain, ok bool) {
	kind = token.ClassifyLine(name, token.NewSecret(v), token.Found)
	raw, err := base64.StdEncoding.DecodeString(pad(v))
	if err != nil || !utf8.Valid(raw) || strings.ContainsFunc(string(raw), unicode.IsControl) {
		raw = []byte(v)
		err = base64.CorruptInputError(0)
	}
	user, password, both := strings.Cut(string(raw), ":")
	if name != "_auth" || !both {
		user, password = "", string(raw)
	}
	if len(v) < 8 || len(password) < 4 || blank(password) || name == "_auth" && (!both || user == "" || stands(string(raw))) {
		return kind, false, false
	}
	return kind, err == nil && len(password) >= 8, true
}

// decoded is what a text in base64 says, or the text.
func decoded(v string) string {
	if raw, err := base64.StdEncoding.DecodeString(pad(v)); err == nil {
		return string(raw)
	}
	return v
}

// pad adds the "=" that some leave out.
func pad(v string) string {
	v = strings.TrimRight(v, "=")
	return v + strings.Repeat("=", (4-len(v)%4)%4)
}

// blanks are the passwords of examples.
var blanks = []string{"password", "passwd", "pass", "secret", "token", "user", "username", "none", "null", "true", "false", "undefined", "test"}

// blank reports whether a password is an example. Passwords are shorter and plainer than access tokens.
func blank(v string) bool {
	low := strings.ToLower(v)
	for _, w := range blanks {
		if low == w {
			return true
		}
	}
	for _, w := range examples[:11] {
		if strings.Contains(low, w) {
			return true
		}
	}
	if len(v) >= 12 && (entropy(v) < 2 || sequence(v)*2 > len(v)) {
		return true
	}
	return stands(v) || strings.Count(v, v[:1]) == len(v)
}

// pairs are around the names of what is put in.
var pairs = [][2]string{{"$", ""}, {"<", ">"}, {"%", "%"}, {"!", "!"}, {"@@", "@@"}, {"#{", ""}, {"__", "__"}, {"[", "]"}, {"`", "`"}, {"/", ""}, {"", "()"}, {"", "')"}, {"", "\")"},
	{"vault:", ""}, {"op:", ""}, {"file:", ""}, {"ref:", ""}, {"env:", ""}, {"process.env", ""}, {"secrets.", ""}}

// stands reports whether a text says where a password is to be taken from.
func stands(v string) bool {
	for _, p := range pairs {
		if strings.HasPrefix(v, p[0]) && strings.HasSuffix(v, p[1]) {
			return true
		}
	}
	return strings.Contains(v, "${") || strings.Contains(v, "{{") || strings.Contains(v, "://") || strings.Contains(v, "...")
}

// spoken reports whether a text is made of words and short numbers: my-npm-secret-2026, secrets.token.
func spoken(v string) bool {
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune("-_./:+~=", r) }) {
		lower := strings.TrimFunc(part, func(r rune) bool { return 'a' <= r && r <= 'z' })
		upper := strings.TrimFunc(part, func(r rune) bool { return 'A' <= r && r <= 'Z' })
		title := strings.TrimFunc(part[1:], func(r rune) bool { return 'a' <= r && r <= 'z' })
		digits := strings.TrimFunc(part, func(r rune) bool { return '0' <= r && r <= '9' })
		long := len(part) > 16
		if long || lower != "" && upper != "" && title != "" && (digits != "" || len(part) > 4) {
			return false
		}
	}
	return true
}

// hexadecimal reports whether a text may be the id of a git object or a checksum.
func hexadecimal(v string) bool {
	if len(v) != 32 && len(v) != 40 && len(v) != 64 && len(v) != 128 {
		return false
	}
	return strings.Trim(v, "0123456789abcdefABCDEF") == ""
}

// signed reports whether a text is a JWT with two parts of JSON.
func signed(v string) bool {
	parts := strings.Split(v, ".")
	return len(parts) == 3 && len(parts[2]) >= 16 && isJSON(parts[0]) && isJSON(parts[1])
}

func isJSON(part string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && len(raw) > 2 && raw[0] == '{' && raw[len(raw)-1] == '}'
}

// sample reports whether a JWT is one that documentation is full of.
func sample(v string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(v, ".")[1])
	return err == nil && (strings.Contains(string(raw), `"1234567890"`) || strings.Contains(string(raw), "John Doe"))
}
