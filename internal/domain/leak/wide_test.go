package leak

import (
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestM11_WaysToWriteIt puts one credential in each spelling that people and programs have.
func TestM11_WaysToWriteIt(t *testing.T) {
	tok, odd := npmToken(), opaque()
	for _, c := range []struct{ path, text string }{
		{".npmrc", "//" + reg + "/:_authToken='" + tok + "'\n"}, {".npmrc", "\ufeff//" + reg + "/:_authToken=" + odd + "\r\n"}, {".npmrc", "[section]\n//" + reg + "/:_authToken=" + odd},
		{".npmrc", "//" + reg + ":8443/a/b/:_authToken=" + odd}, {".npmrc", "//" + reg + "/:@acme:_authToken=" + odd}, {".npmrc", "_authToken=" + odd}, {".npmrc", "//" + reg + "/:_authToken=" + odd + " ; mine"},
		{"x.json", `{"log":"a\n` + tok + `\nb"}`}, {"x.txt", "?q=token%3D" + tok}, {"x.txt", tok + "and"}, {"x.txt", "(" + tok + ")"}, {"x.txt", "<" + tok + ">"},
		{"docker-compose.yml", "environment:\n  - NPM_TOKEN=" + odd}, {"a.sh", "docker build --build-arg NPM_TOKEN=" + odd + " ."}, {"a.sh", "NPM_TOKEN=" + odd + " npm publish"},
		{".vscode/settings.json", `{"terminal.integrated.env.linux":{"NPM_TOKEN":"` + odd + `"}}`}, {"a.yml", "env:\n  NPM_TOKEN: '" + odd + "'\n"}, {"Makefile", "export NPM_TOKEN := " + odd + "\n"},
		{"a.tf", "npm_token = \"" + odd + "\"\n"}, {"k8s.yaml", "- name: NPM_TOKEN\n  value: \"" + odd + "\"\n"}, {"a.cmd", "set NPM_TOKEN=" + odd + "\r\n"}, {"a.bat", "setx NODE_AUTH_TOKEN " + odd + "\r\n"},
		{".yarnrc.yml", "# npmAuthToken: " + odd + "\n"}, {".yarnrc.yml", "npmAuthToken: \"" + odd + "\" # mine\n: broken"}, {".upmconfig.toml", "#token = \"" + odd + "\"\n"}, {"bunfig.toml", "[install\ntoken = '" + odd + "'\n"},
		{"fish_history", "- cmd: set -x NPM_TOKEN " + odd + "\n  when: 1\n"}, {"a.js", "headers: { 'authorization': 'token " + summedToken("ghp_") + "' }"}, {".gitlab-ci.yml", "curl --header \"Authorization: Bearer " + odd + "\" x"},
		{"package-lock.json", `{"resolved":"https://bob:` + tok + `@` + reg + `/a.tgz"}`}, {".git-credentials", "https://alice:" + summedToken("ghp_") + "@git.example.com\n"}, {"a.env", "ARTIFACTORY_NPM_AUTH=" + basic("alice", "Tr0ub4dor&3")},
		{"a.md", "my token (" + tok + ") is"}, {".npmrc", utf16Text("//" + reg + "/:_authToken=" + odd + "\r\n")},
	} {
		if got := Scan(c.path, []byte(c.text)); len(got) != 1 {
			t.Errorf("%s: %d found in %q", c.path, len(got), c.text)
		}
	}
}

func utf16Text(text string) string {
	out := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

// TestM10_WaysToHideIt: the same places without a credential.
func TestM10_WaysToHideIt(t *testing.T) {
	for _, value := range []string{"${NPM_TOKEN}", "$NPM_TOKEN", "%NPM_TOKEN%", "!NPM_TOKEN!", "${{ secrets.NPM_TOKEN }}", "{{ npm_token }}", "{{npm_token}}", "<token>", "<your-npm-token>", "[redacted]", "********",
		"xxxxxxxxxxxxxxxxxxxx", "npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "npm_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "YOUR_TOKEN_HERE", "your-token-here", "changeme", "example-token-1234567890", "abcdefghijklmnopqrstuvwxyz0123456789",
		"00000000-0000-0000-0000-000000000000", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "1111111111111111111111111111111111111111", "...", "npm_...", "$(npm-token)", "`npm-token`", "@@NPM_TOKEN@@", "#{NPM_TOKEN}#", "__NPM_TOKEN__",
		"process.env.NPM_TOKEN", "op://vault/npm/credential", "vault:secret/data/npm#token", "true", "null", "undefined", "", "/run/secrets/npm_token", "file:///run/secrets/npm_token", "getToken()", "credentials('npm-token')", "my-secret-npm-token-2026"} {
		for _, c := range []struct{ path, text string }{
			{".npmrc", "//" + reg + "/:_authToken=%s\n"}, {".npmrc", "//" + reg + "/:_auth=%s\n//" + reg + "/:username=alice\n"}, {".npmrc", "# _authToken=%s\n"}, {".yarnrc.yml", "npmAuthToken: \"%s\"\n"}, {".yarnrc.yml", "npmAuthIdent: \"alice:%s\"\n"},
			{"bunfig.toml", "[install]\nregistry = { url = \"https://" + reg + "/\", token = \"%s\" }\n"}, {".upmconfig.toml", "[npmAuth.\"https://" + reg + "\"]\ntoken = \"%s\"\n"}, {".env", "NPM_TOKEN=%s\n"}, {".env", "NODE_AUTH_TOKEN=\"%s\"\n"},
			{".github/workflows/a.yml", "env:\n  NODE_AUTH_TOKEN: %s\n"}, {"Dockerfile", "ARG NPM_TOKEN=%s\n"}, {".bashrc", "export NPM_TOKEN=%s\n"}, {"a.sh", "npm config set //" + reg + "/:_authToken %s\n"}, {"a.sh", "curl -H \"Authorization: Bearer %s\" x\n"},
			{"a.js", "const NPM_TOKEN = '%s';\n"}, {"README.md", "`NPM_TOKEN=%s`\n"}, {"a.sh", "git clone https://bob:%s@git.example.com/x\n"},
		} {
			if value == "my-secret-npm-token-2026" && strings.Contains(c.text, "Ident") {
				continue // passwords are made of words
			}
			text := strings.Replace(c.text, "%s", value, 1)
			if got := Scan(c.path, []byte(text)); len(got) != 0 {
				t.Errorf("%s: %q: %+v", c.path, text, got)
			}
		}
	}
}

// TestM01_OurOwnFilesHoldNone: Sandglass's own repository is innocent.
func TestM01_OurOwnFilesHoldNone(t *testing.T) {
	root, read := filepath.Join("..", "..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && slices.Contains([]string{".git", "bin", "node_modules", ".cache"}, d.Name()) {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		for _, l := range Scan(path, text) {
			t.Errorf("%s:%d:%d: %+v", path, l.Line, l.Column, l)
		}
		return nil
	})
	if err != nil || read < 300 {
		t.Errorf("%d files read: %v", read, err)
	}
}
