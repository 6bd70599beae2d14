package leak

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Credentials of the tests are drawn when they run: this file holds none.
var dice = rand.New(rand.NewPCG(5, 11))

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func draw(n int, from string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[dice.IntN(len(from))]
	}
	return string(b)
}

func summedToken(prefix string) string {
	body := draw(30, alphabet)
	return prefix + body + token.Checksum(body)
}

// opaque is an access token without a prefix. What has no digit may be a word.
func opaque() string { return draw(39, alphabet) + draw(1, "0123456789") }

func npmToken() string { return summedToken("npm_") }

func uuid() string {
	h := "0123456789abcdef"
	return draw(8, h) + "-" + draw(4, h) + "-4" + draw(3, h) + "-a" + draw(3, h) + "-" + draw(12, h)
}

func jwt(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part([]byte(claims)) + "." + draw(43, alphabet)
}

func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

func reference() string {
	return base64.StdEncoding.EncodeToString([]byte("reftkn:01:1790000000:" + draw(27, alphabet)))
}

// planted is a file with credentials in it, in order.
type planted struct {
	path, text string
	secrets    []string
	form       Form
	key        string
	certain    bool
}

// plant puts credentials in the places of a text that say %s.
func plant(path, text string, form Form, key string, certain bool, secrets ...string) planted {
	args := make([]any, len(secrets))
	for i, s := range secrets {
		args[i] = s
	}
	return planted{path, fmt.Sprintf(text, args...), secrets, form, key, certain}
}

const reg = "registry.example.com"

// plantedSet has every form in which a credential lies about.
func plantedSet() []planted {
	password := base64.StdEncoding.EncodeToString([]byte("Tr0ub4dor&3-" + draw(6, alphabet)))
	azure := draw(52, "abcdefghijklmnopqrstuvwxyz234567")
	return append([]planted{
		plant(".npmrc", "registry=https://"+reg+"/\n//"+reg+"/:_authToken=%s\n", FormNPMRC, "//"+reg+"/:_authToken", true, npmToken()),
		plant("a/.npmrc", "; //"+reg+"/:_authToken=%s\n#//"+reg+"/npm/:_authToken=%s\r\n", FormNPMRC, "//"+reg+"/:_authToken", true, npmToken(), npmToken()),
		plant("b/.npmrc", "//"+reg+"/:_authToken=\"%s\"\n//"+reg+"/:_authToken = %s\n", FormNPMRC, "//"+reg+"/:_authToken", true, npmToken(), npmToken()),
		plant("c/.npmrc", "//"+reg+"/:_authToken=%s\n", FormNPMRC, "//"+reg+"/:_authToken", true, uuid()),
		plant("d/.npmrc", "//"+reg+"/:_authToken=%s\n", FormNPMRC, "//"+reg+"/:_authToken", true, jwt(`{"sub":"alice","iat":1790000000,"exp":1790007200}`)),
		plant("e/.npmrc", "//"+reg+"/:_authToken=%s\n", FormNPMRC, "//"+reg+"/:_authToken", false, draw(44, alphabet)+"=="),
		plant("f/.npmrc", "//"+reg+"/:_auth=%s\n", FormBasic, "//"+reg+"/:_auth", true, basic("alice", "Tr0ub4dor&3")),
		plant("g/.npmrc", "//"+reg+"/:username=alice\n//"+reg+"/:_password=%s\n", FormBasic, "//"+reg+"/:_password", true, password),
		plant("h/.npmrc", "_auth=%s\n", FormBasic, "_auth", true, basic("bob", "c0rrecthorse")),
		plant("i/.npmrc", "//pkgs.dev.example.com/org/_packaging/feed/npm/:_password=%s\n", FormBasic, "", true, base64.StdEncoding.EncodeToString([]byte(azure))),
		plant("auth.ini", "//"+reg+"/:_authToken=%s\n", FormNPMRC, "", true, npmToken()),
		plant(".yarnrc", "\"//"+reg+"/:_authToken\" \"%s\"\n", FormNPMRC, "", true, npmToken()),
		plant(".yarnrc.yml", "npmRegistries:\n  \"https://"+reg+"\":\n    npmAuthToken: \"%s\"\n", FormYarn, `npmRegistries["https://`+reg+`"].npmAuthToken`, true, npmToken()),
		plant("a/.yarnrc.yml", "npmScopes:\n  acme:\n    npmRegistryServer: https://"+reg+"\n    npmAuthIdent: %s\n", FormYarn, "", false, "alice:Tr0ub4dor3"),
		plant("b/.yarnrc.yml", "npmAuthToken: >-\n  %s\n", FormYarn, "", true, npmToken()),
		plant("bunfig.toml", "[install.scopes]\nacme = { token = \"%s\", url = \"https://"+reg+"/\" }\n", FormBun, "install.scopes.acme.token", true, npmToken()),
		plant("a/bunfig.toml", "[install]\nregistry = \"https://alice:%s@"+reg+"/\"\n", FormBun, "install.registry", false, "Tr0ub4dor3x"),
		plant("b/bunfig.toml", "[install.registry]\nurl = \"https://"+reg+"/\"\nusername = \"alice\"\npassword = \"%s\"\n", FormBun, "install.registry.password", false, "Tr0ub4dor3x"),
		plant(".upmconfig.toml", "[npmAuth.\"https://"+reg+"\"]\ntoken = \"%s\"\nemail = \"a@example.com\"\nalwaysAuth = true\n", FormUPM, "", true, npmToken()),
		plant("a/.upmconfig.toml", "[npmAuth.\"https://"+reg+"\"]\n_auth = \"%s\"\n", FormUPM, "", true, basic("alice", "Tr0ub4dor&3")),
	}, plantedElsewhere(azure)...)
}

func plantedElsewhere(azure string) []planted {
	return []planted{
		plant(".env", "NPM_TOKEN=%s\nB=1\nNODE_AUTH_TOKEN='%s'\n", FormEnv, "NPM_TOKEN", true, npmToken(), npmToken()),
		plant(".env.local", "YARN_NPM_AUTH_TOKEN=%s\n", FormEnv, "YARN_NPM_AUTH_TOKEN", false, opaque()),
		plant("ci/.env", "AZURE_PAT=%s\n", FormEnv, "AZURE_PAT", false, azure),
		plant(".github/workflows/ci.yml", "env:\n  NODE_AUTH_TOKEN: %s\njobs:\n  x:\n    steps:\n      - run: echo \"//"+reg+"/:_authToken=%s\" >> ~/.npmrc\n", FormCI, "NODE_AUTH_TOKEN", true, npmToken(), npmToken()),
		plant(".gitlab-ci.yml", "variables:\n  NPM_TOKEN: \"%s\"\n", FormCI, "NPM_TOKEN", true, "glpat-"+draw(20, alphabet)),
		plant("azure-pipelines.yml", "variables:\n- name: NPM_TOKEN\n  value: %s\n", FormCI, "NPM_TOKEN", false, opaque()),
		plant(".circleci/config.yml", "environment:\n  NPM_TOKEN: %s\n", FormCI, "NPM_TOKEN", true, summedToken("npm_")),
		plant("Jenkinsfile", "environment { NPM_TOKEN = '%s' }\n", FormCI, "NPM_TOKEN", true, npmToken()),
		plant("Dockerfile", "FROM node\nARG NPM_TOKEN=%s\nENV NODE_AUTH_TOKEN %s\n", FormCI, "NPM_TOKEN", true, npmToken(), npmToken()),
		plant(".zsh_history", ": 1790000000:0;npm config set //"+reg+"/:_authToken %s\n: 1790000001:0;npm config set //"+reg+"/:_authToken=%s\n", FormShell, "//"+reg+"/:_authToken", true, npmToken(), npmToken()),
		plant(".bashrc", "export NPM_TOKEN=%s\n", FormShell, "NPM_TOKEN", true, npmToken()),
		plant("config.fish", "set -gx NPM_TOKEN %s\n", FormShell, "NPM_TOKEN", true, npmToken()),
		plant("profile.ps1", "$env:NPM_TOKEN = \"%s\"\r\n", FormShell, "NPM_TOKEN", true, npmToken()),
		plant(".bash_history", "curl -H \"Authorization: Bearer %s\" https://"+reg+"/-/whoami\ncurl -H 'authorization: Basic %s' https://"+reg+"/\n", FormShell, "Authorization", true, jwt(`{"sub":"alice","exp":1790007200}`), basic("alice", "Tr0ub4dor&3")),
		plant("a/.bash_history", "npm login --registry https://"+reg+"/ --username alice --password %s\nnpm-cli-login -u alice -p %s -e a@example.com\n", FormShell, "--password", false, "Tr0ub4dor&3", "c0rrecthorse"),
		plant("b/.bash_history", "yarn config set npmAuthToken %s\nnpm_config__auth=%s npm i\n", FormShell, "npmAuthToken", true, npmToken(), basic("alice", "Tr0ub4dor&3")),
		plant("notes.md", "the token is %s, do not tell.\nand %s.\n", FormBare, "", true, npmToken(), summedToken("ghp_")),
		plant("src/a.js", "const t = '%s';\nfetch(u, {headers: {Authorization: `Bearer %s`}})\n", FormBare, "t", true, summedToken("gho_"), npmToken()),
		plant("x.json", "{\"a\":\"%s\",\"b\":\"%s\"}\n", FormBare, "a", true, "github_pat_"+draw(22, alphabet)+"_"+draw(59, alphabet), "AKCp"+draw(69, alphabet)),
		plant("y.yaml", "jf: %s\naz: %s\n", FormBare, "jf", true, reference(), draw(76, alphabet)+"AZDO"+draw(4, alphabet)),
		plant("testdata/fixture.txt", "%s\n", FormBare, "", true, npmToken()),
		plant("package.json", "{\"dependencies\":{\"x\":\"git+https://%s@git.example.com/a/b.git\"}}\n", FormBare, "", true, summedToken("ghp_")),
		plant("backup/npmrc.bak", "//"+reg+"/:_authToken=%s\n", FormNPMRC, "//"+reg+"/:_authToken", false, opaque()),
	}
}

// innocentSet has what looks like a credential and is none.
func innocentSet() map[string]string {
	hash := func(n int) string { return base64.StdEncoding.EncodeToString([]byte(draw(n, alphabet))) }
	hex := func(n int) string { return draw(n, "0123456789abcdef") }
	famous := jwt(`{"sub":"1234567890","name":"John Doe","iat":1516239022}`) // as it stands in every manual
	return map[string]string{
		".npmrc": "//" + reg + "/:_authToken=${NPM_TOKEN}\n//" + reg + "/:_authToken=${SG_0123abcd?}\n//a.example.com/:_authToken=$NPM_TOKEN\n//b.example.com/:_authToken=%NPM_TOKEN%\n" +
			"; //c.example.com/:_authToken=<your token>\n# _authToken=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\n//d.example.com/:_authToken=npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n" +
			"//e.example.com/:_authToken=changeme\n//f.example.com/:_authToken=your-token-here\n//g.example.com/:_auth=${AUTH}\n//h.example.com/:_password=********\n//i.example.com/:username=alice\nalways-auth=true\ninit-author-name=Alice\n",
		"a/.npmrc":        "_authToken=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n//" + reg + "/:tokenHelper=/usr/bin/sandglass-helper\n_auth=" + basic("username", "password") + "\n//x.example.com/:_authToken=00000000-0000-0000-0000-000000000000\n",
		".yarnrc.yml":     "npmAuthToken: \"${NPM_TOKEN-}\"\nnpmScopes:\n  acme:\n    npmAuthIdent: \"${U}:${P}\"\nyarnPath: .yarn/releases/yarn-4.18.1.cjs\n",
		"a/.yarnrc.yml":   "npmAuthToken: <token>\nchecksum: " + hex(64) + "\n",
		"bunfig.toml":     "[install]\nregistry = { url = \"https://" + reg + "/\", token = \"$NPM_TOKEN\" }\n[install.scopes]\nx = \"https://user:$PASS@" + reg + "/\"\n",
		".upmconfig.toml": "[npmAuth.\"https://" + reg + "\"]\ntoken = \"<token>\"\nemail = \"a@example.com\"\n",
		".env.example":    "NPM_TOKEN=\nNODE_AUTH_TOKEN=your_token_here\nGITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nNPM_TOKEN_FILE=/run/secrets/npm_token\nNPM_AUTH=${X}\nREGISTRY_TOKEN=op://vault/npm/token1234\nCI_PIPELINE_ID=1234567890\n",
		".github/workflows/ci.yml": "env:\n  NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n  GITHUB_TOKEN: ${{ github.token }}\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@" + hex(40) + "\n      - run: npm config set //" + reg + "/:_authToken \"$NPM_TOKEN\"\n" +
			"      - run: npm config set //" + reg + "/:_authToken=$NODE_AUTH_TOKEN\n",
		".gitlab-ci.yml":    "variables:\n  NPM_TOKEN: $CI_JOB_TOKEN\nscript:\n  - echo \"//" + reg + "/:_authToken=${CI_JOB_TOKEN}\" > .npmrc\n",
		"Jenkinsfile":       "environment { NPM_TOKEN = credentials('npm-token-2026') }\nwithCredentials([string(credentialsId: 'npm-publish', variable: 'NPM_TOKEN')])\n",
		"Dockerfile":        "ARG NPM_TOKEN\nENV NPM_TOKEN=${NPM_TOKEN}\nRUN --mount=type=secret,id=npm npm ci\n",
		".bashrc":           "export NPM_TOKEN=$(sandglass token)\nexport NPM_TOKEN=\"$(cat ~/.token)\"\nexport NODE_AUTH_TOKEN=`pass npm`\nalias n='npm login --registry https://" + reg + "'\ncurl -H \"Authorization: Bearer $TOKEN\" https://" + reg + "\n",
		"package-lock.json": "{\"node_modules/a\":{\"resolved\":\"https://" + reg + "/a/-/a-1.0.0.tgz\",\"integrity\":\"sha512-" + hash(64) + "\"}}\n",
		"yarn.lock":         "a@^1.0.0:\n  resolved \"https://" + reg + "/a/-/a-1.0.0.tgz#" + hex(40) + "\"\n  integrity sha512-" + hash(64) + "\n",
		"pnpm-lock.yaml":    "packages:\n  a@1.0.0:\n    resolution: {integrity: sha512-" + hash(64) + "}\n",
		"go.sum":            "example.com/a v1.0.0 h1:" + hash(32) + "\n",
		"ids.json":          "{\"id\":\"" + uuid() + "\",\"commit\":\"" + hex(40) + "\",\"sum\":\"" + hex(64) + "\"}\n",
		"README.md": "Set `NPM_TOKEN=npm_abc...` or\n\n    //" + reg + "/:_authToken=npm_" + alphabet[:36] + "\n    curl -H 'Authorization: Bearer <token>'\n" +
			"A JWT: " + famous + "\n" +
			"    Authorization: Bearer " + famous + "\nglpat-xxxxxxxxxxxxxxxxxxxx, AKCp..., ghp_...\n",
		"src/a.ts":  "const NPM_TOKEN = process.env.NPM_TOKEN;\nconst _auth = getAuth(npmAuthToken);\nthis._password = options.password1234567890;\ninterface A { npmAuthToken: string; _authToken?: string }\nconst re = /npm_[A-Za-z0-9]{36}/;\nnpm_config_registry='x'; headers.Authorization = `Bearer ${token}`;\nif (x.npm_auth_token == undefinedValue123456) {}\n",
		"src/b.py":  "GITHUB_TOKEN = os.environ[\"GITHUB_TOKEN\"]\nNPM_TOKEN: str = settings.npm_token_from_vault_2026\nself._auth = HTTPBasicAuth(user1, password1)\nGITHUB_TOKEN_SHA = '" + hex(40) + "'\nGITLAB_TOKEN = '" + hex(40) + "'\n",
		"src/c.go":  "cfg.Set(\"npm_config_//registry.example.com/:_authToken\", tok)\nconst EnvToken = \"NODE_AUTH_TOKEN\"\nvar x = \"https://user:password@" + reg + "/\"\nurl := \"https://deploy:" + "${CI_JOB_TOKEN}@git.example.com\"\n",
		"bad.txt":   "npm_" + draw(30, alphabet) + "000000 has a sum that does not fit; ghp_" + draw(30, alphabet) + "AAAAAA\n",
		"data.csv":  strings.Repeat(uuid()+","+hex(40)+"\n", 50),
		"infra.yml": "- name: NPM_TOKEN\n  valueFrom:\n    secretKeyRef: {name: npm, key: token}\n- name: GITHUB_TOKEN\n  value: \"{{ github_token }}\"\n",
		"deps.toml": "token = \"" + hex(40) + "\"\nurl = \"postgres://user:" + draw(20, alphabet) + "@db.example.com/x\"\n",
	}
}
