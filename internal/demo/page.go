package demo

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var defaultPassword = token.NewSecret(DefaultPassword)

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pageSecurity lets the page load nothing and be framed by nobody; its style is named by digest.
var pageSecurity = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// view is what the page shows: the form, or that the login is done or gone.
type view struct {
	status            int
	Wrong, Done, Gone bool
	Name              string // what was typed

	Language    string
	Style       template.CSS
	First       string // the user of the one-click button
	DefaultUser bool
	printer     *i18n.Printer
	args        i18n.Args
}

// T is for the template.
func (v view) T(key string) string { return v.printer.T("demo.page."+key, v.args) }

func (r *Registry) render(w http.ResponseWriter, req *http.Request, v view) {
	v.printer = i18n.New(language(req.Header.Get("Accept-Language")))
	v.Language, v.Style, v.First = v.printer.Language(), template.CSS(pageStyle), r.opts.Users[0].Name
	v.DefaultUser = len(r.opts.Users) == 1 && r.passwordOK(DefaultUser, defaultPassword)
	v.args = i18n.Args{"User": v.First, "Password": DefaultPassword, "Left": v.printer.Left(r.opts.Session)}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, v); err != nil {
		r.opts.Logger.Error("draw login page", "error", err)
		refuse(w, http.StatusInternalServerError, "the page cannot be drawn")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Language)
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", pageSecurity)
	h.Set("Referrer-Policy", "no-referrer") // the address is good for a login
	w.WriteHeader(v.status)
	_, _ = w.Write(out.Bytes()) // the caller has gone; there is nobody to tell
}

// language is the one of ours that an Accept-Language header likes best; English if it likes none.
func language(header string) string {
	best, weight := i18n.English, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64) // nonsense is 0: not wanted
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (primary == i18n.English || primary == i18n.Japanese) && q > weight {
			best, weight = primary, q
		}
	}
	return best
}
