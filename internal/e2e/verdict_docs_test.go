package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/assets"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/corpus"
)

// verdictPage is the page in the docs: the table of what was measured, and a part for each verdict in the words that
// users read, with the reasons that the recorded failures had.
func verdictPage(t *testing.T, b *verdictBoard) string {
	t.Helper()
	cases, err := corpus.Load(recorded)
	if err != nil || len(cases) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	plain, spoilt := corpus.Replay(cases)
	var out strings.Builder
	out.WriteString("# Verdicts\n\nWhat `sandglass doctor` and the window say about a failure. Each field is a real package manager that failed for that cause\n" +
		"against a test registry, and what the running agent made of its words: right in all of them, or \"unknown\" where it said at least\n" +
		"once that it could not tell. A dash: that package manager cannot fail so. This page is written by a test.\n\n")
	out.WriteString(verdictTable(b) + "\n")
	out.WriteString("| | right | of | wrong | unknown |\n|---|---|---|---|---|\n")
	for _, line := range []struct {
		name  string
		count corpus.Tally
	}{
		{"live: console and npm's debug log", b.live}, {"the recorded failures, judged anew", plain},
		{"the same, spoilt in " + fmt.Sprint(len(corpus.Spoilings)) + " ways: cut, coloured, quoted, with CRLF, dates, other words", spoilt},
		{"the text alone, with nothing known beside it", corpus.TextAlone(cases)},
	} {
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d |\n", line.name, line.count.Right, line.count.Total(), len(line.count.Wrong), line.count.Unknown)
	}
	for _, code := range verdictCodes() {
		out.WriteString("\n" + verdictPart(t, code, cases))
	}
	return out.String()
}

var titleKeys = regexp.MustCompile(`"verdict\.([a-z0-9-]+)\.title"`)

// verdictCodes are all verdicts, in the order of the catalogue.
func verdictCodes() (codes []string) {
	text, _ := assets.Translations.ReadFile("translations/verdict.en.json")
	for _, m := range titleKeys.FindAllStringSubmatch(string(text), -1) {
		codes = append(codes, m[1])
	}
	return codes
}

// verdictTable has a line for each verdict.
func verdictTable(b *verdictBoard) string {
	var out strings.Builder
	out.WriteString("| verdict | what it means | " + strings.Join(everyClient, " | ") + " |\n|---|---|" + strings.Repeat("---|", len(everyClient)) + "\n")
	p := i18n.New(i18n.English)
	for _, code := range verdictCodes() {
		fmt.Fprintf(&out, "| [%s](#%s) | %s |", code, code, p.T("verdict."+code+".title", i18n.Args{"Registry": "registry.example.com"}))
		for _, client := range everyClient {
			cell, ok := b.cells[[2]string{code, client}]
			switch {
			case !ok:
				out.WriteString(" – |")
			case cell.Unknown > 0:
				out.WriteString(" unknown |")
			default:
				out.WriteString(" right |")
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

// verdictPart is what the docs say about one verdict. Its heading is the code, so that a finding can point here.
func verdictPart(t *testing.T, code string, cases []corpus.Case) string {
	t.Helper()
	v, reasons := example(code, cases)
	if v.Code != code {
		t.Errorf("there is no example of %s", code)
	}
	p := i18n.New(i18n.English)
	args := spoken(v.Args)
	out := fmt.Sprintf("## %s\n\n**%s.** %s\n", code, p.T("verdict."+code+".title", args), p.T("verdict."+code+".text", args))
	if len(reasons) > 0 {
		out += "\nHow Sandglass knows, such as:\n\n"
		for _, r := range reasons {
			if line := "- " + p.T("verdict.reason."+r.Code, spoken(r.Args)) + "\n"; !strings.Contains(out, line) {
				out += line
			}
		}
	}
	return out + "\nWhat to do: " + p.T("verdict.step."+string(v.Step), args) + "\n"
}

// example is the verdict on the first recorded failure of its kind, and one reason of each sort that there was.
func example(code string, cases []corpus.Case) (v finding.Verdict, reasons []finding.Reason) {
	for _, c := range cases {
		got := finding.Judge(c.Evidence)
		if got.Code != code || c.Verdict != code {
			continue
		}
		if v.Code == "" {
			v = got
		}
		for _, r := range got.Reasons {
			if !slices.ContainsFunc(reasons, func(o finding.Reason) bool { return o.Code == r.Code }) {
				reasons = append(reasons, r)
			}
		}
	}
	if v.Code == "" {
		v = finding.Judge(samples[code])
		reasons = v.Reasons
	}
	return v, reasons
}

// samples are of verdicts that no package manager's failure in the test registry leads to without a doubt.
var samples = map[string]finding.Evidence{
	finding.Forbidden: {Registry: "https://registry.example.com/", Failure: finding.Failure{Code: "E403", Status: 403, Package: "some-sand"},
		Whoami: finding.Answer{Outcome: finding.OutcomeOK, Name: "alice"}, With: finding.Answer{Outcome: finding.OutcomeForbidden, Status: 403}},
	finding.Classic: {Registry: registry.Public.String(), Failure: finding.Failure{Code: "E404", Status: 404, Package: private},
		Credential: finding.Credential{Source: "literal", Kind: "classic"}, Whoami: finding.Answer{Outcome: finding.OutcomeRefused, Status: 401}},
}

// spoken are the arguments of a text, a time as people say it.
func spoken(args map[string]string) i18n.Args {
	out := i18n.Args{"Registry": "registry.example.com", "URL": "https://registry.example.com/"}
	for name, value := range args {
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			value = at.UTC().Format("15:04")
		}
		out[name] = value
	}
	return out
}
