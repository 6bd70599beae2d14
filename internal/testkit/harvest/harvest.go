// Package harvest is a drill: a package whose install script looks for npm credentials where the worms
// that went through the registry looked, and tells the places where it found one.
//
// The registry of the tests publishes it as Package. A test writes a project that depends on it
// (Project), tells by hash what is to be found (Plan.Write), lets a package manager install it, and reads
// what was found (Read). The script looks at files below the user's home and the project, at its own
// environment, and at the environments, arguments and open files of the processes that the test started;
// at no other process of the machine. It sends nothing.
package harvest

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Package is the name of the package, version 1.0.0. alice and bob may read it.
const Package = "@acme/harvest"

//go:embed harvest.js
var script string

// What is published beside the manifest's usual lines.
var (
	Scripts = map[string]string{"postinstall": "node harvest.js"}
	Files   = map[string]string{"harvest.js": script}
)

// Plan says what the script looks for.
type Plan struct {
	// Canaries are the credentials. Only their hashes are written.
	Canaries []string
	// Ask lets the script call Sandglass, which no worm does so far: helper, env and exec.
	Ask bool
	// Registry is what it asks the helper for.
	Registry string
}

// Write puts the plan into the folder of a project, and takes an older report away.
func (p Plan) Write(t testing.TB, dir string) {
	t.Helper()
	var sums []string
	for _, c := range p.Canaries {
		sum := sha256.Sum256([]byte(c))
		sums = append(sums, hex.EncodeToString(sum[:]))
	}
	text, err := json.Marshal(map[string]any{"sha256": sums, "ask": p.Ask, "registry": p.Registry, "pid": os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(reportFile(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "harvest-plan.json"), string(text))
}

// Place is where a canary was found.
type Place struct {
	// Kind is env, file, asked, or the relation of a process and what of it: "ancestor environ",
	// "ancestor cmdline", "ancestor fd", "process environ" and so on.
	Kind string
	// Name is the variable, the file, or the program and what it had open.
	Name string
}

// Asked is one call of Sandglass and how it ended.
type Asked struct {
	// Command is helper, env or exec.
	Command string
	// Status is the exit code, -1 if it was ended.
	Status int
	// Got says whether a canary came.
	Got bool
}

// Report is what a run of the script found.
type Report struct {
	// Found lists every place once.
	Found []Place
	// Looked counts what was looked at.
	Looked struct{ Env, Files, Processes, Descriptors int }
	// Asked lists the calls of Sandglass.
	Asked []Asked
}

// Read returns the report of the last run in a project. It is not ok if the script did not run.
func Read(t testing.TB, dir string) (r Report, ok bool) {
	t.Helper()
	text, err := os.ReadFile(reportFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return r, false
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		t.Fatalf("read the harvest: %v", err)
	}
	return r, true
}

func reportFile(dir string) string { return filepath.Join(dir, "harvest-found.json") }

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
