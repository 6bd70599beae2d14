package house

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// hosts are public registries. Their addresses are configuration: the one that the product needs is
// put together in internal/domain/registry. They are in parts here for the same reason.
var hosts = [][]string{
	{"registry", "npmjs", "org"}, {"registry", "yarnpkg", "com"}, {"npm", "jsr", "io"},
	{"proxy", "golang", "org"}, {"sum", "golang", "org"}, {"deb", "debian", "org"}, {"pypi", "org"},
	{"registry", "npmmirror", "com"},
}

// places are folders of the machines that the project was made on.
var places = [][]string{{"/work", "main"}, {"/work", "shared"}, {"/work", ".library"}, {"", "root", ""}}

// TestNoForeignText finds addresses of public registries and paths of single machines in any text file.
func TestNoForeignText(t *testing.T) {
	read := 0
	walk(t, func(name string, content []byte) {
		if bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content) {
			return // no text
		}
		read++
		for _, parts := range hosts {
			if host := strings.Join(parts, "."); bytes.Contains(bytes.ToLower(content), []byte(host)) {
				t.Errorf("%s holds the address of a public registry, %s", name, host)
			}
		}
		for _, parts := range places {
			if place := strings.Join(parts, "/"); bytes.Contains(content, []byte(place)) {
				t.Errorf("%s holds a path of one machine, %s", name, place)
			}
		}
	})
	if read < 100 {
		t.Errorf("only %d text files were read", read)
	}
}
