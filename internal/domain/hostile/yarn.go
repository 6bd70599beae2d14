package hostile

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// yarnNames are npm's names of yarn's settings.
var yarnNames = map[string]string{
	"npmRegistryServer": "registry", "npmPublishRegistry": "registry", "npmAuditRegistry": "registry",
	"httpProxy": "proxy", "httpsProxy": "https-proxy", "enableStrictSsl": "strict-ssl",
	"httpsCaFilePath": "cafile", "caFilePath": "cafile", "httpUserAgent": "user-agent",
}

// network is yarn's setting of proxies and certificates by host. It beats all others, the environment's too.
const network = "networkSettings"

// yarn looks at a .yarnrc.yml.
func (s *scanner) yarn(src []byte) {
	f, err := yarnrc.Parse(src)
	if err != nil {
		s.unreadable()
		return
	}
	elsewhere := false
	for _, r := range f.Registries() {
		elsewhere = elsewhere || !s.knows(hostOf(r.URL))
	}
	hosts := map[int]string{} // of the credentials, by line
	for _, c := range f.Credentials() {
		hosts[c.Line] = c.RegistryKey
		if elsewhere && !strings.Contains(c.Key, ".") {
			hosts[c.Line] = "" // yarn sends one at the top to every registry that has none of its own
		}
	}
	for _, v := range f.Scalars() {
		s.yarnSetting(v, hosts[v.Line])
	}
}

// yarnSetting looks at a text of the file. The setting that it belongs to may stand further up: yarn takes
// {value: x} for x.
func (s *scanner) yarnSetting(v yamldoc.Scalar, host string) {
	last := v.Path[len(v.Path)-1]
	for _, key := range v.Path {
		if yarnNames[key] != "" || key == "npmAuthToken" || key == "npmAuthIdent" {
			last = key
		}
		s.plainKey(key, v.Line)
	}
	set := setting{name: yarnNames[last], value: v.Value, line: v.Line, key: last}
	if v.Path[0] == network {
		set.key = network + "." + set.key
	}
	switch {
	case last == "npmAuthToken" || last == "npmAuthIdent":
		s.bound(host, set)
	case set.name != "":
		s.judge(set)
	case v.Path[0] == "yarnPath" || v.Path[0] == "plugins":
		s.add(Danger{Code: YarnPath, Line: v.Line, Key: v.Path[0], Severity: Low})
	case v.Path[0] == "injectEnvironmentFiles":
		if file := strings.TrimPrefix(strings.TrimSuffix(v.Value, "?"), "./"); !slices.Contains(Names, file) {
			s.add(Danger{Code: Env, Line: v.Line, Key: v.Path[0], Severity: High}) // nobody has looked into it
		}
	default:
		s.elsewhere(set)
	}
}
