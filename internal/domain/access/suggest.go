package access

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Need is what an access token is wanted for.
type Need struct {
	Installs, Publishes, Stages bool

	Scopes    []string // whose packages it is to install
	Packages  []string // that it is to publish or stage, and others that it is to install
	Days      int      // of its life; 0: as the registry does it
	Name      string
	Addresses []string
}

// Suggest is the least that is enough. What only installs reads, and only these scopes and packages. What is to publish
// may stage: a person lets it out, no second factor is bypassed, and it goes on working when those that bypass one stop;
// publishing without a person is better done without any access token, by trusted publishing. A permission counts for the
// whole reach, so that one that stages reaches scopes only if it installs, too, or if no package is named.
//
// Where nobody knows what it is to reach, the reach stays empty: to choose "all" is the user's.
func Suggest(n Need) Spec {
	s := Spec{Name: n.Name, Days: max(0, n.Days), Addresses: slices.Clone(n.Addresses), Permission: ReadOnly}
	scopes, packages := tidy(n.Scopes), tidy(n.Packages)
	stages := n.Publishes || n.Stages
	if stages {
		s.Permission = StageOnly
		s.Days = min(s.Days, LimitWriteDays)
		if len(packages) > 0 && !n.Installs {
			scopes = nil
		}
	}
	s.Scopes = scopes
	s.Packages = slices.DeleteFunc(packages, func(name string) bool {
		scope, _, _ := strings.Cut(name, "/")
		return slices.Contains(scopes, scope)
	})
	if len(s.Packages) == 0 {
		s.Packages = nil
	}
	return s
}

// tidy sorts names and takes out those that stand twice.
func tidy(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// Twin is what the successor of t is to be made with: the same reach and rights. It lives as long as t was to live, as far
// as the limits allow, or as long as the registry does it by itself where that was not told. Names may have to be unique
// at a registry, so that it gets t's with a number: "ci" is followed by "ci (2)", that by "ci (3)".
func Twin(t Token) Spec {
	s := Spec{
		Name: nextName(t.Name), Description: t.Description, All: t.All, Permission: t.Permission, OrgPermission: t.OrgPermission,
		Packages: slices.Clone(t.Packages), Scopes: slices.Clone(t.Scopes), Orgs: slices.Clone(t.Orgs),
		Addresses: slices.Clone(t.Addresses), Bypass: t.Bypass && t.Writes(),
	}
	if s.All {
		s.Packages = nil
	}
	s.Days = DefaultReadDays
	if s.writes() {
		s.Days = DefaultWriteDays
	}
	if !t.Created.IsZero() && t.Ends.After(t.Created) {
		s.Days = max(1, int(math.Round(t.Ends.Sub(t.Created).Hours()/24)))
	}
	if s.writes() {
		s.Days = min(s.Days, LimitWriteDays)
	}
	return s
}

func nextName(name string) string {
	base, n := name, 2
	if i := strings.LastIndex(name, " ("); i > 0 && strings.HasSuffix(name, ")") {
		if last, err := strconv.ParseUint(name[i+2:len(name)-1], 10, 16); err == nil {
			base, n = name[:i], int(last)+1
		}
	}
	suffix := fmt.Sprintf(" (%d)", n)
	for utf8.RuneCountInString(base)+len(suffix) > LimitName {
		_, size := utf8.DecodeLastRuneInString(base)
		base = base[:len(base)-size]
	}
	return base + suffix
}

// Reminders are how many days before its end an access token is told, the first one first.
var Reminders = []int{14, 7, 1}

// Due says which reminder is to be told at now, if any. told are those that were. Each is told once, after a long sleep
// only the most urgent, and none after one that was more urgent: the clock may have been set back. A day is one of the
// calendar in now's zone, so that the hour stays when clocks change.
func Due(ends, now time.Time, told []int) (days int, ok bool) {
	if ends.IsZero() || !now.Before(ends) {
		return 0, false
	}
	for _, d := range slices.Backward(Reminders) {
		if !now.Before(daysBefore(ends, d, now)) {
			return d, !slices.ContainsFunc(told, func(t int) bool { return t <= d })
		}
	}
	return 0, false
}

// NextDue is when Due is to be asked again, the zero time for never.
func NextDue(ends, now time.Time, told []int) time.Time {
	if ends.IsZero() {
		return time.Time{}
	}
	for _, d := range Reminders {
		at := daysBefore(ends, d, now)
		if at.After(now) && !slices.ContainsFunc(told, func(t int) bool { return t <= d }) {
			return at
		}
	}
	return time.Time{}
}

func daysBefore(ends time.Time, days int, now time.Time) time.Time {
	return ends.In(now.Location()).AddDate(0, 0, -days)
}
