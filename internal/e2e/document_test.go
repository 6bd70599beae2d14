package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// documents is where the tables lie that tests measure and people read.
var documents = filepath.Join("..", "..", "assets", "docs")

// document holds a table that was measured against the one in the docs. With SANDGLASS_DOCS set to a folder
// it is written there instead; set to assets/docs it brings the docs up to date.
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
	if string(said) != text {
		t.Errorf("%s says something else than was measured; with SANDGLASS_DOCS it is written anew. Measured:\n%s", name, text)
	}
}
