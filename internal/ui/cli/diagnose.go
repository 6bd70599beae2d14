package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// diagnoseOptions say what doctor is to look into, besides a package's name.
type diagnoseOptions struct {
	registry string
	log      string // the file that holds what failed
	last     bool   // the newest log of npm's instead
	bundle   string // where to write what can be sent to somebody
}

// wanted reports whether one failure or package is asked about, and not the whole machine.
func (o diagnoseOptions) wanted(about string) bool {
	return about != "" || o.registry != "" || o.log != "" || o.last
}

// maxText is how much of a log is read, in bytes: its beginning and its end tell what failed.
const maxText = 16 << 20

// diagnose says what is behind a failure, or how a package stands. Its exit code is 0 where nothing is wrong, 3 where a
// login is wanted, 5 where the registry or the way there is in trouble, else 1.
func (a *app) diagnose(ctx context.Context, about string, o doctorOptions) error {
	if about == "-" && o.log != "" || o.last && (o.log != "" || about == "-") {
		return &misuse{"one-failure", nil}
	}
	text, err := a.failed(about, o.diagnoseOptions)
	if err != nil {
		return err
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	req := api.DiagnoseRequest{Latest: o.last, Registry: resolve(o.registry, s), Defined: a.defined()}
	if about != "-" {
		req.Package = about
	}
	if text != nil {
		f, ok := finding.Read(text)
		if !ok {
			return &api.Error{Code: api.CodeNoFailure}
		}
		req.Failure = &f
	}
	if req.Dir, err = os.Getwd(); err != nil {
		return fmt.Errorf("find the current folder: %w", err)
	}
	d, err := a.agent.Diagnose(ctx, req)
	if err != nil {
		return err
	}
	if o.bundle != "" {
		if err := a.writeBundle(o.bundle, d, text); err != nil {
			return err
		}
	}
	if o.json {
		err = a.json(struct {
			Schema int `json:"schema_version"`
			api.Diagnosis
		}{api.Schema, d})
	} else {
		err = a.print(a.diagnosed(d))
	}
	if err == nil && o.fix {
		return a.cure(ctx, d, o.yes)
	}
	if code := verdictExit(d.Verdict); err == nil && code != 0 {
		return status(code)
	}
	return err
}

// failed reads what a package manager has said: nil where nobody tells.
func (a *app) failed(about string, o diagnoseOptions) ([]byte, error) {
	in, name := a.Stdin, "-"
	switch {
	case o.log != "":
		f, err := os.Open(o.log)
		if err != nil {
			return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": o.log}, Cause: err.Error()}
		}
		defer f.Close()
		in, name = f, o.log
	case about != "-":
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(in, maxText))
	if err != nil {
		return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": name}, Cause: err.Error()}
	}
	return append([]byte{}, text...), nil
}

// defined names the variables that this shell has something in.
func (a *app) defined() []string {
	names := []string{}
	for _, v := range a.Environ() {
		if name, value, ok := strings.Cut(v, "="); ok && value != "" {
			names = append(names, name)
		}
	}
	return names
}

// diagnosed is a verdict in words.
func (a *app) diagnosed(d api.Diagnosis) string {
	st, v, p := a.style(a.Stdout), d.Verdict, a.p()
	words := func(key string, args map[string]string) string {
		return p.T("verdict."+key, p.Fill(args, a.Now(), clean))
	}
	sign, colour := "✗", red
	switch v.Code {
	case finding.Fine:
		sign, colour = "✓", green
	case finding.Unknown:
		sign, colour = "?", yellow
	}
	out := st.paint(colour, sign+" "+words(v.Code+".title", v.Args)) + "\n  " + words(v.Code+".text", v.Args) + "\n"
	for _, r := range v.Reasons {
		out += "  · " + words("reason."+r.Code, r.Args) + "\n"
	}
	if v.Code != finding.Fine {
		out += "  " + st.paint(bold, a.t("hint")) + " " + words("step."+string(v.Step), v.Args) + "\n"
		out += "  " + st.paint(dim, words("confidence."+string(v.Confidence), nil)) + "\n"
	}
	if len(v.Others) > 0 {
		out += "  " + st.paint(dim, a.t("diagnose.others")) + "\n"
		for _, code := range v.Others {
			out += "  · " + st.paint(dim, words(code+".title", v.Args)) + "\n"
		}
	}
	if d.Log != "" {
		out += "  " + st.paint(dim, a.t("diagnose.log", i18n.Args{"File": clean(d.Log)})) + "\n"
	}
	return out
}

// verdictExit is a verdict's exit code.
func verdictExit(v finding.Verdict) int {
	switch v.Code {
	case finding.Fine:
		return 0
	case finding.NetworkTrouble, finding.ServerTrouble, finding.TLSTrouble, finding.ProxyTrouble, finding.RateLimit, finding.NotARegistry:
		return 5
	}
	if v.Step == finding.StepLogin {
		return exitNotSignedIn
	}
	return 1
}

// cure does what puts it right, after it was agreed to, where there is something that can be done from here.
func (a *app) cure(ctx context.Context, d api.Diagnosis, agreed bool) error {
	if f := d.Finding; f != nil {
		req := api.SetupRequest{Move: f.Action.Verb == api.VerbMove}
		if !req.Move {
			req.Fixes = []api.Fix{{Code: f.Code, File: f.File, Line: f.Line}}
		}
		plan, err := a.agent.Plan(ctx, req)
		if err != nil {
			return err
		}
		a.say("%s", a.preview(preview{plan: plan}, a.style(a.Stderr)))
		return a.carryOut(ctx, plan, agreed, "doctor.fix.done")
	}
	if d.Verdict.Step == finding.StepLogin {
		if !agreed {
			w := walk{app: a, ask: newAsker(a)}
			if ok, err := w.yes(a.t("setup.login.ask"), true); err != nil || !ok {
				return err
			}
		}
		return a.login(ctx, d.Evidence.Registry, loginOptions{})
	}
	a.say("%s\n", a.t("diagnose.fix.none"))
	return nil
}

// bundle is what somebody needs to know who is to help. It holds no secret.
type bundle struct {
	Schema    int           `json:"schema_version"`
	Version   string        `json:"sandglass"`
	System    string        `json:"system"`
	Diagnosis api.Diagnosis `json:"diagnosis"`
	Text      string        `json:"text,omitempty"`
}

func (a *app) writeBundle(path string, d api.Diagnosis, text []byte) error {
	home, _ := os.UserHomeDir() // unknown: nothing to take out
	data, err := json.MarshalIndent(bundle{api.Schema, a.Build.Version, runtime.GOOS + "/" + runtime.GOARCH, d, ""}, "", "  ")
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	b := bundle{Text: string(finding.Redacted(text, home))}
	if err := json.Unmarshal(finding.Redacted(data, home), &b); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	data, err = json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: "it is there already"}
	}
	if err == nil {
		_, err = f.Write(append(data, '\n'))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
	}
	a.say("%s\n", a.t("diagnose.bundle", i18n.Args{"File": clean(path)}))
	return nil
}
