package e2e

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// wide orders an access token for all packages.
func wide(name string) []string {
	return []string{"create", name, "--all-packages", "--permission", "read-only", "--password-stdin"}
}

// proves shows second factors by standard input: the right ones, wrong ones, none.
func (w *walker) proves() {
	defer w.r.SetAccount("alice", verdaccio.Account{})
	for _, c := range []struct {
		factor verdaccio.Factor
		name   string
		otp    string
		want   int
	}{
		{verdaccio.FactorDigits, "digits", verdaccio.OTP, 0}, {verdaccio.FactorDigits, "never", "000000", 4}, {verdaccio.FactorDigits, "never", "", 4},
		{verdaccio.FactorMail, "mail", verdaccio.MailOTP, 0}, {verdaccio.FactorMissing, "missing", verdaccio.MailOTP, 0}, {verdaccio.FactorMail, "never", "12345678", 4},
	} {
		w.r.SetAccount("alice", verdaccio.Account{Factor: c.factor})
		args, in := wide(c.name), password()
		if c.otp != "" {
			args, in = append(args, "--otp-stdin"), in+c.otp+"\n"
		}
		w.runs(c.want, in, args...)
		if c.want == 0 {
			w.issuedBy(c.name)
		}
	}
	w.r.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorDigits})
	w.runs(0, verdaccio.OTP+"\n", "revoke", "digits", "missing", "--yes", "--otp-stdin")
	w.r.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorMissing})
	w.runs(0, "", "revoke", "mail", "--yes")
	for _, i := range w.r.Tokens("alice") {
		if slices.Contains([]string{"digits", "mail", "missing", "never"}, i.Name) {
			w.t.Errorf("%s is there", i.Name)
		}
	}
	if s := w.status(); len(s.Jobs) > 0 || len(s.Kept) != 2 {
		w.t.Errorf("left are jobs %+v, kept %+v", s.Jobs, s.Kept)
	}
}

var factorAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/auth/cli/[0-9a-f-]+`)

// onePage makes one at the command line, and one more by a face at the same time: the second has its page when the
// first's is over.
func (w *walker) onePage() {
	w.r.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorPage})
	defer w.r.SetAccount("alice", verdaccio.Account{})
	before := len(w.changes(0))
	cmd := w.command(w.t.Context(), "sandglass", append([]string{"tokens"}, wide("first")...)...)
	cmd.Stdin = strings.NewReader(password())
	talk, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	lines, said, page := bufio.NewScanner(talk), "", ""
	for page == "" && lines.Scan() {
		said += lines.Text() + "\n"
		page = factorAddress.FindString(lines.Text())
	}
	if page == "" {
		w.t.Fatalf("no page is told:\n%s", said)
	}
	steps, made := make(chan api.TokenStep, 16), make(chan error, 1)
	go func() {
		order := api.TokenOrder{Registry: w.r.URL, Spec: access.Spec{Name: "second", All: true, Permission: access.ReadOnly}, Password: token.NewSecret(verdaccio.Password("alice"))}
		_, err := w.client.MakeToken(w.t.Context(), order, func(s api.TokenStep) { steps <- s })
		made <- err
	}()
	if s := <-steps; s.Step != api.StepWaiting {
		w.t.Errorf("the second does not wait: %+v", s)
	}
	if sent := w.changes(before); len(sent) != 1 || sent[0].Status != 401 {
		w.t.Errorf("%d were asked for while a page was open", len(sent))
	}
	if err := w.r.Confirm(page); err != nil {
		w.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, talk)
	if err := cmd.Wait(); err != nil {
		w.t.Errorf("create: %v", err)
	}
	for done := false; !done; {
		select {
		case s := <-steps:
			if s.Step == api.StepPage {
				if s.URL == page || !strings.HasPrefix(w.r.URL, "http://"+s.Host) {
					w.t.Errorf("the second page is %+v", s)
				}
				if err := w.r.Confirm(s.URL); err != nil {
					w.t.Fatal(err)
				}
			}
		case err := <-made:
			if done = true; err != nil {
				w.t.Error(err)
			}
		}
	}
	if sent := w.changes(before); len(sent) != 4 {
		w.t.Errorf("sent %d", len(sent))
	}
	w.issuedBy("first")
	w.issuedBy("second")
}

// rotates replaces the one that CI_TOKEN carries.
func (w *walker) rotates() {
	old := w.issuedBy("ci")
	plan, _ := asJSON[drafted](w, 0, "", "rotate", "ci", "--dry-run")
	before := len(w.changes(0))
	r, _ := asJSON[api.Rotation](w, 0, password(), "rotate", "ci", "--package", "@acme/private", "--password-stdin")
	sent := w.changes(before)
	if r.Job.Step != api.NextPlaces || r.Done || len(plan.Drafts) != 2 || len(sent) != 1 {
		w.t.Fatalf("%+v; %d planned, %d sent", r, len(plan.Drafts), len(sent))
	}
	w.equal(plan.Drafts[0], sent[0])
	fresh, _ := w.runs(0, "", "emit", r.New.Kept)
	if fresh == old.Value || !w.r.Live(fresh) || !w.r.Live(old.Value) {
		w.t.Error("not both open")
	}
	read := func(q verdaccio.Request) bool {
		return q.Token == fresh && strings.EqualFold(q.Path, "/@acme%2Fprivate") && q.Status == 200
	}
	if !slices.ContainsFunc(w.r.Requests(), read) {
		w.t.Error("it was not verified")
	}
	if w.shellValue("CI_TOKEN") != fresh {
		w.t.Error("the variable carries the old one")
	}
	if jobs := w.status().Jobs; len(jobs) != 1 || jobs[0].ID != r.Job.ID || jobs[0].Step != api.NextPlaces {
		w.t.Errorf("told is %+v", jobs)
	}
	before = len(w.changes(0))
	w.carried = r.New.Name
	end, _ := asJSON[api.Rotation](w, 0, "", "rotate", "--job", r.Job.ID, "--continue")
	if sent = w.changes(before); !end.Done || len(sent) != 1 {
		w.t.Fatalf("%+v, sent %d", end, len(sent))
	}
	w.equal(plan.Drafts[1], sent[0])
	if !w.r.Live(old.Value) {
		w.t.Error("this front lets go at once")
	}
	w.replaced(old, fresh)
}

// replaced wants that of two access tokens the new one alone opens, and is kept.
func (w *walker) replaced(old verdaccio.Issued, fresh string) {
	w.t.Helper()
	w.r.Settle()
	if out, err := w.npms(old.Value, "view", "@acme/private", "name"); err == nil {
		w.t.Errorf("the old one opens:\n%s", out)
	}
	if out, err := w.npms(fresh, "view", "@acme/private", "name"); err != nil {
		w.t.Errorf("the new one does not open: %v\n%s", err, out)
	}
	s := w.status()
	kept := func(k api.Kept) bool { return k.Token == old.Key }
	if len(s.Jobs) > 0 || slices.ContainsFunc(s.Kept, kept) || len(inKeyring(w.t, w.bus)) != 1+len(s.Kept) {
		w.t.Errorf("left are jobs %+v, kept %+v, in the keyring %q", s.Jobs, s.Kept, inKeyring(w.t, w.bus))
	}
}

// exports writes lists without a secret; what is serious has an exit code.
func (w *walker) exports() {
	w.r.Issue("alice", verdaccio.AccessToken{Name: "robot", All: true, Bypass: true})
	for format, want := range map[string][]string{"ics": {"BEGIN:VEVENT", "ci"}, "csv": {"robot", "read-only", "@acme"}, "json": {`"name": "robot"`, `"schema_version"`}} {
		out, _ := w.runs(0, "", "export", "--format", format, "--fresh")
		for _, text := range want {
			if !strings.Contains(out, text) {
				w.t.Errorf("%s has no %s:\n%s", format, text, out)
			}
		}
	}
	type found struct {
		Findings []struct {
			Name    string
			Code    string
			Command string
		}
	}
	a, _ := asJSON[found](w, 7, "", "audit", "--fresh")
	bypass := false
	for _, f := range a.Findings {
		bypass = bypass || f.Name == "robot" && f.Code == access.MarkBypass && f.Command != ""
	}
	if !bypass {
		w.t.Errorf("found are %+v", a.Findings)
	}
}

// revokes ends the one in use, for which a word is needed.
func (w *walker) revokes() {
	i := w.issuedBy(w.carried)
	before := len(w.changes(0))
	_, talk := w.runs(7, "", "revoke", w.carried, "--yes")
	if !strings.Contains(talk, "--sure") {
		w.t.Errorf("it does not say how:\n%s", talk)
	}
	plan, _ := asJSON[api.RevokeReport](w, 0, "", "revoke", w.carried, "--dry-run")
	if len(w.changes(before)) > 0 || len(plan.Drafts) != 1 || plan.Items[0].State != api.RevokeInUse || !w.r.Live(i.Value) {
		w.t.Fatalf("%+v", plan)
	}
	done, talk := asJSON[api.RevokeReport](w, 0, "", "revoke", w.carried, "--yes", "--sure")
	if len(done.Items) != 1 || done.Items[0].State != api.RevokeDone || !strings.Contains(talk, "hour") {
		w.t.Errorf("%+v\n%s", done, talk)
	}
	sent := w.changes(before)
	if len(sent) != 1 {
		w.t.Fatalf("sent %d", len(sent))
	}
	w.equal(plan.Drafts[0], sent[0])
	if w.shellValue("CI_TOKEN") != "" || len(w.holding(i.Value)) > 0 {
		w.t.Error("a shell gets what was revoked")
	}
}

// panics ends all: what is listed, then the session by which that was done, then what the keyring has.
func (w *walker) panics() {
	listed, before := len(w.r.Tokens("alice")), len(w.changes(0))
	plan, _ := asJSON[api.RevokeReport](w, 0, "", "revoke", "--panic", "--dry-run")
	if len(w.changes(before)) > 0 || len(plan.Drafts) != listed {
		w.t.Errorf("%d planned of %d, %d sent", len(plan.Drafts), listed, len(w.changes(before)))
	}
	done, _ := asJSON[api.RevokeReport](w, 0, "", "revoke", "--panic", "--yes", "--sure")
	order, rank := []string{"token", "session", "copy"}, 0
	for _, it := range done.Items {
		at := slices.Index(order, it.What)
		if at < rank || it.State != api.RevokeDone {
			w.t.Errorf("%s %q is %s: %v", it.What, it.Name, it.State, it.Error)
		}
		rank = max(rank, at)
	}
	sent := w.changes(before)
	if len(sent) != listed+1 || !strings.HasPrefix(sent[listed].Path, "/-/user/token/") {
		w.t.Errorf("sent %d of %d", len(sent), listed+1)
	}
	for n, d := range plan.Drafts[:min(len(plan.Drafts), len(sent))] {
		w.equal(d, sent[n])
	}
	w.await("the keyring to be empty", func() bool { return len(inKeyring(w.t, w.bus)) == 0 })
	left := slices.DeleteFunc(w.r.Tokens("alice"), func(i verdaccio.Issued) bool { return i.Revoked }) // since before
	if s := w.status(); len(left)+len(s.Kept)+len(s.Jobs) > 0 || w.r.Live(w.seen[1]) || w.session(w.r).State == api.StateRunning {
		w.t.Errorf("left are %+v, jobs %+v, kept %+v", left, s.Jobs, s.Kept)
	}
	for _, secret := range w.secrets() {
		if files := w.holding(secret); len(files) > 0 {
			w.t.Errorf("%q hold a secret", files)
		}
	}
}
