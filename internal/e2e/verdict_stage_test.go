package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// stage is a user with an agent and a registry, on which one cause of failures holds. Every client has a project of
// its own there, and caches of its own.
type stage struct {
	*user
	front   *verdaccio.Server
	secrets []string          // that must be in no text
	names   map[string]string // what hosts of this run are called in the corpus
	vars    []string          // that the clients' environment has besides
}

// setStage prepares the home. The agent does not run yet.
func setStage(t *testing.T, sc scenario) *stage {
	r := verdaccio.Start(t, sc.front)
	home := clients.NewHome(t, r.URL, clients.Need(t, "npm10")) // pnpm 10 has npm publish for it
	bus := desktop.Bus(t)
	vault.Start(t, bus)
	s := &stage{user: newUser(t, home, "DBUS_SESSION_BUS_ADDRESS="+bus, "NO_COLOR=1"), front: r,
		names: map[string]string{r.Host(): "registry.example.com"}}
	s.settings("")
	s.files("", "")
	for _, c := range sc.clients() {
		s.project(c, sc)
	}
	return s
}

// settings writes Sandglass's own.
func (s *stage) settings(text string) {
	s.home.Write(s.t, ".config/sandglass/settings.toml", text, 0o600)
}

// project is a client's folder.
func (s *stage) project(client string, sc scenario) {
	name := first(sc.publish, "consumer")
	manifest := fmt.Sprintf(`{"name":%q,"version":%q,"license":"MIT","files":["index.js"]%s}`, name, first(sc.version, "1.0.0"), sc.manifest)
	s.home.Write(s.t, "work/"+client+"/package.json", manifest, 0o644)
	s.home.Write(s.t, "work/"+client+"/index.js", "module.exports = 'sand'\n", 0o644)
	if client == "yarn4" {
		s.home.Write(s.t, "work/yarn4/yarn.lock", fmt.Sprintf("__metadata:\n  version: 10\n  cacheKey: 10c0\n\n%q:\n  version: 0.0.0-use.local\n  resolution: %q\n"+
			"  languageName: unknown\n  linkType: soft\n", name+"@workspace:.", name+"@workspace:."), 0o644)
	}
}

func first(all ...string) string {
	for _, text := range all {
		if text != "" {
			return text
		}
	}
	return ""
}

// files writes the user's config: of npm and all who read its files, and of yarn 2 and later.
func (s *stage) files(npmrc, yarn string) {
	s.home.Write(s.t, ".npmrc", "registry="+s.front.URL+"\n"+npmrc, 0o600)
	s.home.Write(s.t, ".yarnrc.yml", fmt.Sprintf("npmRegistryServer: %q\nunsafeHttpWhitelist: [127.0.0.1, localhost, \"*.example.com\"]\n"+
		"enableTelemetry: false\nenableImmutableInstalls: false\nenableScripts: false\nnodeLinker: node-modules\nhttpRetry: 0\nhttpTimeout: 10000\nnpmPreapprovedPackages: [\"*\", \"@*/*\"]\n", s.front.URL)+yarn, 0o600)
}

// key is the registry's line in an .npmrc, up to the name.
func (s *stage) key() string { return "//" + s.front.Host() + "/:" }

// credential writes a credential for the registry into the user's files, as literal or placeholder.
func (s *stage) credential(value string) {
	s.files(s.key()+"_authToken="+value+"\n", yarnToken(s.front.URL, value))
}

func yarnToken(registry, value string) string {
	return fmt.Sprintf("npmRegistries:\n  %q:\n    npmAlwaysAuth: true\n    npmAuthToken: %q\n", registry, value)
}

// projectCredential writes one into the files of every client's project.
func (s *stage) projectCredential(sc scenario, value string) {
	for _, c := range sc.clients() {
		s.home.Write(s.t, "work/"+c+"/.npmrc", s.key()+"_authToken="+value+"\n", 0o600)
		s.home.Write(s.t, "work/"+c+"/.yarnrc.yml", yarnToken(s.front.URL, value), 0o600)
	}
}

// secret notes a text that must be in no record.
func (s *stage) secret(value string) string {
	s.secrets = append(s.secrets, value)
	return value
}

// mint makes a session, issue an access token.
func (s *stage) mint(user string, life time.Duration) string {
	return s.secret(s.front.Mint(user, life))
}

func (s *stage) issue(user string, a verdaccio.AccessToken) string {
	return s.secret(s.front.Issue(user, a))
}

// basic is a user's password as _auth has it.
func (s *stage) basic(user, password string) string {
	return s.secret(base64.StdEncoding.EncodeToString([]byte(user + ":" + password)))
}

// adopted waits until the agent keeps a session and knows that it lives.
func (s *stage) adopted() {
	s.t.Helper()
	s.await("the session to be kept", func() bool { return s.session(s.front).State == api.StateRunning })
}

// kept has the agent keep a session that stands in no file: single commands get it. The agent has begun.
func (s *stage) kept() {
	s.t.Helper()
	s.adopted()
	s.files("", "")
	s.await("the line to be gone for good", func() bool { return !strings.Contains(s.home.Read(".npmrc"), "_auth") })
	s.adopted()
}

// ended waits until the agent knows that the session is over.
func (s *stage) ended() {
	s.t.Helper()
	s.await("the session's end", func() bool { return s.session(s.front).State == api.StateEnded && !s.front.Live(s.secrets[0]) })
}

// said is what a client said in its three ways.
type said struct{ console, json, log string }

// run runs a client in its project. Whether it fails is looked at by its words.
func (s *stage) run(client string, sc scenario, withJSON bool) said {
	s.t.Helper()
	c := clients.Need(s.t, client)
	out := said{console: s.once(c, sc, sc.args(client, false))}
	logs, _ := filepath.Glob(filepath.Join(s.cacheOf(client), "npm", "_logs", "*-debug-*.log"))
	if len(logs) > 0 {
		text, _ := os.ReadFile(logs[len(logs)-1])
		out.log = string(text)
	}
	if args := sc.args(client, true); withJSON && args != nil {
		out.json = s.once(c, sc, args)
	}
	return out
}

func (s *stage) cacheOf(client string) string { return filepath.Join(s.home.Dir, "caches", client) }

// patience is how long a client may take. One that waits for a page is interrupted.
const patience = 25 * time.Second

func (s *stage) once(c clients.Client, sc scenario, args []string) string {
	s.t.Helper()
	limit := patience
	if sc.waits {
		limit = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	defer cancel()
	cmd := c.Command(ctx, filepath.Join(s.home.Work(), c.Name), s.environment(c.Name), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 2 * time.Second
	out, _ := cmd.CombinedOutput()
	if ctx.Err() != nil && !sc.waits {
		s.t.Logf("%s %v was interrupted", c.Name, args)
	}
	return string(out)
}

// environment is what a client finds. Its caches are its own, for what one was told another may not have asked.
func (s *stage) environment(client string) []string {
	cache := s.cacheOf(client)
	return append(append([]string{}, s.env...), append([]string{
		"npm_config_cache=" + filepath.Join(cache, "npm"),
		"XDG_CACHE_HOME=" + cache, "XDG_DATA_HOME=" + filepath.Join(cache, "data"), "YARN_CACHE_FOLDER=" + filepath.Join(cache, "yarn"),
		"BUN_INSTALL_CACHE_DIR=" + filepath.Join(cache, "bun"), "BUN_CONFIG_HTTP_RETRY_COUNT=0", "pnpm_config_fetch_retries=0",
		"npm_config_fetch_timeout=10000", "PREFIX=" + s.home.Dir, "FAKEROOTKEY=1", // for root yarn 1 looks elsewhere first
	}, s.vars...)...)
}

// ask asks the agent what a text is about.
func (s *stage) ask(client, text string) api.Diagnosis {
	s.t.Helper()
	f, ok := finding.Read([]byte(text))
	defined := []string{}
	for _, v := range s.environment(client) {
		name, _, _ := strings.Cut(v, "=")
		defined = append(defined, name)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	agent := ipc.Dial(filepath.Join(s.home.Dir, "run", "sandglass"))
	d, err := agent.Diagnose(ctx, api.DiagnoseRequest{Failure: &f, Dir: filepath.Join(s.home.Work(), client), Defined: defined})
	if err != nil {
		s.t.Errorf("%s: diagnose: %v\n%s", client, err, text)
	}
	if !ok { // sandglass doctor says that there is no failure in it
		d.Verdict = finding.Verdict{Code: finding.Unknown}
	}
	return d
}
