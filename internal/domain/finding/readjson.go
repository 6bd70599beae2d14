package finding

import (
	"encoding/json"
	"strings"
	"time"
)

// report is what reporters write in JSON: npm's --json, pnpm's ndjson, yarn's --json.
type report struct {
	Error *struct{ Code, Summary, Detail, Message string }
	Type  string
	Data  json.RawMessage

	DisplayName, Level, Code, Hint, PkgName, Message string
	Time                                             json.Number
	Err                                              struct{ Code, Message string }
	Request                                          struct{ URL, AuthHeaderValue string }
	Package                                          struct{ Name, BareSpecifier string }
}

var jsonPart = lazy(`^\s*"(code|summary|detail|message)"\s*:\s*"((?:[^"\\]|\\.)*)"?,?\s*}*,?$`)

// json takes a line of a reporter's, whole or one of several.
func (r *reader) json(l line) bool {
	text := strings.TrimSpace(l.text)
	if m := jsonPart.find(text); m != nil {
		r.jsonField(m[1], unquote(m[2]), l)
		return true
	}
	if !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return false
	}
	var v report
	if json.Unmarshal([]byte(text), &v) != nil {
		return false
	}
	switch {
	case v.Error != nil && v.Error.Code+v.Error.Summary+v.Error.Message != "":
		r.jsonField("code", v.Error.Code, l)
		r.jsonField("summary", v.Error.Summary, l)
		r.jsonField("detail", v.Error.Detail, l)
		r.jsonField("message", v.Error.Message, l)
	case v.Level == "error":
		r.ndjson(v, l)
	case v.Type == "error" || v.Type == "warning" || v.Type == "info":
		var said string
		if json.Unmarshal(v.Data, &said) != nil {
			return true
		}
		if v.DisplayName != "" {
			said = v.DisplayName + ": " + said
		} else if v.Type == "error" {
			said = "error " + said
		}
		for part := range strings.SplitSeq(said, "\n") {
			if r.yarn(line{part, l.at}) && v.Type == "error" && r.block() != nil {
				r.block().faint = false
			}
		}
	}
	return true
}

// jsonField takes a field of npm's error, or of pnpm's. It says again what the console said: the same error goes on.
func (r *reader) jsonField(name, value string, l line) {
	b := r.block()
	if name == "code" {
		client := "npm"
		if strings.HasPrefix(value, "ERR_PNPM_") {
			client = "pnpm"
		}
		if value != "" && (b == nil || b.client != client || b.code != value) {
			r.begin(client, value, l).told = true
		}
		return
	}
	if b == nil || b.client != "npm" && b.client != "pnpm" {
		b = r.begin("npm", "", l)
	}
	for part := range strings.SplitSeq(value, "\n") {
		b.add(part)
	}
}

// ndjson takes an error of pnpm's reporter.
func (r *reader) ndjson(v report, l line) {
	code := v.Code
	if code == "" {
		code = v.Err.Code
	}
	b := r.begin("pnpm", code, l)
	b.url, b.pkg, b.spec = v.Request.URL, v.PkgName, v.Package.BareSpecifier
	if v.Package.Name != "" {
		b.pkg = v.Package.Name
	}
	if v.Request.AuthHeaderValue != "" {
		b.sent = Yes
	}
	if ms, err := v.Time.Int64(); err == nil && ms > 0 && ms < 1<<47 {
		b.at = time.UnixMilli(ms).UTC()
	}
	for _, text := range []string{v.Err.Message, v.Message, v.Hint} {
		for part := range strings.SplitSeq(text, "\n") {
			if part != "" {
				b.add(part)
			}
		}
	}
	b.over = true
}

// unquote reads a JSON text without its quotes, as far as it goes.
func unquote(s string) string {
	var out string
	if json.Unmarshal([]byte(`"`+strings.TrimRight(s, "\\")+`"`), &out) != nil {
		return s
	}
	return out
}
