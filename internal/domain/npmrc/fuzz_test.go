package npmrc

import (
	"bytes"
	"strings"
	"testing"
)

func seeds(f *testing.F, add func([]byte)) {
	for _, s := range []string{"", commented, "\ufeffa=1\r\n[b]\rc[]='[1]'\n", "k=\xff\xe2\x82;x\n\"k\"=1", "a.b=null\n[a\\.b]\nx"} {
		add([]byte(s))
	}
	w := newWriter(1)
	for range 20 {
		add(w.file(false))
	}
}

func FuzzParse(f *testing.F) {
	seeds(f, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, src []byte) {
		file := Parse(src)
		pos, number := 0, 0
		for _, l := range file.lines {
			number++
			ok := l.start >= pos && l.start <= l.end && l.end < l.next && l.number == number || l.next == len(src)
			if !ok || l.kind == lineEntry && (l.from < l.start || l.to < l.from || l.to > l.end) {
				t.Fatalf("line %+v of %q", l, src)
			}
			pos = l.next
		}
		if pos != len(src) || !bytes.Equal(file.Bytes(), src) {
			t.Fatalf("%q was not read to its end", src)
		}
		for range file.Entries() {
		}
		_, _, _ = file.Credentials(), file.Registries(), file.Err()
	})
}

func FuzzSet(f *testing.F) {
	seeds(f, func(b []byte) { f.Add(b, "//h.example.com/:_authToken", "${T}") })
	f.Add([]byte("k=v"), "k", "a;b#c\\")
	f.Fuzz(func(t *testing.T, src []byte, key, value string) {
		out, err := Set(src, key, value)
		if err != nil {
			return
		}
		if e := Parse(out).effective()[key]; e == nil || e.array {
			t.Fatalf("Set(%q, %q, %q) = %q lacks the key", src, key, value, out)
		} else if got := e.val().plain(); got != value {
			t.Fatalf("Set(%q, %q, %q) = %q says %q", src, key, value, out, got)
		}
		checkUntouched(t, src, out, key)
		if again, err := Set(out, key, value); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("the second time %q became %q, %v", out, again, err)
		}
		if gone, err := Remove(out, key); err == nil && Parse(gone).effective()[key] != nil {
			t.Fatalf("Remove left it: %q", gone)
		}
	})
}

func FuzzRestore(f *testing.F) {
	seeds(f, func(b []byte) { f.Add(b, b) })
	f.Add([]byte(commented), []byte("a=1\nregistry=x\n"))
	f.Add([]byte("save-exact=  '1e4"), []byte("save-exact=  '1e400'\ufeff\r\n")) // found: an infinity became null
	f.Add([]byte("\n"), []byte("\n\ufeff00\ufeff0"))                             // found: a mark within became one in front
	f.Fuzz(func(t *testing.T, before, after []byte) {
		set := map[string]string{"//h.example.com/:_authToken": "${T}"}
		text, err := TemplateOf(before).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var tmpl Template
		if err := tmpl.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		out, err := Restore(tmpl, after, set)
		if err != nil {
			return
		}
		edited, err := Set(after, "//h.example.com/:_authToken", "${T}")
		if err != nil || Parse(edited).tree().json() != Parse(out).tree().json() {
			t.Fatalf("before %q after %q: restored %q", before, after, out)
		}
		if again, err := Restore(tmpl, out, set); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("before %q after %q\nonce  %q\ntwice %q %v", before, after, out, again, err)
		}
	})
}

func BenchmarkParse100KB(b *testing.B) {
	var s strings.Builder
	for i := 0; s.Len() < 100_000; i++ {
		s.WriteString("# a comment of some length that nobody reads\n@scope")
		s.WriteString(strings.Repeat("x", i%20))
		s.WriteString(":registry=https://registry.example.com/path/\n//registry.example.com/:_authToken=${SG_0123456789abcdef}\n")
	}
	src := []byte(s.String())
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(src)
	}
}
