package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// TestEnvironment: each name once, in whatever case it was there, and nothing that is not for the command.
func TestEnvironment(t *testing.T) {
	items := []api.GrantItem{
		{Key: "//a.example.com/", Variables: []string{"SG_A", "NPM_TOKEN"}, Secret: token.NewSecret("live")},
		{Key: "//b.example.com/", Variables: []string{"SG_B"}},
	}
	inherited := []string{
		"PATH=/bin", "SG_A=old", "SG_B=old", "NPM_TOKEN=old", "NPM_CONFIG_//a.example.com/:_authToken=old",
		"npm_config_//b.example.com/:_authToken=old", "npm_config_//c.example.com/:_authToken=theirs", "npm_config_userconfig=/theirs", "Npm_Config_UserConfig=/too",
	}
	const theirs = "PATH=/bin npm_config_//c.example.com/:_authToken=theirs "
	for want, c := range map[string]struct {
		way    injection.Delivery
		config string
	}{
		theirs + "npm_config_userconfig=/theirs Npm_Config_UserConfig=/too SG_A= NPM_TOKEN= SG_B=": {},
		theirs + "SG_A= NPM_TOKEN= SG_B= NPM_CONFIG_USERCONFIG=/ours":                              {way: injection.Delivery{File: true}, config: "/ours"},
		theirs + "SG_A=live NPM_TOKEN=live SG_B= NPM_CONFIG_USERCONFIG=/ours": {
			way: injection.Delivery{File: true, Variables: true}, config: "/ours",
		},
	} {
		if got := strings.Join(environment(inherited, handover{items: items, way: c.way}, c.config), " "); got != want {
			t.Errorf("%+v\n%s, want\n%s", c, got, want)
		}
	}
}

// TestOnDisk: where there is no memory to keep the copy in, it is a private file for as long as the command runs.
func TestOnDisk(t *testing.T) {
	a, _, _ := testApp(nil, nil)
	a.RuntimeDir = t.TempDir()
	for range 2 {
		c, err := a.onDisk([]byte("x=1\n"))
		if err != nil || !c.stay {
			t.Fatalf("%+v, %v", c, err)
		}
		text, _ := os.ReadFile(c.path)
		info, err := os.Stat(c.path)
		if err != nil || string(text) != "x=1\n" || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("%q, %v, %v", text, info, err)
		}
		if name := filepath.Base(c.path); !strings.HasPrefix(name, strconv.Itoa(os.Getpid())+"-") || filepath.Base(filepath.Dir(c.path)) != execDir {
			t.Errorf("it is called %s", c.path)
		}
		c.done()
		if _, err := os.Stat(c.path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
	}
	a.RuntimeDir = ""
	if _, err := a.onDisk(nil); err == nil {
		t.Error("a file was made nowhere")
	}
}

// TestMissingLine tells users of Yarn and Deno what they lack, and nobody else.
func TestMissingLine(t *testing.T) {
	yarn4, deno := injection.Manager{Name: "yarn", Version: "4.18.1"}, injection.Manager{Name: "deno", Version: "2.9.6"}
	inYarnrc := api.Place{File: "/h/.yarnrc.yml", Level: api.LevelYarn, Variable: "SG_TEST"}
	inNpmrc := api.Place{File: "/h/.npmrc", Level: api.LevelUser, Variable: "SG_TEST"}
	for _, c := range []struct {
		manager injection.Manager
		places  []api.Place
		says    bool
	}{
		{yarn4, nil, true}, {yarn4, []api.Place{inNpmrc}, true}, {yarn4, []api.Place{inNpmrc, inYarnrc}, false},
		{yarn4, []api.Place{{Level: api.LevelYarn, Literal: true}}, false}, {yarn4, []api.Place{{Level: api.LevelYarn, Variable: "OTHER"}}, true},
		{deno, nil, true}, {deno, []api.Place{inNpmrc}, false}, {injection.Manager{Name: "npm", Version: "12.2.0"}, nil, false}, {injection.Manager{}, nil, false},
	} {
		agent := fakeagent.New(time.Now())
		agent.Set(func(s *api.Snapshot) { s.Sessions[0].Places = c.places })
		a, out, talk := testApp(agent, nil)
		a.missingLine(t.Context(), c.manager, api.Grant{Items: agent.Items})
		if (talk.Len() > 0) != c.says || out.Len() > 0 || c.says && !strings.Contains(talk.String(), "sandglass setup") {
			t.Errorf("%+v: %q", c, talk)
		}
	}
}

// TestNeeded: what is renewed before a command. A package manager's need is asked about; another command
// is held up only if it would get nothing.
func TestNeeded(t *testing.T) {
	npm, other := registry.Public.String(), "https://registry.example.com/"
	live := func(r string) api.GrantItem { return api.GrantItem{Registry: r, Secret: fakeagent.Canary} }
	ended := &api.Error{Code: api.CodeEnded}
	for name, c := range map[string]struct {
		argv   []string
		only   string
		items  []api.GrantItem
		failed error
		renew  bool
		want   []string
	}{
		"all live":             {argv: []string{"npm", "ci"}, items: []api.GrantItem{live(npm)}, renew: true},
		"npm, due":             {argv: []string{"npm", "ci"}, items: []api.GrantItem{{Registry: npm}, live(other)}, renew: true, want: []string{npm}},
		"npm, other one over":  {argv: []string{"/bin/npm", "ci"}, items: []api.GrantItem{live(npm), {Registry: other}}, renew: true},
		"make, one lives":      {argv: []string{"make"}, items: []api.GrantItem{{Registry: npm}, live(other)}, renew: true},
		"make, none lives":     {argv: []string{"make"}, items: []api.GrantItem{{Registry: npm}}, renew: true, want: []string{npm}},
		"make, not wanted":     {argv: []string{"make"}, items: []api.GrantItem{{Registry: npm}}},
		"one registry, over":   {argv: []string{"npm", "ci"}, only: npm, failed: ended, renew: true, want: []string{npm}},
		"nothing to hand over": {argv: []string{"make"}, renew: true},
	} {
		agent := fakeagent.New(time.Now())
		agent.Set(func(s *api.Snapshot) { s.Settings.Renew = c.renew; agent.Over = s.Sessions })
		a, _, _ := testApp(agent, nil)
		due, err := a.needed(t.Context(), c.argv, api.GrantRequest{Registry: c.only}, answer{api.Grant{Items: c.items}, c.failed})
		var got []string
		for _, s := range due {
			got = append(got, s.Registry)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	a, _, _ := testApp(fakeagent.New(time.Now()), nil)
	if _, err := a.needed(t.Context(), []string{"npm"}, api.GrantRequest{}, answer{failed: &api.Error{Code: api.CodeKeyring}}); !isCode(err, api.CodeKeyring) {
		t.Errorf("another failure: %v", err)
	}
}
