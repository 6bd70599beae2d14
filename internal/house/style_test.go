package house

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The numbers of the house.
const (
	maxFile       = 400
	maxFunction   = 80
	usualFunction = 40
	usualShare    = 0.93
	maxParameters = 4
)

func TestSizes(t *testing.T) {
	functions, usual := 0, 0
	for _, s := range sources(t) {
		if s.lines > maxFile {
			t.Errorf("%s has %d lines, at most %d are allowed", s.name, s.lines, maxFile)
		}
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := s.fset.Position(f.End()).Line - s.line(f) + 1
			if lines > maxFunction {
				t.Errorf("%s:%d: %s has %d lines, at most %d are allowed", s.name, s.line(f), f.Name, lines, maxFunction)
			}
			if s.test {
				continue
			}
			functions++
			if lines <= usualFunction {
				usual++
			}
			// The testkit answers D-Bus calls, whose parameters the protocol sets.
			if n := parameters(f); n > maxParameters && !within(s.pkg, "internal/testkit") {
				t.Errorf("%s:%d: %s has %d parameters: more than %d want a struct", s.name, s.line(f), f.Name, n, maxParameters)
			}
		}
	}
	if share := float64(usual) / float64(functions); share < usualShare {
		t.Errorf("only %.1f %% of the functions have at most %d lines", 100*share, usualFunction)
	}
}

// parameters counts them. A context says nothing of its own.
func parameters(f *ast.FuncDecl) int {
	n := 0
	for _, p := range f.Type.Params.List {
		if sel, ok := p.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Context" {
			continue
		}
		n += max(1, len(p.Names))
	}
	return n
}

// TestOnePackageDoc wants one file of each package to say what the package is.
func TestOnePackageDoc(t *testing.T) {
	docs := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		docs[s.pkg] += 0
		if s.syntax.Doc == nil {
			continue
		}
		docs[s.pkg]++
		want := "Package " + s.syntax.Name.Name + " "
		if s.syntax.Name.Name == "main" {
			want = "Command " + s.pkg[strings.LastIndexByte(s.pkg, '/')+1:] + " "
		}
		if text := s.syntax.Doc.Text(); !strings.HasPrefix(text, want) {
			t.Errorf("%s: the package doc begins with %.30q, not %q", s.name, text, want)
		}
	}
	for pkg, n := range docs {
		if n != 1 {
			t.Errorf("%s has %d package docs", pkg, n)
		}
	}
}

// TestExportedIsDocumented wants a comment on every exported name. A comment on a group counts for its members.
func TestExportedIsDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.syntax.Decls {
			for _, n := range undocumented(d) {
				t.Errorf("%s:%d: %s has no comment", s.name, s.line(n), n.Name)
			}
		}
	}
}

func undocumented(d ast.Decl) (names []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && receiverExported(d) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if d.Doc == nil && spec.Doc == nil && spec.Name.IsExported() {
					names = append(names, spec.Name)
				}
			case *ast.ValueSpec:
				if d.Doc == nil && spec.Doc == nil && spec.Comment == nil && spec.Names[0].IsExported() {
					names = append(names, spec.Names[0])
				}
			}
		}
	}
	return names
}

func receiverExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		exported = exported || ok && id.IsExported()
		return !ok
	})
	return exported
}

// TestNoSleepInTests finds tests that wait for time to pass instead of for something to happen. In a
// bubble of testing/synctest time is not real, and sleeping is how it is moved.
func TestNoSleepInTests(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test || slices.Contains(s.imports, "testing/synctest") {
			continue
		}
		calls(s, func(c *ast.CallExpr, name string) {
			if name == "time.Sleep" {
				t.Errorf("%s:%d: wait for a condition, not with time.Sleep", s.name, s.line(c))
			}
		})
	}
}

// TestErrorTexts wants errors to be lower-case verb phrases of the step.
func TestErrorTexts(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		calls(s, func(c *ast.CallExpr, name string) {
			if name != "errors.New" && name != "fmt.Errorf" {
				return
			}
			lit, ok := c.Args[0].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			first, _ := utf8.DecodeRuneInString(text)
			second, _ := utf8.DecodeRuneInString(text[min(1, len(text)):])
			if unicode.IsUpper(first) && unicode.IsLower(second) || strings.Contains(text, "failed to") || strings.HasSuffix(text, ".") {
				t.Errorf("%s:%d: the error %q is no lower-case verb phrase", s.name, s.line(c), text)
			}
		})
	}
}

// calls visits the calls of package functions in a file.
func calls(s *source, visit func(c *ast.CallExpr, name string)) {
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok {
				visit(c, pkg.Name+"."+sel.Sel.Name)
			}
		}
		return true
	})
}
