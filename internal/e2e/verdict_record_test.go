package e2e

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// plainer takes out of texts what is of this run alone: folders, ports, times.
type plainer struct {
	stage *stage
	words *strings.Replacer
	shift time.Duration
}

func (s *stage) plainer(now time.Time) *plainer {
	pairs := []string{s.home.Dir, "/home/alice", clients.Cache(), "/opt/clients", programs, "/opt/sandglass"}
	for _, host := range slices.Sorted(maps.Keys(s.names)) {
		_, port, _ := strings.Cut(host, ":")
		pairs = append(pairs, host, s.names[host], strings.Replace(host, ":", "%3a", 1), s.names[host], strings.Replace(host, ":", "%3A", 1), s.names[host],
			strings.Replace(host, ":", "+", 1), s.names[host], "port: "+port, "port: 443")
	}
	return &plainer{s, strings.NewReplacer(pairs...), recordedAt.Sub(now.Round(time.Millisecond))}
}

var stamps = regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d([:_])\d\d[:_]\d\d([._])\d{3}Z`)

// epochs are the times in pnpm's lines of JSON.
var epochs = regexp.MustCompile(`("time":)(\d{13})\b`)

// text is a client's, made plain. No secret may be in it.
func (p *plainer) text(text string) string {
	p.stage.t.Helper()
	for _, secret := range p.stage.secrets {
		if strings.Contains(text, secret) {
			p.stage.t.Errorf("a client prints the secret:\n%s", tail(text))
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	text = epochs.ReplaceAllStringFunc(text, func(stamp string) string {
		m := epochs.FindStringSubmatch(stamp)
		ms, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			return stamp
		}
		return m[1] + strconv.FormatInt(ms+p.shift.Milliseconds(), 10)
	})
	return stamps.ReplaceAllStringFunc(p.words.Replace(text), func(stamp string) string {
		m := stamps.FindStringSubmatch(stamp)
		layout := "2006-01-02T15" + m[1] + "04" + m[1] + "05.000Z"
		if m[2] == "_" { // the name of npm's log
			t, err := time.Parse("2006-01-02T15_04_05.000Z", strings.Replace(stamp, m[2]+stamp[len(stamp)-4:], "."+stamp[len(stamp)-4:], 1))
			if err != nil {
				return stamp
			}
			moved := t.Add(p.shift).Format("2006-01-02T15_04_05.000Z")
			return moved[:len(moved)-5] + "_" + moved[len(moved)-4:]
		}
		t, err := time.Parse(layout, stamp)
		if err != nil {
			return stamp
		}
		return t.Add(p.shift).Format(layout)
	})
}

// evidence is what the agent gathered, made plain.
func (p *plainer) evidence(t *testing.T, e finding.Evidence) finding.Evidence {
	t.Helper()
	for _, at := range []*time.Time{&e.Now, &e.Failure.At, &e.Credential.Ends, &e.Credential.Kept, &e.Credential.Began, &e.Credential.Before, &e.Token.Ends} {
		if !at.IsZero() {
			*at = at.Add(p.shift).UTC().Round(time.Second)
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var out finding.Evidence
	if err := json.Unmarshal([]byte(p.text(string(text))), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
