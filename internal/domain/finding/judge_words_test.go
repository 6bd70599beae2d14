package finding_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/assets"
	. "github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// told renders all that a verdict says to a user, as a face would, and names what has no text or a hole in it.
func told(t *testing.T, used map[string]bool, v Verdict) []string {
	t.Helper()
	var all []string
	for _, lang := range i18n.Languages {
		p := i18n.New(lang)
		say := func(key string, args map[string]string) {
			used[key] = true
			given := i18n.Args{}
			for k, a := range args {
				given[k] = a
			}
			text := p.T(key, given)
			all = append(all, text)
			for _, hole := range []string{"<no value>", "  ", " .", "{{", "。。", "「」", "、 ", "パッケージ ", "ファイル ", "アカウント ", "マネージャー ", "、、"} {
				if strings.Contains(text, hole) {
					t.Fatalf("%s in %s: %q (%v)", key, lang, text, args)
				}
			}
			if text == key || text != strings.TrimSpace(text) {
				t.Fatalf("%s in %s: %q", key, lang, text)
			}
		}
		say("verdict."+v.Code+".title", v.Args)
		say("verdict."+v.Code+".text", v.Args)
		say("verdict.step."+string(v.Step), v.Args)
		say("verdict.confidence."+string(v.Confidence), nil)
		for _, r := range v.Reasons {
			say("verdict.reason."+r.Code, r.Args)
		}
		for _, other := range v.Others {
			say("verdict."+other+".title", v.Args)
		}
	}
	return all
}

// TestEveryVerdictHasWords: all that Judge can say has a text without holes in each language, and no text is for
// something that it cannot say.
func TestEveryVerdictHasWords(t *testing.T) {
	used := map[string]bool{}
	for _, s := range situations() {
		told(t, used, Judge(s.evidence()))
	}
	r := rand.New(rand.NewPCG(5, 22))
	for range 8_000 {
		told(t, used, Judge(anyEvidence(r)))
	}
	raw, err := assets.Translations.ReadFile("translations/verdict.en.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%s is never said", key)
		}
	}
}

// TestWordsOfTheIssue: what the verdicts are for.
func TestWordsOfTheIssue(t *testing.T) {
	for _, c := range []struct {
		facts  []fact
		en, ja string
	}{
		{of(public, acme, notFound, kept(past), dead), "Your npm session ended at 2026-11-21T14:32:00Z", "npm のセッションは 2026-11-21T14:32:00Z に終了しました"},
		{of(public, acme, notFound, live, hidden, org(Org{Asked: OutcomeOK, Member: No})), "bob is not in the acme organisation", "bob は acme 組織のメンバーではありません"},
		{of(acme, notFound, live, hidden), "There is no package @acme/widget on registry.example.com/npm", "registry.example.com/npm に @acme/widget というパッケージはありません"},
		{of(public, acme, notFound, kept(past), dead), "Log in: sandglass login npm", "ログインしてください: sandglass login npm"},
		{of(acme, notFound, kept(past), dead), "Log in: sandglass login https://registry.example.com/npm/", "ログインしてください: sandglass login https://registry.example.com/npm/"},
	} {
		s := situation{facts: c.facts}
		all := told(t, map[string]bool{}, Judge(s.evidence()))
		for _, want := range []string{c.en, c.ja} {
			if !slices.Contains(all, want) {
				t.Errorf("%q is not among %q", want, all)
			}
		}
	}
}
