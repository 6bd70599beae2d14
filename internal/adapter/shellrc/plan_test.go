package shellrc_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/shellrc"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
)

var all = []string{"bash", "zsh", "fish", "pwsh", "nu"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person is a home folder whose shells are planned for.
func person(t *testing.T, vars map[string]string) (home string, s *shellrc.Shells) {
	t.Helper()
	home = t.TempDir()
	return home, shellsOf(home, vars)
}

func shellsOf(home string, vars map[string]string) *shellrc.Shells {
	return shellrc.New(shellrc.Options{
		Home: home, ConfigDir: filepath.Join(home, ".config", "sandglass"),
		Env: func(k string) string { return vars[k] }, Passwd: filepath.Join(home, "passwd"),
	})
}

// apply does what the agent does with a plan: compare, then write through links.
func apply(t testing.TB, edits []agent.FileEdit) {
	t.Helper()
	for _, e := range edits {
		have, err := os.ReadFile(e.Path)
		if (e.Old == nil) != errors.Is(err, os.ErrNotExist) || !bytes.Equal(have, e.Old) {
			t.Fatalf("%s is not as planned: %v", e.Path, err)
		}
		if e.New == nil {
			must(t, os.Remove(e.Path))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(e.Path), 0o700))
		must(t, os.WriteFile(e.Path, e.New, 0o600))
	}
}

func plan(t testing.TB, s *shellrc.Shells, remove bool, names ...string) []agent.FileEdit {
	t.Helper()
	edits, err := s.Plan(names, remove)
	must(t, err)
	return edits
}

func TestPlanAndUndoLeaveRCFilesByteForByte(t *testing.T) {
	for name, before := range map[string]string{
		"usual":            "# mine\nalias ll='ls -l'\n",
		"empty":            "",
		"no final newline": "alias a=b",
		"CRLF":             "alias a=b\r\nalias c=d\r\n",
		"CRLF unfinished":  "alias a=b\r\nalias c=d",
		"mixed":            "a\r\nb\nc\rd\n",
		"not UTF-8":        "a='\xff\xfe\x00'\n",
		"blank lines":      "\n\n a\n\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			home, s := person(t, nil)
			path := filepath.Join(home, ".bashrc")
			must(t, os.WriteFile(path, []byte(before), 0o600))
			edits := plan(t, s, false, all...)
			apply(t, edits)
			after, err := os.ReadFile(path)
			must(t, err)
			if !strings.HasPrefix(string(after), before) || strings.Count(string(after), "# sandglass: ") != 1 {
				t.Errorf("became %q", after)
			}
			if strings.HasPrefix(name, "CRLF") && strings.Count(string(after), "\n") != strings.Count(string(after), "\r\n") {
				t.Errorf("lost its line ends: %q", after)
			}
			if again := plan(t, s, false, all...); len(again) > 0 {
				t.Errorf("a second plan has %d edits, first %s", len(again), again[0].Path)
			}
			apply(t, plan(t, s, true, all...))
			if back, _ := os.ReadFile(path); string(back) != before {
				t.Errorf("after undo %q, want %q", back, before)
			}
			if again := plan(t, s, true, all...); len(again) > 0 {
				t.Errorf("a second undo has %d edits, first %s", len(again), again[0].Path)
			}
		})
	}
}

func TestPlanOrderAndDropIns(t *testing.T) {
	home, s := person(t, nil)
	rel := func(edits []agent.FileEdit) (out []string) {
		for _, e := range edits {
			r, err := filepath.Rel(home, e.Path)
			must(t, err)
			out = append(out, filepath.ToSlash(r))
		}
		return out
	}
	edits := plan(t, s, false, "bash", "fish")
	want := []string{".config/sandglass/hook.bash", ".bashrc", ".config/sandglass/hook.fish", ".config/fish/conf.d/sandglass.fish"}
	if got := rel(edits); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	apply(t, edits)
	undo := plan(t, s, true, "bash", "fish")
	want = []string{".bashrc", ".config/sandglass/hook.bash", ".config/fish/conf.d/sandglass.fish", ".config/sandglass/hook.fish"}
	if got := rel(undo); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if undo[0].New == nil || undo[2].New != nil {
		t.Error("undo must keep .bashrc and delete the file that is ours alone")
	}
}

func TestUndoAfterTheUserEditedAround(t *testing.T) {
	home, s := person(t, nil)
	path := filepath.Join(home, ".bashrc")
	must(t, os.WriteFile(path, []byte("a\n"), 0o600))
	apply(t, plan(t, s, false, "bash"))
	data, err := os.ReadFile(path)
	must(t, err)
	_, line, _ := strings.Cut(string(data), "\n")
	line = strings.TrimSuffix(line, "\n")
	for edited, want := range map[string]string{
		"x\n" + line + "\ny\na\n":           "x\ny\na\n",
		"if true; then\n  " + line + "\nfi": "if true; then\nfi",
		line + "\n" + line + "  \nz":        "z",
		"# " + line + "\r\nz\r\n":           "z\r\n",
		"z\n" + line:                        "z",
	} {
		must(t, os.WriteFile(path, []byte(edited), 0o600))
		apply(t, plan(t, s, true, "bash"))
		if got, _ := os.ReadFile(path); string(got) != want {
			t.Errorf("%q became %q, want %q", edited, got, want)
		}
		apply(t, plan(t, s, false, "bash"))
	}
}

func TestPlanMendsALineThatNamesAnotherPlace(t *testing.T) {
	home, s := person(t, nil)
	path := filepath.Join(home, ".zshrc")
	must(t, os.WriteFile(path, []byte("a\n. /old/hook.zsh # sandglass: keeps registry logins fresh\nb\n"), 0o600))
	apply(t, plan(t, s, false, "zsh"))
	got, err := os.ReadFile(path)
	must(t, err)
	want := "a\n[ ! -r \"$HOME/.config/sandglass/hook.zsh\" ] || . \"$HOME/.config/sandglass/hook.zsh\" # sandglass: keeps registry logins fresh\nb\n"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestC10_PlanReadsThroughLinksAndNamesTheUsersPath(t *testing.T) {
	home, s := person(t, nil)
	real := filepath.Join(t.TempDir(), "bashrc")
	must(t, os.WriteFile(real, []byte("a\n"), 0o600))
	link := filepath.Join(home, ".bashrc")
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	edits := plan(t, s, false, "bash")
	if e := edits[len(edits)-1]; e.Path != link || string(e.Old) != "a\n" {
		t.Errorf("got %s %q", e.Path, e.Old)
	}
}

func TestPlanFollowsTheEnvironment(t *testing.T) {
	other := t.TempDir()
	_, s := person(t, map[string]string{"ZDOTDIR": other, "XDG_CONFIG_HOME": filepath.Join(other, "config")})
	for _, want := range []string{filepath.Join(other, ".zshrc"), filepath.Join(other, "config", "fish", "conf.d", "sandglass.fish")} {
		if !slices.ContainsFunc(plan(t, s, false, all...), func(e agent.FileEdit) bool { return e.Path == want }) {
			t.Errorf("no edit of %s", want)
		}
	}
}

func TestPlanErrors(t *testing.T) {
	home, s := person(t, nil)
	if _, err := s.Plan([]string{"bash", "tcsh"}, false); !errors.Is(err, injection.ErrShell) {
		t.Errorf("tcsh: %v", err)
	}
	must(t, os.Mkdir(filepath.Join(home, ".bashrc"), 0o700))
	if _, err := s.Plan([]string{"bash"}, false); err == nil || !strings.Contains(err.Error(), ".bashrc") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := hook.Text("csh"); !errors.Is(err, injection.ErrShell) {
		t.Errorf("csh: %v", err)
	}
	for _, name := range append(all, "powershell", "nushell") {
		if text, err := hook.Text(name); err != nil || !strings.Contains(text, "gen.") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDetect(t *testing.T) {
	bin := t.TempDir()
	for _, sh := range []string{"bash", "zsh", "fish"} {
		must(t, os.WriteFile(filepath.Join(bin, sh), []byte("#!"), 0o755))
	}
	must(t, os.WriteFile(filepath.Join(bin, "nu"), []byte("not a program"), 0o644))
	home, s := person(t, map[string]string{"PATH": bin + string(os.PathListSeparator) + ".", "SHELL": "/bin/zsh"})
	if got := s.Detect(); !slices.Equal(got, []string{"zsh"}) {
		t.Errorf("login shell only: %v", got)
	}
	must(t, os.WriteFile(filepath.Join(home, ".bashrc"), nil, 0o600))
	must(t, os.MkdirAll(filepath.Join(home, ".config", "fish"), 0o700))
	must(t, os.MkdirAll(filepath.Join(home, ".config", "nushell"), 0o700))
	if got := s.Detect(); !slices.Equal(got, []string{"bash", "zsh", "fish"}) {
		t.Errorf("with rc files: %v", got)
	}
}

// TestWhatIsAppendedLaterStaysALine: the file's last line had no end, and the user appends to the file after us.
func TestWhatIsAppendedLaterStaysALine(t *testing.T) {
	home, s := person(t, nil)
	path := filepath.Join(home, ".bashrc")
	must(t, os.WriteFile(path, []byte("alias a=b"), 0o600))
	apply(t, plan(t, s, false, "bash"))
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, append(data, "export X=1\n"...), 0o600))
	apply(t, plan(t, s, true, "bash"))
	if got, _ := os.ReadFile(path); string(got) != "alias a=b\nexport X=1\n" {
		t.Errorf("after undo %q", got)
	}
	// A line of an earlier version, to which something stuck.
	must(t, os.WriteFile(path, []byte("a\n. hook # sandglass: keeps registry logins freshexport Y=2\nb\n"), 0o600))
	apply(t, plan(t, s, true, "bash"))
	if got, _ := os.ReadFile(path); string(got) != "a\nexport Y=2\nb\n" {
		t.Errorf("after undo %q", got)
	}
}
