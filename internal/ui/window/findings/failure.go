package findings

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
)

const (
	// longestLog is how much of a log is read, in bytes, from its end: there stands what failed.
	longestLog = 16 << 20
	// longestReport is how much of what was printed goes into a report, from its end.
	longestReport = 64 << 10
)

// failure is what somebody wants to know the cause of. The text is a secret until it was read: it may hold any.
type failure struct {
	latest bool   // npm's newest log, which the agent reads
	path   string // of a log; "" for none
	text   string // that was pasted
	dir    string // where it failed; "" is the home folder
}

// told reports whether there is something to explain.
func (f failure) told() bool { return f.latest || f.path != "" || strings.TrimSpace(f.text) != "" }

// answer is a verdict, and of what was printed as much as may be shown to others.
type answer struct {
	api.Diagnosis
	told string
}

// unusable is a path that names nothing that can be read here.
type unusable struct {
	what string // of the catalogue
	path string
}

// Error implements error.
func (u *unusable) Error() string { return u.what + ": " + u.path }

// explained asks the agent what is behind a failure. Only what finding.Read makes of the text goes there.
func explained(ctx context.Context, agent api.Agent, f failure) (answer, error) {
	req, told := api.DiagnoseRequest{Latest: f.latest, Dir: f.dir}, ""
	if info, err := os.Stat(f.dir); f.dir != "" && (err != nil || !info.IsDir()) {
		return answer{}, &unusable{"not-folder", f.dir}
	}
	if !f.latest {
		text := []byte(f.text)
		if f.path != "" {
			var err error
			if text, err = readLog(f.path); err != nil {
				return answer{}, err
			}
		}
		read, ok := finding.Read(text)
		if !ok {
			return answer{}, &api.Error{Code: api.CodeNoFailure}
		}
		req.Failure = &read
		told = shown(text)
	}
	d, err := agent.Diagnose(ctx, req)
	return answer{d, told}, err
}

// readLog reads a log, or the end of a very long one. Nothing but a file is opened: a pipe would never end.
func readLog(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &unusable{"no-file", path}
	case err == nil && !info.Mode().IsRegular():
		return nil, &unusable{"not-file", path}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
	}
	defer file.Close()
	text, err := io.ReadAll(io.NewSectionReader(file, max(0, sizeOf(file)-longestLog), longestLog))
	if err != nil {
		return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
	}
	return text, nil
}

// sizeOf is how long a file is, 0 where that cannot be told.
func sizeOf(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// pathOf is the file that was typed: below the home folder where it does not say from where, and without the quotes
// that a file manager puts around it.
func pathOf(typed string) string {
	path := strings.Trim(strings.TrimSpace(typed), `"'`)
	home, err := os.UserHomeDir()
	if err != nil || filepath.IsAbs(path) || path == "" {
		return path
	}
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		path = rest
	}
	return filepath.Join(home, path)
}

// shown is the end of a text as others may read it. A secret that is cut in two has the shape of none any more, so that
// much more is looked through than is shown.
func shown(text []byte) string {
	home, _ := os.UserHomeDir() // unknown: nothing to take out
	text = finding.Redacted(lastLines(text, 2*longestReport), home)
	return string(lastLines(text, longestReport))
}

// lastLines are the whole lines at the end of a text that are no more than so many bytes.
func lastLines(text []byte, most int) []byte {
	if len(text) <= most {
		return text
	}
	text = text[len(text)-most:]
	return text[bytes.IndexByte(text, '\n')+1:]
}

// report is what somebody needs to know who is to help, as "sandglass doctor --bundle" writes it. It holds no secret.
type report struct {
	Schema    int           `json:"schema_version"`
	Version   string        `json:"sandglass"`
	System    string        `json:"system"`
	Diagnosis api.Diagnosis `json:"diagnosis"`
	Text      string        `json:"text,omitempty"`
}

// reportOf is an answer as a text to send.
func reportOf(a answer, version string) (string, error) {
	home, _ := os.UserHomeDir() // unknown: nothing to take out
	data, err := json.Marshal(report{api.Schema, cmp.Or(version, "unknown"), runtime.GOOS + "/" + runtime.GOARCH, a.Diagnosis, ""})
	if err != nil {
		return "", err
	}
	r := report{Text: a.told}
	if err := json.Unmarshal(finding.Redacted(data, home), &r); err != nil {
		return "", err
	}
	data, err = json.MarshalIndent(r, "", "  ")
	return string(data), err
}
