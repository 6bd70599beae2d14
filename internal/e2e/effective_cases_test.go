package e2e

import (
	"maps"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// with are files beside others.
func with(files map[string]string, more ...string) map[string]string {
	out := maps.Clone(files)
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

// home is a user whose registry is the first, for yarn 4 too.
var home = map[string]string{".npmrc": "registry=<one>\nalways-auth=true\n", ".yarnrc.yml": yarnBase}

const yarnBase = "npmRegistryServer: \"<one>\"\nnpmAlwaysAuth: true\n"

// publicKey is npm's public registry in an .npmrc. Nobody asks it: the recorder takes its place.
var publicKey = registry.Public.Key()

const base = "registry=<one>\nalways-auth=true\n"

// npmrcCases are about .npmrc and its like; every client meets them.
var npmrcCases = []constellation{
	{name: "user literal", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n")},
	{name: "user placeholder", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK}\n"), env: []string{"TOK"}},
	{name: "user placeholder unset", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK}\n", "etc/npmrc", base, ".config/pnpm/rc", base)},
	{name: "project beats user", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=mkproject\n")},
	{name: "project placeholder, user literal", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=${TOK}\n"), env: []string{"TOK"}},
	{name: "project placeholder alone", files: with(home, "work/.npmrc", "<//one>:_authToken=${TOK}\n"), env: []string{"TOK"}},
	{name: "scope in project", files: with(home, "work/.npmrc", "@acme:registry=<two>\n", ".npmrc", base+"<//two>:_authToken=mktwo\n<//one>:_authToken=mkone\n")},
	{name: "scope in user, other in project", files: with(home, "work/.npmrc", "@acme:registry=<two>\n", ".npmrc", base+"@acme:registry=<one>team/\n<//two>:_authToken=mktwo\n")},
	{name: "scope with path, longest wins", files: with(home, ".npmrc", base+"@acme:registry=<one>team/npm/\n<//one>:_authToken=mkroot\n<//one>team/npm/:_authToken=mkpath\n")},
	{name: "scope with path, key halfway", files: with(home, ".npmrc", base+"@acme:registry=<one>team/npm/\n<//one>team/:_authToken=mkhalf\n<//one>:_authToken=mkroot\n")},
	{name: "scope with path, key at root", files: with(home, ".npmrc", base+"@acme:registry=<one>team/npm/\n<//one>:_authToken=mkroot\n")},
	{name: "project root key, user path key", files: with(home, ".npmrc", base+"@acme:registry=<one>team/npm/\n<//one>team/npm/:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=mkproject\n")},
	{name: "token then auth", files: with(home, ".npmrc", base+"<//one>:_authToken=mktoken\n<//one>:_auth=<basic:mkauth>\n")},
	{name: "auth then token", files: with(home, ".npmrc", base+"<//one>:_auth=<basic:mkauth>\n<//one>:_authToken=mktoken\n")},
	{name: "auth alone", files: with(home, ".npmrc", base+"<//one>:_auth=<basic:mkauth>\n")},
	{name: "username and password", files: with(home, ".npmrc", base+"<//one>:username=user\n<//one>:_password=<base64:mkpass>\n")},
	{name: "password without username", files: with(home, ".npmrc", base+"<//one>:_password=<base64:mkpass>\n")},
	{name: "project auth, user token", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_auth=<basic:mkproject>\n")},
	{name: "project empties user", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=\n")},
	{name: "no always-auth", files: with(home, ".npmrc", "registry=<one>\n@acme:registry=<one>\n<//one>:_authToken=mkuser\n")},
	{name: "duplicate", files: with(home, ".npmrc", base+"<//one>:_authToken=mkfirst\n<//one>:_authToken=mksecond\n")},
	{name: "section", files: with(home, ".npmrc", base+"[acme]\n<//one>:_authToken=mkuser\n")},
	{name: "global", files: with(home, ".npmrc", base, "etc/npmrc", "<//one>:_authToken=mkglobal\n@acme:registry=<two>\n<//two>:_authToken=mktwo\n")},
	{name: "global and user", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "etc/npmrc", "<//one>:_authToken=mkglobal\n")},
	{name: "key without slash", files: with(home, ".npmrc", base+"<//one:_authToken=mkuser\n")},
	{name: "optional set", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK?}\n", "etc/npmrc", base, ".config/pnpm/rc", base), env: []string{"TOK"}},
	{name: "optional unset", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK?}\n", "etc/npmrc", base, ".config/pnpm/rc", base)},
	{name: "fallback", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK-mkfallback}\n", "etc/npmrc", base, ".config/pnpm/rc", base)},
	{name: "no braces", files: with(home, ".npmrc", base+"<//one>:_authToken=$TOK\n"), env: []string{"TOK"}},
	{name: "email", files: with(home, ".npmrc", base+"email=a@example.com\n<//one>:_authToken=mkuser\n")},
	{name: "unscoped token", files: with(home, ".npmrc", base+"_authToken=mkuser\n")},
	{name: "auth.ini and user", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", ".config/pnpm/auth.ini", "<//one>:_authToken=mkini\n")},
	{name: "auth.ini and project", files: with(home, "work/.npmrc", "<//one>:_authToken=mkproject\n", ".config/pnpm/auth.ini", "<//one>:_authToken=mkini\n")},
	{name: "auth.ini scope", files: with(home, ".config/pnpm/auth.ini", "@acme:registry=<two>\n<//two>:_authToken=mkini\n")},
	{name: "rc and user", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", ".config/pnpm/rc", "<//one>:_authToken=mkrc\n@acme:registry=<one>rc/\n")},
	{name: "pnpm-workspace registries", files: with(home, ".npmrc", base+"<//two>:_authToken=mktwo\n@acme:registry=<one>user/\n", "work/pnpm-workspace.yaml", "packages: ['.']\nregistries:\n  '@acme': <two>\n")},
	{name: "pnpm-workspace registries and project", files: with(home, ".npmrc", base+"<//two>:_authToken=mktwo\n", "work/.npmrc", "@acme:registry=<one>project/\nregistry=<one>p/\n", "work/pnpm-workspace.yaml", "packages: ['.']\nregistries:\n  default: <two>\n  '@acme': <two>\n")},
	{name: "pnpm-workspace registry", files: with(home, ".npmrc", base+"<//two>:_authToken=mktwo\n", "work/pnpm-workspace.yaml", "packages: ['.']\nregistry: <two>\n")},
	{name: "scoped key", files: with(home, ".npmrc", base+"<//one>:@acme:_authToken=mkscope\n<//one>:_authToken=mkuser\n")},
	{name: "helper", files: with(home, ".npmrc", base+"<//one>:tokenHelper=<home>/helper\n<//one>:_authToken=mkuser\n", "helper", helperText)},
	{name: "helper in auth.ini", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", ".config/pnpm/auth.ini", "<//one>:tokenHelper=<home>/helper\n", "helper", helperText)},
	{name: "helper, project literal", files: with(home, ".npmrc", base+"<//one>:tokenHelper=<home>/helper\n", "helper", helperText, "work/.npmrc", "<//one>:_authToken=mkproject\n")},
	{name: "helper in project", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "helper", helperText, "work/.npmrc", "<//one>:tokenHelper=<home>/helper\n")},
	{name: "scoped key at the root, other with path", files: with(home, ".npmrc", base+"@acme:registry=<one>team/\n<//one>:@acme:_authToken=mkscope\n<//one>team/:_authToken=mkuser\n")},
	{name: "unscoped token, scope elsewhere", files: with(home, ".npmrc", base+"_authToken=mkuser\n@acme:registry=<two>\n")},
	{name: "unscoped token and key", files: with(home, ".npmrc", base+"_authToken=mkuser\n<//one>:_authToken=mkkey\n")},
	{name: "unscoped auth", files: with(home, ".npmrc", base+"_auth=<basic:mkuser>\n")},
	{name: "project unset, user literal", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=${TOK}\n")},
	{name: "user unset, global literal", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK}\n", "etc/npmrc", base+"<//one>:_authToken=mkglobal\n", ".config/pnpm/rc", base)},
	{name: "auth.ini literal, user unset", files: with(home, ".npmrc", base+"<//one>:_authToken=${TOK}\n", "etc/npmrc", base, ".config/pnpm/auth.ini", "<//one>:_authToken=mkini\n", ".config/pnpm/rc", base)},
	{name: "auth.ini unset, user literal", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", ".config/pnpm/auth.ini", "<//one>:_authToken=${TOK}\n")},
	{name: "user path key unset, root literal", files: with(home, ".npmrc", base+"@acme:registry=<one>team/\n<//one>team/:_authToken=${TOK}\n<//one>:_authToken=mkroot\n", "etc/npmrc", base, ".config/pnpm/rc", base)},
	{name: "registry without slash, key with path", files: with(home, ".npmrc", base+"@acme:registry=<one>team\n<//one>team/:_authToken=mkteam\n")},
	{name: "project token with text round it", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=${TOK}mkmore\n")},
	{name: "project duplicates and user", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.npmrc", "<//one>:_authToken=mkfirst\n<//one>:_auth=<basic:mkauth>\n<//one>:_authToken=mksecond\n")},
	{name: "yarnrc registry", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/.yarnrc", "registry \"<two>\"\n")},
	{name: "yarnrc scope", files: with(home, ".npmrc", base+"<//two>:_authToken=mkuser\n", "work/.yarnrc", "\"@acme:registry\" \"<two>\"\n")},
	{name: "public registry", files: map[string]string{".npmrc": "always-auth=true\n" + publicKey + ":_authToken=mkuser\n"}},
	{name: "public registry, scope elsewhere", files: map[string]string{".npmrc": publicKey + ":_authToken=mkuser\n@acme:registry=<two>\n<//two>:_authToken=mktwo\n"}},
	{name: "yarnrc registry alone", files: map[string]string{".npmrc": "always-auth=true\n<//two>:_authToken=mkuser\n", "work/.yarnrc": "registry \"<two>\"\n"}},
	{name: "yarnrc at home and in project", files: with(home, ".yarnrc", "\"@acme:registry\" \"<one>home/\"\n", "work/.yarnrc", "\"@acme:registry\" \"<two>\"\n")},
	{name: "config.yaml of pnpm", files: with(home, ".npmrc", base+"@acme:registry=<one>user/\n<//two>:_authToken=mktwo\n", ".config/pnpm/config.yaml", "registries:\n  '@acme': <two>\n")},
	{name: "nothing", files: map[string]string{".npmrc": "//registry.example.com/:_authToken=mkuser\n"}},
	{name: "above", dir: "work/sub", files: with(home, "work/.npmrc", "<//one>:_authToken=mkabove\n@acme:registry=<two>\n<//two>:_authToken=mktwo\n", ".npmrc", base)},
	{name: "above and user", dir: "work/sub", files: with(home, "work/.npmrc", "<//one>:_authToken=mkabove\n", ".npmrc", base+"<//one>:_authToken=mkuser\n")},
	{name: "workspace", dir: "work/packages/p", root: "work", files: with(home, "work/.npmrc", "<//one>:_authToken=mkroot\n@acme:registry=<two>\n<//two>:_authToken=mktwo\n")},
	{name: "workspace member's own", dir: "work/packages/p", root: "work", files: with(home, "work/packages/p/.npmrc", "<//one>:_authToken=mkmember\n@acme:registry=<two>\n<//two>:_authToken=mktwo\n")},
	{name: "workspace both", dir: "work/packages/p", root: "work", files: with(home, "work/.npmrc", "<//one>:_authToken=mkroot\n@acme:registry=<two>\n", "work/packages/p/.npmrc", "<//one>:_authToken=mkmember\n@acme:registry=<one>member/\n")},
}

const helperText = "#!/bin/sh\necho 'Bearer mkhelper'\n"

// yarnCases are about .yarnrc.yml.
var yarnCases = []constellation{
	{name: "yarn home", files: yarnHome(registryToken("<one>", "mkhome"))},
	{name: "yarn key without scheme", files: yarnHome(registryToken("<//one>", "mkhome"))},
	{name: "yarn both keys", files: yarnHome("npmRegistries:\n  \"<//one>\":\n    npmAuthToken: mkbare\n    npmAlwaysAuth: true\n  \"<one>\":\n    npmAuthToken: mkfull\n    npmAlwaysAuth: true\n")},
	{name: "yarn key by host, registry with path", files: yarnHome(registryToken("<one>", "mkhome") + "npmScopes:\n  acme:\n    npmRegistryServer: \"<one>team/\"\n")},
	{name: "yarn project beats home", files: with(yarnHome(registryToken("<one>", "mkhome")), "work/.yarnrc.yml", registryToken("<one>", "mkproject"))},
	{name: "yarn project by another key", files: with(yarnHome(registryToken("<one>", "mkhome")), "work/.yarnrc.yml", registryToken("<//one>", "mkproject"))},
	{name: "yarn scope beats registry", files: yarnHome(registryToken("<one>", "mkregistry") + "npmScopes:\n  acme:\n    npmRegistryServer: \"<one>\"\n    npmAuthToken: mkscope\n")},
	{name: "yarn top level goes to a scope", files: yarnHome("npmAuthToken: mktop\nnpmScopes:\n  acme:\n    npmRegistryServer: \"<two>\"\n")},
	{name: "yarn registry without a token, top level", files: yarnHome("npmAuthToken: mktop\nnpmRegistries:\n  \"<one>\":\n    npmAlwaysAuth: true\n")},
	{name: "yarn without always", files: with(home, ".yarnrc.yml", "npmRegistryServer: \"<one>\"\nnpmScopes:\n  acme:\n    npmRegistryServer: \"<one>\"\nnpmRegistries:\n  \"<one>\":\n    npmAuthToken: mkhome\n")},
	{name: "yarn always at the top only", files: yarnHome("npmRegistries:\n  \"<one>\":\n    npmAuthToken: mkhome\nnpmScopes:\n  acme:\n    npmRegistryServer: \"<one>\"\n")},
	{name: "yarn placeholder", files: yarnHome(registryToken("<one>", "${TOK}")), env: []string{"TOK"}},
	{name: "yarn project placeholder", files: with(yarnHome(registryToken("<one>", "mkhome")), "work/.yarnrc.yml", registryToken("<one>", "${TOK-}")), env: []string{"TOK"}},
	{name: "yarn placeholder unset", files: yarnHome(registryToken("<one>", "${TOK}"))},
	{name: "yarn placeholder unset, empty", files: yarnHome(registryToken("<one>", "${TOK-}"))},
	{name: "yarn project unset, empty, home literal", files: with(yarnHome(registryToken("<one>", "mkhome")), "work/.yarnrc.yml", registryToken("<one>", "${TOK-}"))},
	{name: "yarn placeholder fallback", files: yarnHome(registryToken("<one>", "${TOK:-mkfallback}"))},
	{name: "yarn ident", files: yarnHome("npmRegistries:\n  \"<one>\":\n    npmAlwaysAuth: true\n    npmAuthIdent: \"user:mkident\"\n")},
	{name: "yarn token and ident", files: yarnHome("npmRegistries:\n  \"<one>\":\n    npmAlwaysAuth: true\n    npmAuthIdent: \"user:mkident\"\n    npmAuthToken: mktoken\n")},
	{name: "yarn scope without registry", files: yarnHome("npmScopes:\n  acme:\n    npmAuthToken: mkscope\n")},
	{name: "yarn scope in project, token at home", files: with(yarnHome("npmScopes:\n  acme:\n    npmAuthToken: mkhome\n"), "work/.yarnrc.yml", "npmScopes:\n  acme:\n    npmRegistryServer: \"<two>\"\n")},
	{name: "yarn above", dir: "work/sub", files: with(yarnHome(registryToken("<one>", "mkhome")), "work/.yarnrc.yml", registryToken("<one>", "mkabove"))},
	{name: "yarn workspace", dir: "work/packages/p", root: "work", files: with(yarnHome(registryToken("<one>", "mkhome")), "work/.yarnrc.yml", registryToken("<one>", "mkroot"))},
	{name: "yarn workspace both", dir: "work/packages/p", root: "work", files: with(yarnHome(""), "work/.yarnrc.yml", registryToken("<one>", "mkroot"), "work/packages/p/.yarnrc.yml", registryToken("<one>", "mkmember"))},
	{name: "yarn default registry", files: map[string]string{".yarnrc.yml": "npmAlwaysAuth: true\n"}},
	{name: "yarn broken file", files: with(home, "work/.yarnrc.yml", "npmRegistries: [\n")},
}

// yarnHome is a user with more in the home's .yarnrc.yml.
func yarnHome(more string) map[string]string { return with(home, ".yarnrc.yml", yarnBase+more) }

func registryToken(key, secret string) string {
	return "npmRegistries:\n  \"" + key + "\":\n    npmAlwaysAuth: true\n    npmAuthToken: \"" + secret + "\"\n"
}

// bunCases are about bunfig.toml.
var bunCases = []constellation{
	{name: "bunfig scope, user token", files: with(home, ".npmrc", base+"<//two>:_authToken=mkuser\n", "work/bunfig.toml", "[install.scopes]\n\"@acme\" = { url = \"<two>\", token = \"mkbun\" }\n")},
	{name: "bunfig scope without token", files: with(home, ".npmrc", base+"<//two>:_authToken=mkuser\n", "work/bunfig.toml", "[install.scopes]\nacme = \"<two>\"\n")},
	{name: "bunfig scope table without token", files: with(home, ".npmrc", base+"<//two>:_authToken=mkuser\n", "work/bunfig.toml", "[install.scopes.acme]\nurl = \"<two>\"\n")},
	{name: "bunfig registry and placeholder", files: with(home, "work/bunfig.toml", "[install.registry]\nurl = \"<two>\"\ntoken = \"$TOK\"\n"), env: []string{"TOK"}},
	{name: "bunfig registry and placeholder unset", files: with(home, "work/bunfig.toml", "[install.registry]\nurl = \"<two>\"\ntoken = \"$TOK\"\n")},
	{name: "bunfig placeholder in braces", files: with(home, "work/bunfig.toml", "[install.registry]\nurl = \"<two>\"\ntoken = \"${TOK}\"\n"), env: []string{"TOK"}},
	{name: "bunfig registry, user token", files: with(home, ".npmrc", base+"<//one>:_authToken=mkuser\n", "work/bunfig.toml", "[install.registry]\nurl = \"<one>\"\ntoken = \"mkbun\"\n")},
	{name: "bunfig registry as text", files: with(home, ".npmrc", base+"<//two>:_authToken=mkuser\n<//one>:_authToken=mkone\n", "work/bunfig.toml", "[install]\nregistry = \"<two>\"\n")},
	{name: "bunfig and scope in user", files: with(home, ".npmrc", base+"@acme:registry=<two>\n<//two>:_authToken=mkuser\n", "work/bunfig.toml", "[install.scopes]\nacme = { url = \"<one>\", token = \"mkbun\" }\n")},
	{name: "bunfig and scope in project", files: with(home, "work/.npmrc", "@acme:registry=<two>\n<//two>:_authToken=mkproject\n", "work/bunfig.toml", "[install.scopes]\nacme = { url = \"<one>\", token = \"mkbun\" }\n")},
	{name: "bunfig at home", files: with(home, ".config/.bunfig.toml", "[install.scopes]\nacme = { url = \"<two>\", token = \"mkhome\" }\n")},
	{name: "bunfig at home and in project", files: with(home, ".config/.bunfig.toml", "[install.scopes]\nacme = { url = \"<two>\", token = \"mkhome\" }\n", "work/bunfig.toml", "[install.scopes]\nacme = { url = \"<one>\", token = \"mkbun\" }\n")},
	{name: "bunfig at home, scope in project's npmrc", files: with(home, ".config/.bunfig.toml", "[install.scopes]\nacme = { url = \"<two>\", token = \"mkhome\" }\n", "work/.npmrc", "@acme:registry=<one>\n<//one>:_authToken=mkproject\n")},
	{name: "bunfig user and password", files: with(home, "work/bunfig.toml", "[install.scopes]\nacme = { url = \"<two>\", username = \"user\", password = \"mkbun\" }\n")},
	{name: "bunfig in a workspace", dir: "work/packages/p", root: "work", files: with(home, "work/bunfig.toml", "[install.scopes]\nacme = { url = \"<two>\", token = \"mkroot\" }\n")},
	{name: "bunfig of a member", dir: "work/packages/p", root: "work", files: with(home, "work/packages/p/bunfig.toml", "[install.scopes]\nacme = { url = \"<two>\", token = \"mkmember\" }\n")},
}

// only are cases for one client.
func only(client string, list []constellation) []constellation {
	out := slices.Clone(list)
	for i := range out {
		out[i].only = []string{client}
	}
	return out
}

var constellations = slices.Concat(npmrcCases, only("yarn4", yarnCases), only("bun", bunCases))
