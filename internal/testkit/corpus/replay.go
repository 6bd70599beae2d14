package corpus

import (
	"fmt"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
)

// Tally counts answers.
type Tally struct {
	Right, Unknown int
	// Wrong says what was judged wrongly, a line each.
	Wrong []string
}

// Total is how many there were.
func (t Tally) Total() int { return t.Right + t.Unknown + len(t.Wrong) }

// String says the counts.
func (t Tally) String() string {
	return fmt.Sprintf("right %d of %d, wrong %d, unknown %d", t.Right, t.Total(), len(t.Wrong), t.Unknown)
}

// Add counts one verdict on a thing whose name is what. A verdict that calls itself only possible and names the right
// one beside it does not know, and says so.
func (t *Tally) Add(what, want string, v finding.Verdict) {
	switch {
	case v.Code == want:
		t.Right++
	case v.Code == finding.Unknown, v.Confidence == finding.Possible && slices.Contains(v.Others, want):
		t.Unknown++
	default:
		t.Wrong = append(t.Wrong, fmt.Sprintf("%s: %s is judged %s (%s), others %v", what, want, v.Code, v.Confidence, v.Others))
	}
}

// Replay judges the texts of all cases with what was known: as they are, and spoilt.
func Replay(all []Case) (plain, spoilt Tally) {
	for _, c := range all {
		for kind, text := range c.Texts() {
			plain.Add(c.Name+" "+kind, c.Verdict, c.judge(text))
			for _, s := range Spoilings {
				if other := s.Spoil(text); other != text {
					v := c.judge(other)
					if s.Lossy {
						v = modest(c.Verdict, v)
					}
					spoilt.Add(c.Name+" "+kind+" "+s.Name, c.Verdict, v)
				}
			}
		}
	}
	return plain, spoilt
}

// judge judges a text with what was known.
func (c Case) judge(text string) finding.Verdict {
	return judge(c.Evidence, text)
}

// judge judges a text. Where there is no failure in it, Sandglass says that it does not know of any.
func judge(e finding.Evidence, text string) finding.Verdict {
	f, ok := finding.Read([]byte(text))
	if !ok {
		return finding.Verdict{Code: finding.Unknown}
	}
	return finding.Judge(asked(e, f))
}

// asked is the evidence that the agent would have gathered for a failure: where the text does not tell the package, or
// the version, nobody can ask about it.
func asked(e finding.Evidence, f finding.Failure) finding.Evidence {
	was := e.Failure
	e.Failure = f
	if f.Package != was.Package {
		e.With, e.Without, e.Org, e.Token.Covers, e.Scope, e.Expected = finding.Answer{}, finding.Answer{}, finding.Org{}, finding.Unasked, "", ""
	}
	if f.Spec != was.Spec {
		e.With.HasVersion, e.Without.HasVersion = finding.Unasked, finding.Unasked
	}
	if f.Package != was.Package || f.Spec != was.Spec || f.Command != was.Command {
		e.NotPublished = finding.Unasked
	}
	return e
}

// TextAlone judges the texts with nothing known beside them. Of a verdict that calls itself only possible nothing is
// expected.
func TextAlone(all []Case) (t Tally) {
	for _, c := range all {
		for kind, text := range c.Texts() {
			t.Add(c.Name+" "+kind+" alone", c.Verdict, modest(c.Verdict, judge(finding.Evidence{Now: c.Evidence.Now}, text)))
		}
	}
	return t
}

// modest takes a verdict that calls itself only possible for one that does not know.
func modest(want string, v finding.Verdict) finding.Verdict {
	if v.Code != want && v.Confidence == finding.Possible {
		v.Code = finding.Unknown
	}
	return v
}
