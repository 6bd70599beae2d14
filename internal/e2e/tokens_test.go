package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// both are npm and our own client, signed in as one account.
type both struct {
	t       *testing.T
	r       *verdaccio.Server
	npm     clients.Client
	home    *clients.Home
	ours    *client.Client
	reg     registry.URL
	session token.Secret
}

// asAlice is alice at a registry, whose address is the front's or Verdaccio's own.
func asAlice(t *testing.T, r *verdaccio.Server, address string) *both {
	t.Helper()
	reg, err := registry.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	npm := clients.Need(t, "npm12")
	b := &both{t: t, r: r, npm: npm, home: clients.NewHome(t, address, npm), ours: client.New(client.Options{}), reg: reg}
	t.Cleanup(b.ours.Close)
	b.session = token.NewSecret(r.Mint("alice", time.Hour))
	b.home.Write(t, ".npmrc", fmt.Sprintf("registry=%s\n%s:_authToken=%s\n", address, strings.TrimPrefix(address, "http:"), b.session.Reveal()), 0o600)
	return b
}

// run runs npm with the account's password on standard input and returns what it printed.
func (b *both) run(args ...string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	cmd := b.npm.Command(ctx, b.home.Work(), b.home.Env(), args...)
	cmd.Stdin = strings.NewReader(verdaccio.Password("alice") + "\n")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		_ = errors.As(err, &failed)
		b.t.Fatalf("npm %s: %v\n%s\n%s", strings.Join(args, " "), err, out, failed.Stderr)
	}
	return string(out)
}

// lists are what npm and what Sandglass tells, in the registry's order.
func (b *both) lists() (npms []map[string]any, ours []access.Token) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.run("token", "list", "--json")), &npms); err != nil {
		b.t.Fatal(err)
	}
	ours, err := b.ours.List(b.t.Context(), b.reg, b.session)
	if err != nil {
		b.t.Fatal(err)
	}
	if len(npms) != len(ours) {
		b.t.Fatalf("npm lists %d, Sandglass %d", len(npms), len(ours))
	}
	return npms, ours
}

// agree wants that all that npm shows of an access token stands in ours.
func agree(t *testing.T, n map[string]any, o access.Token) {
	t.Helper()
	at := func(keys ...string) time.Time {
		for _, key := range keys {
			if text, ok := n[key].(string); ok {
				when, err := time.Parse(time.RFC3339, text)
				if err != nil {
					t.Errorf("%s: %v", key, err)
				}
				return when
			}
		}
		return time.Time{}
	}
	for what, pair := range map[string][2]any{
		"masked": {n["token"], o.Masked}, "created": {at("created"), o.Created}, "used": {at("accessed"), o.Used},
		"ends": {at("expiry", "expires"), o.Ends}, "revoked": {at("revoked"), o.Revoked},
		"id": {strings.HasPrefix(o.ID, n["id"].(string)), true},
	} {
		a, b := pair[0], pair[1]
		if when, ok := a.(time.Time); ok && when.Equal(b.(time.Time)) || !ok && a == b {
			continue
		}
		t.Errorf("%s: %s is %v by npm and %v by Sandglass", o.Name, what, a, b)
	}
	ranges := []string{}
	for _, key := range []string{"cidr", "cidr_whitelist"} {
		if list, ok := n[key].([]any); ok {
			ranges = ranges[:0]
			for _, r := range list {
				ranges = append(ranges, fmt.Sprint(r))
			}
		}
	}
	if !slices.Equal(ranges, o.Addresses) {
		t.Errorf("%s: addresses are %v by npm and %v by Sandglass", o.Name, ranges, o.Addresses)
	}
	reach := map[string][]string{"package": {}, "scope": {}, "org": {}}
	scopes, _ := n["scopes"].([]any)
	for _, s := range scopes {
		s := s.(map[string]any)
		if kind := s["type"].(string); s["name"] != "*" {
			reach[kind] = append(reach[kind], s["name"].(string))
		}
	}
	if ours := (map[string][]string{"package": o.Packages, "scope": o.Scopes, "org": o.Orgs}); !reflect.DeepEqual(reach, ours) {
		t.Errorf("%s reaches %v by npm and %v by Sandglass", o.Name, reach, ours)
	}
}

// issued is one of each kind.
var issued = []verdaccio.AccessToken{
	{Name: "all", All: true, ReadOnly: true, Ends: time.Now().AddDate(1, 0, 0)},
	{Name: "publish", Description: "for CI", Scopes: []string{"@acme"}, Bypass: true, Addresses: []string{"127.0.0.0/8", "192.0.2.0/24"}, Ends: time.Now().AddDate(0, 0, 12)},
	{Name: "stage", Packages: []string{"@acme/private", "plain-sand"}, Stage: true, Ends: time.Now().AddDate(0, 0, 40)},
	{Name: "org", Orgs: []string{"acme"}, OrgWrite: true, NoPackages: true, ReadOnly: true},
	{Name: "gone", Packages: []string{"plain-sand"}, Revoked: true},
	{Name: "over", Packages: []string{"plain-sand"}, ReadOnly: true, Ends: time.Now().Add(-time.Hour)},
}

// TestN04_NPMAndSandglassAgree: what npm lists, Sandglass lists, with at least as much, in both spellings and over
// more than one page; what one makes or revokes, the other sees.
func TestN04_NPMAndSandglassAgree(t *testing.T) {
	for _, spelling := range []verdaccio.Spelling{verdaccio.SpellingNew, verdaccio.SpellingOld} {
		t.Run("spelling "+string(spelling), func(t *testing.T) {
			r := verdaccio.Start(t, verdaccio.Options{Spelling: spelling})
			b := asAlice(t, r, r.URL)
			for _, a := range issued {
				r.Issue("alice", a)
			}
			for n := range 105 {
				r.Issue("alice", verdaccio.AccessToken{Name: fmt.Sprint("one of many ", n), Packages: []string{"plain-sand"}})
			}
			npms, ours := b.lists()
			if len(ours) != len(issued)+105 {
				t.Errorf("%d are listed", len(ours))
			}
			for n, o := range ours {
				if npms[n]["name"] != o.Name {
					t.Fatalf("npm lists %v where Sandglass lists %s", npms[n]["name"], o.Name)
				}
				agree(t, npms[n], o)
			}
			for n, want := range []access.Token{
				{Permission: access.ReadOnly, All: true}, {Permission: access.ReadWrite, Bypass: true, Description: "for CI"}, {Permission: access.StageOnly},
				{Permission: access.NoAccess, OrgPermission: access.ReadWrite}, {Permission: access.ReadWrite}, {Permission: access.ReadOnly},
			} {
				got := ours[n]
				if got.Permission != want.Permission || got.OrgPermission != want.OrgPermission || got.All != want.All || got.Bypass != want.Bypass ||
					got.Description != want.Description || got.Kind != access.Granular {
					t.Errorf("%s: %+v", got.Name, got)
				}
			}
		})
	}
}

// TestNPMAndSandglassMakeTheSame orders the same from both, and each revokes what the other made.
func TestNPMAndSandglassMakeTheSame(t *testing.T) {
	r := verdaccio.Start(t, verdaccio.Options{})
	b := asAlice(t, r, r.URL)
	for _, c := range []struct {
		spec access.Spec
		args []string
	}{
		{access.Spec{Name: "read", All: true}, []string{"--packages-all"}},
		{
			access.Spec{Name: "ci", Description: "why", Days: 30, Packages: []string{"@acme/private"}, Scopes: []string{"@sand"}, Permission: access.ReadWrite, Addresses: []string{"127.0.0.0/8"}, Bypass: true},
			[]string{"--token-description=why", "--expires=30", "--packages=@acme/private", "--scopes=@sand", "--packages-and-scopes-permission=read-write", "--cidr=127.0.0.0/8", "--bypass-2fa"},
		},
		{
			access.Spec{Name: "stage", Packages: []string{"plain-sand"}, Orgs: []string{"acme"}, Permission: access.StageOnly, OrgPermission: access.ReadOnly},
			[]string{"--packages=plain-sand", "--orgs=acme", "--packages-and-scopes-permission=read-write-stage-only", "--orgs-permission=read-only"},
		},
	} {
		t.Run(c.spec.Name, func(t *testing.T) {
			b.t = t
			made, err := b.ours.Create(t.Context(), agent.CreateOrder{Registry: b.reg, Session: b.session, Password: token.NewSecret(verdaccio.Password("alice")), Spec: c.spec})
			if err != nil {
				t.Fatal(err)
			}
			b.run(append([]string{"token", "create", "--name=" + c.spec.Name}, c.args...)...)
			all := r.Tokens("alice")
			mine, npms := all[0].AccessToken, all[1].AccessToken
			if off := mine.Ends.Sub(npms.Ends).Abs(); off > time.Minute {
				t.Errorf("the ends are %v apart", off)
			}
			if npms.Ends = mine.Ends; !reflect.DeepEqual(mine, npms) {
				t.Errorf("Sandglass made\n%+v, npm\n%+v", mine, npms)
			}
			if made.Secret.Reveal() != all[0].Value || made.Token.ID != all[0].Key || !made.Token.Ends.Equal(mine.Ends.Truncate(time.Millisecond)) {
				t.Errorf("the answer: %+v", made.Token)
			}
			if err := b.ours.Revoke(t.Context(), agent.RevokeOrder{Registry: b.reg, Session: b.session, ID: all[1].Key}); err != nil {
				t.Error(err)
			}
			b.run("token", "revoke", made.Token.ID)
			if npms, _ := b.lists(); len(npms) != 0 || r.Live(all[0].Value) || r.Live(all[1].Value) {
				t.Errorf("%d are left", len(npms))
			}
		})
	}
}

// TestN04_VerdaccioTokens does the same at Verdaccio's own list: by itself, and through the front.
func TestN04_VerdaccioTokens(t *testing.T) {
	r := verdaccio.Start(t, verdaccio.Options{OwnTokens: true})
	for name, address := range map[string]string{"itself": r.Backend, "through the front": r.URL} {
		t.Run(name, func(t *testing.T) {
			b := asAlice(t, r, address)
			password := token.NewSecret(verdaccio.Password("alice"))
			made, err := b.ours.Create(t.Context(), agent.CreateOrder{Registry: b.reg, Session: b.session, Password: password,
				Spec: access.Spec{Name: "mine", All: true, Addresses: []string{"127.0.0.0/8"}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := b.ours.Reads(t.Context(), b.reg, "@acme/private", made.Secret); err != nil {
				t.Errorf("what was made: %v", err)
			}
			npms, ours := b.lists()
			for n, o := range ours {
				agree(t, npms[n], o)
				if o.Kind != access.Legacy || o.Permission != access.ReadWrite || o.ID == "" {
					t.Errorf("%+v", o)
				}
			}
			if !slices.ContainsFunc(ours, func(o access.Token) bool { return o.ID == made.Token.ID }) {
				t.Errorf("%+v is not in the list", made.Token)
			}
			if err := b.ours.Revoke(t.Context(), agent.RevokeOrder{Registry: b.reg, Session: b.session, ID: made.Token.ID}); err != nil {
				t.Error(err)
			}
			if err := b.ours.Reads(t.Context(), b.reg, "@acme/private", made.Secret); err == nil {
				t.Error("it opens after it was revoked")
			}
			if _, left := b.lists(); len(left) != len(ours)-1 {
				t.Errorf("%d are left of %d", len(left), len(ours))
			}
			wrong := agent.CreateOrder{Registry: b.reg, Session: b.session, Password: token.NewSecret("wrong"), Spec: access.Spec{Name: "never", All: true}}
			if _, err := b.ours.Create(t.Context(), wrong); !errors.Is(err, agent.ErrDenied) {
				t.Errorf("a wrong password: %v", err)
			}
			over := token.NewSecret(r.Mint("alice", -time.Hour))
			if _, err := b.ours.List(t.Context(), b.reg, over); !errors.Is(err, agent.ErrRefused) {
				t.Errorf("a session that is over lists: %v", err)
			}
			// Verdaccio says the same of this as of a wrong password.
			wrong.Session, wrong.Password = over, password
			if _, err = b.ours.Create(t.Context(), wrong); !errors.Is(err, agent.ErrRefused) && !errors.Is(err, agent.ErrDenied) {
				t.Errorf("a session that is over creates: %v", err)
			}
		})
	}
}
