package access

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Facts is what is known of an access token beside what its registry tells.
type Facts struct {
	Now  time.Time
	Here bool // it stands on this machine
	// NeededScopes are those whose packages come from its registry here. They are known only where Here is true and they
	// are not nil.
	NeededScopes []string
	Automation   bool // it is known to be some automation's
}

// How much counts.
const (
	unusedFor = 30 * 24 * time.Hour
	soon      = 14 * 24 * time.Hour
)

// Audit says what is to be said about an access token, the serious first. It claims only what is known: what a registry
// did not tell is nobody's fault.
func Audit(t Token, f Facts) []Mark {
	switch {
	case !t.Revoked.IsZero():
		return []Mark{{Code: MarkRevoked, Args: at(t.Revoked)}}
	case t.Kind == Classic:
		return []Mark{{Code: MarkClassic, Serious: true}}
	case t.Dead(f.Now):
		missed := f.Here || f.Automation || t.Used.After(t.Ends.Add(-soon))
		return []Mark{{Code: MarkEnded, Serious: missed, Args: at(t.Ends)}}
	}
	marks := slices.Concat(reachMarks(t, f), lifeMarks(t, f.Now), useMarks(t, f.Now))
	if len(t.Addresses) == 0 && t.Kind == Granular && (t.Bypass || f.Automation) {
		marks = append(marks, Mark{Code: MarkAnyAddr})
	}
	slices.SortStableFunc(marks, func(a, b Mark) int {
		switch {
		case a.Serious == b.Serious:
			return 0
		case a.Serious:
			return -1
		}
		return 1
	})
	return marks
}

func reachMarks(t Token, f Facts) (marks []Mark) {
	if t.Bypass && t.Permission == ReadWrite {
		marks = append(marks, Mark{Code: MarkBypass, Serious: true})
	}
	if t.All {
		return append(marks, Mark{Code: MarkAll, Serious: t.Permission == ReadWrite})
	}
	if !f.Here || f.NeededScopes == nil {
		return marks
	}
	var more []string
	for _, s := range t.Scopes {
		if !slices.Contains(f.NeededScopes, s) {
			more = append(more, Clean(s))
		}
	}
	if len(more) > 0 {
		marks = append(marks, Mark{Code: MarkWide, Args: map[string]string{"Scopes": strings.Join(more, ", ")}})
	}
	return marks
}

func lifeMarks(t Token, now time.Time) []Mark {
	from := t.Created
	if from.IsZero() {
		from = now
	}
	switch {
	case t.Ends.IsZero() && t.Kind == Granular:
		return []Mark{{Code: MarkNever}}
	case t.Ends.IsZero():
	case t.Ends.Sub(now) <= soon:
		args := at(t.Ends)
		args["Days"] = strconv.Itoa(int(t.Ends.Sub(now) / (24 * time.Hour)))
		return []Mark{{Code: MarkEnds, Serious: true, Args: args}}
	case t.Permission == ReadOnly && t.Ends.Sub(from) > LongDays*24*time.Hour:
		return []Mark{{Code: MarkLong, Args: at(t.Ends)}}
	}
	return nil
}

func useMarks(t Token, now time.Time) []Mark {
	old := func(since time.Time) bool { return !since.IsZero() && now.Sub(since) > unusedFor }
	switch {
	case old(t.Used):
		return []Mark{{Code: MarkUnused, Args: at(t.Used)}}
	case t.Used.IsZero() && t.Kind == Granular && old(t.Created):
		return []Mark{{Code: MarkNotUsed, Args: at(t.Created)}}
	}
	return nil
}

// at is a time as the printers read it.
func at(t time.Time) map[string]string {
	return map[string]string{"Time": t.UTC().Format(time.RFC3339)}
}

// automations are words that name a place where one keeps access tokens.
var automations = strings.Fields("ci cd github gitlab circleci jenkins travis action actions workflow workflows pipeline pipelines " +
	"secret secrets buildkite drone azure bitbucket renovate dependabot vercel netlify bot server")

// SaysAutomation reports whether the user's words for where an access token is kept name an automation.
func SaysAutomation(where string) bool {
	words := strings.FieldsFunc(strings.ToLower(where), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(automations, w) })
}
