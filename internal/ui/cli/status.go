package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type statusOptions struct{ json, watch bool }

// status shows every session and finding, once or after every change.
func (a *app) status(ctx context.Context, o statusOptions) error {
	if o.watch {
		return a.watch(ctx, o.json)
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return a.json(whole(s))
	}
	return a.print(a.overview(s))
}

// watch shows the state until ctx ends: on a terminal in place and counting down, else a block, or a
// line of JSON, for each change.
func (a *app) watch(ctx context.Context, asJSON bool) error {
	states := make(chan api.Snapshot)
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- a.agent.Watch(ctx, func(s api.Snapshot) error {
			select {
			case states <- s:
			case <-ctx.Done():
			}
			return ctx.Err()
		})
	}()
	show := a.show(asJSON)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last api.Snapshot
	var again <-chan time.Time
	if !asJSON && isTerminal(a.Stdout) {
		again = tick.C
	}
	for {
		select {
		case err := <-ended:
			if outer.Err() != nil {
				return nil // Ctrl-C is how one stops looking
			}
			return err
		case last = <-states:
		case <-again:
			if last.Schema == 0 {
				continue
			}
		}
		a.language = last.Settings.Language
		if err := show(last); err != nil {
			return err
		}
	}
}

// show returns the function that shows one state of many.
func (a *app) show(asJSON bool) func(api.Snapshot) error {
	if asJSON {
		return func(s api.Snapshot) error {
			raw, err := json.Marshal(whole(s))
			if err != nil {
				return fmt.Errorf("write output: %w", err)
			}
			return a.print(string(raw) + "\n")
		}
	}
	if !isTerminal(a.Stdout) {
		return func(s api.Snapshot) error { return a.print(a.overview(s) + "\n") }
	}
	lines := 0
	return func(s api.Snapshot) error {
		text := a.overview(s)
		up := ""
		if lines > 0 {
			up = "\x1b[" + strconv.Itoa(lines) + "A\r\x1b[J"
		}
		lines = strings.Count(text, "\n")
		return a.print(up + text)
	}
}

// whole makes empty lists of missing ones: scripts walk them.
func whole(s api.Snapshot) api.Snapshot {
	if s.Sessions == nil {
		s.Sessions = []api.Session{}
	}
	if s.Findings == nil {
		s.Findings = []api.Finding{}
	}
	if s.Files == nil {
		s.Files = []api.WatchedFile{}
	}
	if s.Uses == nil {
		s.Uses = []api.Use{}
	}
	if s.Settings.Projects == nil {
		s.Settings.Projects = []string{}
	}
	return s
}

// overview is the state in words: a line a session, then what is worth telling.
func (a *app) overview(s api.Snapshot) string {
	st := a.style(a.Stdout)
	now := a.Now()
	var b strings.Builder
	if len(s.Sessions) == 0 {
		b.WriteString(a.t("status.none") + "\n" + a.t("status.none.hint") + "\n")
	}
	var rows [][]cell
	for _, one := range s.Sessions {
		rows = append(rows, a.row(one, now))
	}
	b.WriteString(table(st, rows))
	for _, one := range s.Sessions {
		if l := one.Login; l != nil && l.State == api.LoginWaiting {
			b.WriteString(a.t("status.login", i18n.Args{"Registry": clean(one.Name), "Host": clean(l.Host)}) + "\n")
		}
	}
	if s.Locked {
		b.WriteString("\n" + st.paint(yellow, a.t("status.locked")) + "\n")
	}
	if s.Paused.After(now) {
		b.WriteString(a.t("status.paused", i18n.Args{"Clock": a.p().Clock(s.Paused, now)}) + "\n")
	}
	for _, f := range s.Findings {
		b.WriteString("\n" + a.finding(st, f))
	}
	return b.String()
}

// mark is a state's sign and colour. The sign differs too: colour alone tells nobody.
func mark(s api.State) (sign, colour string) {
	switch s {
	case api.StateRunning:
		return "●", green
	case api.StateEnding:
		return "◐", yellow
	case api.StateEnded:
		return "○", red
	case api.StateUnknown:
		return "◌", ""
	case api.StateOffline:
		return "◌", yellow
	case api.StateLocked:
		return "◍", yellow
	}
	return "·", dim
}

// row is a session's line: registry, account, state, time left, clock, and how the end is known.
func (a *app) row(s api.Session, now time.Time) []cell {
	sign, colour := mark(s.State)
	row := []cell{
		{sign + " " + clean(s.Name), colour},
		{clean(s.Account), ""},
		{a.t("state." + string(s.State)), colour},
	}
	if s.Ends.IsZero() {
		return append(row, cell{}, cell{}, cell{a.evidence(s), dim})
	}
	clock := i18n.Args{"Clock": a.p().Clock(s.Ends, now)}
	if left := s.Left(now); left > 0 && s.State != api.StateEnded {
		return append(row, cell{a.t("status.left", i18n.Args{"Left": a.p().Left(left)}), bold},
			cell{a.t("status.until", clock), ""}, cell{a.evidence(s), dim})
	}
	return append(row, cell{}, cell{a.t("status.since", clock), ""}, cell{a.evidence(s), dim})
}

// evidence says how a session's end is known.
func (a *app) evidence(s api.Session) string {
	switch {
	case s.State == api.StateNone:
		return ""
	case s.Lifetime == api.LifetimeLearned:
		return a.p().N("cli.lifetime.learned", s.Learned)
	case s.Lifetime == "":
		return a.t("lifetime.unknown")
	}
	return a.t("lifetime." + string(s.Lifetime))
}

// finding is what is wrong, where, and what to do.
func (a *app) finding(st style, f api.Finding) string {
	title, text, hint := a.wording(f)
	sign, colour := weight(f)
	out := st.paint(colour, sign+" "+title) + where(f) + "\n"
	if text == "" {
		return out
	}
	return out + "  " + text + "\n  " + st.paint(bold, a.t("hint")) + " " + hint + "\n"
}

// short is a finding in one or two lines.
func (a *app) short(st style, f api.Finding) string {
	title, _, hint := a.wording(f)
	sign, colour := weight(f)
	out := st.paint(colour, sign+" "+title) + where(f) + "\n"
	if hint == "" {
		return out
	}
	return out + "  " + hint + "\n"
}

// weight is a severity's sign and colour.
func weight(f api.Finding) (sign, colour string) {
	switch f.Severity {
	case api.SeverityWarning:
		return "!", yellow
	case api.SeverityError:
		return "✗", red
	}
	return "i", ""
}

// wording finds the words for a finding. One from a newer agent has only its code.
func (a *app) wording(f api.Finding) (title, text, hint string) {
	args := places(f.Args)
	if args["Registry"] == "" {
		args["Registry"] = nameOf(f.Registry)
	}
	args["File"], args["Line"] = f.File, strconv.Itoa(f.Line)
	key := "finding." + f.Code
	if !a.p().Has(key + ".title") {
		return clean(f.Code), "", ""
	}
	return clean(a.p().T(key+".title", args)), clean(a.p().T(key+".text", args)), clean(a.p().T(key+".hint", args))
}

// where names the place of a finding, in the form that editors open.
func where(f api.Finding) string {
	switch {
	case f.File == "":
		return ""
	case f.Line == 0:
		return "  " + clean(f.File)
	}
	return fmt.Sprintf("  %s:%d", clean(f.File), f.Line)
}
