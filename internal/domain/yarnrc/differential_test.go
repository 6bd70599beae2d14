package yarnrc

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

const generated = 30000

// writer makes config files: sensible ones, and odd ones out of pieces that YAML gives a meaning to.
type writer struct{ *rand.Rand }

func newWriter(seed uint64) *writer { return &writer{rand.New(rand.NewPCG(seed, 1))} }

func (w *writer) pick(from []string) string { return from[w.IntN(len(from))] }

var (
	scalarPieces = []string{
		"abc", "npm_1", "true", "~", "null", "1e3", `"//h.example.com"`, `'it''s'`, `"a\tb\u00e9\x41"`, `"${A-}"`, "${A-}", "${A:-x}", "http://h.example.com/",
		"a b", "a#b", "é", "日本", `""`, "''", "-1", "0x1f", "2026-01-01", "a,b", "@x", "*x", "&x y", "!x y", "!!str y", "|", ">-", "|+", ">2", "|1-", "[a, b]", "{a: b}", "{}", "[]", "[", "a: b", "x:", `"un`, "%x", "`", "?", "- a", "\t",
		"{a, b: }", "[a: b]", `"a\`, "", "", "", "=", "<<", ".inf", "1_000", "0o7", "yes", "- - a", "? a", "a\\b", "🙂", "\u00a0x", "{? a : b}", "[? a : b]", `{"a":b}`, "{a:b}", "[a,]", "[,]", "{,}",
	}
	keyPieces  = []string{"npmRegistries", "npmScopes", "acme", `"//h.example.com"`, "//h.example.com", "npmAuthToken", "npmAuthIdent", "a", "'b c'", "1", "true", "~", "<<", `"x\ny"`, "", "é", "a b", "- a", "? x", "https://h.example.com/x"}
	tailPieces = []string{"", "", "", "", " # note", " #", "\t# tab", " ", "\t", "#none", " # é\u00e9"}
	linePieces = []string{"# comment", "", "   ", "  # deep", "---", "...", "%YAML 1.2", "- x", "\t", "}", "plain", "  continued", "'", "# ${A}", "\t# c", "--- # c", "<<: *a", "b: *a", "a: &a x"}
)

func (w *writer) file(sane bool) []byte {
	var b strings.Builder
	eol := w.pick([]string{"\n", "\n", "\n", "\r\n", "\r"})
	if w.IntN(12) == 0 {
		b.WriteString("\ufeff")
	}
	if sane {
		w.saneFile(&b, eol)
	} else {
		depth := 0
		for range w.IntN(9) {
			if w.IntN(4) == 0 {
				b.WriteString(w.pick(linePieces) + eol)
				continue
			}
			depth = max(0, min(3, depth+w.IntN(3)-1))
			b.WriteString(strings.Repeat("  ", depth) + w.pick(keyPieces) + w.pick([]string{":", ":", ":", ": ", ": ", ":  ", ":\t", " : "}) + w.pick(scalarPieces) + w.pick(tailPieces) + eol)
		}
	}
	s := b.String()
	if w.IntN(6) == 0 {
		s = strings.TrimRight(s, "\r\n")
	}
	return []byte(s)
}

func (w *writer) saneFile(b *strings.Builder, eol string) {
	step := w.pick([]string{"  ", "  ", "    ", " "})
	values := []string{"npm_abc", `"${A-}"`, `'${A-}'`, "${A-}", `"x y"`, "true", "'it''s'", "12"}
	tail := func() string { return w.pick([]string{"", "", " # note", "  #x"}) + eol }
	inert := func() {
		b.WriteString(w.pick([]string{"", "", "", "# note" + eol, eol, step + "# deep" + eol}))
	}
	sections := [][2][]string{
		{{"npmRegistries"}, {`"//h.example.com"`, `"//h.example.com/a/"`, "//k.example.com", `"https://l.example.com"`, `'//m.example.com:8080'`}},
		{{"npmScopes"}, {"acme", "b-b", `"c"`}},
	}
	for _, i := range w.Perm(4) {
		inert()
		switch i {
		case 0, 1:
			if w.IntN(3) == 0 {
				continue
			}
			b.WriteString(sections[i][0][0] + ":" + tail())
			for _, j := range w.Perm(len(sections[i][1]))[:w.IntN(3)] {
				inert()
				name := sections[i][1][j]
				if w.IntN(5) == 0 {
					b.WriteString(step + name + ": { npmAuthToken: x, npmAlwaysAuth: true }" + tail())
					continue
				}
				b.WriteString(step + name + ":" + tail())
				for _, k := range w.Perm(3)[:w.IntN(4)] {
					inert()
					b.WriteString(step + step + []string{"npmAuthToken", "npmAuthIdent", "npmAlwaysAuth"}[k] + ": " + w.pick(values) + tail())
				}
			}
		case 2:
			b.WriteString("nodeLinker: " + w.pick(values) + tail())
		case 3:
			b.WriteString(w.pick([]string{"", "unsafeHttpWhitelist:" + eol + step + "- a" + eol + step + "- \"*.b\"" + eol, "x: [a," + eol + "  b]" + eol, "y: |" + eol + step + "text" + eol + step + "# more" + eol}))
		}
	}
	inert()
}

// TestB22_ParseAgreesWithYarn compares every key and value of generated files with yarn's own reading.
func TestB22_ParseAgreesWithYarn(t *testing.T) {
	w := newWriter(22)
	files := make([][]byte, generated)
	batch := make([]question, generated)
	for i := range files {
		files[i] = w.file(i%2 == 0)
		batch[i] = parseQuestion(files[i])
	}
	refused, both, read, differ := 0, 0, 0, 0
	for i, a := range ask(t, batch) {
		f, err := Parse(files[i])
		switch {
		case err != nil && a.Error != "":
			both++
		case err != nil:
			refused++
			if i%2 == 0 {
				t.Errorf("yarn reads it, we do not: %v\n%q", err, files[i])
				differ++
			}
		case a.Error != "":
			differ++
			t.Errorf("yarn fails with %.60q and we do not: %q", a.Error, files[i])
		default:
			read++
			if got, want := saidByUs(f.Scalars()), a.said(t); got != want {
				differ++
				t.Errorf("file %q\nyarn %s\nours %s", files[i], want, got)
			}
		}
		if differ > 25 {
			break
		}
	}
	if refused > generated/50 {
		t.Errorf("%d files refused by us alone", refused)
	}
	t.Logf("%d files read alike, %d refused by both, %d by us alone", read, both, refused)
}

// TestB22_ExpandAgreesWithYarn compares the expansion of generated values with yarn's own function.
func TestB22_ExpandAgreesWithYarn(t *testing.T) {
	parts := []string{"${A}", "${B}", "${E}", "${U}", "${A-", "${U-", "${U:-", "${E:-", "${E-", "}", "}", "x", `\`, `\\`, `\$`, `\}`, "${", "$", "{", "${_A}", "${1}", "${A_1}", "${é}", "${A:", "-", "é", "\n", "${ A}", "${A?}"}
	env := map[string]string{"A": "1", "B": "${A}$&", "E": ""}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	w := newWriter(7)
	texts := make([]string, 6000)
	batch := make([]question, len(texts))
	for i := range texts {
		for range w.IntN(8) {
			texts[i] += w.pick(parts)
		}
		batch[i] = question{Op: "expand", Text: texts[i], Env: env}
	}
	good := 0
	for i, a := range ask(t, batch) {
		got, err := Expand(texts[i], lookup)
		if err != nil || a.Error != "" {
			if (err != nil) != (a.Error != "") || !errors.Is(err, ErrVariables) {
				t.Errorf("Expand(%q) gives error %v, yarn %q", texts[i], err, a.Error)
			}
			continue
		}
		good++
		var want string
		if err := json.Unmarshal(a.Value, &want); err != nil || got != want {
			t.Errorf("Expand(%q) = %q, yarn says %q, %v", texts[i], got, want, err)
		}
	}
	t.Logf("%d of %d values could be expanded", good, len(texts))
}
