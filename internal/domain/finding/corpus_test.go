package finding_test

import (
	"slices"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/corpus"
)

// TestCorpus judges the failures that real package managers made anew, as they are, spoilt, and by their text alone. It
// may not know; it is never wrong.
func TestCorpus(t *testing.T) {
	cases, err := corpus.Load("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 300 {
		t.Fatalf("the corpus has only %d failures", len(cases))
	}
	plain, spoilt := corpus.Replay(cases)
	for name, tally := range map[string]corpus.Tally{"as they are": plain, "spoilt": spoilt, "text alone": corpus.TextAlone(cases)} {
		t.Logf("%s: %s", name, tally)
		slices.Sort(tally.Wrong)
		for _, wrong := range tally.Wrong {
			t.Error(wrong)
		}
	}
	if share := float64(plain.Right) / float64(plain.Total()); share < 0.85 {
		t.Errorf("only %.1f %% of the failures are judged rightly", 100*share)
	}
}
