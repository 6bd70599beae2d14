package house

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layer says what the packages below a folder may import of the project, and what of the standard
// library they may not. A package may always import what is below itself.
type layer struct {
	of    string
	may   []string
	never []string
}

// io is what a package without I/O does without.
var io = []string{"net", "os", "os/exec", "os/signal", "os/user", "syscall", "io/ioutil"}

// layers are tried in order: the first whose folder holds the package counts.
var layers = []layer{
	{of: "assets", never: io},
	{of: "internal/domain", may: []string{"internal/domain"}, never: io},
	{of: "internal/i18n", may: []string{"assets"}},
	{of: "internal/agent/api", may: []string{"internal/domain"}, never: append(io, "net/http")},
	{of: "internal/agent", may: []string{"internal/domain", "internal/agent/api", "internal/i18n"}, never: []string{"net", "os/exec"}},
	// Of the agent an adapter takes the ports that it implements; the folders are everybody's.
	{of: "internal/adapter", may: []string{"internal/domain", "internal/agent", "internal/adapter/dirs"}},
	// The window's rooms share a desk, a look and the view of a plan, and know nothing of each other.
	{of: "internal/ui/window", may: []string{"internal/domain", "internal/agent/api", "internal/i18n", "assets",
		"internal/ui/window/desk", "internal/ui/window/look", "internal/ui/window/plan", "internal/ui/window/keep", "internal/ui/window/glass", "internal/ui/window/timeline"}, never: []string{"net/http"}},
	{of: "internal/ui", may: []string{"internal/domain", "internal/agent/api", "internal/i18n", "assets"}, never: []string{"net/http"}},
	{of: "internal/demo", may: []string{"internal/domain", "internal/i18n", "assets"}},
	{of: "internal/testkit", may: []string{"internal"}},
	{of: "internal/e2e", may: []string{"internal"}},
	{of: "internal/house"},
	{of: "internal"},
	{of: "app", may: []string{"internal", "assets"}},
}

// isNever reports whether a standard package is one of the forbidden ones. "net" forbids net/http and
// the rest below it, but not the two that only know addresses.
func (l layer) isNever(pkg string) bool {
	return within(pkg, l.never...) && pkg != "net/netip" && pkg != "net/url"
}

func layerOf(t *testing.T, pkg string) layer {
	t.Helper()
	for _, l := range layers {
		if within(pkg, l.of) {
			return l
		}
	}
	t.Fatalf("package %s is in no layer", pkg)
	return layer{}
}

// TestImportsGoDown holds every file that is no test against the layers.
func TestImportsGoDown(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		l := layerOf(t, s.pkg)
		for _, i := range s.imports {
			if ours(i) && i != s.pkg && !within(i, s.pkg) && !within(i, l.may...) {
				t.Errorf("%s imports %s: %s may import %q", s.name, i, l.of, l.may)
			}
			if l.isNever(i) {
				t.Errorf("%s imports %s: %s does no such thing", s.name, i, l.of)
			}
			if within(i, "internal/testkit") && !within(s.pkg, "internal/testkit") {
				t.Errorf("%s imports %s, which is for tests", s.name, i)
			}
		}
	}
}

// owners are the packages that may import an outside library, as prefixes. A test of an owner may too.
var owners = map[string][]string{
	"fyne.io/fyne/v2":                     {"internal/ui/window", "app/sandglass-window", "internal/testkit/windowkit"},
	"fyne.io/fyne/v2/app":                 {"app/sandglass-window"},
	"fyne.io/systray":                     {"internal/ui/tray"},
	"git.sr.ht/~jackmordaunt/go-toast/v2": {"internal/adapter/notify"},
	"github.com/99designs/keyring":        {"internal/adapter/keyring"},
	"github.com/Microsoft/go-winio":       {"internal/adapter/ipc"},
	"github.com/fsnotify/fsnotify":        {"internal/adapter/watch"},
	"github.com/godbus/dbus":              {"internal/adapter/keyring"},
	"github.com/godbus/dbus/v5":           {"internal/adapter/notify", "internal/adapter/power", "internal/adapter/keyring", "internal/adapter/deskenv", "internal/adapter/appearance"},
	"github.com/go-text/typesetting":      {"internal/ui/window/look"}, // where a line may be broken
	"github.com/gofrs/flock":              {"internal/adapter/files"},
	"github.com/jezek/xgb":                {"internal/adapter/clipboard"},
	"github.com/nicksnyder/go-i18n":       {"internal/i18n"},
	// Sandglass's own settings, and bun's: two formats that have no more than the grammar in common.
	"github.com/pelletier/go-toml/v2": {"internal/adapter/settings", "internal/domain/bunfig"},
	"github.com/pkg/browser":          {"internal/adapter/browser"},
	"github.com/spf13/cobra":          {"internal/ui/cli"},
	"github.com/spf13/pflag":          {"internal/ui/cli"},
	"go.yaml.in/yaml/v3":              {"internal/domain/yamldoc"},
	"golang.org/x/sys":                {"internal", "app"},
	"golang.org/x/term":               {"internal/ui/cli"},
	"golang.org/x/text":               {"internal/i18n"},
	"gopkg.in/natefinch/lumberjack":   {"internal/adapter/logfile"},
	"rsc.io/qr":                       {"internal/ui/cli"},
}

// forTests are libraries that only tests and the testkit use.
var forTests = []string{"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "github.com/godbus/dbus/v5", "github.com/jezek/xgb"}

// TestOneLibraryOneOwner finds every import of an outside library that its owner does not make. A
// library without an owner is new: give it one here, in the change that brings it.
func TestOneLibraryOneOwner(t *testing.T) {
	for _, s := range sources(t) {
		for _, i := range s.imports {
			if !outside(i) {
				continue
			}
			if (s.test || within(s.pkg, "internal/testkit", "internal/e2e")) && within(i, forTests...) {
				continue
			}
			if owned := owner(i); !within(s.pkg, owned...) {
				t.Errorf("%s imports %s, which is for %q", s.name, i, owned)
			}
		}
	}
}

// owner finds the packages that own a library: those of its longest prefix in the table.
func owner(lib string) []string {
	best := ""
	for name := range owners {
		if (within(lib, name) || strings.HasPrefix(lib, name+".")) && len(name) > len(best) {
			best = name
		}
	}
	return owners[best]
}

// TestProgramsStayLight proves what each program is linked from, on Linux: all that its packages import.
func TestProgramsStayLight(t *testing.T) {
	for program, never := range map[string][]string{
		"app/sandglass": {
			"fyne.io", "github.com/99designs/keyring", "github.com/godbus/dbus", "github.com/fsnotify/fsnotify", "runtime/cgo",
			module + "internal/ui/tray", module + "internal/ui/window", module + "internal/adapter/keyring",
		},
		"app/sandglass-agent":  {"fyne.io/fyne/v2", "runtime/cgo", module + "internal/ui/window", module + "internal/ui/cli"},
		"app/sandglass-window": {"github.com/99designs/keyring", module + "internal/adapter/keyring", module + "internal/ui/tray"},
	} {
		t.Run(program, func(t *testing.T) {
			cgo := "CGO_ENABLED=0"
			if program == "app/sandglass-window" {
				cgo = "CGO_ENABLED=1"
			}
			deps := goList(t, []string{"GOOS=linux", cgo}, "-deps", "./"+program)
			for dep := range strings.Lines(string(deps)) {
				if dep = strings.TrimSpace(dep); within(dep, never...) || within(dep, module+"internal/testkit") {
					t.Errorf("%s is linked with %s", program, dep)
				}
			}
			if !bytes.Contains(deps, []byte(module+program)) {
				t.Errorf("go list told nothing of %s", program)
			}
		})
	}
}

// goList runs go list in the project's folder.
func goList(t *testing.T, env []string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir, cmd.Env = root, slices.Concat(os.Environ(), env)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, said.String())
	}
	return out
}
