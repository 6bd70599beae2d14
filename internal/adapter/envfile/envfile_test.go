package envfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

var envFiles = []string{"env.fish", "env.nu", "env.ps1", "env.sh"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newFiles(t testing.TB) *envfile.Files {
	t.Helper()
	f, err := envfile.New(filepath.Join(t.TempDir(), "run", "sandglass"))
	must(t, err)
	return f
}

func vars(value string) []agent.Variable {
	return []agent.Variable{{Name: "SG_A", Value: token.NewSecret(value)}, {Name: "SG_B", Value: token.NewSecret(value)}, {Name: "SG_NONE"}}
}

var genOf = regexp.MustCompile(`SANDGLASS_GEN\W+(\d+)`)

// state is what lies in the folder.
type state struct {
	value string // that every env file holds, twice
	gens  []string
}

// look reads the folder and holds it against what a shell relies on: each env file is whole, and the generation that it names exists.
func look(t testing.TB, dir string) (byFile map[string]string, gens []string) {
	t.Helper()
	byFile = map[string]string{}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "gen."):
			gens = append(gens, e.Name())
		case e.Type().IsRegular() && slices.Contains(envFiles, e.Name()):
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			must(t, err)
			m := genOf.FindSubmatch(data)
			if m == nil {
				t.Fatalf("%s is torn: %q", e.Name(), data)
			}
			if _, err := os.Stat(filepath.Join(dir, "gen."+string(m[1]))); err != nil {
				t.Errorf("%s names a generation that is not there: %v", e.Name(), err)
			}
			byFile[e.Name()] = string(data)
		}
	}
	return byFile, gens
}

// settled is look for a folder at rest: one generation, one value, nothing unfinished.
func settled(t testing.TB, dir string) state {
	t.Helper()
	byFile, gens := look(t, dir)
	if len(byFile) != len(envFiles) || len(gens) != 1 {
		t.Fatalf("%d env files, generations %v", len(byFile), gens)
	}
	var s state
	s.gens = gens
	for name, text := range byFile {
		if "gen."+genOf.FindStringSubmatch(text)[1] != gens[0] {
			t.Errorf("%s names another generation than %s", name, gens[0])
		}
		found := regexp.MustCompile(`npm_\w+`).FindAllString(text, -1)
		if len(found) != 2 || found[0] != found[1] || s.value != "" && s.value != found[0] {
			t.Errorf("%s holds %v, another file %q", name, found, s.value)
		}
		s.value = found[0]
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".env*")); len(left) > 0 {
		t.Errorf("unfinished files: %v", left)
	}
	return s
}

func TestPublishRaisesTheGenerationOnlyForNews(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	first := settled(t, f.Dir())
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	if again := settled(t, f.Dir()); again.gens[0] != first.gens[0] {
		t.Errorf("the same variables gave %s after %s", again.gens, first.gens)
	}
	must(t, f.Publish(vars("npm_two"), injection.Due{}))
	if next := settled(t, f.Dir()); next.gens[0] <= first.gens[0] || next.value != "npm_two" {
		t.Errorf("got %v after %v", next, first)
	}
	data, err := os.ReadFile(filepath.Join(f.Dir(), "env.sh"))
	must(t, err)
	if !strings.Contains(string(data), "'SG_NONE' ''") {
		t.Errorf("a variable without value is not defined:\n%s", data)
	}
}

func TestGenerationsNeverComeAgain(t *testing.T) {
	f := newFiles(t)
	seen := map[string]bool{}
	for i := range 20 {
		must(t, f.Publish(vars("npm_"+string(rune('a'+i))), injection.Due{}))
		gen := settled(t, f.Dir()).gens[0]
		if seen[gen] {
			t.Fatalf("%s came again", gen)
		}
		seen[gen] = true
		if i%5 == 4 { // somebody cleans up under open shells
			must(t, os.RemoveAll(f.Dir()))
		}
	}
}

func TestB18_BadVariablesChangeNothing(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	before := settled(t, f.Dir())
	for _, v := range []agent.Variable{
		{Name: "SG_A", Value: token.NewSecret("a b")},
		{Name: "SG_A", Value: token.NewSecret("a\nb")},
		{Name: "PATH", Value: token.NewSecret("npm_x")},
		{Name: "A B"},
	} {
		if err := f.Publish([]agent.Variable{v}, injection.Due{}); err == nil {
			t.Errorf("took %q", v.Name)
		}
	}
	if err := f.Publish([]agent.Variable{{Name: "PATH"}}, injection.Due{}); !errors.Is(err, injection.ErrName) {
		t.Errorf("got %v", err)
	}
	if after := settled(t, f.Dir()); after.gens[0] != before.gens[0] || after.value != "npm_one" {
		t.Errorf("%v became %v", before, after)
	}
}

// B21: whoever reads while files are replaced finds one version, whole.
func TestB21_ReadersFindWholeFiles(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_0"), injection.Due{}))
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for _, name := range envFiles {
		readers.Go(func() {
			for reads := 0; ; reads++ {
				select {
				case <-stop:
					if reads == 0 {
						t.Error("nothing was read")
					}
					return
				default:
				}
				data, err := os.ReadFile(filepath.Join(f.Dir(), name))
				m := regexp.MustCompile(`npm_\d+`).FindAllString(string(data), -1)
				if err != nil || len(m) != 2 || m[0] != m[1] || !genOf.Match(data) {
					t.Errorf("torn %s: %v %q", name, err, data)
					return
				}
			}
		})
	}
	for i := range 200 {
		must(t, f.Publish(vars("npm_"+string(rune('0'+i%10))), injection.Due{}))
	}
	close(stop)
	readers.Wait()
	settled(t, f.Dir())
}

func TestD08_TwoWriters(t *testing.T) {
	f := newFiles(t)
	other, err := envfile.New(f.Dir()) // shares nothing with f but the folder, as another process would
	must(t, err)
	var writers sync.WaitGroup
	for _, w := range []struct {
		f     *envfile.Files
		value string
	}{{f, "npm_a"}, {f, "npm_b"}, {other, "npm_c"}, {other, "npm_d"}} {
		writers.Go(func() {
			for range 100 {
				if err := w.f.Publish(vars(w.value), injection.Due{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	settled(t, f.Dir())
}

func TestC27_NewClearsWhatAKilledProcessLeft(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	gen := settled(t, f.Dir()).gens[0]
	for _, name := range []string{".env.sh.new", ".env.fish.new", "gen.1", "gen.99999999999999"} {
		must(t, os.WriteFile(filepath.Join(f.Dir(), name), []byte("npm_secret"), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(f.Dir(), "gen.mine"), nil, 0o600)) // not ours
	_, err := envfile.New(f.Dir())
	must(t, err)
	must(t, os.Remove(filepath.Join(f.Dir(), "gen.mine")))
	if after := settled(t, f.Dir()); after.gens[0] != gen {
		t.Errorf("%v, want %s", after.gens, gen)
	}
}

func TestC15_StrangeFilesInThePlaceOfOurs(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	path := filepath.Join(f.Dir(), "env.nu")
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700))
	if err := f.Publish(vars("npm_two"), injection.Due{}); !errors.Is(err, envfile.ErrFolder) {
		t.Errorf("a folder in place of env.nu: %v", err)
	}
	if byFile, _ := look(t, f.Dir()); !strings.Contains(byFile["env.sh"], "npm_one") {
		t.Error("env.sh was replaced though env.nu could not be")
	}
	must(t, os.Remove(path))
	outside := filepath.Join(t.TempDir(), "theirs")
	must(t, os.WriteFile(outside, []byte("theirs"), 0o600))
	if os.Symlink(outside, path) == nil { // replaced, never written through
		must(t, f.Publish(vars("npm_two"), injection.Due{}))
		settled(t, f.Dir())
		if data, _ := os.ReadFile(outside); string(data) != "theirs" {
			t.Errorf("the target of a planted link was written: %q", data)
		}
	}
}

func TestNewWantsAnAbsolutePath(t *testing.T) {
	for _, dir := range []string{"", "run", "./run"} {
		if _, err := envfile.New(dir); !errors.Is(err, envfile.ErrFolder) {
			t.Errorf("New(%q): %v", dir, err)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	f := newFiles(b)
	values := [][]agent.Variable{vars("npm_one"), vars("npm_two")}
	for i := 0; b.Loop(); i++ {
		must(b, f.Publish(values[i%2], injection.Due{}))
	}
}

func BenchmarkPublishNothingNew(b *testing.B) {
	f := newFiles(b)
	for b.Loop() {
		must(b, f.Publish(vars("npm_one"), injection.Due{}))
	}
}

// TestSecretsOnlyWhereSomebodyReads: the env file of a shell that the user has not got defines the names,
// as empty, and has the same generation.
func TestSecretsOnlyWhereSomebodyReads(t *testing.T) {
	f := newFiles(t)
	has := map[injection.Shell]bool{injection.Posix: true}
	f.Only(func(s injection.Shell) bool { return has[s] })
	holds := func(name string) (secret, defined bool) {
		data, err := os.ReadFile(filepath.Join(f.Dir(), name))
		must(t, err)
		return strings.Contains(string(data), "npm_one"), strings.Contains(string(data), "SG_A")
	}
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	for name, want := range map[string]bool{"env.sh": true, "env.fish": false, "env.ps1": false, "env.nu": false} {
		if secret, defined := holds(name); secret != want || !defined {
			t.Errorf("%s: secret %v, defined %v", name, secret, defined)
		}
	}
	has[injection.Fish] = true
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	if secret, _ := holds("env.fish"); !secret {
		t.Error("a shell that came later gets nothing")
	}
}
