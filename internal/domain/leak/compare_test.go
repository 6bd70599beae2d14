//go:build compare

package leak

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Versions that the comparison installs, from the registries that the machine's own clients are set up for.
const (
	gitleaks   = "github.com/zricethezav/gitleaks/v8@v8.30.0"
	secretlint = "12.0.0"
)

// spot is where somebody sees a credential.
type spot struct {
	file string
	line int
}

// TestCompareWithOthers scans the same files with gitleaks, secretlint and Scan, each as a process of its own, in turns.
// SANDGLASS_COMPARE names a folder where the two are, or are installed to, from outside this machine: so it is built with
// -tags compare alone.
func TestCompareWithOthers(t *testing.T) {
	tools := os.Getenv("SANDGLASS_COMPARE")
	if tools == "" {
		t.Fatal("SANDGLASS_COMPARE names no folder")
	}
	if dir := os.Getenv("SANDGLASS_COMPARE_SCAN"); dir != "" {
		scanAll(t, dir)
		return
	}
	install(t, tools)
	dir, secrets := t.TempDir(), map[spot]string{}
	for round := range 5 {
		for i, p := range plantedSet() {
			name := filepath.Join(fmt.Sprint("planted", round), fmt.Sprint(i), filepath.FromSlash(p.path))
			put(t, filepath.Join(dir, name), p.text)
			for _, s := range p.secrets {
				secrets[spot{name, 1 + strings.Count(p.text[:strings.Index(p.text, s)], "\n")}] = p.path
			}
		}
		for path, text := range innocentSet() {
			put(t, filepath.Join(dir, fmt.Sprint("innocent", round), filepath.FromSlash(path)), text)
		}
	}
	for _, tool := range []struct {
		name string
		run  func() []spot
	}{
		{"sandglass", func() []spot { return bySandglass(t, tools, dir) }},
		{"gitleaks", func() []spot { return byGitleaks(t, tools, dir) }},
		{"secretlint", func() []spot { return bySecretlint(t, tools, dir) }},
		{"sandglass again", func() []spot { return bySandglass(t, tools, dir) }},
	} {
		start := time.Now()
		told := tool.run()
		took := time.Since(start)
		found, alarms := map[spot]bool{}, map[spot]bool{}
		missed, where := map[string]bool{}, map[string]bool{}
		for _, s := range told {
			if rel, err := filepath.Rel(dir, s.file); err == nil {
				s.file = rel
			}
			if secrets[s] != "" {
				found[s] = true
			} else {
				alarms[s] = true
				where[filepath.Base(s.file)] = true
			}
		}
		for s, path := range secrets {
			if !found[s] {
				missed[path] = true
			}
		}
		t.Logf("%-16s found %d of %d, false alarms on %d lines, %v; missed in %q, alarms in %q", tool.name, len(found), len(secrets), len(alarms), took.Round(time.Millisecond), slices.Sorted(maps.Keys(missed)), slices.Sorted(maps.Keys(where)))
		if strings.HasPrefix(tool.name, "sandglass") && (len(found) != len(secrets) || len(alarms) != 0) {
			t.Errorf("missed %v, alarms %v", missed, where)
		}
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// install gets what is not there yet.
func install(t *testing.T, tools string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(tools, "gitleaks")); err != nil {
		must(t, tools, []string{"GOBIN=" + tools}, "go", "install", gitleaks)
	}
	if _, err := os.Stat(filepath.Join(tools, "node_modules", "secretlint")); err != nil {
		must(t, tools, nil, "npm", "install", "--prefix", tools, "--ignore-scripts", "--no-audit", "--no-fund", "secretlint@"+secretlint, "@secretlint/secretlint-rule-preset-recommend@"+secretlint)
	}
	put(t, filepath.Join(tools, "secretlintrc.json"), `{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}`)
}

func must(t *testing.T, dir string, env []string, name string, args ...string) []byte {
	t.Helper()
	out, err := run(t, dir, env, name, args...)
	if err != nil {
		t.Fatalf("%s: %v\n%.2000s", name, err, out)
	}
	return out
}

func run(t *testing.T, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	return cmd.Output()
}

// scanAll is the process that the others are compared with.
func scanAll(t *testing.T, dir string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, l := range Scan(path, text) {
			fmt.Printf("leak\t%s\t%d\n", path, l.Line)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func bySandglass(t *testing.T, tools, dir string) (list []spot) {
	out := must(t, dir, []string{"SANDGLASS_COMPARE=" + tools, "SANDGLASS_COMPARE_SCAN=" + dir}, os.Args[0], "-test.run=^TestCompareWithOthers$")
	for line := range strings.Lines(string(out)) {
		s := spot{}
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) == 3 && f[0] == "leak" {
			s.file = f[1]
			fmt.Sscan(f[2], &s.line)
			list = append(list, s)
		}
	}
	return list
}

func byGitleaks(t *testing.T, tools, dir string) (list []spot) {
	report := filepath.Join(t.TempDir(), "report.json")
	must(t, dir, nil, filepath.Join(tools, "gitleaks"), "dir", dir, "--report-format=json", "--report-path="+report, "--exit-code=0", "--no-banner", "--log-level=error")
	raw, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var said []struct {
		File               string
		StartLine, EndLine int
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		t.Fatal(err)
	}
	for _, s := range said {
		for line := s.StartLine; line <= s.EndLine; line++ {
			list = append(list, spot{s.File, line})
		}
	}
	return list
}

func bySecretlint(t *testing.T, tools, dir string) (list []spot) {
	report := filepath.Join(t.TempDir(), "report.json")
	// It ends with 1 where it found something.
	out, err := run(t, tools, nil, filepath.Join(tools, "node_modules", ".bin", "secretlint"), "--secretlintrc", filepath.Join(tools, "secretlintrc.json"), "--secretlintignore", os.DevNull, "--format=json", "--output="+report,
		dir+"/**/*", dir+"/**/.*", dir+"/**/.*/**/*")
	raw, readErr := os.ReadFile(report)
	if readErr != nil {
		t.Fatalf("secretlint: %v, %v\n%.500s", err, readErr, out)
	}
	var said []struct {
		FilePath string
		Messages []struct {
			Loc struct{ Start, End struct{ Line int } }
		}
	}
	if jsonErr := json.Unmarshal(raw, &said); jsonErr != nil {
		t.Fatalf("secretlint: %v, %v", err, jsonErr)
	}
	for _, f := range said {
		for _, m := range f.Messages {
			for line := m.Loc.Start.Line; line <= m.Loc.End.Line; line++ {
				list = append(list, spot{f.FilePath, line})
			}
		}
	}
	return list
}
