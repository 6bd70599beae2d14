package hostile

import (
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

// yarn looks at a .yarnrc.yml.
func (s *scanner) yarn(src []byte) {
	f, err := yarnrc.Parse(src)
	if err != nil {
		s.unreadable(src)
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

func (s *scanner) yarnSetting(v yamldoc.Scalar, host string) {
	last := v.Path[len(v.Path)-1]
	set := setting{name: yarnNames[last], value: v.Value, line: v.Line, key: shown(last)}
	switch {
	case last == "npmAuthToken" || last == "npmAuthIdent":
		s.bound(host, set)
	case set.name != "":
		s.judge(set)
	case v.Path[0] == "yarnPath" || v.Path[0] == "plugins":
		s.add(Danger{Code: YarnPath, Line: v.Line, Key: v.Path[0], Severity: Low})
	default:
		s.sendsAddress(set)
	}
	if v.Path[0] == "npmRegistries" && len(v.Path) > 1 && len(variables(v.Path[1])) > 0 {
		s.sends(Danger{Line: v.Line, Key: "npmRegistries", Severity: High}, v.Path[1])
	}
}
