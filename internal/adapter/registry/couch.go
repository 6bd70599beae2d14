package registry

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// CouchLogin logs in by name and password, for registries without a login page. ErrOTP: ask the user for
// a one-time password and call again with it. ErrDenied: the registry does not take name and
// password. Registries that let anybody sign up create the account if there is none; the
// protocol does not tell the two apart.
func (c *Client) CouchLogin(ctx context.Context, reg registry.URL, who api.Couch) (agent.Issued, error) {
	issued, err := c.couchLogin(ctx, reg, who)
	if err != nil {
		return agent.Issued{}, fmt.Errorf("log in by password: %w", err)
	}
	return issued, nil
}

func (c *Client) couchLogin(ctx context.Context, reg registry.URL, who api.Couch) (agent.Issued, error) {
	if err := safe(reg); err != nil {
		return agent.Issued{}, err
	}
	if who.Name == "" || clean(who.Name, nil) != who.Name || who.Password.IsZero() || badOTP(who.OTP) {
		return agent.Issued{}, fmt.Errorf("%w: one of them is empty or cannot be sent", agent.ErrDenied)
	}
	user := couchUser(who)
	at := reg.String() + "-/user/" + escape("org.couchdb.user:"+who.Name)
	a, err := c.do(ctx, couchCall(c, who, call{method: http.MethodPut, url: at, body: user}))
	if err == nil && a.status == http.StatusConflict {
		a, err = c.updateUser(ctx, who, at, user)
	}
	if err != nil {
		return agent.Issued{}, err
	}
	return couchAnswer(a)
}

// updateUser is what CouchDB asks for where the account's document exists already: read it, and write it
// back over the revision that was read.
func (c *Client) updateUser(ctx context.Context, who api.Couch, at string, user map[string]any) (answer, error) {
	basic := "Basic " + basicCode(who)
	a, err := c.do(ctx, couchCall(c, who, call{method: http.MethodGet, url: at + "?write=true", basic: basic}))
	if err != nil || a.status != http.StatusOK {
		return a, err
	}
	stored, err := parseObject(a.body)
	if err != nil {
		return answer{}, err
	}
	rev, ok := stored.text("_rev")
	if !ok || rev == "" {
		return answer{}, fmt.Errorf("%w: the account has no revision", agent.ErrBadAnswer)
	}
	for key, value := range stored {
		if _, ours := user[key]; !ours || key == "roles" {
			user[key] = json.RawMessage(value)
		}
	}
	return c.do(ctx, couchCall(c, who, call{method: http.MethodPut, url: at + "/-rev/" + escape(rev), basic: basic, body: user}))
}

// couchCall fills in what all requests of such a login have in common.
func couchCall(c *Client, who api.Couch, k call) call {
	k.command, k.otp, k.limit = "login", who.OTP, c.request
	password := who.Password.Reveal()
	k.secrets = []string{password, escape(password), basicCode(who)}
	return k
}

func couchAnswer(a answer) (agent.Issued, error) {
	switch {
	case a.status == http.StatusOK, a.status == http.StatusCreated:
		return a.issued()
	case a.status == http.StatusUnauthorized && a.wantsOTP():
		return agent.Issued{}, a.refused(agent.ErrOTP)
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusBadRequest, a.status == http.StatusConflict:
		return agent.Issued{}, a.refused(agent.ErrDenied)
	case a.busy():
		return agent.Issued{}, a.refused(agent.ErrOffline)
	case a.redirect():
		return agent.Issued{}, fmt.Errorf("%w: it sends logins elsewhere (%d)", agent.ErrUnsafe, a.status)
	}
	return agent.Issued{}, a.refused(agent.ErrBadAnswer)
}

// wantsOTP decides as npm does: by the header, and by the text where there is no header.
func (a answer) wantsOTP() bool {
	methods := a.header.Values("WWW-Authenticate")
	for _, m := range strings.Split(strings.Join(methods, ","), ",") {
		if strings.EqualFold(strings.TrimSpace(m), "otp") {
			return true
		}
	}
	return len(methods) == 0 && strings.Contains(strings.ToLower(string(a.body)), "one-time pass")
}

// couchUser is the document that npm sends, the password in it.
func couchUser(who api.Couch) map[string]any {
	return map[string]any{
		"_id": "org.couchdb.user:" + who.Name, "name": who.Name, "password": who.Password.Reveal(),
		"type": "user", "roles": []string{}, "date": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}

func basicCode(who api.Couch) string {
	return base64.StdEncoding.EncodeToString([]byte(who.Name + ":" + who.Password.Reveal()))
}

// badOTP refuses one-time passwords that would break a header.
func badOTP(otp token.Secret) bool { return !otp.IsZero() && otp.Check() != nil }

// escape encodes one part of a path as JavaScript's encodeURIComponent does, or more strictly.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
