package lint

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
)

const (
	canary = "npm_CanaryCanaryCanaryCanaryCanary012345"
	own    = "SG_0123456789abcdef"
)

// broken are config files with one fault each, and the package managers that stumble. R is the registry's
// address, K its key, H its host without the port. NPM_TOKEN and ours hold the live session.
var broken = []struct {
	code    string
	clients string
	level   Level
	text    string
	user    string // the user's .npmrc, where the fault is elsewhere
	others  string // package managers that do not mind
}{
	{ProjectPlaceholder, "pnpm10 pnpm11 pnpm12", Project, "# ours\nK:_authToken=${NPM_TOKEN}\nsave-exact=true\n", "registry=R\n", ""},
	{Default, "npm10 npm11 npm12 pnpm10 pnpm11 yarn1 bun deno", User, "registry=R\nK:_authToken=${NPM_TOKEN:-}\n", "", "pnpm12"},
	{Default, "npm12", User, "registry=R\nK:_authToken=${NPM_TOKEN-none} ; note\n", "", "pnpm10 pnpm11 pnpm12"},
	{Optional, "npm10 pnpm10 yarn1 deno", User, "registry=R\nK:_authToken=${NPM_TOKEN?}\n", "", "npm11 npm12 pnpm11 pnpm12 bun"},
	{Unset, "npm10 npm11 npm12 pnpm10 pnpm11 pnpm12 yarn1 bun deno", User, "registry=R\nK:_authToken=${NOT_SET}\n", "", ""},
	{Unset, "yarn4", Yarn, "npmRegistryServer: R\nunsafeHttpWhitelist: ['127.0.0.1']\nnpmAlwaysAuth: true\nnpmAuthToken: ${NOT_SET} # mine\n", "registry=R\n", ""},
	{StaleProject, "npm10 npm11 npm12 pnpm10 pnpm11 pnpm12 yarn1 bun deno", Project, "K:_authToken=old\n", "registry=R\nK:_authToken=${NPM_TOKEN}\n", ""},
	{Section, "npm10 npm11 npm12 pnpm10 pnpm11 yarn1 bun deno", User, "registry=R\n\n[mine]\ncolor=true\nK:_authToken=${NPM_TOKEN}", "", "pnpm12"},
	{Slash, "pnpm10 yarn1", User, "registry=R\nN:_authToken = ${NPM_TOKEN}\n", "", "npm10 npm11 npm12 pnpm11 pnpm12 bun deno"},
	{Port, "npm10 npm11 npm12 bun", User, "registry=R\n//H/:_authToken=${NPM_TOKEN}\n", "", "pnpm10 pnpm11 pnpm12"},
	{EnvYarn, "yarn4", YarnEnv, "A=b\nNPM_TOKEN=old\n", "registry=R\n", ""},
	{Email, "npm12", User, "email=a@example.com\nregistry=R\nK:_authToken=${NPM_TOKEN}\n", "", "npm10 npm11 pnpm12 bun"},
	{Unscoped, "npm10 npm11 npm12", User, "registry=R\n_authToken=${NPM_TOKEN}\nusername=me\n", "", "pnpm11 pnpm12"},
}

// TestRealClients runs the package managers with each fault and with its repair.
func TestRealClients(t *testing.T) {
	for i, b := range broken {
		for client := range strings.FieldsSeq(b.clients) {
			t.Run(fmt.Sprintf("%s/%d/%s", b.code, i, client), func(t *testing.T) {
				t.Parallel()
				m := newMachine(t, client)
				files := map[Level]string{User: m.fill(b.user), b.level: m.fill(b.text)}
				if client == "yarn4" && b.level != Yarn {
					files[Yarn] = m.fill("npmRegistryServer: R\nunsafeHttpWhitelist: ['127.0.0.1']\nnpmAlwaysAuth: true\nnpmAuthToken: '${NPM_TOKEN-}'\n")
				}
				said := m.install(t, files)
				if m.registry.Canary(canary) != nil {
					t.Fatalf("%s does not mind\n%s", client, said)
				}
				m.repair(t, b.code, files)
				m.registry.Reset()
				said = m.install(t, files)
				if m.registry.Canary(canary) == nil {
					t.Errorf("the repair is none for %s\n%v\n%s", client, files, said)
				}
			})
		}
	}
}

// TestRealOthers runs those with each fault that get along with it: messages name nobody without cause.
func TestRealOthers(t *testing.T) {
	for i, b := range broken {
		for client := range strings.FieldsSeq(b.others) {
			t.Run(fmt.Sprintf("%s/%d/%s", b.code, i, client), func(t *testing.T) {
				t.Parallel()
				m := newMachine(t, client)
				if said := m.install(t, map[Level]string{User: m.fill(b.user), b.level: m.fill(b.text)}); m.registry.Canary(canary) == nil {
					t.Errorf("%s minds\n%s", client, said)
				}
			})
		}
	}
}

// TestRealAlwaysAuth: nothing breaks, but npm complains each time.
func TestRealAlwaysAuth(t *testing.T) {
	for _, client := range []string{"npm11", "npm12"} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, client)
			files := map[Level]string{User: m.fill("registry=R\nalways-auth=true\nK:_authToken=${NPM_TOKEN}\nK:always-auth=true\n")}
			if said := m.install(t, files); !strings.Contains(said, "always-auth") {
				t.Fatalf("%s does not mind\n%s", client, said)
			}
			m.repair(t, AlwaysAuth, files)
			if said := m.install(t, files); strings.Contains(said, "always-auth") || m.registry.Canary(canary) == nil {
				t.Errorf("%v\n%s", files, said)
			}
		})
	}
}

type machine struct {
	client   clients.Client
	home     *clients.Home
	registry *recorder.Recorder
}

func newMachine(t *testing.T, client string) *machine {
	c := clients.Need(t, client)
	r := recorder.Start(t)
	return &machine{c, clients.NewHome(t, r.URL, c), r}
}

func (m *machine) fill(text string) string {
	host, _, _ := strings.Cut(m.registry.Host(), ":")
	var out []string
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case strings.HasPrefix(line, "K:"):
			line = m.registry.Key() + line[1:]
		case strings.HasPrefix(line, "N:"):
			line = strings.TrimSuffix(m.registry.Key(), "/") + line[1:]
		case strings.HasPrefix(line, "//H/"):
			line = "//" + host + line[3:]
		case strings.HasPrefix(line, "registry=R"), strings.HasPrefix(line, "npmRegistryServer: R"):
			line = strings.Replace(line, "R\n", m.registry.URL+"\n", 1)
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

var places = map[Level]string{
	User: ".npmrc", Project: "work/.npmrc", Yarn: ".yarnrc.yml", YarnProject: "work/.yarnrc.yml", YarnEnv: "work/.env.yarn",
}

func (m *machine) install(t *testing.T, files map[Level]string) string {
	t.Helper()
	for _, leftover := range []string{"node_modules", ".cache", ".npm", ".bun", ".local", ".yarn"} {
		for _, base := range []string{m.home.Dir, m.home.Work()} {
			if err := os.RemoveAll(filepath.Join(base, leftover)); err != nil {
				t.Fatal(err)
			}
		}
	}
	old, _ := filepath.Glob(filepath.Join(m.home.Work(), "*"))
	for _, f := range old {
		if err := os.RemoveAll(f); err != nil {
			t.Fatal(err)
		}
	}
	m.home.Write(t, "work/package.json", `{"name":"x","version":"1.0.0","dependencies":{"@acme/private":"1.0.0"}}`, 0o644)
	for level, text := range files {
		m.home.Write(t, places[level], text, 0o600)
	}
	args := []string{"install"}
	if m.client.Name == "yarn4" {
		args = append(args, "--no-immutable")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := m.client.Command(ctx, m.home.Work(), m.home.Env("NPM_TOKEN="+canary, own+"="+canary, "YARN_HTTP_RETRY=0", "BUN_CONFIG_HTTP_RETRY_COUNT=0"), args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return fmt.Sprintf("%s%v", out, err)
}

// repair checks the files, wants the one problem, and applies its repair.
func (m *machine) repair(t *testing.T, code string, files map[Level]string) {
	t.Helper()
	facts := Facts{
		Managers: []injection.Manager{{Name: m.client.Program(), Version: strings.TrimLeft(m.client.Name, "abcdefghijklmnopqrstuvwxyz") + ".0.0"}},
		Defined:  func(name string) bool { return name == "NPM_TOKEN" || name == own },
		Session: func(key string) Session {
			return Session{own, func(s token.Secret) bool { return s.Reveal() == canary }}
		},
	}
	if m.client.Program() == "bun" || m.client.Program() == "deno" {
		facts.Managers[0].Version = ""
	}
	for level, text := range files {
		facts.Sources = append(facts.Sources, Source{places[level], level, []byte(text)})
	}
	problems := Check(facts)
	if len(problems) != 1 || problems[0].Code != code || len(problems[0].Fix) == 0 {
		t.Fatalf("got %d problems: %s", len(problems), told(problems))
	}
	for _, change := range problems[0].Fix {
		for level, place := range places {
			if place == change.Path {
				files[level] = string(change.New)
			}
		}
	}
	for i, s := range facts.Sources {
		facts.Sources[i].Data = []byte(files[s.Level])
	}
	if left := Check(facts); len(left) > 0 {
		t.Errorf("after the repair: %s", told(left))
	}
}
