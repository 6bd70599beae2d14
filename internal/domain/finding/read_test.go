package finding

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// recordings are what the real package managers printed when a registry on loopback answered so; only hosts and
// folders were changed. read.txt says what is to be read from each: client, version, command, code, status, package,
// its range, and the signs.
func recordings(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "read", "*.txt"))
	if err != nil || len(files) < 90 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".txt")] = string(text)
	}
	return out
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func row(f Failure) string {
	var signs []string
	for _, s := range f.Signs {
		signs = append(signs, string(s))
	}
	return strings.Join([]string{f.Client, dash(f.Version), dash(f.Command), dash(f.Code), fmt.Sprint(f.Status), dash(f.Package), dash(f.Spec), dash(strings.Join(signs, ","))}, " ")
}

func TestReadRecordings(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("testdata", "read.txt"))
	if err != nil {
		t.Fatal(err)
	}
	all := recordings(t)
	for line := range strings.Lines(string(table)) {
		name, want, _ := strings.Cut(strings.TrimSpace(line), " ")
		text, there := all[name]
		delete(all, name)
		f, ok := Read([]byte(text))
		if got := row(f); !there || !ok || got != want {
			t.Errorf("%s: %v %s\nwant %s", name, ok, got, want)
		}
	}
	for name := range all {
		t.Errorf("%s is not in the table", name)
	}
}

func TestReadFields(t *testing.T) {
	all := recordings(t)
	read := func(name string) Failure {
		f, _ := Read([]byte(all[name]))
		return f
	}
	const home, pkg = "https://registry.example.com/", "https://registry.example.com/@priv%2fpkg"
	for name, want := range map[string]Failure{
		"npm12-404-log":            {Method: "GET", URL: pkg},
		"npm12-422-publish":        {Method: "PUT", URL: pkg, Repository: "git+https://github.com/acme/old.git", Provenance: "https://github.com/acme/new"},
		"pnpm12-422-publish":       {URL: home, Repository: "git+https://github.com/acme/old.git", Provenance: "https://github.com/acme/new"},
		"npm12-publish-without":    {URL: home, Sent: No},
		"npm11-legacy-key":         {Setting: "_authToken"},
		"pnpm10-unset":             {Method: "GET", URL: "https://registry.example.com/@priv%2Fpkg", Sent: No, Variable: "NOT_SET_HERE", File: "/home/alice/.npmrc"},
		"pnpm10-project":           {Method: "GET", URL: "https://registry.example.com/@priv%2Fpkg", Sent: No, Setting: "//registry.example.com/:_authToken", File: "/home/alice/work/.npmrc"},
		"pnpm11-401":               {Method: "GET", URL: "https://registry.example.com/@priv%2Fpkg", Sent: Yes},
		"pnpm11-404-ndjson":        {Method: "GET", URL: "https://registry.example.com/@priv%2Fpkg", Sent: Yes},
		"pnpm12-401":               {URL: "https://registry.example.com/@priv%2Fpkg"},
		"pnpm12-registry-variable": {Setting: "registry", File: "pnpm-workspace.yaml"},
		"yarn1-unset":              {Variable: "NOT_SET_HERE"},
		"yarn4-unset":              {Variable: "NOT_SET_HERE", File: "/home/alice/.yarnrc.yml"},
		"yarn4-404":                {Method: "GET", URL: pkg},
		"yarn4-401-without":        {Sent: No},
		"bun-404":                  {Method: "GET", URL: pkg},
	} {
		f := read(name)
		got := Failure{Method: f.Method, URL: f.URL, Sent: f.Sent, Variable: f.Variable, Setting: f.Setting, File: f.File, Repository: f.Repository, Provenance: f.Provenance}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %+v\nwant %+v", name, got, want)
		}
	}
	if at := read("npm12-404-log").At; at.Year() != 2026 || at.Location() != time.UTC {
		t.Errorf("time of the log: %v", at)
	}
}

// same reports whether a reading of a damaged text says what the whole one said.
func same(a, b Failure) bool {
	return a.Client == b.Client && a.Code == b.Code && a.Status == b.Status && a.Package == b.Package && slices.Equal(a.Signs, b.Signs)
}

// each puts something before and behind every line.
func each(text, before, after string) string {
	var b strings.Builder
	for i, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		b.WriteString(strings.ReplaceAll(before, "%", fmt.Sprintf("%02d", i%60)) + l + after + "\n")
	}
	return b.String()
}

func TestReadDressedUp(t *testing.T) {
	for how, dress := range map[string]func(string) string{
		"CRLF":       func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"colours":    func(s string) string { return each(s, "\x1b[31m\x1b[1m", "\x1b[22m\x1b[39m") },
		"link":       func(s string) string { return each(s, "\x1b]8;;https://ci.example.com/1\x1b\\", "\x1b]8;;\x07") },
		"torn":       func(s string) string { return each(s, "[31m", "[0m") },
		"stamps":     func(s string) string { return each(s, "2026-11-21T10:00:%.1234567Z ", "") },
		"docker":     func(s string) string { return each(s, "#12 3.% ", "") },
		"compose":    func(s string) string { return each(s, "web_1  | ", "") },
		"job":        func(s string) string { return each(s, "[publish-job] ", "") },
		"both":       func(s string) string { return each(s, "[10:00:%] [job] ", "") },
		"quote":      func(s string) string { return "Hi, I get this:\n\n" + each(s, "> ", "") + "\nany idea?\n" },
		"fence":      func(s string) string { return "It says\n```console\n" + s + "\n```\nthanks, bob\n" },
		"indent":     func(s string) string { return each(s, "", "   ") },
		"byte order": func(s string) string { return "\ufeff" + s },
		"utf-16":     utf16le,
		"shell":      func(s string) string { return "alice@host:~/work$ cd app\n" + s + "\nalice@host:~/work$ \n" },
	} {
		for name, text := range recordings(t) {
			if how == "byte order" && strings.HasPrefix(text, "\ufeff") {
				continue
			}
			want, _ := Read([]byte(text))
			if got, ok := Read([]byte(dress(text))); !ok || !same(got, want) {
				t.Errorf("%s, %s: %v %s\nwant %s", name, how, ok, row(got), row(want))
			}
		}
	}
}

func utf16le(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		if r < 0x10000 {
			b = append(b, byte(r), byte(r>>8))
			continue
		}
		r -= 0x10000
		hi, lo := 0xd800+(r>>10), 0xdc00+(r&0x3ff)
		b = append(b, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
	}
	return string(b)
}

// TestReadParts: what is read from a part is what the whole says, or it is not read.
func TestReadParts(t *testing.T) {
	part := func(got, whole string) bool { return got == "" || strings.HasPrefix(whole, got) }
	for name, text := range recordings(t) {
		whole, _ := Read([]byte(text))
		check := func(what, piece string) {
			f, ok := Read([]byte(piece))
			if !ok || f.Code == "YN0027" && strings.Contains(whole.Code, "YN") {
				return // an error of its own
			}
			if f.Client != whole.Client || f.Status != 0 && f.Status != whole.Status || !part(f.Code, whole.Code) || !part(f.Package, whole.Package) {
				t.Errorf("%s, %s: %s\nwant %s", name, what, row(f), row(whole))
			}
		}
		for i := range text {
			if text[i] == '\n' {
				check(fmt.Sprintf("without the first %d bytes", i), text[i+1:])
				check(fmt.Sprintf("the first %d bytes", i), text[:i])
				check(fmt.Sprintf("the first %d bytes", i-9), text[:max(i-9, 0)])
			}
		}
	}
}

// TestReadLastRun: of two failures the last one is told, and nothing of the first.
func TestReadLastRun(t *testing.T) {
	all := recordings(t)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, second := range names {
		want, _ := Read([]byte(all[second]))
		for k := 1; k < len(names); k += 29 {
			first := names[(i+k)%len(names)]
			f, _ := Read([]byte(all[first] + all[second]))
			if !same(f, want) || f.URL != want.URL || f.Command != want.Command || f.Variable != want.Variable || f.Setting != want.Setting || f.Spec != want.Spec {
				t.Errorf("%s behind %s: %s %s\nwant %s %s", second, first, row(f), f.URL, row(want), want.URL)
			}
		}
	}
}
