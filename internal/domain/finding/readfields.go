package finding

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// How much an error says.
const (
	empty = iota // nothing, or it may be another program's
	light        // only that something else failed
	weighty
)

// said is an error while it is made into a Failure.
type said struct {
	Failure
	run    *run
	block  *block
	lines  []string // of the error, without credentials, as all that follows
	notes  []string // of the run
	root   bool     // the address is the registry's alone
	text   string   // all its lines
	claims string   // those that claim something, in lower case
}

var (
	shellOut = lazy(`(?i)lifecycle script|command failed with exit code|exited with code \d|^code \d+$`)
	ours     = lazy(`(?i)\bpnpm\b|npmrc|tokenhelper|\bregistry\b|\byarn|\bnpm\b|\bbun\b`)
)

// assemble makes a Failure of one error of a run.
func assemble(u *run, k int) (Failure, int) {
	b := &u.blocks[k]
	s := said{run: u, block: b, text: hide(strings.Join(b.lines, "\n"))}
	s.lines, s.notes = strings.Split(s.text, "\n"), strings.Split(hide(strings.Join(u.notes, "\n")), "\n")
	s.claims = claimsOf(s.lines)
	s.Client, s.Code, s.Command, s.At, s.Sent = b.client, b.code, u.command, u.at, b.sent
	if u.client == b.client {
		s.Version = u.version
	}
	if s.At.IsZero() {
		s.At = b.at
	}
	s.request()
	s.status()
	s.subject()
	s.sentOrNot()
	s.settings()
	s.Signs = s.signs()
	if s.Status == 0 && slices.Contains(s.Signs, SignOTP) {
		s.Status = 401
	}
	s.yarnVersion()
	s.guess()
	return s.clean(), s.weight()
}

func (s *said) weight() int {
	known := s.Code != "" || s.Status != 0 || len(s.Signs) > 0
	about := s.URL != "" || s.Package != "" || s.Variable != "" || s.Setting != ""
	switch {
	case s.block.prelude && s.Status < 400 && len(s.Signs) == 0:
		return empty
	case s.block.faint && s.run.client != s.Client && (len(s.Signs) == 0 || !about && !ours.in(s.text)):
		return empty
	case len(s.Signs) == 0 && s.Status == 0 && (shellOut.in(s.text) || strings.HasSuffix(s.Code, "LIFECYCLE") || strings.HasSuffix(s.Code, "_FIRST_FAIL")):
		return light
	case strings.HasPrefix(s.text, "Unknown command"), known || s.Client != "npm" && strings.TrimSpace(s.text) != "":
		return weighty
	case len(s.lines) > 1:
		return light
	}
	return empty
}

// yarnVersion tells the two yarns apart where no version is printed.
func (s *said) yarnVersion() {
	switch {
	case s.Client != "yarn" || s.Version != "":
	case strings.HasPrefix(s.Code, "YN"), strings.Contains(s.text, ".yarnrc.yml"):
		s.Version = "2+"
	case !usage.in(s.text):
		s.Version = "1"
	}
}

var whoami = lazy(`(?i)/-/whoami\b|WHOAMI|current user`)

// guess names the command that only such a request comes from.
func (s *said) guess() {
	switch {
	case s.Command != "":
	case whoami.in(s.Code + " " + s.URL + " " + s.text):
		s.Command = "whoami"
	case s.Method == "PUT" && s.Package != "" && !strings.Contains(s.URL, "/-/"), strings.HasSuffix(s.Code, "_PUBLISH"), s.Code == "EPUBLISHCONFLICT",
		s.Method != "GET" && (strings.Contains(s.claims, "publish package") || strings.Contains(s.claims, "to publish")):
		s.Command = "publish"
	case strings.Contains(s.claims, "installing a direct dependency"):
		s.Command = "install"
	case strings.Contains(s.text, "Unknown command"):
		s.Command = strings.Trim(strings.TrimSpace(strings.TrimPrefix(strings.SplitN(s.text, "\n", 2)[0], "Unknown command:")), `"'`)
	}
}

var (
	request  = lazy(`\b(GET|PUT|POST|DELETE|HEAD|PATCH)\b(?: \d{3})?:? (https?://\S+)`)
	method   = lazy(`(?i)request method: ([A-Z]+)`)
	asked    = lazy(`(?i)(?:request url: |request to |metadata from |body at |request \\?"|couldn't publish package: \\?"|unauthorized: |(?:packument|manifest|tarball) (?:from |of |at )?|error: )"?(https?://\S+)`)
	address  = lazy(`https?://[^\s"'<>]+`)
	toRead   = lazy(`(?i)\b(?:visit|see|read|docs?|documentation|browser|recover|retrieved|report|open|matches?|expected|repository\.url|settings were found)\b`)
	noResult = []string{"github.com", "yarnpkg.com", "classic.yarnpkg.com", "pnpm.io", "bun.sh", "bun.com", "nodejs.org", "developer.mozilla.org"}
)

// request finds what was asked for.
func (s *said) request() {
	if m := request.find(s.text); m != nil {
		s.Method = m[1]
		s.URL = cleanURL(m[2])
	}
	if m := method.find(s.text); m != nil && s.Method == "" {
		s.Method = strings.ToUpper(m[1])
	}
	if s.URL == "" && s.block.url != "" {
		s.URL = cleanURL(s.block.url)
	}
	if m := asked.find(s.text); m != nil && s.URL == "" {
		s.URL = cleanURL(m[1])
	}
	for _, l := range s.lines {
		if s.URL != "" || strings.Contains(l, "settings were found") {
			break
		}
		if at := address().FindStringIndex(l); at != nil && !toRead.in(l[:at[0]]) && strings.TrimSpace(l) != l[at[0]:at[1]] {
			s.URL = cleanURL(l[at[0]:at[1]])
		}
	}
	if s.URL == "" {
		s.URL, s.root = cleanURL(s.run.registry), true
	}
}

// page is a part of an address that is good for one login, or that is a credential.
var page = lazy(`(?i)^(.*/(?:login|auth)/(?:cli/)?|.*/-/user/token/|.*/-/npm/v1/tokens/token/).*$`)

// cleanURL is an address without user, password, query and fragment, or "" where it is no registry's.
func cleanURL(raw string) string {
	raw = strings.TrimRight(raw, ".,:;)'\"]}>`\\*…")
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if slices.Contains(noResult, host) || strings.HasPrefix(host, "docs.") || slices.Contains(registry.PublicSites[:2], host) {
		return ""
	}
	path := u.EscapedPath()
	if strings.HasSuffix(path, "/-/v1/done") {
		return "" // where a login is asked for
	}
	if m := page.find(path); m != nil {
		if strings.Contains(path, "/-/") {
			path = m[1]
		} else {
			return ""
		}
	}
	for part := range strings.SplitSeq(path, "/") {
		if strings.LastIndexByte(part, '@') > 0 {
			return "" // it may be the end of a password
		}
	}
	return u.Scheme + "://" + u.Host + path
}

var (
	inCode  = lazy(`^(?:E|ERR_PNPM_FETCH_|ERR_PNPM_\w*_)([45]\d\d)$`)
	worded  = lazy(`(?i)(?:response code:?|status(?: ?code)?:?|(?:client|server) error|returned an?|http(?:/\d(?:\.\d)?)?) ?[=("']{0,2}([45]\d\d)\b`)
	phrased = lazy(`(?i)\b([45]\d\d)\b[ :-]{1,3}(?:unauthori[sz]ed|payment required|forbidden|not found|proxy authentication|conflict|gone|unprocessable|too many|internal server|bad gateway|service unavailable|gateway time|method not)`)
	ending  = lazy(`(?m)(?: - |\()([45]\d\d)\)?[.]?$|^([45]\d\d)\b`)
	phrase  = lazy(`(?i)https?://\S+: (unauthorized|payment required|forbidden|not found|conflict|unprocessable entity|too many requests|internal server error|bad gateway|service unavailable|gateway time-?out)\b`)
	phrases = map[string]int{"unauthorized": 401, "payment required": 402, "forbidden": 403, "not found": 404, "conflict": 409, "unprocessable entity": 422,
		"too many requests": 429, "internal server error": 500, "bad gateway": 502, "service unavailable": 503, "gateway timeout": 504, "gateway time-out": 504}
	// always are the codes that stand for one status whatever the text says.
	always = map[string]int{"EOTP": 401, "EAUTHIP": 401, "YN0041": 401, "ERR_PNPM_OTP_NON_INTERACTIVE": 401, "ERR_PNPM_OTP_SECOND_CHALLENGE": 401, "ERR_PNPM_UNAUTHORIZED": 401}
)

// status finds the answer's status.
func (s *said) status() {
	if m := inCode.find(s.Code); m != nil {
		s.Status, _ = strconv.Atoi(m[1])
		return
	}
	if s.Status = always[s.Code]; s.Status != 0 {
		return
	}
	for _, p := range []pattern{worded, phrased, ending} {
		if m := p.find(s.text); m != nil {
			s.Status, _ = strconv.Atoi(strings.Join(m[1:], ""))
			return
		}
	}
	if m := phrase.find(s.text); m != nil {
		s.Status = phrases[strings.ToLower(m[1])]
	}
	if s.Status == 0 && s.Client == "yarn" && strings.Contains(s.claims, "additional authentication") {
		s.Status = 401
	}
}
