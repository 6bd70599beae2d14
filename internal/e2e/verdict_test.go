package e2e

import (
	"encoding/json"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/corpus"
)

// quiet takes the complaints of a server whose clients do not trust it.
var quiet = log.New(io.Discard, "", 0)

// recordings is where the failures are recorded, "" for nowhere. packaging/corpus says where.
var recordings = os.Getenv("SANDGLASS_CORPUS")

// recorded is the corpus that the tests of package finding replay.
var recorded = first(recordings, filepath.Join("..", "domain", "finding", "testdata", "corpus"))

// verdictBoard gathers the verdicts of one run.
type verdictBoard struct {
	mu    sync.Mutex
	cells map[[2]string]*corpus.Tally // by verdict and client
	live  corpus.Tally
	json  corpus.Tally // the same, of what was printed in JSON: that is for the corpus alone
}

// add counts a verdict.
func (b *verdictBoard) add(c corpus.Case, kind string, v finding.Verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	what := c.Name + " " + kind
	if kind == "json" {
		b.json.Add(what, c.Verdict, v)
		return
	}
	b.live.Add(what, c.Verdict, v)
	cell := b.cells[[2]string{c.Verdict, c.Client}]
	if cell == nil {
		cell = &corpus.Tally{}
		b.cells[[2]string{c.Verdict, c.Client}] = cell
	}
	cell.Add(what, c.Verdict, v)
}

// TestVerdicts has real clients fail for every cause that a verdict is about, and asks the running agent why. It answers
// rightly or says that it does not know. With SANDGLASS_CORPUS set the failures are recorded there.
func TestVerdicts(t *testing.T) {
	clients.Need(t, "npm12")
	b := &verdictBoard{cells: map[[2]string]*corpus.Tally{}}
	t.Run("scenes", func(t *testing.T) {
		for _, sc := range scenarios {
			t.Run(sc.title(), func(t *testing.T) {
				t.Parallel()
				sc.play(t, b)
			})
		}
	})
	t.Logf("%s; in JSON: %s", b.live, b.json)
	for _, wrong := range slices.Sorted(slices.Values(slices.Concat(b.live.Wrong, b.json.Wrong))) {
		t.Error(wrong)
	}
	if len(b.cells) == 0 || t.Failed() {
		return
	}
	document(t, "verdicts.md", verdictPage(t, b))
}

// play sets the stage and has every client fail on it.
func (sc scenario) play(t *testing.T, b *verdictBoard) {
	s := setStage(t, sc)
	if sc.before != nil {
		sc.before(s, sc)
	}
	s.agent("--no-tray")
	if sc.after != nil {
		sc.after(s)
	}
	outs := map[string]said{}
	for _, client := range sc.clients() {
		outs[client] = s.run(client, sc, recordings != "")
	}
	if sc.later != nil {
		sc.later(s)
	}
	for client, out := range outs {
		s.judge(b, corpus.Case{Name: sc.title() + "-" + client, Verdict: sc.verdict, Client: client, Console: out.console, JSON: out.json, Log: out.log})
	}
}

// judge asks the agent about all that a client said.
func (s *stage) judge(b *verdictBoard, c corpus.Case) {
	for kind, text := range c.Texts() {
		d := s.ask(c.Client, text)
		if kind == "console" {
			c.Evidence = d.Evidence
		}
		b.add(c, kind, d.Verdict)
		if d.Verdict.Code != c.Verdict {
			s.t.Logf("%s %s: %s\nsaid:\n%s", c.Name, kind, shown(d), tail(text))
		}
	}
	s.record(c)
}

// shown is a diagnosis for people who look for a fault in it.
func shown(d api.Diagnosis) string {
	text, _ := json.Marshal(d)
	return string(text)
}

// recordedAt is the time of all records.
var recordedAt = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// record writes a failure into the corpus.
func (s *stage) record(c corpus.Case) {
	s.t.Helper()
	p := s.plainer(c.Evidence.Now)
	c.Console, c.JSON, c.Log = p.text(c.Console), p.text(c.JSON), p.text(c.Log)
	if recordings == "" {
		return
	}
	c.Evidence = p.evidence(s.t, c.Evidence)
	if err := c.Save(recordings); err != nil {
		s.t.Error(err)
	}
}
