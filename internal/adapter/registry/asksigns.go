package registry

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
)

// wording is a sign that a registry's words give: each of its groups needs one of its texts.
type wording struct {
	sign  finding.Sign
	texts [][]string
}

// wordings are in lower case. Registries put one thing in many ways, so they name what the ways have in common.
var wordings = []wording{
	{finding.SignAddressRange, [][]string{{"ip address", "ip range", "cidr"}}},
	{finding.SignOTP, [][]string{{"one-time pass", "one time pass", "(otp)"}}},
	{finding.SignOTPMail, [][]string{{"one-time pass", "one time pass", "(otp)"}, {"email", "e-mail"}}},
	{finding.SignRestricted, [][]string{{"token"}, {"being restricted", "not allowed to manage", "cannot manage"}}},
	{finding.SignTwoFactor, [][]string{{"two-factor", "2fa"}, {"required", "must", "enable"}}},
	{finding.SignHold, [][]string{{"hold", "read-only", "read only"}, {"account"}}},
	{finding.SignPlan, [][]string{{"private package", "private module", "paid", "billing"}, {"sign up", "paid", "plan", "upgrade", "billing"}}},
	{finding.SignVersionExists, [][]string{{"previously published", "already present", "already exists", "cannot publish over"}}},
	{finding.SignClassic, [][]string{{"classic", "legacy"}, {"token"}}},
	{finding.SignInvalid, [][]string{{"token", "credential", "session"}, {"expired", "revoked", "invalid", "cannot be authenticated", "bad credentials", "not valid"}}},
	{finding.SignNoCredential, [][]string{{"token not provided", "must be logged in", "authentication required", "authorization required", "need auth"}}},
	{finding.SignNotMember, [][]string{{"not a member", "not part of", "must be a member", "not belong to"}}},
	{finding.SignRateLimit, [][]string{{"too many requests", "rate limit"}}},
}

// signs says what an answer means beyond its outcome. sent: a credential went with the request.
func signs(a answer, sent bool) []finding.Sign {
	all := signsOfStatus(a)
	if a.status == http.StatusUnauthorized {
		all = append(all, signsOfChallenge(a, sent)...)
	}
	if text := strings.ToLower(a.words()); text != "" {
		for _, w := range wordings {
			lacks := slices.ContainsFunc(w.texts, func(group []string) bool { return !containsAny(text, group) })
			if !lacks && (!sent || w.sign != finding.SignNoCredential) {
				all = append(all, w.sign)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// signsOfStatus are those that the status gives by itself.
func signsOfStatus(a answer) []finding.Sign {
	switch outcome(a.status) {
	case finding.OutcomeForbidden:
		if a.status == http.StatusPaymentRequired {
			return []finding.Sign{finding.SignPlan}
		}
		return []finding.Sign{finding.SignForbidden}
	case finding.OutcomeMissing:
		return []finding.Sign{finding.SignNotFound}
	case finding.OutcomeBusy:
		if a.status == http.StatusTooManyRequests {
			return []finding.Sign{finding.SignRateLimit}
		}
	case finding.OutcomeServer:
		return []finding.Sign{finding.SignServer}
	case finding.OutcomeOffline:
		return []finding.Sign{finding.SignProxy}
	case finding.OutcomeBad:
		return []finding.Sign{finding.SignBadAnswer}
	}
	return nil
}

// signsOfChallenge are those of a 401's www-authenticate header, read as npm reads it.
func signsOfChallenge(a answer, sent bool) (all []finding.Sign) {
	need := strings.ToLower(strings.Join(a.header.Values("Www-Authenticate"), ","))
	asks := func(word string) bool {
		return slices.ContainsFunc(strings.Split(need, ","), func(part string) bool {
			first, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			return first == word
		})
	}
	switch {
	case need == "":
	case asks("ipaddress"):
		return []finding.Sign{finding.SignAddressRange}
	case asks("otp"):
		all = append(all, finding.SignOTP)
		if o, err := parseObject(a.body); err == nil && len(o["authUrl"]) > 2 && len(o["doneUrl"]) > 2 {
			all = append(all, finding.SignOTPPage)
		}
		return all
	case !sent:
		return []finding.Sign{finding.SignNoCredential}
	case asks("bearer"):
		return []finding.Sign{finding.SignInvalid}
	case asks("basic"):
		return []finding.Sign{finding.SignPassword}
	}
	return nil
}

// words is what a registry says in an answer, or "": of a page it says nothing.
func (a answer) words() string {
	said := a.header.Get("npm-notice")
	o, err := parseObject(a.body)
	if err == nil {
		for _, key := range []string{"error", "message", "reason", "summary", "detail"} {
			if s, ok := o.text(key); ok {
				said += " " + s
			}
		}
		return said
	}
	text := a.body[:min(len(a.body), 4<<10)]
	if start := bytes.TrimSpace(text); len(start) > 0 && start[0] != '<' && start[0] != '{' {
		said += " " + string(text)
	}
	return said
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(s string) bool { return strings.Contains(text, s) })
}
