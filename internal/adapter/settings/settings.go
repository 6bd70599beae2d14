// Package settings reads and writes settings.toml, the user's own file. The agent owns one File; it
// keeps nothing in memory, so Load always tells what lies on disk and may be called any time.
//
// The file is the user's: Save changes the values that differ and nothing else, byte for byte. A value
// that cannot be used, an unknown name or a syntax error becomes a finding with its line, and the
// default stands. A file with a syntax error is never written to.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

var _ agent.SettingsFile = (*File)(nil)

// File is settings.toml. It implements agent.SettingsFile.
type File struct {
	path  string
	files agent.Files
}

// New makes the File at path, an absolute one. It is read and replaced by files, which follows links
// and writes atomically. Nothing need exist.
func New(path string, files agent.Files) *File { return &File{path, files} }

// Path is where the file lies or would lie.
func (f *File) Path() string { return f.path }

// Load returns the settings in force and what is wrong with the file. No file means all defaults.
func (f *File) Load() (api.Settings, []api.Finding) {
	s := api.DefaultSettings()
	data, err := f.files.Read(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, []api.Finding{f.finding(0, unreadable, "", "")}
	}
	doc, err := parse(data)
	if err != nil {
		return s, []api.Finding{f.finding(doc.broken, syntax, "", "")}
	}
	var found []api.Finding
	for _, e := range doc.entries {
		if why := e.apply(&s); why != "" {
			found = append(found, f.finding(e.line, why, e.name, e.shown()))
		}
	}
	return s, found
}

// The problems of a settings file, as told in the argument Problem of a finding.
const (
	unreadable = "unreadable" // the file cannot be read
	syntax     = "syntax"     // it is not TOML
	unknown    = "unknown"    // there is no setting of that name
	wrongType  = "type"       // a truth where a text is due, or the like
	wrongValue = "value"      // not one that the setting can have
)

// finding says what is wrong. Cause is the technical text for all of it; a face that has better words
// takes Problem, Name and Value.
func (f *File) finding(line int, problem, name, value string) api.Finding {
	cause := map[string]string{
		unreadable: "the file cannot be read",
		syntax:     "syntax error: the whole file counts for nothing",
		unknown:    fmt.Sprintf("unknown setting %q", name),
		wrongType:  fmt.Sprintf("%s = %s: wrong kind of value", name, value),
		wrongValue: fmt.Sprintf("%s = %s: not a value that it can have", name, value),
	}[problem]
	args := map[string]string{"Problem": problem, "Cause": cause, "Name": name, "Value": value}
	return api.Finding{Code: api.FindingSettings, Severity: api.SeverityWarning, File: f.path, Line: line, Args: args}
}

// Save writes the settings that differ from what the file says. Errors name file and line where the
// file itself is the reason; agent.ErrChanged if somebody wrote it meanwhile.
func (f *File) Save(s api.Settings) error {
	old, err := f.files.Read(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		old, err = nil, nil
		if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
			return fmt.Errorf("write settings: %w", err)
		}
	} else if err == nil && old == nil {
		old = []byte{} // an empty file exists; nil would say that it does not
	}
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if why := invalid(s); why != "" {
		return fmt.Errorf("write settings: %s cannot have that value", why)
	}
	doc, err := parse(old)
	if err != nil {
		return fmt.Errorf("write settings: %s:%d: %w", f.path, doc.broken, err)
	}
	edited := doc.edit(s)
	if old != nil && string(edited) == string(old) {
		return nil
	}
	if _, err := parse(edited); err != nil { // a fault of ours must not cost the user a file
		return fmt.Errorf("write settings: %s: the edit would break it: %w", f.path, err)
	}
	if err := f.files.Replace(f.path, old, edited); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}
