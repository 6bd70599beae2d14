package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var today = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

func many(n int, shape string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf(shape, i))
	}
	return out
}

func TestProblems(t *testing.T) {
	fine := func(change func(*Spec)) Spec {
		s := Spec{Name: "ci", Permission: ReadOnly, Scopes: []string{"@acme"}}
		change(&s)
		return s
	}
	for _, c := range []struct {
		name string
		spec Spec
		want string // "code field", "?code field" for a warning
	}{
		{"the least", fine(func(*Spec) {}), ""},
		{"with all", fine(func(s *Spec) {
			s.Days, s.Packages, s.Orgs, s.OrgPermission = 366, []string{"left", "@a/b.c-d_e~"}, []string{"acme"}, ReadOnly
			s.Addresses = []string{"192.0.2.0/24", "192.0.2.7/32"}
		}), ""},
		{"no name", fine(func(s *Spec) { s.Name = " \t" }), "name name"},
		{"a long name", fine(func(s *Spec) { s.Name = strings.Repeat("語", 256) }), "name-long name"},
		{"as long as may be", fine(func(s *Spec) { s.Name = strings.Repeat("語", 255) }), ""},
		{"a name that turns around", fine(func(s *Spec) { s.Name = "a\u202eb" }), "name-shape name"},
		{"a name that is no text", fine(func(s *Spec) { s.Name = "a\xff" }), "name-shape name"},
		{"negative days", fine(func(s *Spec) { s.Days = -1 }), "days days"},
		{"90 days to write", fine(func(s *Spec) { s.Permission, s.Days = ReadWrite, 90 }), ""},
		{"91 days to write", fine(func(s *Spec) { s.Permission, s.Days = ReadWrite, 91 }), "days-write days"},
		{"91 days to stage", fine(func(s *Spec) { s.Permission, s.Days = StageOnly, 91 }), "days-write days"},
		{"years to read", fine(func(s *Spec) { s.Days = 3650 }), "?days-long days"},
		{"no package", fine(func(s *Spec) { s.Packages = []string{"a b"} }), "package packages"},
		{"all by its name", fine(func(s *Spec) { s.Packages = []string{"*"} }), "package packages"},
		{"half a package", fine(func(s *Spec) { s.Packages = []string{"@a/"} }), "package packages"},
		{"no scope", fine(func(s *Spec) { s.Scopes = []string{"acme"} }), "scope scopes"},
		{"a scope with a package", fine(func(s *Spec) { s.Scopes = []string{"@acme/x"} }), "scope scopes"},
		{"an organisation with @", fine(func(s *Spec) { s.Orgs, s.OrgPermission = []string{"@acme"}, ReadOnly }), "org orgs"},
		{"50 together", fine(func(s *Spec) { s.Packages, s.Scopes = many(25, "p%d"), many(25, "@s%d") }), ""},
		{"51 together", fine(func(s *Spec) { s.Packages, s.Scopes = many(26, "p%d"), many(25, "@s%d") }), "reach packages"},
		{"51 organisations", fine(func(s *Spec) { s.Orgs, s.OrgPermission = many(51, "o%d"), ReadOnly }), "orgs orgs"},
		{"all and some", fine(func(s *Spec) { s.All, s.Scopes, s.Packages = true, nil, []string{"x"} }), "all-packages all_packages"},
		{"all and scopes", fine(func(s *Spec) { s.All = true }), "?all-scopes all_packages"},
		{"nothing", Spec{Name: "ci"}, "nothing permission"},
		{"nothing at all", Spec{Name: "ci", Permission: NoAccess, OrgPermission: NoAccess}, "nothing permission"},
		{"no reach", Spec{Name: "ci", Permission: ReadOnly}, "no-reach packages"},
		{"no permission", Spec{Name: "ci", All: true}, "no-permission permission"},
		{"no organisations", fine(func(s *Spec) { s.OrgPermission = ReadWrite }), "no-orgs orgs"},
		{"no right for them", fine(func(s *Spec) { s.Orgs = []string{"acme"} }), "no-org-right org_permission"},
		{"organisations alone", Spec{Name: "ci", Orgs: []string{"acme"}, OrgPermission: ReadWrite}, ""},
		{"no such permission", fine(func(s *Spec) { s.Permission = "admin" }), "permission permission"},
		{"no staging for organisations", fine(func(s *Spec) { s.Orgs, s.OrgPermission = []string{"acme"}, StageOnly }), "org-permission org_permission"},
		{"no range", fine(func(s *Spec) { s.Addresses = []string{"192.0.2.1"} }), "address addresses"},
		{"no such range", fine(func(s *Spec) { s.Addresses = []string{"192.0.2.0/33"} }), "address addresses"},
		{"a mapped one", fine(func(s *Spec) { s.Addresses = []string{"::ffff:192.0.2.0/120"} }), "address addresses"},
		{"a zone", fine(func(s *Spec) { s.Addresses = []string{"fe80::1%eth0/64"} }), "address addresses"},
		{"IPv6", fine(func(s *Spec) { s.Addresses = []string{"2001:db8::/32"} }), "?address-ipv6 addresses"},
		{"everywhere", fine(func(s *Spec) { s.Addresses = []string{"0.0.0.0/0"} }), "?address-any addresses"},
		{"bypass to read", fine(func(s *Spec) { s.Bypass = true }), "bypass-reads bypass_2fa"},
		{"bypass to stage", fine(func(s *Spec) { s.Bypass, s.Permission = true, StageOnly }), "?bypass-stages bypass_2fa"},
		{"bypass to write", fine(func(s *Spec) { s.Bypass, s.Permission = true, ReadWrite }), "?bypass-ends bypass_2fa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			problems := c.spec.Problems(today)
			for _, p := range problems {
				got = append(got, map[bool]string{true: "?"}[p.Warning]+p.Code+" "+p.Field)
			}
			if said := strings.Join(got, "; "); said != c.want {
				t.Errorf("got %q, want %q", said, c.want)
			}
			if Refused(problems) != (c.want != "" && c.want[0] != '?') {
				t.Error("told wrongly whether it would be refused")
			}
		})
	}
	late := fine(func(s *Spec) { s.Bypass, s.Permission = true, ReadWrite }).Problems(BypassEnds)
	if len(late) != 1 || late[0].Code != ProblemBypassOver || !late[0].Warning {
		t.Errorf("in February 2027: %+v", late)
	}
}

func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		name string
		need Need
		want Spec
	}{
		{"only installs", Need{Installs: true, Name: "laptop", Scopes: []string{"@b", "@a", "@b"}, Packages: []string{"@a/x", "y"}, Days: 200},
			Spec{Name: "laptop", Days: 200, Permission: ReadOnly, Scopes: []string{"@a", "@b"}, Packages: []string{"y"}}},
		{"publishes", Need{Publishes: true, Name: "ci", Scopes: []string{"@a"}, Packages: []string{"@a/x"}, Days: 365, Addresses: []string{"192.0.2.0/24"}},
			Spec{Name: "ci", Days: 90, Permission: StageOnly, Packages: []string{"@a/x"}, Addresses: []string{"192.0.2.0/24"}}},
		{"stages a scope", Need{Stages: true, Name: "ci", Scopes: []string{"@a"}}, Spec{Name: "ci", Permission: StageOnly, Scopes: []string{"@a"}}},
		{"installs and stages", Need{Installs: true, Stages: true, Name: "ci", Scopes: []string{"@b"}, Packages: []string{"@a/x"}},
			Spec{Name: "ci", Permission: StageOnly, Scopes: []string{"@b"}, Packages: []string{"@a/x"}}},
		{"nobody knows", Need{Installs: true, Name: "x"}, Spec{Name: "x", Permission: ReadOnly}},
	} {
		got := Suggest(c.need)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if got.Bypass || got.All || got.Permission == ReadWrite {
			t.Errorf("%s: more than is needed", c.name)
		}
	}
}

func TestTwin(t *testing.T) {
	old := Token{
		ID: "1", Name: "ci", Description: "for the site", Packages: []string{"x"}, Scopes: []string{"@a"}, Orgs: []string{"o"}, Permission: ReadOnly,
		OrgPermission: ReadWrite, Addresses: []string{"192.0.2.0/24"}, Created: today, Ends: today.AddDate(0, 0, 200).Add(-3 * time.Second),
	}
	want := Spec{
		Name: "ci (2)", Description: "for the site", Days: 200, Packages: []string{"x"}, Scopes: []string{"@a"}, Orgs: []string{"o"}, Permission: ReadOnly,
		OrgPermission: ReadWrite, Addresses: []string{"192.0.2.0/24"},
	}
	if diff := cmp.Diff(want, Twin(old)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		name string
		old  Token
		days int
	}{
		{"reads for ever", Token{Permission: ReadOnly, Created: today}, 30},
		{"writes, and tells nothing", Token{Permission: ReadWrite}, 7},
		{"writes for too long", Token{Permission: StageOnly, Created: today, Ends: today.AddDate(1, 0, 0)}, 90},
		{"lived for an hour", Token{Permission: ReadOnly, Created: today, Ends: today.Add(time.Hour)}, 1},
		{"ended before it began", Token{Permission: ReadOnly, Created: today, Ends: today.Add(-time.Hour)}, 30},
	} {
		if got := Twin(c.old); got.Days != c.days {
			t.Errorf("%s: %d days, want %d", c.name, got.Days, c.days)
		}
	}
	for was, want := range map[string]string{
		"ci (2)": "ci (3)", "ci (9)": "ci (10)", "ci (x)": "ci (x) (2)", "(2)": "(2) (2)", "ci (99999)": "ci (99999) (2)",
		strings.Repeat("語", 255): strings.Repeat("語", 251) + " (2)", "": " (2)",
	} {
		if got := Twin(Token{Name: was}).Name; got != want {
			t.Errorf("%q is followed by %q, want %q", was, got, want)
		}
	}
}

// FuzzProblems: whatever is asked for, what is found names a field, and what is fine holds nothing that a registry's
// name could not.
func FuzzProblems(f *testing.F) {
	f.Add("ci", "@acme/site", "@acme", "acme", "192.0.2.0/24", 30)
	f.Add("\x00", "../x", "@", "a/b", "::/0", -5)
	f.Fuzz(func(t *testing.T, name, pkg, scope, org, address string, days int) {
		s := Spec{Name: name, Packages: []string{pkg}, Scopes: []string{scope}, Orgs: []string{org}, Addresses: []string{address}, Days: days, Permission: ReadOnly, OrgPermission: ReadOnly}
		problems := s.Problems(today)
		for _, p := range problems {
			if p.Field == "" || p.Code == "" {
				t.Errorf("%+v names nothing", p)
			}
			for _, arg := range p.Args {
				if arg != Clean(arg) {
					t.Errorf("%q cannot be shown", arg)
				}
			}
		}
		if !Refused(problems) && strings.ContainsAny(pkg+scope+org, " \x00*%?#") {
			t.Errorf("%q, %q, %q were taken", pkg, scope, org)
		}
		if !slices.Equal(codes(problems), codes(s.Problems(today))) {
			t.Error("told otherwise when asked again")
		}
	})
}

func codes(problems []Problem) (out []string) {
	for _, p := range problems {
		out = append(out, p.Code)
	}
	return out
}
