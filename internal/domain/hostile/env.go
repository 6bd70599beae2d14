package hostile

import (
	"regexp"
	"slices"
	"strings"
)

// steering matches the variables that change where package managers go and what they trust, without the
// prefixes under which they take their settings.
var (
	envLine  = regexp.MustCompile(`^[\s\x{feff}]*(?:export\s+)?["']?([A-Za-z_][A-Za-z0-9_./:@-]*?)["']?(?:\s*=|:\s)`)
	prefixes = regexp.MustCompile(`(?i)^(?:npm_config_|pnpm_config_|yarn_|bun_config_)`)
	steering = regexp.MustCompile(`(?i)^(?:.*registr.*|userconfig|globalconfig|prefix|.*proxy|strict_ssl|enable_strict_ssl|ca|.*ca_?file.*|npmrc_auth_file|.*tokenhelper.*|script_shell|git|node_options|rc_filename|network_settings|//.*)$`)
	general  = regexp.MustCompile(`(?i)^(?:https?_proxy|all_proxy|no_proxy|node_extra_ca_certs|node_tls_reject_unauthorized|ssl_cert_file|ssl_cert_dir|bun_options|xdg_config_home|ld_preload)$`)
)

// hints are what stands in every such variable's name.
var hints = []string{"config", "yarn_", "proxy", "node_", "ssl_", "bun_", "ld_"}

// env looks at an env file of the project's. bun loads .env and its kin, and yarn 4 .env.yarn, on their own.
func (s *scanner) env(src []byte) {
	number := 0
	for text := range strings.Lines(string(src)) {
		for line := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"), "\r") {
			number++
			s.envLine(line, number)
		}
		if s.full() {
			return
		}
	}
}

func (s *scanner) envLine(line string, number int) {
	if low := strings.ToLower(line); !slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(low, h) }) {
		return
	}
	m := envLine.FindStringSubmatch(line)
	if m == nil {
		return
	}
	name, value := m[1], strings.Trim(strings.TrimSpace(line[len(m[0]):]), `"'`)
	short := prefixes.ReplaceAllString(name, "")
	if strings.EqualFold(name, "node_options") && !loads.MatchString(value) {
		return
	}
	if strings.EqualFold(name, "node_options") || general.MatchString(name) || short != name && steering.MatchString(short) {
		s.add(Danger{Code: Env, Line: number, Key: name, Host: hostOf(value), Severity: High})
	}
}
