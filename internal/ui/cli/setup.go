package cli

import (
	"context"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type setupOptions struct {
	shells                  []string
	move, moveSet           bool
	undo, yes, dryRun, json bool
}

// setup shows what it would change, asks, and changes it.
func (a *app) setup(ctx context.Context, o setupOptions) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	wishes := a.wishes(o, s)
	for _, shell := range wishes.Shells {
		if err := a.forShell(shell, a.knows); err != nil {
			return err
		}
	}
	plan, err := a.agent.Plan(ctx, wishes)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		if plan.Edits == nil {
			plan.Edits = []api.PlanEdit{}
		}
		err = a.json(struct {
			Schema int `json:"schema_version"`
			api.Plan
		}{api.Schema, plan})
	case o.dryRun:
		err = a.print(a.preview(plan, a.style(a.Stdout)))
	}
	if err != nil || o.dryRun {
		return err
	}
	if len(plan.Edits) == 0 && !plan.Move {
		a.say("%s\n", a.t("setup.nothing"))
		return nil
	}
	if !o.json {
		a.say("%s", a.preview(plan, a.style(a.Stderr)))
	}
	if !o.yes {
		if err := a.agree(plan); err != nil {
			return err
		}
	}
	if err := a.agent.Apply(ctx, plan.ID); err != nil {
		return err
	}
	if o.undo {
		a.say("%s\n", a.t("setup.undone"))
	} else {
		a.say("%s\n", a.t("setup.done"))
	}
	return nil
}

// knows answers for a shell that has a hook, with nothing to print.
func (a *app) knows(shell string) (string, error) {
	_, err := a.Hook(shell)
	return "", err
}

// wishes makes a request of the flags. Without any, it is the user's own shell, and the placeholders
// for what stands in the open now: both are shown, and the user is asked.
func (a *app) wishes(o setupOptions, s api.Snapshot) api.SetupRequest {
	req := api.SetupRequest{Undo: o.undo, Move: o.move}
	for _, list := range o.shells {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				req.Shells = append(req.Shells, name)
			}
		}
	}
	if len(req.Shells) == 0 && !o.moveSet {
		if shell := loginShell(a.Getenv("SHELL")); shell != "" {
			req.Shells = []string{shell}
		}
	}
	if !o.moveSet && !o.yes && !o.undo {
		req.Move = literals(s)
	}
	return req
}

// literals reports whether a secret stands in one of the user's files.
func literals(s api.Snapshot) bool {
	for _, one := range s.Sessions {
		for _, p := range one.Places {
			if p.Literal && p.Level != api.LevelProject {
				return true
			}
		}
	}
	return false
}

// agree asks once.
func (a *app) agree(plan api.Plan) error {
	if !isTerminal(a.Stdin) {
		return &misuse{"yes", nil}
	}
	answer, err := newAsker(a).line(a.p().N("cli.setup.ask", len(plan.Edits)))
	if err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "はい":
		return nil
	}
	return &api.Error{Code: api.CodeCancelled}
}

// preview shows each file with the lines that would come and go.
func (a *app) preview(plan api.Plan, st style) string {
	var b strings.Builder
	for _, e := range plan.Edits {
		key := "setup.change"
		switch {
		case e.Create:
			key = "setup.create"
		case e.Delete:
			key = "setup.delete"
		}
		b.WriteString(st.paint(bold, a.t(key, i18n.Args{"File": clean(e.File)})) + "\n")
		for _, line := range e.Diff {
			colour := dim
			switch {
			case strings.HasPrefix(line, "+"):
				colour = green
			case strings.HasPrefix(line, "-"):
				colour = red
			}
			b.WriteString("  " + st.paint(colour, clean(line)) + "\n")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
