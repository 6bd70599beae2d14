package cli

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// check is one thing that doctor looked at.
type check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	text string
}

type doctorOptions struct {
	json, fix, yes bool
	diagnoseOptions
}

// doctor says what is in order, what is not, and what to do. Its exit code is 1 where something is
// broken, and 0 where there are only warnings.
func (a *app) doctor(ctx context.Context, o doctorOptions) error {
	if err := a.agent.Do(ctx, api.Action{Verb: api.VerbRescan}); err != nil {
		return err
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if o.fix {
		return a.fix(ctx, s, o.yes)
	}
	if o.json {
		err = a.json(struct {
			Schema   int           `json:"schema_version"`
			Agent    api.AgentInfo `json:"agent"`
			Checks   []check       `json:"checks"`
			Findings []api.Finding `json:"findings"`
		}{api.Schema, s.Agent, a.checks(s), whole(s).Findings})
	} else {
		err = a.print(a.report(s))
	}
	if err != nil {
		return err
	}
	for _, f := range s.Findings {
		if f.Severity == api.SeverityError {
			return status(1)
		}
	}
	return nil
}

// fix puts right in one go what findings offer an edit for, after it was shown and agreed to.
func (a *app) fix(ctx context.Context, s api.Snapshot, agreed bool) error {
	var req api.SetupRequest
	for _, f := range s.Findings {
		if f.Action != nil && f.Action.Verb == api.VerbFix {
			req.Fixes = append(req.Fixes, api.Fix{Code: f.Code, File: f.File, Line: f.Line})
		}
	}
	if len(req.Fixes) == 0 {
		a.say("%s\n", a.t("doctor.fix.nothing"))
		return nil
	}
	plan, err := a.agent.Plan(ctx, req)
	if err != nil {
		return err
	}
	a.say("%s", a.preview(preview{plan: plan}, a.style(a.Stderr)))
	return a.carryOut(ctx, plan, agreed, "doctor.fix.done")
}

// checks lists what can be told from the agent's state.
func (a *app) checks(s api.Snapshot) []check {
	signedIn, files := 0, 0
	for _, one := range s.Sessions {
		if one.State == api.StateRunning || one.State == api.StateEnding || one.State == api.StateUnknown {
			signedIn++
		}
	}
	for _, f := range s.Files {
		if f.Exists {
			files++
		}
	}
	yes := func(name string, ok bool, args ...i18n.Args) check {
		key := "check." + name
		if !ok {
			key += ".not"
		}
		return check{Name: name, OK: ok, text: a.t(key, args...)}
	}
	return []check{
		yes("agent", s.Agent.Version == a.Build.Version, i18n.Args{"Version": clean(s.Agent.Version), "PID": s.Agent.PID, "Mine": a.Build.Version}),
		yes("store", s.Agent.Store == api.StoreKeyring, i18n.Args{"Store": a.t("store." + string(s.Agent.Store))}),
		{"files", files > 0, a.p().N("cli.check.files", files)},
		{"sessions", signedIn > 0, a.p().N("cli.check.sessions", signedIn)},
		yes("tray", s.Agent.Tray),
		yes("notices", s.Agent.Notices),
	}
}

func (a *app) report(s api.Snapshot) string {
	st := a.style(a.Stdout)
	out := ""
	for _, c := range a.checks(s) {
		if c.OK {
			out += st.paint(green, "✓") + " " + c.text + "\n"
		} else {
			out += st.paint(yellow, "-") + " " + c.text + "\n"
		}
	}
	if len(s.Findings) == 0 {
		return out + "\n" + a.t("doctor.fine") + "\n"
	}
	for _, f := range s.Findings {
		out += "\n" + a.finding(st, f)
	}
	return out
}
