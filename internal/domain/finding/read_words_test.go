package finding

import (
	"slices"
	"strings"
	"testing"
)

// TestReadWordings: what is said in other words than those that were recorded, by other versions and registries.
func TestReadWordings(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
	}{
		{"npm 6", "npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://npm.example.com/repo/@acme%2fui - Not found\nnpm ERR! 404 \nnpm ERR! 404  '@acme/ui@latest' is not in the npm registry.\n\nnpm ERR! A complete log of this run can be found in:\nnpm ERR!     /home/alice/.npm/_logs/2026-11-21T10_00_00_000Z-debug.log\n",
			"npm - - E404 404 @acme/ui latest not-found"},
		{"npm 2", "npm ERR! node v0.12.0\nnpm ERR! npm  v2.15.12\nnpm ERR! code E401\nnpm ERR! unauthorized Please check your access token. : ui\n", "npm 2.15.12 - E401 401 - - -"},
		{"conflict", "npm error publish fail Cannot publish over existing version.\nnpm error code EPUBLISHCONFLICT\n", "npm - publish EPUBLISHCONFLICT 0 - - version-exists"},
		{"present", "npm error code E409\nnpm error 409 Conflict - PUT https://r.example.com/ui - this package is already present\n", "npm - publish E409 409 ui - version-exists"},
		{"mail", "npm error code EOTP\nnpm error 401 Unauthorized - PUT https://r.example.com/ui - A One Time Password (OTP) by email is required.\n", "npm - publish EOTP 401 ui - otp,otp-mail"},
		{"old client", "npm error 401 Unauthorized - PUT https://r.example.com/ui - You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.\n", "npm - publish - 401 ui - otp,too-old"},
		{"wrong code", "npm error code E401\nnpm error 401 Unauthorized - PUT https://r.example.com/ui - The one-time password is invalid or expired\n", "npm - publish E401 401 ui - otp,otp-wrong"},
		{"hold", "npm error code E403\nnpm error 403 403 Forbidden - PUT https://r.example.com/ui - Your account is in read-only mode for 72 hours after the e-mail change.\n", "npm - publish E403 403 ui - hold"},
		{"member", "npm error code E403\nnpm error 403 403 Forbidden - PUT https://r.example.com/@acme%2fui - You are not a member of the organization acme\n", "npm - publish E403 403 @acme/ui - not-member"},
		{"address", "[E403] 403 Forbidden - GET https://r.example.com/ui - Access from this IP address is not permitted\n", "pnpm - - E403 403 ui - address-range"},
		{"classic", "npm error code E401\nnpm error 401 Unauthorized - GET https://r.example.com/-/whoami - Classic tokens are no longer supported\n", "npm - whoami E401 401 - - classic"},
		{"expired", "npm notice Access token expired or revoked. Please try logging in again.\nnpm error code E404\nnpm error 404 Not Found - GET https://r.example.com/@acme%2fui - Not found\n", "npm - - E404 404 @acme/ui - invalid,not-found"},
		{"trust", "5 verbose oidc Failed token exchange request with body message: OIDC token exchange error - package not found\n9 error code ENEEDAUTH\n10 error need auth This command requires you to be logged in to https://r.example.com/\n", "npm - - ENEEDAUTH 0 - - no-credential,trust"},
		{"proxy", "npm error code ERR_SOCKET_TIMEOUT\nnpm error network request to https://r.example.com/ui failed, reason: connect ETIMEDOUT via proxy 10.0.0.1:3128\n", "npm - - ERR_SOCKET_TIMEOUT 0 ui - proxy,network"},
		{"plan", "npm error 403 403 Forbidden - PUT https://r.example.com/@acme%2fui - Private packages require a paid plan\n", "npm - publish - 403 @acme/ui - plan"},
		{"unexpected", "yarn install v1.22.19\nerror An unexpected error occurred: \"https://r.example.com/@acme/ui/-/ui-1.2.3.tgz: Request failed \\\"404 Not Found\\\"\".\ninfo Visit https://yarnpkg.com/en/docs/cli/install for documentation about this command.\n", "yarn 1.22.19 install - 404 @acme/ui 1.2.3 not-found"},
		{"classic cut", "error An unexpected error occurred: \"https://r.example.com/@acme%2fui: authentication token expired\".\n", "yarn 1 - - 0 @acme/ui - invalid"},
		{"yarn error file", "Arguments: \n  /usr/bin/node /usr/bin/yarn add ui\n\nYarn version: \n  1.22.22\n\nTrace: \n  Error: https://r.example.com/ui: Unauthorized\n      at Request.params.callback (/usr/lib/cli.js:1:1)\n", "yarn 1.22.22 - - 401 ui - -"},
		{"berry json", `{"type":"error","name":35,"displayName":"YN0035","indent":"","data":"@acme/ui@npm:^1.0.0: Package not found"}` + "\n" + `{"type":"error","name":35,"displayName":"YN0035","indent":"","data":"  Response Code: 404 (Not Found)"}`, "yarn 2+ - YN0035 404 @acme/ui ^1.0.0 not-found"},
		{"one line of JSON", `{"error":{"code":"E403","summary":"403 Forbidden - PUT https://r.example.com/ui - Forbidden","detail":"In most cases, you ..."}}`, "npm - publish E403 403 ui - forbidden"},
		{"prompt", "$ npm publish --access public\nnpm error code E401\nnpm error Unable to authenticate, your authentication token seems to be invalid.\n", "npm - publish E401 401 - - invalid"},
		{"wrapper", "> app@1.0.0 release\n> npm publish\n\nnpm error code ENEEDAUTH\nnpm error need auth This command requires you to be logged in to https://r.example.com/\nnpm error A complete log of this run can be found in: /x/2026-11-21T10_00_00_000Z-debug-0.log\nnpm error Lifecycle script `release` failed with error:\nnpm error code 1\nnpm error path /home/alice/app\nnpm error command sh -c npm publish\n", "npm - publish ENEEDAUTH 0 - - no-credential"},
		{"PowerShell", "npm : npm error code E401\nIn Zeile:1 Zeichen:1\n+ npm whoami\nnpm error 401 Unauthorized - GET https://r.example.com/-/whoami\n", "npm - whoami E401 401 - - -"},
		{"other language", "エラー: npm error code E404\nエラー: npm error 404 Not Found - GET https://r.example.com/ui - Not found\n", "npm - - E404 404 ui - not-found"},
		{"a line in a chat", "bob: I get \"404 Not Found - PUT https://r.example.com/@acme%2fui - Not found\" since noon", "npm - publish - 404 @acme/ui - not-found"},
		{"German prefix", "Fehler: error: GET https://r.example.com/ui - 403\n", "bun - - - 403 ui - forbidden"},
		{"hosted", "build\tInstall\t2026-11-21T10:00:00.1234567Z error: GET https://r.example.com/ui - 401\n", "bun - - - 401 ui - -"},
		{"lerna", "lerna ERR! E404 Not found - PUT https://r.example.com/@acme%2fui - Not found\n", "npm - publish E404 404 @acme/ui - not-found"},
		{"tunnel", "npm ERR! tunneling socket could not be established, statusCode=407\n", "npm - - - 407 - - proxy"},
		{"alt names", "npm error code ERR_TLS_CERT_ALTNAME_INVALID\nnpm error request to https://r.example.com/ui failed, reason: Hostname/IP does not match certificate's altnames: Host: r.example.com. is not in the cert's altnames\n", "npm - - ERR_TLS_CERT_ALTNAME_INVALID 0 ui - tls"},
		{"GitHub", "npm error code E401\nnpm error 401 Unauthorized - GET https://npm.pkg.example.com/@acme%2fui - unauthenticated: User cannot be authenticated with the token provided.\n", "npm - - E401 401 @acme/ui - invalid"},
		{"other failure last", "npm error code E404\nnpm error 404 Not Found - GET https://r.example.com/ui - Not found\nnpm error A complete log of this run can be found in: x\nnpm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree\n", "npm - - ERESOLVE 0 - - -"},
	} {
		f, ok := Read([]byte(c.text))
		if got := row(f); !ok || got != c.want {
			t.Errorf("%s: %v %s\nwant %s", c.name, ok, got, c.want)
		}
	}
}

// TestReadNothing: texts in which no package manager failed.
func TestReadNothing(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "hello", "added 12 packages in 3s\n\n2 packages are looking for funding\n", "npm warn deprecated inflight@1.0.6: This module is not supported\n",
		"yarn install v1.22.22\n[1/4] Resolving packages...\nsuccess Already up-to-date.\nDone in 0.05s.\n", "➤ YN0000: · Yarn 4.18.1\n➤ YN0000: └ Completed\n➤ YN0000: · Done in 0s 74ms\n",
		"bun add v1.4.5 (a7733435c)\n\ninstalled left@1.0.0\n", "0 verbose cli /usr/bin/node\n1 info using npm@12.2.0\n2 http fetch GET 200 https://r.example.com/ui 5ms\n3 verbose exit 0\n4 info ok\n",
		"fatal: unable to access 'https://git.example.com/x/': The requested URL returned error: 403\n", "error: failed to push some refs to 'git.example.com:x.git'\n",
		"error TS2304: Cannot find name 'x'.\n", "[ERROR] Failed to execute goal on project x: 401 Unauthorized\n", "HTTP 404 Not Found\n", "I get an npm error\n",
		"{\"error\":\"Not found\"}\n", "ERROR: Could not find a version that satisfies the requirement x\n", "\x00\x01\xff\xfe",
		"error: could not compile `x` due to previous error\n", "remote: Invalid username or password.\n",
	} {
		if f, ok := Read([]byte(text)); ok {
			t.Errorf("%q: %s", text, row(f))
		}
	}
}

// TestReadLong: of a text that is too long both ends are looked at.
func TestReadLong(t *testing.T) {
	tail := "npm error code E404\nnpm error 404 Not Found - GET https://r.example.com/ui - Not found\n"
	for _, filler := range []string{"npm warn x\n", "x", "npm error code E401\n", "error: x\n", "\x1b[31m", "{\"error\":", "https://a@", "[a] ", "> ", "ERR_PNPM_X y\n", "1 verbose stack x\n"} {
		f, ok := Read([]byte(strings.Repeat(filler, (MaxText+MaxText/4)/len(filler)) + "\n" + tail))
		if !ok || f.Code != "E404" || f.Package != "ui" {
			t.Errorf("behind %q: %v %s", filler, ok, row(f))
		}
	}
}

func TestReadSignsOnce(t *testing.T) {
	for name, text := range recordings(t) {
		f, _ := Read([]byte(text))
		signs := slices.Clone(f.Signs)
		slices.Sort(signs)
		if len(slices.Compact(signs)) != len(f.Signs) {
			t.Errorf("%s: %v", name, f.Signs)
		}
	}
}
