package house

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var metaLine = regexp.MustCompile(`(?m)^\s*(\w+)\s*=\s*"([^"]*)"`)

// metadata reads FyneApp.toml, whose values are all texts but the build number.
func metadata(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range metaLine.FindAllStringSubmatch(string(content), -1) {
		found[m[1]] = m[2]
	}
	return found
}

// TestMetadata holds what the packagers read against what the program says of itself.
func TestMetadata(t *testing.T) {
	meta := metadata(t)
	if got := constant(t, "app/sandglass-window", "appID"); got != meta["ID"] {
		t.Errorf("the window's id is %q, FyneApp.toml says %q", got, meta["ID"])
	}
	if meta["Name"] != "Sandglass" {
		t.Errorf("FyneApp.toml names %q", meta["Name"])
	}
	if _, err := os.Stat(filepath.Join(root, meta["Icon"])); meta["Icon"] == "" || err != nil {
		t.Errorf("FyneApp.toml's icon: %v", err)
	}
	log, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	if version := meta["Version"]; version == "" || !strings.Contains(string(log), "\n## ["+version+"]") {
		t.Errorf("CHANGELOG.md has nothing about version %q", version)
	}
}

// constant finds the value of a text constant of a package.
func constant(t *testing.T, pkg, name string) (value string) {
	t.Helper()
	for _, s := range sources(t) {
		if s.pkg != pkg {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, id := range spec.Names {
				if id.Name != name || i >= len(spec.Values) {
					continue
				}
				if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					value, _ = strconv.Unquote(lit.Value)
				}
			}
			return true
		})
	}
	return value
}
