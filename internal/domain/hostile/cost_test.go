package hostile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

func FuzzScan(f *testing.F) {
	f.Add("registry=https://${X}/\n[a]\nb")
	for _, h := range hidden {
		if len(h.text) < 1000 {
			f.Add(h.text)
		}
	}
	public := []registry.URL{registry.Public}
	f.Fuzz(func(t *testing.T, text string) {
		files := map[string][]byte{}
		for _, name := range Names {
			files[name] = []byte(text)
		}
		count := map[string]int{}
		for _, d := range Scan(Project{Files: files, Known: public}) {
			if count[d.File]++; d.Code == "" || d.Severity == "" || d.File == "" || count[d.File] > maxDangers+1 {
				t.Errorf("%+v", d)
			}
		}
	})
}

// heavy are files of 4 MB that are made to keep the scanner busy.
var heavy = map[string]func(i int) string{
	".npmrc registries":      func(i int) string { return fmt.Sprintf("a:registry=http://a%d/\n", i) },
	".npmrc keys":            func(i int) string { return fmt.Sprintf("someSetting%d=x\n", i) },
	".npmrc dangers":         func(int) string { return "userconfig=a\n" },
	".npmrc bound":           func(i int) string { return fmt.Sprintf("//a%d/:_auth=x\n", i) },
	".npmrc one line":        func(i int) string { return fmt.Sprintf("${a%d}", i) },
	".yarnrc":                func(i int) string { return fmt.Sprintf("registry http://a%d/\n", i) },
	".env":                   func(i int) string { return fmt.Sprintf("A%d=http://a/\n", i) },
	".yarnrc.yml":            func(i int) string { return fmt.Sprintf("a%d: {httpProxy: x}\n", i) },
	"bunfig.toml":            func(i int) string { return fmt.Sprintf("[a%d]\na.b=1\n", i) },
	"package-lock.json":      func(i int) string { return fmt.Sprintf("\"resolved\": \"http://a%d/\\u0068%%68\"\n", i) },
	"package-lock.json near": func(int) string { return "\"resolved\": \"https://registry.example.com/npm/a/-/a-1.tgz\"\n" },
}

func BenchmarkScan(b *testing.B) {
	known, _ := registry.Parse("https://registry.example.com/npm/")
	run := func(name, file, text string) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Scan(Project{Files: map[string][]byte{file: []byte(text)}, Known: []registry.URL{known}})
			}
		})
	}
	for name, line := range heavy {
		var text strings.Builder
		for i := 0; text.Len() < 4<<20-100; i++ {
			text.WriteString(line(i))
		}
		file, _, _ := strings.Cut(name, " ")
		run(name, file, text.String())
		if strings.HasSuffix(file, "ml") {
			run(name+" that is read", file, text.String()[:1<<20-strings.Index(text.String(), "\n")-100])
		}
	}
	var text strings.Builder
	text.WriteString(`{"publishConfig":{`)
	for i := 0; text.Len() < 4<<20-100; i++ {
		fmt.Fprintf(&text, "\"a%d\":\"http://a\",", i)
	}
	run("package.json", "package.json", text.String()+`"b":1}}`)
	run("bunfig.toml one key", "bunfig.toml", "["+strings.Repeat("a.", 400_000)+"b]\n"+strings.Repeat("a=1\n", 60_000))
}
