package finding

import (
	"strings"
	"time"
)

var (
	npmLine = lazy(`(?:^|[^\w/.-])npm (ERR!|error|WARN|warn|notice|info|http|verb|verbose|sill|silly|timing)(?:\s(.*))?$`)
	logLine = lazy(`^\s*\d+ (silly|verbose|info|timing|http|notice|warn|error)(?: (.*))?$`)
	npmCode = lazy(`^(?:code:? |ERR! code )['"]?([A-Z][A-Z0-9_]+)\b`)
	npmUses = lazy(`^(?:using )?npm(?:@|\s+v)(\d+\.\d+\.\d+\S*)`)
	titled  = lazy(`^(?:title npm|argv) "?([\w-]+)"?(?: "?([^"\s]+)"?)?`)
	logName = lazy(`\b(\d{4}-\d\d-\d\dT\d\d_\d\d_\d\d_\d{3}Z)-debug`)
	bare    = lazy(`(?:\b|\bE)[1-5]\d\d [A-Z][\w' -]{2,40} - (?:GET|PUT|POST|DELETE) https?://`)
	noted   = lazy(`(?i)\btokens?\b|ignored|replace env|environment variable|oidc|trusted publish|deprecated? .*auth`)
)

// npm takes a line of npm's console or of its debug log.
func (r *reader) npm(l line) bool {
	m, log := npmLine.find(l.text), false
	if m == nil {
		if m, log = logLine.find(l.text), true; m == nil {
			return r.bareNpm(l)
		}
	}
	if at := logName.find(m[2]); at != nil {
		if t, err := time.Parse("2006-01-02T15_04_05.000Z", at[1][:19]+"."+at[1][20:]); err == nil {
			r.run().at = t
		}
	}
	switch m[1] {
	case "ERR!", "error":
		r.npmError(m[2], l)
	case "http", "silly", "sill", "timing":
	default:
		r.npmAside(m[2], l, log)
	}
	return true
}

func (r *reader) npmError(text string, l line) {
	b, u := r.block(), r.run()
	if strings.Contains(text, "complete log of this run") {
		if b != nil {
			b.over = true
		}
		u.over = true
		return
	}
	if c := npmCode.find(strings.TrimSpace(text)); c != nil && !strings.HasPrefix(text, " ") {
		if b == nil || b.client != "npm" || !b.prelude && !(b.told && b.code == c[1]) {
			b = r.begin("npm", c[1], l)
		}
		b.prelude, b.told, b.code = false, false, c[1]
		return
	}
	if v := npmUses.find(text); v != nil { // npm 6 and older
		u.client, u.version = "npm", v[1]
		return
	}
	if b == nil || b.client != "npm" || b.over && !strings.HasPrefix(text, " ") {
		b = r.begin("npm", "", l)
	}
	b.prelude = false
	b.add(text)
}

// npmAside takes what npm says beside its errors.
func (r *reader) npmAside(text string, l line, log bool) {
	text = strings.TrimSpace(text)
	if log && strings.HasPrefix(text, "cli ") {
		r.fresh()
		return
	}
	if v := npmUses.find(text); v != nil {
		r.run().version, r.run().client = v[1], "npm"
		return
	}
	if m := titled.find(text); m != nil {
		u := r.run()
		u.command = commandOf(m[1])
		if name, spec := cutSpec(m[2]); goodName(name) && commands[u.command] {
			u.pkg, u.spec = name, spec
		}
		return
	}
	if r.publishes(text) {
		r.run().client = "npm"
		return
	}
	if strings.HasPrefix(text, "stack ") || strings.HasPrefix(text, "statusCode ") || strings.HasPrefix(text, "pkgid ") {
		b := r.block()
		if b == nil || !b.prelude {
			b = r.begin("npm", "", l)
			b.prelude = true
		}
		b.add(strings.TrimPrefix(text, "stack "))
		return
	}
	if noted.in(text) {
		r.run().note(text)
	}
}

// bareNpm takes a line that lost what npm writes before it.
func (r *reader) bareNpm(l line) bool {
	if strings.HasPrefix(l.text, "Unknown command: ") {
		r.begin("npm", "", l).add(l.text)
		return true
	}
	if b := r.block(); b != nil && !b.over && b.client != "npm" || !bare.in(l.text) || yarnCode.in(l.text) || pnpmCode.in(l.text) || pnpmOwn.in(l.text) || classic.in(l.text) {
		return false
	}
	b := r.block()
	client := "npm"
	if strings.HasPrefix(l.text, "pnpm: ") {
		client = "pnpm"
	}
	if b == nil || b.client != client || b.over {
		code, _, _ := strings.Cut(strings.TrimSpace(l.text), " ")
		if !inCode.in(code) {
			code = ""
		}
		b = r.begin(client, code, l)
	}
	b.add(l.text)
	return true
}

var (
	yarnCode = lazy(`\bYN(\d{4})\b:?\s?(.*)$`)
	usage    = lazy(`^(?:Usage|Internal|Type|Syntax)? ?Error: `)
	classic  = lazy(`^error (.+)$`)
	response = lazy(`^ResponseError: `)
)

// mild are codes of yarn 2 and later that tell of no failure.
var mild = map[string]bool{
	"0000": true, "0002": true, "0004": true, "0005": true, "0006": true, "0007": true, "0008": true, "0013": true, "0019": true,
	"0032": true, "0036": true, "0050": true, "0056": true, "0058": true, "0060": true, "0061": true, "0065": true, "0066": true,
	"0068": true, "0074": true, "0075": true, "0076": true, "0085": true, "0086": true, "0087": true, "0088": true, "0090": true,
}

// yarn takes a line of yarn's, new or classic.
func (r *reader) yarn(l line) bool {
	if m := yarnCode.find(l.text); m != nil {
		text := strings.TrimLeft(m[2], "│├└┌ ·")
		b := r.block()
		switch {
		case mild[m[1]]:
			if !r.publishes(text) && b != nil && strings.Contains(text, "Failed with") {
				b.over, r.run().over = true, true
			}
		case b != nil && !b.over && b.code == "YN"+m[1] && (strings.HasSuffix(m[2], "  "+text) || len(b.lines) == 0):
			b.add(text)
		default:
			r.begin("yarn", "YN"+m[1], l).add(text)
		}
		return true
	}
	switch {
	case strings.HasPrefix(l.text, "info Visit http"):
		if b := r.block(); b != nil {
			b.over, b.faint = true, false
		}
		r.run().over = true
	case traced.in(l.text) && r.run().client == "yarn":
		r.begin("yarn", "", l)
	case strings.HasPrefix(l.text, "info Two factor"):
		r.run().note(l.text)
	case classic.in(l.text), response.in(l.text), usage.in(l.text) && !strings.HasPrefix(l.text, "Error:"):
		b := r.begin("yarn", "", l)
		b.faint = true
		b.add(strings.TrimPrefix(l.text, "error "))
	default:
		return false
	}
	return true
}

var (
	pnpmCode = lazy(`(?:^|[\s\[])(ERR_PNPM_[A-Z0-9_]+|E?LIFECYCLE)\b\]?:?\s*(.*)$`)
	pnpmOwn  = lazy(`^\s*\[(E[A-Z0-9_]{2,}|ERR_\w+)\]\s*(.*)$|^\s*(ERROR) {1,2}(\S.*)$`)
	pnpmWarn = lazy(`^\s*\[?WARN\]?\s+(.*)$`)
	frame    = lazy(`^\s*(?:[×│├└╰─▶]+\s*)+|^\s{4,}|^\s*help: `)
)

// pnpm takes a line of pnpm's. The newest breaks its lines at 80 columns, in the middle of an address too.
func (r *reader) pnpm(l line) bool {
	if m := pnpmWarn.find(l.text); m != nil {
		if noted.in(m[1]) {
			u := r.fresh()
			u.note(m[1])
			u.client = "pnpm"
		}
		return true
	}
	if m := pnpmCode.find(l.text); m != nil {
		r.begin("pnpm", m[1], l).add(m[2])
		return true
	}
	if m := pnpmOwn.find(l.text); m != nil {
		code, text := m[1]+m[3], m[2]+m[4]
		if code == "ERROR" {
			code = ""
		}
		b := r.begin("pnpm", code, l)
		b.faint = code == ""
		b.add(text)
		return true
	}
	b := r.block()
	if b == nil || b.over || b.client != "pnpm" {
		return false
	}
	edge := frame().FindString(l.text)
	text := strings.TrimRight(l.text[len(edge):], " ")
	if n := len(b.lines); n > 0 && text != "" && edge != "" && !strings.ContainsAny(edge, "×├╰h") {
		b.lines[n-1] = rejoin(b.lines[n-1], text)
		return true
	}
	b.add(text)
	return true
}

// rejoin puts a line together that was broken to fit.
func rejoin(head, tail string) string {
	if len(head) > 4<<10 {
		return head
	}
	if n := len(head); n > 1 && (head[n-1] == '/' || head[n-1] == '-' && head[n-2] != ' ') {
		return head + tail
	}
	return head + " " + tail
}

var (
	bunError = lazy(`^error: (.+)$`)
	bunOwn   = lazy(`(?:GET|PUT|POST|DELETE) https?://\S+ - \d{3}|package manifest|downloading tarball|failed to resolve|specifier|missing authentication|^package "|\bbunx?\b`)
	bunState = lazy(`^[1-5]\d\d [A-Z][\w' -]{2,40}: https?://`)
)

// others takes a line of bun's.
func (r *reader) others(l line) bool {
	m, bun := bunError.find(l.text), r.run().client == "bun"
	switch {
	case m != nil:
		b := r.begin("bun", "", l)
		b.faint = !bun && !bunOwn.in(m[1])
		b.add(m[1])
	case bunState.in(l.text):
		r.fresh()
		r.begin("bun", "", l).add(l.text)
	case bun && strings.Contains(l.text, "one-time pass"):
		r.begin("bun", "", l).add(l.text)
	default:
		return false
	}
	return true
}
