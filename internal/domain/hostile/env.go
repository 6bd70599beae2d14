package hostile

import (
	"regexp"
	"strings"
)

// steering matches the variables that change where package managers go and what they trust, without the
// prefixes under which they take their settings.
var (
	envLine  = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_./:@-]*)\s*=`)
	prefixes = regexp.MustCompile(`(?i)^(?:npm_config_|pnpm_config_|yarn_|bun_config_)`)
	steering = regexp.MustCompile(`(?i)^(?:.*registr.*|userconfig|globalconfig|prefix|.*proxy|strict_ssl|enable_strict_ssl|ca|.*ca_?file.*|npmrc_auth_file|.*tokenhelper.*|script_shell|node_options|rc_filename|//.*)$`)
	general  = regexp.MustCompile(`(?i)^(?:https?_proxy|all_proxy|no_proxy|node_options|node_extra_ca_certs|node_tls_reject_unauthorized|ssl_cert_file|ssl_cert_dir)$`)
)

// env looks at an env file of the project's. bun loads .env and yarn 4 loads .env.yarn on their own.
func (s *scanner) env(src []byte) {
	for i, line := range strings.Split(string(src), "\n") {
		m := envLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := m[1]
		short := prefixes.ReplaceAllString(name, "")
		if general.MatchString(name) || short != name && steering.MatchString(short) {
			_, value, _ := strings.Cut(line, "=")
			s.add(Danger{Code: Env, Line: i + 1, Key: name, Host: hostOf(strings.Trim(strings.TrimSpace(value), `"'`)), Severity: High})
		}
	}
}
