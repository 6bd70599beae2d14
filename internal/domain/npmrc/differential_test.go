package npmrc

import (
	"bytes"
	"strings"
	"testing"
)

const generated = 8000

// TestB22_ParseAgreesWithNPM compares every key and value of generated files with npm's own reading.
func TestB22_ParseAgreesWithNPM(t *testing.T) {
	w := newWriter(22)
	files := make([][]byte, generated)
	batch := make([]question, generated)
	for i := range files {
		files[i] = w.file(i%2 == 0)
		batch[i] = parseQuestion(files[i])
	}
	odd, differ := 0, 0
	for i, a := range startNode(t).ask(t, batch) {
		f := Parse(files[i])
		if !bytes.Equal(f.Bytes(), files[i]) {
			t.Fatalf("file %d came back changed", i)
		}
		switch {
		case f.Err() != nil:
			odd++
		case a.Error != "":
			differ++
			t.Errorf("npm fails with %s and we do not: %q", a.Error, files[i])
		case a.tree(t) != asNode(f.tree()):
			differ++
			t.Errorf("file %q\nnpm  %s\nours %s", files[i], a.tree(t), asNode(f.tree()))
		}
		if differ > 5 {
			t.FailNow()
		}
	}
	if odd > generated/8 {
		t.Errorf("%d of %d files were refused as odd: the comparison is worth too little", odd, generated)
	}
	t.Logf("%d files, %d differences, %d refused as odd", generated, differ, odd)
}

// TestB22_ExpandAgreesWithNPM compares the expansion of generated values with npm's own function.
func TestB22_ExpandAgreesWithNPM(t *testing.T) {
	pieces := []string{"${A}", "${B}", "${EMPTY}", "${UNSET}", "${UNSET?}", "${A?}", `\`, `\\`, "$A", "${", "}", "${A-x}", "${A:-x}", "${A??}", "${}", "${${A}}", "$", "?", "x", "é", "\n", "${with space}", "${a\\b}"}
	env := map[string]string{"A": "1", "B": "$& ${A}", "EMPTY": "", "with space": "s", `a\b`: "z"}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	w := newWriter(63)
	texts := make([]string, 5000)
	batch := make([]question, len(texts))
	for i := range texts {
		for range w.IntN(7) {
			texts[i] += w.pick(pieces)
		}
		batch[i] = question{Op: "expand", Text: texts[i], Env: env}
	}
	for i, a := range startNode(t).ask(t, batch) {
		if got, want := Expand(texts[i], lookup), a.text(t); got != want {
			t.Errorf("Expand(%q) = %q, npm says %q", texts[i], got, want)
		}
	}
}

// TestB22_EditsReadBackByNPM lets npm read what Set and Remove wrote.
func TestB22_EditsReadBackByNPM(t *testing.T) {
	w := newWriter(5)
	keys := []string{"//registry.example.com/:_authToken", "registry", "a", "list", "new-key", "//h.example.com/a/b/:_auth", "ca", "key1"}
	values := []string{"${SG_0123456789abcdef}", "abc==", "v;c", `a\b`, "a\nb", `"q"`, " lead", "日本", "[x]", "", "npm_abc", `x\\;#y`, "true", "\u2028"}
	var batch []question
	var want []*node
	refused := 0
	for range 4000 {
		src := w.file(true)
		key, value := w.pick(keys), w.pick(values)
		f := Parse(src)
		if f.Err() != nil {
			continue
		}
		out, err := Set(src, key, value)
		if err != nil {
			refused++
			continue
		}
		checkUntouched(t, src, out, key)
		again, err := Set(out, key, value)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("Set twice: %q then %q, %v", out, again, err)
		}
		batch, want = append(batch, parseQuestion(out)), append(want, withKey(f.lines, key, scalar(&node{text: value})))
		gone, err := Remove(src, key)
		if err != nil {
			refused++
			continue
		}
		checkUntouched(t, src, gone, key)
		batch, want = append(batch, parseQuestion(gone)), append(want, withKey(f.lines, key, nil))
	}
	for i, a := range startNode(t).ask(t, batch) {
		if a.tree(t) != asNode(want[i]) {
			t.Errorf("edited %s\nnpm  %s\nwant %s", batch[i].Src, a.tree(t), asNode(want[i]))
		}
	}
	if refused > 40 {
		t.Errorf("%d edits refused", refused)
	}
	t.Logf("%d edits read by npm, %d refused", len(batch), refused)
}

// checkUntouched requires that every line that is not the key's own is in the result, byte for byte and in order.
func checkUntouched(t *testing.T, src, out []byte, key string) {
	t.Helper()
	others := func(b []byte) string {
		var s strings.Builder
		pos := 0
		for _, l := range Parse(b).lines {
			if l.kind != lineEntry || l.inSection || l.key != key {
				s.Write(b[pos:l.next])
			}
			pos = l.next
		}
		return strings.TrimRight(strings.TrimLeft(s.String(), byteOrderMark), "\r\n")
	}
	if a, b := others(src), others(out); a != b {
		t.Fatalf("lines of others changed for %q\nold %q\nnew %q", key, src, out)
	}
}

// TestB22_RestoreReadsBackByNPM lets npm rewrite files as a login does and reads what Restore makes of it.
func TestB22_RestoreReadsBackByNPM(t *testing.T) {
	const key = "//registry.example.com/:_authToken"
	w := newWriter(7)
	npm := startNode(t)
	var before [][]byte
	var rewrites []question
	for range 3000 {
		src := w.file(true)
		q := parseQuestion(src)
		q.Op, q.Set = "rewrite", map[string]string{key: "npm_LITERAL", "new.one": "1"}
		if w.IntN(3) == 0 {
			q.Remove = []string{"registry", "a"}
		}
		before, rewrites = append(before, src), append(rewrites, q)
	}
	set := map[string]string{key: "${SG_1}"}
	var batch []question
	var want []string
	refused := 0
	for i, a := range npm.ask(t, rewrites) {
		if a.Error != "" {
			continue
		}
		after := a.bytes(t)
		f := Parse(after)
		tmpl := TemplateOf(before[i])
		out, err := Restore(tmpl, after, set)
		if err != nil {
			refused++
			continue
		}
		again, err := Restore(tmpl, out, set)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("restoring twice, %v\nbefore %q\nafter %q\nonce  %q\ntwice %q", err, before[i], after, out, again)
		}
		batch, want = append(batch, parseQuestion(out)), append(want, asNode(withKey(f.lines, key, scalar(&node{text: set[key]}))))
	}
	for i, a := range npm.ask(t, batch) {
		if a.tree(t) != want[i] {
			t.Errorf("restored %s\nnpm  %s\nwant %s", batch[i].Src, a.tree(t), want[i])
		}
	}
	if refused > 150 {
		t.Errorf("%d restores refused", refused)
	}
	t.Logf("%d restored files read by npm, %d refused", len(batch), refused)
}
