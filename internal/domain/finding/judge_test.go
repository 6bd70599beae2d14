package finding_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	. "github.com/sandglass-dev/sandglass/internal/domain/finding"
)

var codes = []string{SessionEnded, NoCredential, Unexpanded, Malformed, OtherHost, Overridden, Revoked, Classic, TokenEnded, TokenTooNarrow,
	AddressRange, NotMember, InvitationOpen, NoTeam, NoWrite, Absent, NoVersion, WrongRegistry, OTPNeeded, OTPPage, OTPWrong, TwoFactorRequired,
	VersionExists, Hold, PlanNeeded, ProvenanceMiss, ClientTooOld, LegacyKey, TokenRestricted, WrongPassword, TLSTrouble, ProxyTrouble,
	NetworkTrouble, ServerTrouble, NotARegistry, RateLimit, Forbidden, Fine, Unknown}

var steps = []Step{StepLogin, StepSetup, StepEditLine, StepAskAdmin, StepAccept, StepToken, StepRegistry, StepName, StepTerminal, StepTwoFactor,
	StepBump, StepWait, StepPlan, StepRepository, StepUpgrade, StepTrustCA, StepNetwork, StepReport, StepNone}

func situations() []situation { return slices.Concat(accessCases, saidCases) }

// TestJudge: every verdict in three situations at least, and each as a person would judge it.
func TestJudge(t *testing.T) {
	seen := map[string]int{}
	for i, s := range situations() {
		seen[s.want]++
		e := s.evidence()
		v := Judge(e)
		if v.Code != s.want || v.Confidence != s.confidence || v.Step != s.step {
			t.Errorf("%d: %s %s %s, want %s %s %s\n%+v\n%+v", i, v.Confidence, v.Code, v.Step, s.confidence, s.want, s.step, e, v.Reasons)
		}
		if err := sound(e, v); err != nil {
			t.Errorf("%d: %v\n%+v", i, err, v)
		}
	}
	for _, c := range codes {
		if seen[c] < 3 {
			t.Errorf("%s has %d situations, at least 3 are wanted", c, seen[c])
		}
	}
}

// TestLineToLookAt: verdicts about a line say which.
func TestLineToLookAt(t *testing.T) {
	for _, s := range []situation{
		{want: "/home/bob/.npmrc:3", facts: of(acme, notFound, unset)},
		{want: "/p/.npmrc:1", facts: of(text("E401", 401), literal("unknown"), hides(Yes), dead)},
		{want: "/h/.npmrc:2", facts: of(acme, notFound, none, credential(func(c *Credential) { c.Other, c.OtherFile, c.OtherLine = "//o.example.com/", "/h/.npmrc", 2 }))},
		{want: "/h/.npmrc:0", facts: of(text("ERR_INVALID_AUTH", 0), more(func(e *Evidence) { e.Failure.File = "/h/.npmrc" }))},
	} {
		if v := Judge(s.evidence()); fmt.Sprintf("%s:%d", v.File, v.Line) != s.want {
			t.Errorf("%s points to %s:%d, want %s", v.Code, v.File, v.Line, s.want)
		}
	}
}

// TestOrderOfSigns: a text says the same in whatever order.
func TestOrderOfSigns(t *testing.T) {
	for _, s := range situations() {
		e := s.evidence()
		before := Judge(e)
		e.Failure.Signs = slices.Clone(e.Failure.Signs)
		slices.Reverse(e.Failure.Signs)
		if after := Judge(e); !reflect.DeepEqual(before, after) {
			t.Errorf("%v changes with the order of its signs to %v", before, after)
		}
	}
}

// TestUnaskedSaysNothing: what stands in an answer that was not given counts for nothing.
func TestUnaskedSaysNothing(t *testing.T) {
	for _, s := range situations() {
		e := s.evidence()
		before := Judge(e)
		for _, a := range []*Answer{&e.Whoami, &e.With, &e.Without} {
			if a.Outcome == "" {
				*a = Answer{Status: 404, Name: "mallory", Signs: []Sign{SignHold, SignOTP}, Private: Yes, HasVersion: No}
			}
		}
		if after := Judge(e); !reflect.DeepEqual(before, after) {
			t.Errorf("%v becomes %v by answers that nobody gave", before, after)
		}
	}
}

// forget takes one group of what was asked away.
var forget = map[string]func(*Evidence){
	"whoami":    func(e *Evidence) { e.Whoami = Answer{} },
	"with":      func(e *Evidence) { e.With = Answer{} },
	"without":   func(e *Evidence) { e.Without = Answer{} },
	"org":       func(e *Evidence) { e.Org = Org{} },
	"token":     func(e *Evidence) { e.Token = Token{} },
	"published": func(e *Evidence) { e.NotPublished = Unasked },
	"expected":  func(e *Evidence) { e.Expected = "" },
}

var sureness = map[Confidence]int{Possible: 1, Likely: 2, Certain: 3}

// TestKnowingLessIsNoSurer: without something that was asked no verdict is surer than with it. The exception is an
// answer against what the registry said before: a version that it called published, and does not list. And
// without the one answer that tells of trouble, all is fine.
func TestKnowingLessIsNoSurer(t *testing.T) {
	for i, s := range situations() {
		e := s.evidence()
		v := Judge(e)
		for what, without := range forget {
			less := e
			without(&less)
			w := Judge(less)
			if sureness[w.Confidence] <= sureness[v.Confidence] || w.Code == Fine || what == "published" && v.Code == VersionExists {
				continue
			}
			t.Errorf("%d: without %s, %s %s becomes %s %s", i, what, v.Confidence, v.Code, w.Confidence, w.Code)
		}
	}
}

// sound says what is wrong with a verdict, whatever it is on.
func sound(e Evidence, v Verdict) error {
	renewed := !e.Credential.Began.IsZero() || e.Credential.Unset
	unseen := e.With.Outcome == OutcomeMissing || e.Without.Outcome == OutcomeMissing
	switch {
	case !slices.Contains(codes, v.Code):
		return fmt.Errorf("%q is no verdict", v.Code)
	case !slices.Contains(steps, v.Step):
		return fmt.Errorf("%q is no step", v.Step)
	case sureness[v.Confidence] == 0:
		return fmt.Errorf("%q is no confidence", v.Confidence)
	case len(v.Reasons) == 0:
		return fmt.Errorf("%s has no reason", v.Code)
	case v.Code == Unknown && v.Step != StepReport, v.Code == Fine && v.Step != StepNone:
		return fmt.Errorf("%s with step %s", v.Code, v.Step)
	case v.Confidence == Possible && v.Code != Unknown && len(v.Others) == 0:
		return fmt.Errorf("%s is possible, and nothing else is", v.Code)
	case v.Confidence == Certain && len(v.Others) > 0:
		return fmt.Errorf("%s is certain, and so may be %v", v.Code, v.Others)
	case slices.Contains(v.Others, v.Code):
		return fmt.Errorf("%s is named beside itself", v.Code)
	case v.Code == SessionEnded && e.Whoami.Outcome == OutcomeOK && !renewed:
		return fmt.Errorf("the session is said to have ended, and the registry knows it")
	case v.Code == Absent && (e.With.Outcome == OutcomeOK || e.Without.Outcome == OutcomeOK):
		return fmt.Errorf("a package that is shown is said to be absent")
	case v.Code == Absent && v.Confidence == Certain && !unseen:
		return fmt.Errorf("it is certain that there is no package, and nobody asked for it")
	case v.Code == Fine && e.Whoami.Outcome == OutcomeRefused && e.Credential.Source != "none" && e.Credential.Source != "ignored" && e.Credential.Source != "unreadable":
		return fmt.Errorf("all is said to be fine, and the credential is refused")
	}
	return nil
}

// anyEvidence is evidence by chance, contradictions and all.
func anyEvidence(r *rand.Rand) Evidence {
	e := Evidence{Now: now}
	chance(r, reflect.ValueOf(&e).Elem(), "")
	return e
}

var words = map[string][]string{
	"Outcome": {"", "", "ok", "refused", "forbidden", "missing", "busy", "server", "offline", "tls", "bad", "odd"},
	"Known":   {"", "", "yes", "no"},
	"Sign": {"no-credential", "invalid", "password", "address-range", "otp", "otp-page", "otp-mail", "otp-wrong", "two-factor", "version-exists", "hold", "plan",
		"provenance", "rate-limit", "tls", "proxy", "network", "server", "unexpanded", "ignored", "legacy-key", "too-old", "restricted", "forbidden", "not-found",
		"no-version", "not-member", "bad-answer", "classic", "trust", "odd"},
	"Source":   {"", "none", "literal", "placeholder", "helper", "ignored", "unreadable"},
	"Kind":     {"", "unknown", "session", "granular", "classic", "github", "jwt", "basic"},
	"Code":     {"", "", "E404", "E401", "E403", "ENEEDAUTH", "EOTP", "ETARGET", "ERESOLVE", "E", "E_", "YN0035"},
	"Command":  {"", "install", "publish", "whoami"},
	"Method":   {"", "GET", "PUT"},
	"Package":  {"", "widget", "@acme/widget", "@"},
	"Scope":    {"", "@acme"},
	"Registry": {"", "https://registry.example.com/npm/", "nonsense", "https://a b/"},
	"URL":      {"", "https://registry.example.com/npm/widget", "%zz"},
	"Version":  {"", "6.14.18", "12.2.0", "x"},
}

// chance fills v by chance.
func chance(r *rand.Rand, v reflect.Value, name string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		if r.IntN(2) == 0 {
			v.Set(reflect.ValueOf(now.Add(time.Duration(r.IntN(600)-300) * time.Minute)))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			chance(r, v.Field(i), v.Type().Field(i).Name)
		}
	case v.Kind() == reflect.Slice:
		for range max(0, r.IntN(6)-3) {
			one := reflect.New(v.Type().Elem()).Elem()
			chance(r, one, "")
			v.Set(reflect.Append(v, one))
		}
	case v.Kind() == reflect.String:
		all := words[name]
		if all == nil {
			all = words[v.Type().Name()]
		}
		if all == nil {
			all = []string{"", "", "something"}
		}
		v.SetString(all[r.IntN(len(all))])
	case v.Kind() == reflect.Bool:
		v.SetBool(r.IntN(4) == 0)
	case name == "Status":
		v.SetInt([]int64{0, 0, 0, 200, 401, 402, 403, 404, 404, 407, 418, 422, 429, 500}[r.IntN(14)])
	case v.CanInt():
		v.SetInt(int64(r.IntN(4)-1) * int64(time.Minute) * 4)
	}
}

// TestAnyEvidence: whatever comes, there is one sound verdict, and always the same.
func TestAnyEvidence(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 21))
	seen := map[string]int{}
	for range 60_000 {
		e := anyEvidence(r)
		if r.IntN(2) == 0 {
			e.Failure.Signs, e.Whoami.Signs, e.With.Signs = nil, nil, nil
		}
		v := Judge(e)
		seen[v.Code]++
		if err := sound(e, v); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, v, e)
		}
		if again := Judge(e); !reflect.DeepEqual(v, again) {
			t.Fatalf("%v, and then %v", v, again)
		}
	}
	for _, c := range codes {
		if seen[c] == 0 {
			t.Errorf("%s never came up", c)
		}
	}
}

// FuzzJudge is TestAnyEvidence by seeds of the fuzzer's choice.
func FuzzJudge(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		e := anyEvidence(rand.New(rand.NewPCG(a, b)))
		if err := sound(e, Judge(e)); err != nil {
			t.Fatalf("%v\n%+v", err, e)
		}
	})
}
