package hostile

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// User is who enters the project.
type User struct {
	Own    Own
	Names  []string // the variables that hold the user's sessions
	Pnpm10 bool     // the user has pnpm 10, which takes pnpm-workspace.yaml before the environment
}

// Protect lists what package managers are to find in their environment in a project of these dangers, so
// that none of them carries a session away: seal are the user's own settings, where the project would put itself
// between them and a registry; withhold names the variables that must be empty, where that does not help, since a
// client takes an address that is nearly the registry's for it. Both are empty for a project that tries nothing of
// the kind; what asks for a session by name cannot know the name.
func Protect(found []Danger, u User) (seal []Pair, withhold []string) {
	between, without := false, false
	for _, d := range found {
		switch {
		case d.Severity != High:
		case d.Code == Proxy, d.Code == TLS:
			between = true
			without = without || u.Pnpm10 && d.File == "pnpm-workspace.yaml"
		case d.Code == Address, d.Code == Lookalike:
			without = true
		}
	}
	if between {
		seal = Seal(u.Own)
	}
	if without {
		withhold = slices.Clone(u.Names)
	}
	return seal, withhold
}

// Own are the settings of the user's own config files that a project must not change.
type Own struct {
	Proxy, HTTPSProxy string // as the files have them, "" if they do not
	LaxSSL            bool   // the user has switched the check of certificates off
	Yarn1             bool   // the user has yarn 1
}

// Pair is a variable with a value that is no secret.
type Pair struct{ Name, Value string }

// Seal lists variables by which the user's own settings beat a project's: package managers take the
// environment before a project's files. With them a project can no longer put a proxy in front of the user's
// registry and switch the check of its certificate off. What the user set stays in force, a proxy in the
// environment too; a proxy whose address an env file cannot hold seals nothing.
//
// npm, pnpm 11 and later, and yarn mind them. pnpm 10 takes pnpm-workspace.yaml before the environment.
func Seal(own Own) []Pair {
	var out []Pair
	if !own.LaxSSL {
		out = append(out, Pair{"npm_config_strict_ssl", "true"}, Pair{"pnpm_config_strict_ssl", "true"}, Pair{"YARN_ENABLE_STRICT_SSL", "true"})
	}
	none := "null"
	if own.Yarn1 {
		none = "false" // yarn 1 takes "null" for a proxy's name
	}
	if p, ok := sealed(own.Proxy, none); ok {
		out = append(out, Pair{"npm_config_proxy", p})
	}
	if p, ok := sealed(own.Proxy, "null"); ok {
		out = append(out, Pair{"pnpm_config_proxy", p}, Pair{"pnpm_config_http_proxy", p})
	}
	if p, ok := sealed(own.HTTPSProxy, "null"); ok {
		out = append(out, Pair{"npm_config_https_proxy", p}, Pair{"pnpm_config_https_proxy", p})
	}
	// yarn 1 and 4 both take these; empty is none to both. The user's own .yarnrc.yml may name others.
	if own.Proxy == "" && own.HTTPSProxy == "" {
		out = append(out, Pair{"YARN_HTTP_PROXY", ""}, Pair{"YARN_HTTPS_PROXY", ""})
	}
	return out
}

// sealed is what a proxy's variable holds.
func sealed(proxy, none string) (value string, ok bool) {
	if proxy == "" {
		return none, true
	}
	return proxy, token.NewSecret(proxy).Check() == nil
}
