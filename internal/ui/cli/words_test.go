package cli

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// constants are the string constants of package api whose names begin so.
func constants(t *testing.T, prefix string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "agent", "api", "finding.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, prefix) && len(spec.Values) == 1 {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				out[spec.Names[0].Name], _ = strconv.Unquote(lit.Value)
			}
		}
		return true
	})
	if len(out) < 10 {
		t.Fatalf("found only %v", out)
	}
	return out
}

// TestEveryCodeHasWords: errors and findings of the agent are never shown as bare codes.
func TestEveryCodeHasWords(t *testing.T) {
	var keys []string
	for _, code := range constants(t, "Code") {
		keys = append(keys, "error."+code, "error."+code+".hint")
	}
	for _, code := range constants(t, "Finding") {
		keys = append(keys, "finding."+code+".title", "finding."+code+".text", "finding."+code+".hint")
	}
	inBothLanguages(t, keys)
}

func inBothLanguages(t *testing.T, keys []string) {
	t.Helper()
	for _, lang := range i18n.Languages {
		p := i18n.New(lang)
		for _, key := range keys {
			if !p.Has(key) {
				t.Errorf("%s has no text in %q", key, lang)
			}
		}
	}
}

// TestEveryKeyHasWords looks every text up that the source names.
func TestEveryKeyHasWords(t *testing.T) {
	call := regexp.MustCompile(`a\.t\("([a-z.-]+[a-z])"|\("(cli\.[a-z.-]+[a-z])", [a-z]|misuse\{"([a-z-]+)"|unable\("([a-z-]+)"|"(login\.done[a-z.]*|setup\.(?:change|create|delete))"`)
	files, _ := filepath.Glob("*.go")
	var keys []string
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllSubmatch(src, -1) {
			for i, prefix := range []string{"cli.", "", "cli.usage.", "cli.exec.", "cli."} {
				if len(m[i+1]) > 0 && !bytes.HasSuffix(m[i+1], []byte(".")) {
					keys = append(keys, prefix+string(m[i+1]))
				}
			}
		}
	}
	if len(keys) < 40 {
		t.Fatalf("found only %d keys", len(keys))
	}
	for _, s := range []string{"running", "ending", "ended", "unknown", "offline", "locked", "none"} {
		keys = append(keys, "cli.state."+s)
	}
	for _, s := range []string{"told", "assumed", "unknown", "learned"} {
		keys = append(keys, "cli.lifetime."+s)
	}
	inBothLanguages(t, keys)
}

// TestEveryCommandIsExplained: each has a line, examples, and words for its flags; no English is left in the Japanese help.
func TestEveryCommandIsExplained(t *testing.T) {
	for _, lang := range i18n.Languages {
		a := &app{language: lang, Env: Env{Getenv: os.Getenv, Stdout: &bytes.Buffer{}}}
		root := a.root()
		a.fill(root)
		var walk func(*cobra.Command)
		walk = func(cmd *cobra.Command) {
			keys := []string{"cli.help." + key(cmd), "cli.help." + key(cmd) + ".examples"}
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if strings.HasPrefix(f.Usage, "cli.") || f.Usage == "" {
					t.Errorf("%s --%s is not explained in %q: %q", cmd.Name(), f.Name, lang, f.Usage)
				}
			})
			inBothLanguages(t, keys)
			text := a.help(cmd)
			if strings.Contains(text, "cli.") || strings.Contains(text, "<no value>") {
				t.Errorf("help of %s in %q:\n%s", cmd.Name(), lang, text)
			}
			for _, line := range strings.Split(text, "\n") {
				if width(line) > 110 {
					t.Errorf("help of %s in %q is too wide: %s", cmd.Name(), lang, line)
				}
			}
			for _, sub := range cmd.Commands() {
				if explained(sub) {
					walk(sub)
				}
			}
		}
		walk(root)
	}
}

// roomWords are the names of the window's rooms as they are typed, in the one text that lists them.
func roomWords() string {
	var words []string
	for _, room := range append(slices.Clone(api.Rooms), api.RoomSetup) {
		words = append(words, string(room))
	}
	return strings.Join(words, ", ")
}

// TestNoBareToken: to a user of today that word means something else. Where a user is told what to type, what is
// typed is not reworded: the command's name and the list of the rooms' names may hold it, and the rest of that text may not.
func TestNoBareToken(t *testing.T) {
	bare := regexp.MustCompile(`(?i)\btokens?\b`)
	for _, room := range []string{"cli", "error", "finding"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", "translations", room+".en.json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]json.RawMessage // a text, or one for each plural
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for key, text := range texts {
			said := strings.ReplaceAll(string(text), "sandglass tokens", "")
			if key == "cli.usage.room" {
				said = strings.Replace(said, roomWords(), "", 1)
			}
			if bare.MatchString(said) && !strings.Contains(strings.ToLower(said), "access token") {
				t.Errorf("%s: %s", key, text)
			}
		}
	}
}
