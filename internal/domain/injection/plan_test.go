package injection

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

var everyManager = []Manager{
	{Name: "npm", Version: "12.2.0"}, {Name: "pnpm", Version: "12.21.0"}, {Name: "yarn", Version: "4.18.1"}, {Name: "bun", Version: "1.4.5"}, {Name: "deno", Version: "2.9.6"},
}

// account is a registry without any line.
func account(mode Mode, lines ...ConfigLine) Account {
	u, err := registry.Parse("https://registry.example.com/npm/")
	if err != nil {
		panic(err)
	}
	return Account{Registry: u, Own: "SG_0123456789abcdef", Mode: mode, Lines: lines}
}

// short tells the edits of a plan, one a line.
func short(p Plan) (out []string) {
	for _, e := range p.Edits {
		what := "${" + e.Variable + "}"
		switch {
		case e.Remove:
			what = "-"
		case e.Helper != "":
			what = e.Helper
		}
		out = append(out, fmt.Sprintf("%s %s %s", e.Place, e.Key, what))
	}
	return out
}

const (
	helperKey  = "//registry.example.com/npm/:tokenHelper"
	helperLine = "/usr/bin/sandglass helper https://registry.example.com/npm/"
	script     = "/home/a/.config/sandglass/helper/x"
)

func TestMake(t *testing.T) {
	user, yarn := "user  ${SG_0123456789abcdef}", "yarn  ${SG_0123456789abcdef}"
	old := []Manager{{Name: "pnpm", Version: "10.34.9"}, {Name: "npm", Version: "10.9.9"}}
	has := func(p Place) ConfigLine { return ConfigLine{Place: p, Variable: "NPM_TOKEN"} }
	for name, c := range map[string]struct {
		managers []Manager
		account  Account
		program  string
		old      bool
		want     []string
		warnings string
	}{
		"env, all managers":         {everyManager, account(ModeEnv), "", false, []string{user, yarn}, ""},
		"env, lines are there":      {everyManager, account(ModeEnv, has(PlaceUser), has(PlaceYarn)), "", false, nil, ""},
		"env, yarn 1 alone":         {[]Manager{{Name: "yarn", Version: "1.22.22"}}, account(ModeEnv), "", false, []string{user}, ""},
		"env, yarn 4 alone":         {[]Manager{{Name: "yarn", Version: "4.18.1"}}, account(ModeEnv), "", false, []string{yarn}, ""},
		"env, yarn of some version": {[]Manager{{Name: "yarn"}}, account(ModeEnv), "", false, []string{yarn}, ""},
		"env, nothing found":        {nil, account(ModeEnv), "", false, []string{user}, ""},
		"file":                      {everyManager, account(ModeFile), "", false, []string{user, yarn}, ""},
		"exec, all": {everyManager, account(ModeExec), "/usr/bin/sandglass", false,
			[]string{user, yarn, "pnpm " + helperKey + " " + helperLine}, WarnExecOnly},
		"exec, npm alone":            {everyManager[:1], account(ModeExec), "/usr/bin/sandglass", false, nil, WarnExecOnly},
		"exec, applied":              {everyManager[1:2], account(ModeExec, ConfigLine{Place: PlacePnpm, Key: helperKey, Helper: helperLine}), "/usr/bin/sandglass", false, nil, ""},
		"exec, moved program":        {everyManager[1:2], account(ModeExec, ConfigLine{Place: PlacePnpm, Key: helperKey, Helper: "/old/sandglass" + helperLine[18:]}), "/usr/bin/sandglass", false, []string{"pnpm " + helperKey + " " + helperLine}, ""},
		"exec, the user's helper":    {everyManager[1:2], account(ModeExec, ConfigLine{Place: PlacePnpm, Key: helperKey, Helper: "/opt/mine"}), "/usr/bin/sandglass", false, nil, ""},
		"exec, odd path":             {everyManager[1:2], account(ModeExec), "/home/a b/sandglass", false, nil, WarnHelperPath + " " + WarnExecOnly},
		"exec, no program":           {everyManager[1:2], account(ModeExec), "", false, nil, WarnHelperPath + " " + WarnExecOnly},
		"exec, pnpm 10":              {old, account(ModeExec), "/usr/bin/sandglass", false, nil, WarnHelperOld + " " + WarnExecOnly},
		"exec, pnpm 10 wanted":       {old, account(ModeExec), "/usr/bin/sandglass", true, []string{"user " + helperKey + " " + script}, WarnHelperOld + " " + WarnExecOnly},
		"back to env":                {everyManager[1:2], account(ModeEnv, has(PlaceUser), ConfigLine{Place: PlacePnpm, Key: helperKey, Helper: helperLine}), "/usr/bin/sandglass", false, []string{"pnpm " + helperKey + " -"}, ""},
		"back to env, user's helper": {everyManager[1:2], account(ModeEnv, has(PlaceUser), ConfigLine{Place: PlacePnpm, Key: helperKey, Helper: "/opt/mine"}), "/usr/bin/sandglass", false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := Make(Facts{Managers: c.managers, Accounts: []Account{c.account}, Helper: Helper{Program: c.program, Old: c.old, Script: func(registry.URL) string { return script }}})
			if diff := cmp.Diff(c.want, short(p)); diff != "" {
				t.Errorf("edits (-want +got):\n%s", diff)
			}
			var codes []string
			for _, w := range p.Warnings {
				codes = append(codes, w.Code)
			}
			if got := strings.Join(codes, " "); got != c.warnings {
				t.Errorf("warnings %q, want %q", got, c.warnings)
			}
			if want := max(1, len(c.managers)); len(p.Reach) != want {
				t.Errorf("%d ways for %d managers", len(p.Reach), want)
			}
		})
	}
}

func TestReachByMode(t *testing.T) {
	for mode, want := range map[Mode]string{
		ModeEnv:  "npm:user-line pnpm:user-line yarn:yarn-line bun:user-line deno:user-line",
		ModeExec: "npm:exec pnpm:helper yarn:exec bun:exec deno:exec",
		ModeFile: "npm:literal pnpm:literal yarn:literal bun:literal deno:literal",
	} {
		var got []string
		for _, r := range Make(Facts{Managers: everyManager, Accounts: []Account{account(mode)}, Helper: Helper{Program: "/usr/bin/sandglass"}}).Reach {
			got = append(got, r.Manager+":"+string(r.Way))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", mode, got, want)
		}
	}
}

func TestReaches(t *testing.T) {
	for line, want := range map[string]bool{
		"npm ci": true, "npm i -D x": true, "npm run build": false, "npm": false, "npm test": false, "npm --prefix sub install": true, "npm -C sub run x": false,
		"npm install --offline": false, "npm --version": false, "npm install --help": false, "npm publish": true, "npm config set a b": false, "npm login": false,
		"npx cowsay": true, "pnpm install": true, "pnpm -r build": false, "pnpm --filter web add x": true, "pnpm dev": false, "pnpx x": true,
		"yarn": true, "yarn install": true, "yarn build": false, "yarn --frozen-lockfile": true, "yarn npm publish": true, "bun install": true, "bun run dev": false,
		"bun": false, "bunx x": true, "deno install": true, "deno fmt": false, "make install": false, "npm exec x": true, "npm -- install": false,
	} {
		f := strings.Fields(line)
		if got := Reaches(f[0], f[1:]); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
	for _, c := range Commands {
		if ManagerOf("/usr/bin/"+c) == "" {
			t.Errorf("%s is nobody's", c)
		}
	}
	for in, want := range map[string]string{"npx": "npm", `C:\x\pnpm.CMD`: "pnpm", "bash": "", "yarn": "yarn"} {
		if got := ManagerOf(in); got != want {
			t.Errorf("%s is %q's", in, got)
		}
	}
	if RegistryFlag([]string{"i", "--registry", "a"}) != "a" || RegistryFlag([]string{"--registry=b"}) != "b" || RegistryFlag([]string{"--", "--registry=b"}) != "" {
		t.Error("--registry is not found")
	}
}
