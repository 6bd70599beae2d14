package order

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// FuzzRead reads what anybody sends. What is taken is within the limits.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		`{"name":"a","packages":["*"]}`, `{"name":"a","scopes":["@a"],"packages_and_scopes_permission":"read-write","expires":"2026-12-24"}`,
		`{"name":"a","orgs":["a"],"orgs_permission":"read-write","expires":90}`, `{"name":"a","packages":["a"],"cidr":["192.0.2.0/24"]}`,
		`[]`, `{"name":"a","packages":null,"expires":1e9}`, `{"name":"a","packages":["a"],"expires":"9999-99-99"}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		o, problem := Read(strings.NewReader(body), now)
		if problem != "" {
			return
		}
		switch {
		case o.Name == "", !o.Ends.After(now), !o.All && len(o.Packages)+len(o.Scopes)+len(o.Orgs) == 0:
			t.Errorf("%s was taken: %+v", body, o)
		case o.Writes() && o.Ends.After(now.AddDate(0, 0, 90)):
			t.Errorf("%s ends at %v", body, o.Ends)
		}
	})
}

// TestCovers asks who reaches what from where.
func TestCovers(t *testing.T) {
	for body, reach := range map[string]string{
		`"packages":["@a/one"]`:                           "@a/one",
		`"scopes":["@a"]`:                                 "@a/one @a/two",
		`"packages":["*"]`:                                "@a/one @a/two plain",
		`"packages_all":true,"cidr":["127.0.0.0/8"]`:      "@a/one @a/two plain",
		`"orgs":["a"]`:                                    "",
		`"packages":["plain"],"cidr_whitelist":["::1/0"]`: "plain",
	} {
		o, problem := Read(strings.NewReader(`{"name":"a",`+body+`}`), now)
		if problem != "" {
			t.Fatalf("%s: %s", body, problem)
		}
		var got []string
		for _, name := range []string{"@a/one", "@a/two", "plain"} {
			if o.Covers(name) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != reach {
			t.Errorf("%s reaches %q", body, got)
		}
		if home, six := o.Admits("127.0.0.1:80"), o.Admits("[::1]:80"); home != !strings.Contains(body, "::1") || six != !strings.Contains(body, "127") || len(o.Addresses) > 0 && o.Admits("nowhere") {
			t.Errorf("%s from 127.0.0.1: %v, from ::1: %v", body, home, six)
		}
	}
}
