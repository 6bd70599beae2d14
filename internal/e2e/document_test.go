package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// counts are figures that may differ from run to run: all but 0, as fields of a table.
var counts = regexp.MustCompile(`\b[1-9][0-9]* \|`)

// documents is where the tables lie that tests measure and people read.
var documents = filepath.Join("..", "..", "assets", "docs")

// document holds a table that was measured against the one in the docs. With SANDGLASS_DOCS set to a folder
// it is written there instead; set to assets/docs it brings the docs up to date. Of counts only those of
// nothing must agree: a helper process more or less is the package manager's own affair.
func document(t *testing.T, name, text string) {
	t.Helper()
	if dir := os.Getenv("SANDGLASS_DOCS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	said, err := os.ReadFile(filepath.Join(documents, name))
	if err != nil {
		t.Fatal(err)
	}
	if counts.ReplaceAllString(string(said), "n |") != counts.ReplaceAllString(text, "n |") {
		t.Errorf("%s says something else than was measured; with SANDGLASS_DOCS it is written anew. Measured:\n%s", name, text)
	}
}
