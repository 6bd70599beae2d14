// Package corpus holds failures that real package managers made and what was known when they came about, and judges
// them anew: as they are, spoilt the ways that texts are spoilt before somebody asks about them, and with nothing known
// but the text. Package e2e records them, package finding is tested with them.
package corpus

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// Case is one failure of one package manager. It holds no secret, no port and no folder of any machine.
type Case struct {
	// Name is the file's, without its ending.
	Name string `json:"-"`
	// Verdict is what was the matter, by how it was made.
	Verdict string `json:"verdict"`
	Client  string `json:"client"`
	// Console, JSON and Log are what was printed, printed with --json, and written to npm's debug log.
	Console  string           `json:"console"`
	JSON     string           `json:"json,omitempty"`
	Log      string           `json:"log,omitempty"`
	Evidence finding.Evidence `json:"evidence"`
}

// public stands for the address of npm's public registry in the files.
const public = "public-registry.invalid"

// hide takes out the addresses of public registries, which package managers name by themselves.
var hide = strings.NewReplacer(registry.Public.Host(), public,
	strings.Join([]string{"npm", "jsr", "io"}, "."), "jsr.example.com", strings.Join([]string{"registry", "yarnpkg", "com"}, "."), "mirror.example.com")

// Texts are the texts that there are, by kind.
func (c Case) Texts() map[string]string {
	all := map[string]string{"console": c.Console, "json": c.JSON, "log": c.Log}
	for kind, text := range all {
		if text == "" {
			delete(all, kind)
		}
	}
	return all
}

// Load reads the cases of a folder, in the order of their names.
func Load(dir string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		c := Case{Name: strings.TrimSuffix(filepath.Base(file), ".json")}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), public, registry.Public.Host())), &c); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// Save writes a case into a folder.
func (c Case) Save(dir string) error {
	var text strings.Builder
	out := json.NewEncoder(&text)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(c); err != nil {
		return err
	}
	hidden := hide.Replace(text.String())
	return os.WriteFile(filepath.Join(dir, c.Name+".json"), []byte(hidden), 0o644)
}
