package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what go list says of a package.
type listed struct {
	Dir, ImportPath   string
	DepOnly           bool
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Module            *struct{ GoVersion string }
	Error             *struct{ Err string }
}

// TestProgramsTypeCheckElsewhere checks the programs as a Mac and a Windows machine would build them, with the files
// that need a C compiler there, with and without the toolkit's bridge to screen readers: their C is taken for granted, all Go
// is checked. So it proves that our code, Fyne, the tray and the keychain fit together there, and not that they link or run.
func TestProgramsTypeCheckElsewhere(t *testing.T) {
	for name, m := range map[string]struct{ system, arch, tags string }{
		"Mac arm64": {"darwin", "arm64", ""}, "Mac amd64": {"darwin", "amd64", ""}, "Windows": {"windows", "amd64", ""},
		"Mac with accessibility": {"darwin", "arm64", "accessibility"}, "Windows with accessibility": {"windows", "amd64", "accessibility"},
	} {
		t.Run(name, func(t *testing.T) {
			c := checker{t: t, arch: m.arch, done: map[string]*types.Package{"unsafe": types.Unsafe}}
			out := goList(t, []string{"GOOS=" + m.system, "GOARCH=" + m.arch, "CGO_ENABLED=1"}, "-e", "-deps", "-tags="+m.tags,
				"-json=Dir,ImportPath,DepOnly,GoFiles,CgoFiles,ImportMap,Module,Error",
				"./app/sandglass", "./app/sandglass-agent", "./app/sandglass-window")
			for in := json.NewDecoder(strings.NewReader(string(out))); in.More(); {
				var p listed
				if err := in.Decode(&p); err != nil {
					t.Fatal(err)
				}
				if p.ImportPath != "unsafe" {
					c.check(p)
				}
			}
			if !c.cgo {
				t.Error("no package with C was seen: these are not the files that such a machine builds")
			}
		})
	}
}

// checker type-checks packages in the order of their imports.
type checker struct {
	t    *testing.T
	arch string
	done map[string]*types.Package
	cgo  bool
}

func (c *checker) check(p listed) {
	if p.Error != nil {
		c.t.Errorf("%s: %s", p.ImportPath, p.Error.Err)
	}
	c.cgo = c.cgo || len(p.CgoFiles) > 0
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.t.Error(err)
			continue
		}
		files = append(files, f)
	}
	config := types.Config{
		FakeImportC:      true,
		IgnoreFuncBodies: p.DepOnly && !strings.HasPrefix(p.ImportPath, module),
		Importer:         importer{c.done, p.ImportMap},
		Sizes:            types.SizesFor("gc", c.arch),
		Error:            func(err error) { c.t.Error(err) },
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	c.done[p.ImportPath], _ = config.Check(p.ImportPath, fset, files, nil) // Error told all of them
}

// importer gives packages that were checked before.
type importer struct {
	done map[string]*types.Package
	as   map[string]string
}

func (i importer) Import(name string) (*types.Package, error) {
	if other, ok := i.as[name]; ok {
		name = other
	}
	if p := i.done[name]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("import %s: %w", name, errors.ErrUnsupported)
}
