package finding

import "strings"

var (
	sentence = lazy(`[.;!?](?:\s|$)`)
	// unsure begins or is in a sentence that claims nothing: advice for a case that may not be.
	unsure  = lazy(`^\W*(?:(?:\d{3}|network|notarget) )?\W*(?:if |in most cases|note that|to correct|maybe|perhaps|possibly|were you|are you|did you|you can )|\b(?:may be|might|is likely|probably|possibly|make sure|could not be found or)\b`)
	missing = lazy(`could not be found|not be found`)
)

// claimsOf is what an error says for sure, in lower case. Package managers write at length what might be the cause.
func claimsOf(lines []string) string {
	var out strings.Builder
	for _, l := range paragraphs(lines) {
		for _, part := range sentence().Split(strings.ToLower(l), -1) {
			switch {
			case !unsure.in(part):
				out.WriteString(oneTime().ReplaceAllString(part, "otp") + "\n")
			case missing.in(part):
				out.WriteString("could not be found\n")
			}
		}
	}
	return out.String()
}

// oneTime is a password that is none of the user's.
var oneTime = lazy(`one[- ]time[- ]pass\w*`)

// paragraphs puts sentences together that were broken over lines, and takes the addresses out.
func paragraphs(lines []string) []string {
	var out []string
	open := false
	for _, l := range lines {
		if strings.Contains(l, "settings were found") {
			break // pnpm lists its config
		}
		l = strings.TrimSpace(address().ReplaceAllStringFunc(l, func(a string) string {
			if page.in(a) || strings.Contains(a, "/-/v1/done") {
				return "<login-page>"
			}
			return "<address>"
		}))
		if l == "" {
			open = false
			continue
		}
		if n := len(out); open && l[0] >= 'a' && l[0] <= 'z' && len(out[n-1]) < 4<<10 {
			out[n-1] += " " + l
		} else {
			out = append(out, l)
		}
		open = !strings.ContainsAny(l[len(l)-1:], ".:;!?>")
	}
	return out
}

// meaning says what words mean. A code alone is enough; words are believed where the status allows it.
type meaning struct {
	sign   Sign
	codes  pattern
	words  pattern
	status func(int) bool // nil: whatever it is
}

func only(allowed ...int) func(int) bool {
	return func(status int) bool {
		for _, a := range allowed {
			if a == status {
				return true
			}
		}
		return false
	}
}

func below(limit int) func(int) bool { return func(status int) bool { return status < limit } }

const (
	someKey = `(?:access |auth(?:entication|orization)? |api |bearer |npm )*(?:tokens?|credentials?|sessions?|authentication|authori[sz]ation|api key|login)`
	badWord = `(?:invalid|expired|revoked|no longer valid|not valid|not recogni[sz]ed|bad|malformed)`
	otpWord = `\botp\b`
	twoWord = `(?:two[- ]factor|\b2fa\b|second factor)`
)

// meanings are in the order of the signs that come out.
var meanings = []meaning{
	{SignNoCredential, lazy(`^(?:ENEEDAUTH|ERR_PNPM_WHOAMI_UNAUTHORIZED)$`),
		lazy(`(?:requires? you to be|must be|are not|not) logged[- ]in|need auth\b|no (?:authentication|credentials?|auth) (?:is |are |was |were )?(?:configured|found|provided|set)|missing (?:authentication|credentials?)|no token found|authentication (?:is )?required|log in first`), only(0)},
	{SignPassword, nil, lazy(`(?:incorrect|wrong|invalid|bad|missing)[^\n]{0,30}\b(?:passwords?|user ?names?)\b|\b(?:password|user ?name)\b[^\n]{0,30}\b(?:incorrect|wrong|invalid)\b`), only(0, 400, 401, 403)},
	{SignAddressRange, lazy(`^EAUTHIP$`), lazy(`(?:not|denied|block\w*|restrict\w*|forbidden|outside|reject\w*|disallow\w*)\b[^\n]{0,60}\b(?:ip\b|cidr|ip address)|\b(?:ip|cidr|ip address|address range)\b[^\n]{0,60}\b(?:not|denied|block\w*|restrict\w*|forbidden|outside|reject\w*)\b`), only(0, 401, 403)},
	{SignOTP, lazy(`^EOTP$|_OTP_`), lazy(otpWord + `|additional authentication|two[- ]factor authentication enabled`), only(0, 400, 401, 403)},
	{SignOTPPage, nil, lazy(`<login-page>|authurl|doneurl|in (?:your|a|the) (?:web )?browser to authenticate`), only(0, 401)},
	{SignOTPMail, nil, lazy(otpWord + `[^\n]{0,60}\be-?mail|e-?mail[^\n]{0,60}` + otpWord), only(0, 401)},
	{SignOTPWrong, lazy(`OTP_SECOND_CHALLENGE`), lazy(`(?:invalid|incorrect|wrong|expired|bad)[^\n]{0,20}` + otpWord + `|` + otpWord + `[^\n]{0,40}(?:invalid|incorrect|wrong|expired|not valid|rejected)`), only(0, 400, 401, 403)},
	{SignTwoFactor, nil, lazy(twoWord + `[^\n]{0,120}(?:required?|\bmust|needed|mandatory|enforced)|(?:requires?|must|need\w*|enable)\b[^\n]{0,60}` + twoWord), only(0, 401, 403)},
	{SignVersionExists, lazy(`^EPUBLISHCONFLICT$`), lazy(`(?:cannot|can't|can not|not allowed to|unable to|not)\b[^\n]{0,40}publish\w* over|previously published|republish|version[^\n]{0,60}already (?:exists?|been|published|present)|already (?:been )?(?:published|exists|present)|overwrite (?:a |an )?(?:existing|published)`), only(0, 400, 403, 409)},
	{SignHold, nil, lazy(`read[- ]only[^\n]{0,20}(?:mode|hold|period|state|for\b|until|account|access)|(?:account|profile|user)\b[^\n]{0,60}(?:on hold|locked|suspended|read[- ]only|temporar\w+ restricted)|(?:72|48|24)[- ]hours?[^\n]{0,30}(?:hold|lock|wait|read)`), only(0, 401, 403, 423)},
	{SignPlan, nil, lazy(`payment required|sign up for private|private (?:packages?|modules?)[^\n]{0,60}(?:plan|pay|subscri|upgrade)|paid (?:plan|account|subscription)|(?:plan|subscription|billing)[^\n]{0,40}(?:required|expired|upgrade)`), only(0, 402, 403)},
	{SignProvenance, nil, lazy(`(?:provenance|sigstore|attestation)[^\n]{0,300}(?:mismatch|match|fail\w*|invalid|verif)|(?:fail\w*|error|mismatch|match)[^\n]{0,300}(?:provenance|sigstore|attestation)`), only(0, 400, 409, 422)},
	{SignRateLimit, nil, lazy(`too many requests|rate[- ]?limit`), only(0, 403, 429)},
	{SignTLS, lazy(`CERT|^ERR_(?:TLS|SSL)|^EPROTO$|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER`), lazy(`certificate|self[- ]signed|_cert\b|unable_to_(?:verify|get)|\b(?:tls|ssl)\b|\bx509\b|unknownissuer`), only(0)},
	{SignProxy, lazy(`PROXY`), lazy(`proxy authentication|proxy ?connect ?failed|tunnel\w* (?:socket|connection|failed|error)|prox(?:y|ies)\b[^\n]{0,40}(?:refus|fail|error|den|requir|unreach|respond|return)|(?:via|through|to|from|by) (?:the |a |an |http |https |socks )?proxy`), only(0, 407, 502, 503)},
	{SignNetwork, lazy(`^E(?:CONN\w+|NOTFOUND|TIMEDOUT|AI_\w+|NETUNREACH|HOSTUNREACH|PIPE|SOCKETTIMEDOUT)$|SOCKET_TIMEOUT|META_FETCH_FAIL|^UND_ERR`),
		lazy(`\be(?:conn(?:refused|reset|aborted)|notfound|timedout|ai_again|netunreach|hostunreach|sockettimedout)\b|connection ?(?:refused|reset|closed|timed out|aborted)|\bdns\b|dnsresolve|getaddrinfo|lookup address|resolve host|\btimed? ?out\b|socket (?:hang up|timeout)|network (?:is )?(?:unreachable|timeout|error)|fetch failed|(?:failed|unable|cannot|can't) to? ?connect|client error \(connect\)|trouble with your network`), only(0)},
	{SignNoVersion, nil, lazy(`\bno version matching\b`), only(0)},
	{SignServer, nil, lazy(`(?:registry|server)[^\n]{0,20}(?:appears to be|is|was) (?:down|unavailable|overloaded)|internal server error|service unavailable|bad gateway|gateway time-?out`), only(0)},
	{SignUnexpanded, nil, lazy(`replace env in config|environment variable not found|(?:environment )?variables?[^\n]{0,60}\b(?:not (?:set|defined|found)|undefined|unset)\b`), only(0, 401, 403, 404)},
	{SignIgnored, lazy(`TOKEN_HELPER_IN_PROJECT|ENV_NOT_EXPANDED`), lazy(barredWords), nil},
	{SignLegacyKey, lazy(`^(?:ERR_INVALID_AUTH|EUNKNOWNCONFIG)$`), lazy(`invalid auth config|must be renamed to|not allowed in \w+ config|unknown \w+ config`), only(0)},
	{SignTooOld, nil, lazy(`unknown command: "?(?:stage|trust|token|login|whoami|profile|org|access|provenance)\b|\bcommand "[\w-]+" not found|(?:upgrade|update)\b[^\n]{0,30}\b(?:your )?(?:client|npm|pnpm|yarn|bun|cli)\b|requires? (?:npm|pnpm|yarn|bun)(?: cli)?(?: version)? ?[@v>=]*\d|(?:client|npm|pnpm|yarn|bun)\b[^\n]{0,30}\b(?:too old|out ?dated|no longer supported)`), only(0, 400, 401, 403, 404, 426)},
	{SignRestricted, nil, lazy(`tokens?\b[^\n]{0,60}\b(?:being restricted|are restricted|cannot be used|can't be used|can not be used|may not be used|not (?:be )?(?:allowed|permitted|supported))|(?:not|never) (?:allowed|permitted|available) (?:with|for|using|by)[^\n]{0,30}\btokens?\b`), only(0, 401, 403)},
	{SignNotMember, nil, lazy(`not (?:currently )?(?:a |an )?(?:[\w@-]+ )?member|not (?:part|in|belong\w*)(?: of| to)? (?:the |this |an? )?(?:[\w@-]+ )?(?:org|organi[sz]ation|team)\b|must be (?:a |an )?(?:[\w@-]+ )?member|does not belong to`), only(0, 401, 403, 404)},
	{SignBadAnswer, lazy(`BROKEN_METADATA|DECODE_ERROR|^EJSONPARSE$|^E200$`), lazy(`invalid json|not valid json|unexpected token|malformed response|unexpected end of (?:json|input)|failed to (?:decode|parse)[^\n]{0,20}(?:metadata|response|json)|failedtoparse|invalid response|<!doctype|not a (?:npm )?registry`), below(400)},
	{SignClassic, nil, lazy(`(?:classic|legacy) (?:npm )?(?:access |automation |publish )?tokens?\b[^\n]{0,60}(?:revoked|no longer|deprecated|support|disabled|removed|dead|expired)|(?:revoked|no longer|deprecated|disabled|removed)[^\n]{0,60}(?:classic|legacy) (?:npm )?(?:access |automation |publish )?tokens?`), nil},
	{SignTrust, nil, lazy(`(?:oidc|trusted publish\w*|id[- ]token)\b[^\n]{0,120}(?:fail\w*|error|could not|unable|denied|not (?:found|configured|match\w*)|mismatch|invalid|reject\w*)|(?:fail\w*|error|could not|unable|denied|reject\w*)[^\n]{0,60}(?:oidc|trusted publish\w*|id[- ]token)`), nil},
}

const barredWords = `ignor(?:ed|ing) (?:the )?(?:project|workspace|repository)|must not be configured in project|environment variables? (?:is|are) not expanded|does not expand environment|contains an environment variable`

var (
	badKey    = lazy(badWord + `[^\n]{0,20}\b` + someKey + `\b|\b` + someKey + `\b[^\n]{0,50}\b` + badWord + `\b|bad credentials|authentication failed|(?:cannot|could not|can't) be authenticated with`)
	noRight   = lazy(`(?:not|n't) have (?:the )?(?:\w+ )?(?:permission|access|rights?)|not authori[sz]ed|access (?:is )?denied|permission denied|insufficient|not (?:allowed|permitted)|\bforbidden\b`)
	notThere  = lazy(`could not be found|\bnot found\b|is not in (?:this|the [\w ]{0,20})registry|(?:couldn't|could not|cannot|can't) find (?:package|any versions|version)|does not exist|no (?:matching )?version|no candidates|failed to resolve`)
	notCode   = lazy(`^(?:E404|ETARGET|YN0082)$|FETCH_404$|NO_MATCHING_VERSION$`)
	forbidden = []Sign{SignTwoFactor, SignVersionExists, SignHold, SignAddressRange, SignRestricted, SignNotMember, SignPlan, SignOTP, SignRateLimit, SignProxy, SignClassic, SignPassword, SignInvalid}
)

// signs says what the words mean.
func (s *said) signs() []Sign {
	notes := claimsOf(s.notes)
	var out []Sign
	has := func(any ...Sign) bool {
		for _, x := range out {
			for _, a := range any {
				if a == x {
					return true
				}
			}
		}
		return false
	}
	add := func(when bool, x Sign) {
		if when && !has(x) {
			out = append(out, x)
		}
	}
	for _, r := range meanings {
		if r.sign == SignBadAnswer && strings.Contains(s.claims, "package.json") || r.sign == SignNetwork && has(SignTLS) || r.sign == SignAddressRange && strings.Contains(s.claims, "certificate") || (r.sign == SignOTPPage || r.sign == SignOTPMail || r.sign == SignOTPWrong) && !has(SignOTP) || r.sign == SignTwoFactor && has(SignOTP) {
			continue
		}
		byCode := r.codes != nil && s.Code != "" && r.codes.in(s.Code)
		add(byCode && s.Status != 404 || (r.status == nil || r.status(s.Status)) && (r.words.in(s.claims) || beside[r.sign] && r.words.in(notes)), r.sign)
	}
	s.byStatus(add, has, notes)
	return out
}

// beside are signs that a warning before the error may give.
var beside = map[Sign]bool{SignUnexpanded: true, SignIgnored: true, SignClassic: true, SignTrust: true, SignOTP: true}

// byStatus adds the signs that hang on the status, or on what else was found.
func (s *said) byStatus(add func(bool, Sign), has func(...Sign) bool, notes string) {
	refused := s.Status == 0 || s.Status == 401 || s.Status == 403 || s.Status == 404
	clear := !has(SignLegacyKey, SignTLS, SignBadAnswer, SignNetwork, SignNoCredential) && s.Sent != No
	add(refused && clear && (badKey.in(strings.ReplaceAll(s.claims, "otp token", "otp")) || badKey.in(notes)) && !has(SignOTPWrong), SignInvalid)
	add(s.Status == 402, SignPlan)
	add(s.Status == 407, SignProxy)
	add(s.Status == 429, SignRateLimit)
	add(s.Status >= 500 && !has(SignProxy), SignServer)
	add(s.Status == 422 && strings.Contains(s.claims, "repository.url"), SignProvenance)
	add((s.Status == 403 || (s.Status == 0 || s.Status == 401) && s.URL != "" && noRight.in(s.claims)) && !has(forbidden...), SignForbidden)
	add(s.Status == 404 || s.Status == 0 && !has(SignTooOld, SignUnexpanded, SignNetwork, SignTLS, SignNoCredential) && (notCode.in(s.Code) || notThere.in(s.claims)), SignNotFound)
}
