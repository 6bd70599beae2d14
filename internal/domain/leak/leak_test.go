package leak

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// TestM11_EveryFormIsFound plants credentials in every form and finds each at its place, and nothing else.
func TestM11_EveryFormIsFound(t *testing.T) {
	want, got := 0, 0
	for _, p := range plantedSet() {
		want += len(p.secrets)
		list := Scan(p.path, []byte(p.text))
		if len(list) != len(p.secrets) {
			t.Errorf("%s: %d found of %d: %+v", p.path, len(list), len(p.secrets), list)
			continue
		}
		for i, l := range list {
			secret := p.secrets[i]
			if l.Fingerprint != token.NewSecret(secret).Fingerprint() {
				t.Errorf("%s: leak %d is another one: %+v", p.path, i, l)
				continue
			}
			got++
			lines := strings.Split(p.text, "\n")
			if line := lines[l.Line-1]; !strings.HasPrefix(line[l.Column-1:], secret) && p.path != "b/.yarnrc.yml" {
				t.Errorf("%s: leak %d is not at %d:%d", p.path, i, l.Line, l.Column)
			}
			if l.Form != p.form {
				t.Errorf("%s: form %s, want %s", p.path, l.Form, p.form)
			}
			if i == 0 && (p.key != "" && l.Key != p.key || l.Certain != p.certain) {
				t.Errorf("%s: %+v, want key %s, certain %v", p.path, l, p.key, p.certain)
			}
			if strings.Contains(fmt.Sprintf("%+v", l), secret) {
				t.Errorf("%s: leak %d tells the credential", p.path, i)
			}
		}
	}
	t.Logf("found %d of %d", got, want)
}

// TestM10_NothingInnocentIsTold scans examples, placeholders, lock files, checksums and ids.
func TestM10_NothingInnocentIsTold(t *testing.T) {
	set := innocentSet()
	for _, path := range slices.Sorted(maps.Keys(set)) {
		for _, l := range Scan(path, []byte(set[path])) {
			t.Errorf("%s: %+v: %s", path, l, strings.Split(set[path], "\n")[l.Line-1])
		}
	}
}

// TestM11_RegistryAndMask: what is told beside the place.
func TestM11_RegistryAndMask(t *testing.T) {
	text := "//registry.example.com/npm/:_authToken=" + npmToken() + "\n//a.example.com/:_authToken=" + uuid() + "\n"
	list := Scan(".npmrc", []byte(text))
	if len(list) != 2 || list[0].Registry != "//registry.example.com/npm/" || list[0].Masked != "npm_"+dots || list[1].Masked != dots || list[1].Kind != token.KindClassic {
		t.Errorf("%+v", list)
	}
	for path, want := range map[string]Form{
		`C:\Users\a\.npmrc`: FormNPMRC, "/x/.npmrc.bak": FormNPMRC, "a/.yarnrc.yml": FormYarn, "BUNFIG.toml": FormBun, ".env.production": FormEnv, "prod.env": FormEnv,
		"x/.github/workflows/a.yaml": FormCI, "Dockerfile.dev": FormCI, "infra/Jenkinsfile": FormCI, "a.sh": FormShell, ".psql_history": FormShell, "a.go": FormBare, "README.md": FormBare,
		`r\.circleci\config.yml`: FormCI, "azure-pipelines-release.yml": FormCI,
	} {
		if got := fileOf(path).form; got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestM11_LimitsHold: a text with NUL is no text, and what lies behind MaxSize is not read.
func TestM11_LimitsHold(t *testing.T) {
	tok := npmToken()
	if got := Scan("a", []byte("\x00"+tok)); got != nil {
		t.Errorf("binary: %+v", got)
	}
	far := strings.Repeat("a b\n", MaxSize/4) + tok
	if got := Scan("a", []byte(far)); got != nil {
		t.Errorf("behind the limit: %+v", got)
	}
	if got := Scan("a", []byte(far[len(far)-MaxSize:])); len(got) != 1 {
		t.Errorf("at the limit: %+v", got)
	}
}

func FuzzScan(f *testing.F) {
	for _, p := range plantedSet() {
		f.Add(p.path, p.text)
	}
	for path, text := range innocentSet() {
		f.Add(path, text)
	}
	f.Fuzz(func(t *testing.T, path, text string) {
		for _, l := range scan(path, []byte(text)) {
			if l.secret == "" || l.Line < 1 || l.Column < 1 || l.Fingerprint == "" || !strings.Contains(l.Masked, dots) {
				t.Errorf("%q: %+v", text, l.Leak)
			}
			if shown := l.Key + "\n" + l.Registry + "\n" + l.Masked; strings.Contains(shown, l.secret) {
				t.Errorf("%q: the leak tells the credential: %+v", text, l.Leak)
			}
		}
	})
}
