package finding

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// Judge decides what is the matter. It is total and asks nothing: the same evidence has the same verdict.
//
// What was asked outranks what a text says, and what its words mean outranks its status. A 404 by itself is never
// "there is no such package": registries answer so whenever they do not know who asks. Certain is what the registry, a
// file or the client itself says; where the evidence fits several verdicts the likeliest is Possible, with Others.
//
// Where nothing names the registry, texts name the one that package managers ask by default.
func Judge(e Evidence) Verdict {
	m := consider(e)
	for _, rule := range rules {
		if v := rule(m); v.Code != "" {
			return m.weigh(v)
		}
	}
	return m.unknown()
}

// rules are asked in order, and the first that knows decides.
var rules = []func(*matter) Verdict{
	// What the registry or the client said in so many words.
	(*matter).secondFactor, (*matter).told, (*matter).transport, (*matter).client,
	// What the name alone, or the list of versions, tells.
	(*matter).wrongRegistry, (*matter).publicName, (*matter).version,
	// The line that the credential comes from, and what became of the credential.
	(*matter).badLine, (*matter).refused, (*matter).silent, (*matter).record,
	// The credential lives: what it may do.
	(*matter).reach, (*matter).organisation, (*matter).renewed, (*matter).unsent, (*matter).works, (*matter).denied,
	// Nobody could be asked.
	(*matter).trouble, (*matter).byStatus,
}

// matter is evidence and what follows from it at once.
type matter struct {
	Evidence
	args   map[string]string
	signs  map[Sign]bool // of the failure, and of what the registry answered to the credential
	status int
}

func consider(e Evidence) *matter {
	// Without an outcome that is known an answer was not given, whatever stands in it.
	for _, a := range []*Answer{&e.Whoami, &e.With, &e.Without} {
		if !slices.Contains(outcomes, a.Outcome) {
			*a = Answer{}
		}
	}
	m := &matter{Evidence: e, signs: map[Sign]bool{}, status: statusOf(e.Failure)}
	for _, s := range slices.Concat(e.Failure.Signs, e.Whoami.Signs, e.With.Signs) {
		m.signs[s] = true
	}
	if s, ok := signsOfCodes[e.Failure.Code]; ok {
		m.signs[s] = true
	}
	m.settle()
	return m
}

var outcomes = []Outcome{OutcomeOK, OutcomeRefused, OutcomeForbidden, OutcomeMissing, OutcomeBusy, OutcomeServer, OutcomeOffline, OutcomeTLS, OutcomeBad}

// signsOfCodes are codes that mean one thing whatever the text says.
var signsOfCodes = map[string]Sign{
	"ENEEDAUTH": SignNoCredential, "EOTP": SignOTP, "EAUTHIP": SignAddressRange, "ERR_INVALID_AUTH": SignLegacyKey,
	"ERR_PNPM_REGISTRY_ENV_NOT_EXPANDED": SignUnexpanded, "ETARGET": SignNoVersion, "ERR_PNPM_NO_MATCHING_VERSION": SignNoVersion,
}

// statusOf is the failure's status. A code such as E404 tells it where the text was cut.
func statusOf(f Failure) int {
	if f.Status != 0 {
		return f.Status
	}
	digits, ok := strings.CutPrefix(f.Code, "E")
	if i := strings.LastIndexByte(digits, '_'); ok && i >= 0 {
		digits = digits[i+1:]
	}
	if n, err := strconv.Atoi(digits); ok && err == nil && n >= 400 && n < 600 {
		return n
	}
	return 0
}

// settle finds out which registry is meant and fills the arguments of all texts.
func (m *matter) settle() {
	f, where := m.Failure, m.Registry
	if u, err := url.Parse(f.URL); where == "" && err == nil && u.Host != "" {
		where = u.Scheme + "://" + u.Host + "/"
	}
	u, err := registry.Parse(where)
	switch {
	case where == "":
		u = registry.Public
	case err == nil:
		m.Public = m.Public || u == registry.Public
	}
	name, address := u.Name(), u.String()
	if u == registry.Public {
		address = name // which the command knows
	} else if u == (registry.URL{}) {
		name, address = where, where
	}
	if m.Scope == "" && strings.HasPrefix(f.Package, "@") {
		m.Scope, _, _ = strings.Cut(f.Package, "/")
	}
	m.args = map[string]string{
		"Registry": name, "URL": address, "Package": f.Package, "Spec": f.Spec, "Scope": m.Scope, "Client": f.Client, "Version": f.Version,
		"Command": f.Command, "Account": m.Whoami.Name, "Org": first(m.Org.Name, strings.TrimPrefix(m.Scope, "@")), "Expected": nameOf(m.Expected),
		"Variable": first(f.Variable, m.Credential.Variable), "Setting": f.Setting, "Repository": f.Repository, "Provenance": f.Provenance,
	}
}

// nameOf is what a person calls a registry.
func nameOf(raw string) string {
	if u, err := registry.Parse(raw); err == nil {
		return u.Name()
	}
	return raw
}

// say makes a verdict. It has at least one reason.
func (m *matter) say(code string, c Confidence, step Step, reasons ...Reason) Verdict {
	v := Verdict{Code: code, Confidence: c, Step: step, Reasons: reasons, Args: maps.Clone(m.args)}
	v.File, v.Line = m.place(code)
	v.Args["File"], v.Args["Line"] = v.File, number(v.Line)
	maps.DeleteFunc(v.Args, func(_, value string) bool { return value == "" })
	return v
}

// place is the line to look at.
func (m *matter) place(code string) (file string, line int) {
	c := m.Credential
	switch code {
	case OtherHost:
		return c.OtherFile, c.OtherLine
	case LegacyKey:
		return m.Failure.File, 0
	case Unexpanded:
		if c.File == "" || m.Failure.File != "" && m.Failure.File != c.File {
			return m.Failure.File, 0
		}
		return c.File, c.Line
	case Malformed, Overridden, Classic, Revoked, TokenEnded, TokenTooNarrow, AddressRange, WrongPassword, NoCredential:
		return c.File, c.Line
	}
	return "", 0
}

// or adds verdicts that fit less well.
func (v Verdict) or(codes ...string) Verdict {
	for _, c := range codes {
		if c != v.Code && !slices.Contains(v.Others, c) {
			v.Others = append(v.Others, c)
		}
	}
	return v
}

// because adds reasons.
func (v Verdict) because(reasons ...Reason) Verdict {
	v.Reasons = slices.Concat(v.Reasons, reasons)
	return v
}

// clock says the time that a verdict's text names.
func (v Verdict) clock(t time.Time) Verdict {
	if s := stamp(t); s != "" {
		v.Args["Clock"] = s
	}
	return v
}

// weigh takes certainty from a verdict on a failure that nobody understood: what was asked is so, but whether it is
// why the failure came about is not said. A verdict from nothing more than the failure names that as its reason.
func (m *matter) weigh(v Verdict) Verdict {
	if len(v.Reasons) == 0 {
		v.Reasons = m.known()
	}
	if m.failed() && !m.about() && v.Confidence == Certain {
		v.Confidence = Likely
	}
	return v
}

// unknown is an answer too: it says what is known, and who may know more is asked.
func (m *matter) unknown() Verdict {
	return m.say(Unknown, Possible, StepReport, m.known()...)
}

// known is all that there is to say, and never nothing.
func (m *matter) known() []Reason {
	reasons := m.shown()
	switch {
	case m.Failure.Code != "":
		reasons = append(reasons, m.why(ReasonCode, "Code", m.Failure.Code))
	case m.status > 0:
		reasons = append(reasons, m.why(ReasonStatus, "Status", number(m.status)))
	}
	if len(reasons) == 0 {
		reasons = append(reasons, m.why(ReasonNothing))
	}
	return reasons
}
