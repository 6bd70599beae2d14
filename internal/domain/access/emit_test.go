package access

import (
	"slices"
	"strings"
	"testing"
)

func TestNotedCommands(t *testing.T) {
	for where, want := range map[string]string{
		"GitHub secret NPM_TOKEN of acme/site":           "gh secret set NPM_TOKEN --repo acme/site",
		"github actions, acme/site, NPM_TOKEN":           "gh secret set NPM_TOKEN --repo acme/site",
		"GitHub organisation secret NPM_TOKEN":           "gh secret set NPM_TOKEN",
		"GitLab variable NPM_TOKEN of group/sub/project": "glab variable set NPM_TOKEN --masked --repo group/sub/project",
		"GitHub, my repository":                          "",
		"on a note at my desk NPM_TOKEN":                 "",
		"GitHub $(rm -rf /) NPM_TOKEN":                   "gh secret set NPM_TOKEN",
		"":                                               "",
	} {
		got := strings.Join(NotedCommands("k1", where), "\n")
		if want != "" {
			want = "sandglass tokens emit k1 | " + want
		}
		if got != want {
			t.Errorf("%q: %q, want %q", where, got, want)
		}
	}
}

func TestEmitCommands(t *testing.T) {
	for _, c := range []struct {
		kept, variable, where string
		want                  []string
	}{
		{"k1", "", "", []string{
			"sandglass tokens emit k1 | gh secret set NPM_TOKEN --repo OWNER/REPO",
			"sandglass tokens emit k1 | glab variable set NPM_TOKEN --masked --repo OWNER/REPO",
		}},
		{"k1", "SITE", "on my laptop", []string{
			"sandglass tokens emit k1 | gh secret set SITE --repo OWNER/REPO",
			"sandglass tokens emit k1 | glab variable set SITE --masked --repo OWNER/REPO",
		}},
		{"k1", "SITE", "GitHub secret NPM_TOKEN of acme/site", []string{"sandglass tokens emit k1 | gh secret set NPM_TOKEN --repo acme/site"}},
		{"", "SITE", "GitHub secret NPM_TOKEN of acme/site", []string{}},
		{"it's; rm -rf $HOME", "", "GitHub NPM_TOKEN", []string{`sandglass tokens emit 'it'\''s; rm -rf $HOME' | gh secret set NPM_TOKEN`}},
	} {
		if got := EmitCommands(c.kept, c.variable, c.where); !slices.Equal(got, c.want) {
			t.Errorf("%q, %q, %q: %q, want %q", c.kept, c.variable, c.where, got, c.want)
		}
	}
}
