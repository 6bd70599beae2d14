package access

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the test wants zones, whatever the machine has
)

func TestAudit(t *testing.T) {
	day := func(n int) time.Time { return today.AddDate(0, 0, n) }
	fine := func(change func(*Token)) Token {
		t := Token{
			ID: "1", Name: "x", Kind: Granular, Permission: ReadOnly, Scopes: []string{"@acme"}, Created: day(-60), Used: day(-1), Ends: day(60),
		}
		change(&t)
		return t
	}
	for _, c := range []struct {
		name  string
		token Token
		facts Facts
		want  string // codes, serious ones with "!"
	}{
		{"nothing", fine(func(*Token) {}), Facts{}, ""},
		{"classic", fine(func(t *Token) { t.Kind = Classic; t.All = true }), Facts{}, "classic!"},
		{"bypass", fine(func(t *Token) { t.Bypass, t.Permission, t.Addresses = true, ReadWrite, []string{"192.0.2.0/24"} }), Facts{}, "bypass!"},
		{"bypass that stages", fine(func(t *Token) { t.Bypass, t.Permission = true, StageOnly }), Facts{}, "any-address"},
		{"all", fine(func(t *Token) { t.All = true }), Facts{}, "all"},
		{"all, and writes", fine(func(t *Token) { t.All, t.Permission = true, ReadWrite }), Facts{}, "all!"},
		{"more than is used here", fine(func(t *Token) { t.Scopes = []string{"@acme", "@other"} }), Facts{Here: true, NeededScopes: []string{"@acme"}}, "wide"},
		{"as much as is used here", fine(func(*Token) {}), Facts{Here: true, NeededScopes: []string{"@acme", "@b"}}, ""},
		{"nobody knows what is used here", fine(func(*Token) {}), Facts{Here: true}, ""},
		{"used elsewhere", fine(func(*Token) {}), Facts{NeededScopes: []string{}}, ""},
		{"unused for 30 days", fine(func(t *Token) { t.Used = day(-30) }), Facts{}, ""},
		{"unused for longer", fine(func(t *Token) { t.Used = day(-30).Add(-time.Second) }), Facts{}, "unused"},
		{"never used", fine(func(t *Token) { t.Used = time.Time{} }), Facts{}, "never-used"},
		{"not used yet", fine(func(t *Token) { t.Used, t.Created = time.Time{}, day(-29) }), Facts{}, ""},
		{"a registry that tells no use", fine(func(t *Token) { t.Used, t.Kind = time.Time{}, Legacy }), Facts{}, ""},
		{"ends in 14 days", fine(func(t *Token) { t.Ends = day(14) }), Facts{}, "ends!"},
		{"ends in 15 days", fine(func(t *Token) { t.Ends = day(15) }), Facts{}, ""},
		{"ended, and was used until then", fine(func(t *Token) { t.Ends = day(-1) }), Facts{}, "ended!"},
		{"ended, and nobody missed it", fine(func(t *Token) { t.Ends, t.Used = day(-1), day(-40) }), Facts{}, "ended"},
		{"ended, and stands here", fine(func(t *Token) { t.Ends, t.Used = day(-1), day(-40) }), Facts{Here: true}, "ended!"},
		{"ends now", fine(func(t *Token) { t.Ends = today }), Facts{}, "ended!"},
		{"revoked", fine(func(t *Token) { t.Revoked = day(-1) }), Facts{}, "revoked"},
		{"reads for a year", fine(func(t *Token) { t.Created, t.Ends = today, day(366) }), Facts{}, ""},
		{"reads for longer", fine(func(t *Token) { t.Created, t.Ends = today, day(367) }), Facts{}, "long"},
		{"reads for ever", fine(func(t *Token) { t.Ends = time.Time{} }), Facts{}, "never-ends"},
		{"no end was told", fine(func(t *Token) { t.Ends, t.Kind = time.Time{}, Legacy }), Facts{}, ""},
		{"an automation's", fine(func(*Token) {}), Facts{Automation: true}, "any-address"},
		{"entered", Token{ID: "n", Name: "x", Kind: Entered}, Facts{Automation: true}, ""},
		{"the worst first", fine(func(t *Token) { t.Bypass, t.Permission, t.Used, t.Ends = true, ReadWrite, day(-50), day(3) }), Facts{}, "bypass! ends! unused any-address"},
	} {
		c.facts.Now = today
		var got []string
		for _, m := range Audit(c.token, c.facts) {
			got = append(got, m.Code+map[bool]string{true: "!"}[m.Serious])
		}
		if said := strings.Join(got, " "); said != c.want {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}

func TestSaysAutomation(t *testing.T) {
	for where, want := range map[string]bool{
		"GitHub secret NPM_TOKEN of acme/site": true, "ci": true, "GitLab-CI": true, "my laptop": false, "a precise place": false, "": false, "秘密のメモ": false,
	} {
		if SaysAutomation(where) != want {
			t.Errorf("%q: want %v", where, want)
		}
	}
}

// TestDue goes through the reminders, once each, the most urgent only, and none twice when the clock is set back.
func TestDue(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04:05", text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name, ends, now string
		told            []int
		want            int // 0: none
	}{
		{"a second before the first", "2026-12-20 09:00:00", "2026-12-06 08:59:59", nil, 0},
		{"the first", "2026-12-20 09:00:00", "2026-12-06 09:00:00", nil, 14},
		{"once", "2026-12-20 09:00:00", "2026-12-06 09:00:01", []int{14}, 0},
		{"the second", "2026-12-20 09:00:00", "2026-12-13 09:00:00", []int{14}, 7},
		{"the last", "2026-12-20 09:00:00", "2026-12-19 09:00:00", []int{14, 7}, 1},
		{"over", "2026-12-20 09:00:00", "2026-12-20 09:00:00", nil, 0},
		{"after a long sleep", "2026-12-20 09:00:00", "2026-12-19 20:00:00", nil, 1},
		{"and after that nothing", "2026-12-20 09:00:00", "2026-12-19 21:00:00", []int{1}, 0},
		{"the clock was set back", "2026-12-20 09:00:00", "2026-12-07 09:00:00", []int{1}, 0},
		{"over the year's end", "2027-01-03 09:00:00", "2026-12-20 09:00:00", nil, 14},
		{"before the year's end", "2027-01-01 00:30:00", "2026-12-31 00:30:00", []int{14, 7}, 1},
		{"a leap day", "2028-03-01 09:00:00", "2028-02-29 09:00:00", []int{14, 7}, 1},
		{"clocks go forward between", "2027-04-02 09:00:00", "2027-03-26 09:00:00", []int{14}, 7},
		{"an hour before that", "2027-04-02 09:00:00", "2027-03-26 08:00:00", []int{14}, 0},
		{"clocks go back between", "2026-10-30 09:00:00", "2026-10-23 09:00:00", []int{14}, 7},
	} {
		got, ok := Due(at(c.ends), at(c.now), c.told)
		if !ok {
			got = 0
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if _, ok := Due(time.Time{}, today, nil); ok {
		t.Error("told of one without an end")
	}
}

// TestNextDue walks from alarm to alarm: each brings the next reminder, and then there is none.
func TestNextDue(t *testing.T) {
	ends := time.Date(2027, time.January, 4, 8, 30, 0, 0, time.UTC)
	now, told := today, []int(nil)
	for _, want := range Reminders {
		now = NextDue(ends, now, told)
		days, ok := Due(ends, now, told)
		if !ok || days != want || !now.Equal(ends.AddDate(0, 0, -want)) {
			t.Fatalf("at %v: %d %v, want %d", now, days, ok, want)
		}
		told = append(told, days)
	}
	if at := NextDue(ends, now, told); !at.IsZero() {
		t.Errorf("asked again at %v", at)
	}
	if at := NextDue(time.Time{}, now, nil); !at.IsZero() {
		t.Errorf("one without an end: asked again at %v", at)
	}
}
