package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the path that all of the project's packages begin with.
const module = "github.com/sandglass-dev/sandglass/"

// root is the project's folder, seen from this package.
const root = "../.."

// source is one parsed Go file, of whatever system.
type source struct {
	name    string // slash-separated, relative to the project
	pkg     string // its folder: "internal/agent"
	test    bool
	lines   int
	fset    *token.FileSet
	syntax  *ast.File
	imports []string // the project's own without the module's path
}

// line tells where a node is.
func (s *source) line(n ast.Node) int { return s.fset.Position(n.Pos()).Line }

// skipped are folders that hold nothing of the project's own.
var skipped = []string{".git", ".cache", "bin", "node_modules"}

// walk visits every file of the project.
func walk(t *testing.T, visit func(name string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skipped, d.Name()):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		visit(filepath.ToSlash(name), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var parsed struct {
	sync.Once
	files []*source
}

// sources are all Go files of the project.
func sources(t *testing.T) []*source {
	t.Helper()
	parsed.Do(func() {
		walk(t, func(name string, content []byte) {
			if strings.HasSuffix(name, ".go") && !strings.Contains(name, "/testdata/") {
				parsed.files = append(parsed.files, parse(t, name, content))
			}
		})
	})
	if len(parsed.files) < 50 {
		t.Fatalf("only %d Go files found", len(parsed.files))
	}
	return parsed.files
}

func parse(t *testing.T, name string, content []byte) *source {
	t.Helper()
	s := &source{name: name, pkg: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), fset: token.NewFileSet()}
	s.lines = strings.Count(string(content), "\n")
	var err error
	if s.syntax, err = parser.ParseFile(s.fset, name, content, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		t.Fatal(err)
	}
	for _, i := range s.syntax.Imports {
		what, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		s.imports = append(s.imports, strings.TrimPrefix(what, module))
	}
	return s
}

// within reports whether a package or library is one of the named ones or below one.
func within(pkg string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return pkg == n || strings.HasPrefix(pkg, n+"/") })
}

// ours reports whether an import is a package of the project.
func ours(pkg string) bool { return within(pkg, "app", "assets", "internal") }

// outside reports whether an import is neither of the project nor of the standard library.
func outside(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !ours(pkg) && strings.Contains(first, ".")
}
