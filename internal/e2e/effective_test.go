package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
)

// constellation is a folder with config files in it, above it and in the user's home. In the texts <one> and <two>
// are registries' addresses, <//one> their keys; mk and what follows it is a made-up secret, <basic:mk> and
// <base64:mk> are it as _auth and _password have it.
type constellation struct {
	name  string
	files map[string]string // by path below the home
	env   []string          // variables that are set, each to a made-up secret
	dir   string            // where the command is typed, "work" if it is not told
	root  string            // of the workspace that dir is a package of
	only  []string          // clients, nil for all
}

// sent is what a client asked for the packages of one scope, and with which secret.
type sent struct{ registry, secret string }

func (s sent) String() string { return s.registry + " " + s.secret }

// wantedPackages are the packages that are installed, by scope.
var wantedPackages = map[string]string{"": "plain-sand", "@acme": "@acme/private"}

// TestEffective: for each constellation and client, what package effective foretells is what the client does.
func TestEffective(t *testing.T) {
	var mu sync.Mutex
	var mismatches []string
	t.Run("constellations", func(t *testing.T) {
		for _, k := range constellations {
			for _, m := range managers {
				if k.only != nil && !slices.Contains(k.only, m.name) {
					continue
				}
				t.Run(k.name+"/"+m.name, func(t *testing.T) {
					t.Parallel()
					if wrong := k.compare(t, m.name, m.args); len(wrong) > 0 {
						mu.Lock()
						defer mu.Unlock()
						mismatches = append(mismatches, wrong...)
					}
				})
			}
		}
	})
	slices.Sort(mismatches)
	if len(mismatches) > 0 {
		t.Errorf("%d of %d constellations were foretold otherwise:\n%s", len(mismatches), len(constellations), strings.Join(mismatches, "\n"))
	}
}

// scene is one constellation on disk, for one client.
type scene struct {
	home     *clients.Home
	one, two *recorder.Recorder
	files    map[string]string // with addresses put in
	env      []string
}

func (k constellation) stage(t *testing.T, c clients.Client) *scene {
	s := &scene{one: recorder.Start(t), two: recorder.Start(t), files: map[string]string{}}
	s.home = clients.NewHome(t, s.one.URL, c)
	for _, name := range []string{".npmrc", "etc/npmrc", ".config/pnpm/rc"} {
		if err := os.Remove(filepath.Join(s.home.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	manifest := `{"name":"x","version":"1.0.0","private":true,"dependencies":{"plain-sand":"1.0.0","@acme/private":"1.0.0"}}`
	dir := k.folder()
	s.home.Write(t, dir+"/package.json", manifest, 0o644)
	if k.root != "" {
		s.home.Write(t, k.root+"/package.json", `{"name":"root","version":"1.0.0","private":true,"workspaces":["packages/*"]}`, 0o644)
		s.home.Write(t, k.root+"/pnpm-workspace.yaml", "packages: ['packages/*']\n", 0o644)
	} else {
		s.home.Write(t, dir+"/yarn.lock", "", 0o644)
	}
	for name, text := range k.files {
		s.files[name] = s.text(text)
		s.home.Write(t, name, s.files[name], 0o755)
	}
	for _, name := range k.env {
		s.env = append(s.env, name+"="+valueOf(name))
	}
	return s
}

func (k constellation) folder() string {
	if k.dir != "" {
		return k.dir
	}
	return "work"
}

// valueOf is the made-up secret in a variable.
func valueOf(name string) string { return "mkenv" + strings.ToLower(strings.ReplaceAll(name, "_", "")) }

var coded = regexp.MustCompile(`<(basic|base64):(mk\w+)>`)

// text puts addresses and codes into a file.
func (s *scene) text(text string) string {
	text = strings.NewReplacer("<one>", s.one.URL, "<two>", s.two.URL, "<//one>", s.one.Key(), "<//two>", s.two.Key(),
		"<home>", s.home.Dir, "<//one", "//"+s.one.Host()).Replace(text)
	return coded.ReplaceAllStringFunc(text, func(code string) string {
		m := coded.FindStringSubmatch(code)
		if m[1] == "basic" {
			m[2] = "user:" + m[2]
		}
		return base64.StdEncoding.EncodeToString([]byte(m[2]))
	})
}

// compare runs the client and lists where it did otherwise than was foretold.
func (k constellation) compare(t *testing.T, name string, args []string) (wrong []string) {
	c := clients.Need(t, name)
	s := k.stage(t, c)
	said := s.install(t, c, k.folder(), args)
	foretold := k.foretell(s, name)
	for scope, pkg := range wantedPackages {
		want, got := s.shown(foretold[scope]), s.observed(pkg)
		if stopped := want.secret == string(effective.SourceUnreadable) || want.secret == "none" && strings.Contains(said, "YN0033"); len(got) == 0 && stopped {
			continue
		}
		if len(got) != 1 || got[0] != want {
			line := fmt.Sprintf("%s / %s / %s: foretold %s, measured %v", k.name, name, pkg, want, got)
			t.Errorf("%s\n%s", line, tail(said))
			wrong = append(wrong, strings.NewReplacer(s.one.Host(), "one", s.two.Host(), "two").Replace(line))
		}
	}
	return wrong
}

// install lets the client install, with everything that goes elsewhere by way of the first recorder.
func (s *scene) install(t *testing.T, c clients.Client, dir string, args []string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	proxy := strings.TrimSuffix(s.one.URL, "/")
	s.home.Write(t, "ca.pem", s.one.CA(), 0o644)
	ca := filepath.Join(s.home.Dir, "ca.pem")
	env := s.home.Env(append(s.env, "PREFIX="+s.home.Dir, "YARN_HTTP_RETRY=0", "YARN_ENABLE_SCRIPTS=0", "BUN_CONFIG_HTTP_RETRY_COUNT=0", "YARN_NODE_LINKER=node-modules",
		"YARN_UNSAFE_HTTP_WHITELIST=127.0.0.1", "YARN_ENABLE_IMMUTABLE_INSTALLS=0", "npm_config_noproxy=127.0.0.1", "YARN_HTTPS_PROXY="+proxy,
		"NODE_EXTRA_CA_CERTS="+ca, "DENO_CERT="+ca, "SSL_CERT_FILE="+ca, "FAKEROOTKEY=1", // for root yarn 1 looks elsewhere first
		"http_proxy="+proxy, "https_proxy="+proxy, "HTTP_PROXY="+proxy, "HTTPS_PROXY="+proxy)...)
	cmd := c.Command(ctx, filepath.Join(s.home.Dir, dir), env, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return fmt.Sprintf("%s%v", out, err)
}

// levelOf is what a file is to somebody in the folder.
func (k constellation) levelOf(name string) effective.Level {
	at := filepath.Dir(name)
	switch {
	case at == k.folder():
		return effective.LevelProject
	case k.root != "" && at == k.root:
		return effective.LevelWorkspace
	case name == "etc/npmrc":
		return effective.LevelGlobal
	case at == ".config/pnpm":
		return effective.LevelPnpm
	case name == ".yarnrc.yml":
		return effective.LevelYarn
	case at == ".", at == ".config":
		return effective.LevelUser
	}
	return effective.LevelAbove
}

// foretell is what package effective says that a client does, by scope.
func (k constellation) foretell(s *scene, name string) map[string]effective.Credential {
	w := effective.World{Member: k.root != "", Env: func(name string) bool { return slices.Contains(k.env, name) }}
	for path, text := range s.files {
		w.Files = append(w.Files, effective.File{Path: filepath.Join(s.home.Dir, path), Level: k.levelOf(path), Text: []byte(text)})
	}
	slices.SortFunc(w.Files, func(a, b effective.File) int { return len(b.Path) - len(a.Path) }) // the nearest first
	program := strings.TrimRight(name, "0123456789")
	w.Managers = []injection.Manager{{Name: program, Version: strings.TrimPrefix(name, program) + ".0.0"}}
	if program == name {
		w.Managers[0].Version = ""
	}
	out := map[string]effective.Credential{}
	for _, sc := range effective.Of(w) {
		c := sc.Credentials[0]
		c.Registry = sc.Registry // with one manager it is this one's
		out[sc.Scope] = c
	}
	if _, ok := out["@acme"]; !ok {
		out["@acme"] = out[""]
	}
	return out
}

var words = regexp.MustCompile(`user:mk[a-z]+|mk[a-z0-9]+|\$[A-Z]+|[A-Za-z0-9+/]{8,}={0,2}`)

var madeUp = regexp.MustCompile(`mk[a-z0-9]+`)

// shown is a credential as the recorder would see it.
func (s *scene) shown(c effective.Credential) sent {
	out := sent{strings.TrimSuffix(c.Registry, "/"), "none"}
	switch {
	case c.Source == effective.SourceUnreadable:
		out.secret = string(c.Source)
	case c.Source == effective.SourceHelper:
		out.secret = "mkhelper"
	case c.Source == effective.SourcePlaceholder && !c.Unset:
		out.secret = valueOf(c.Variable)
	case c.Source == effective.SourceLiteral:
		out.secret = "not made up"
		for _, text := range s.files {
			for _, word := range words.FindAllString(text, -1) {
				if token.NewSecret(word).Fingerprint() == c.Fingerprint {
					out.secret = plainSecret(word)
				}
			}
		}
	}
	return out
}

// plainSecret is the made-up secret in a text, coded or not, "none" where there is none.
func plainSecret(text string) string {
	if clear, err := base64.StdEncoding.DecodeString(text); err == nil && madeUp.Match(clear) {
		text = string(clear)
	}
	if m := madeUp.FindString(text); m != "" && !strings.Contains(text, "$") {
		return m
	}
	return "none"
}

// observed is what a package was asked for with, each once.
func (s *scene) observed(pkg string) (list []sent) {
	for _, r := range []*recorder.Recorder{s.one, s.two} {
		for _, q := range r.Requests() {
			path := strings.NewReplacer("%2f", "/", "%2F", "/", "%40", "@").Replace(q.Path)
			base, found := strings.CutSuffix(path, "/"+pkg)
			_, code, _ := strings.Cut(q.Authorization, " ")
			scheme := "http://"
			if q.Proxied {
				scheme = "https://"
			}
			one := sent{scheme + q.Host + base, plainSecret(code)}
			if found && !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list
}
