package leak

import (
	"bytes"
	"fmt"
	"regexp"
	"testing"
)

// words make a text like a program's, with as many underscores as C or Python has.
var words = []string{"static", "int", "read_config", "const char *", "struct list_head", "return", "if (", ") {", "}", "self._client", "MAX_BUFFER_SIZE", "for", "in", "range(",
	"#include <linux/kernel.h>", "npm_lifecycle_event", "snake_case_name", "x", "= 0;", "user-agent", "Accept", "auth", "token", "// comment about it", "A", "Key", "http://", "foo@example.com"}

// synthetic is a text of so many bytes, with a line with a credential in every 4 KiB.
func synthetic(size int) []byte {
	var b bytes.Buffer
	secrets := []func() string{npmToken, func() string { return "//" + reg + "/:_authToken=" + uuid() },
		func() string { return "//" + reg + "/:_auth=" + basic("alice", draw(16, alphabet)) }, func() string { return "NPM_TOKEN=" + npmToken() }}
	next := 4 << 10
	for b.Len() < size {
		for range 8 {
			b.WriteString(words[dice.IntN(len(words))])
			b.WriteByte(' ')
		}
		b.WriteByte('\n')
		if b.Len() > next {
			fmt.Fprintln(&b, secrets[dice.IntN(len(secrets))]())
			next += 4 << 10
		}
	}
	return b.Bytes()[:size]
}

// pattern finds less than Scan does: it is what one would write with package regexp.
var pattern = regexp.MustCompile(`npms?_[A-Za-z0-9]{36,48}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{82}|gl(?:pat|dt|cbt|oas)-[A-Za-z0-9_-]{20}|(?:_authToken|_auth|_password)[ \t]*=[ \t]*[A-Za-z0-9+/=_-]{8,}`)

// BenchmarkScan reads 10 MB in two files, for 8 MiB is all that is read of one; BenchmarkRegexp beside it is what it is compared with.
func BenchmarkScan(b *testing.B) {
	text := synthetic(10_000_000)
	first, second := text[:5_000_000], text[5_000_000:]
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(Scan("a.c", first)) + len(Scan("a.c", second))
	}
	b.ReportMetric(float64(n), "found")
}

func BenchmarkRegexp(b *testing.B) {
	text := synthetic(10_000_000)
	b.SetBytes(int64(len(text)))
	n := 0
	for b.Loop() {
		n = len(pattern.FindAllIndex(text, -1))
	}
	b.ReportMetric(float64(n), "found")
}

// BenchmarkScanClean reads a text without credentials, as nearly all are.
func BenchmarkScanClean(b *testing.B) {
	text := bytes.Repeat([]byte("the quick brown fox jumps over the lazy dog, and returns nil.\n"), 80_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Scan("a.txt", text)
	}
}

// BenchmarkScanWorst reads texts made to be slow.
func BenchmarkScanWorst(b *testing.B) {
	for name, part := range map[string]string{"keys": "_auth=", "tokens": "//a/:_authToken=", "long": "_authToken=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_", "urls": "http://a@", "at": "@", "npm": "npm_", "names": "NPM_TOKEN=", "azdo": "AZDO", "spaces": "_authToken =   "} {
		text := bytes.Repeat([]byte(part), 1_000_000/len(part))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Scan(".npmrc.x/y", text)
			}
		})
	}
}
