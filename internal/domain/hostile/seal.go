package hostile

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// User is who enters the project.
type User struct {
	Own    Own
	Names  []string // the variables that hold the user's sessions
	Pnpm10 bool     // the user has pnpm 10, which takes pnpm-workspace.yaml before the environment
}

// Protect lists what package managers are to find in their environment in a project of these dangers, so
// that none of them carries a session away: seal are the user's own settings, which only repeat what holds
// without the project; withhold names the variables that must be empty, wherever a seal is not known to help.
// Both are empty for a project that tries nothing. What asks for a session by name alone is not held against
// a project: it cannot know the name, and honest projects ask for NPM_TOKEN at their own registry.
func Protect(found []Danger, u User) (seal []Pair, withhold []string) {
	for _, d := range found {
		if d.Severity != High {
			continue
		}
		seal = Seal(u.Own)
		if u.exposed(d) {
			return seal, slices.Clone(u.Names)
		}
	}
	return seal, nil
}

// exposed reports whether a high danger could reach the session in spite of a seal.
func (u User) exposed(d Danger) bool {
	switch d.Code {
	case Variable:
		return false
	case Proxy, TLS:
		yarns := d.File == ".yarnrc.yml" || d.File == ".yarnrc" || d.File == ".npmrc" && u.Own.Yarn1
		return d.File == "pnpm-workspace.yaml" && u.Pnpm10 ||
			strings.HasPrefix(d.Key, network) ||
			yarns && (u.Own.Proxy != "" || u.Own.HTTPSProxy != "") || // yarn's proxy is not sealed then
			!u.Own.sealable()
	}
	return true
}

// sealable reports whether the environment can hold the user's own proxies.
func (own Own) sealable() bool {
	_, plain := sealed(own.Proxy, "")
	_, tls := sealed(own.HTTPSProxy, "")
	return plain && tls
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
