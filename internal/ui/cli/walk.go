package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// walk is the first run at a terminal: the five steps of the window, on the same calls of the agent. Enter takes
// what stands in brackets, and nothing is written before the third step was agreed to or passed.
type walk struct {
	*app
	ask  *asker
	st   style
	s    api.Snapshot
	o    setupOptions
	keep *api.KeepRequest // another store than the one in force
}

// walks reports whether there is somebody to walk through the steps with: at a terminal, and with no flag that says
// already what is wanted.
func (a *app) walks(o setupOptions) bool {
	plain := len(o.shells) == 0 && o.mode == "" && o.registry == "" && !o.moveSet && !o.desktopSet && !o.helper
	return plain && !o.undo && !o.yes && !o.dryRun && !o.json && isTerminal(a.Stdin) && isTerminal(a.Stderr)
}

func (a *app) walk(ctx context.Context, o setupOptions, s api.Snapshot) error {
	w := &walk{app: a, ask: newAsker(a), st: a.style(a.Stderr), s: s, o: o}
	for i, step := range []struct {
		name string
		do   func(context.Context) error
	}{{"look", w.look}, {"keep", w.store}, {"reach", w.reach}, {"login", w.signIn}, {"prove", w.prove}} {
		head := a.t("setup.step", i18n.Args{"N": i + 1, "Name": a.p().T("setup.step." + step.name)})
		a.say("\n%s\n", w.st.paint(bold, head))
		if err := step.do(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return &api.Error{Code: api.CodeCancelled}
		}
	}
	return w.welcomed(ctx)
}

// look says what is there.
func (w *walk) look(ctx context.Context) error {
	first, err := w.agent.Plan(ctx, api.SetupRequest{})
	if err != nil {
		return err
	}
	w.say("%s", table(w.st, w.facts(first)))
	return nil
}

// facts are a line for each kind of thing that was found, and one for each login in the open.
func (w *walk) facts(first api.Plan) (rows [][]cell) {
	p := w.p()
	add := func(key, none string, found []string) {
		colour := ""
		if len(found) == 0 {
			found, colour = []string{p.T(none)}, dim
		}
		name := p.T(key)
		for _, one := range found {
			rows = append(rows, []cell{{"  " + name, bold}, {clean(one), colour}})
			name = ""
		}
	}
	var managers, files, logins, open []string
	for _, m := range first.Managers {
		managers = append(managers, strings.TrimSpace(m.Name+" "+m.Version))
	}
	for _, f := range w.s.Files {
		if f.Exists {
			files = append(files, f.Path)
		}
	}
	for _, one := range w.s.Sessions {
		if one.State != api.StateNone {
			logins = append(logins, strings.TrimSpace(one.Name+" "+one.Account))
		}
		for _, place := range one.Places {
			if place.Literal {
				open = append(open, p.T("setup.open.at", i18n.Args{"Registry": one.Name, "File": place.File, "Line": place.Line}))
			}
		}
	}
	together := func(list []string) []string {
		if len(list) == 0 {
			return nil
		}
		return []string{strings.Join(list, p.T("setup.comma"))}
	}
	add("setup.shells", "setup.none.shells", together(first.Shells))
	add("setup.managers", "setup.none.managers", together(managers))
	add("setup.files", "setup.none.files", files)
	add("setup.logins", "setup.none.logins", logins)
	add("setup.open", "setup.open.none", open)
	return rows
}

// store asks where logins are kept. The third step carries it out.
func (w *walk) store(context.Context) error {
	var rows [][]cell
	for _, store := range stores {
		text := "setup.keep." + store + ".text"
		if store == string(api.StoreKeyring) && w.s.Agent.Store == api.StoreMemory && storeNow(w.s) == api.StoreKeyring {
			text = "setup.keep.keyring.absent"
		}
		rows = append(rows, []cell{{"  " + store, bold}, {w.p().T(text), ""}})
	}
	w.say("%s", table(w.st, rows))
	chosen := w.o.store
	if chosen == "" {
		var err error
		if chosen, err = w.choose(w.t("setup.keep.ask"), stores, string(storeNow(w.s))); err != nil {
			return err
		}
	}
	keep, err := w.wishedStore(w.ask, chosen, w.s)
	w.keep = keep
	return err
}

// reach asks what is to be set up, shows the lines, and asks once more.
func (w *walk) reach(ctx context.Context) error {
	req, err := w.wanted()
	if err != nil {
		return err
	}
	plan, err := w.agent.Plan(ctx, req)
	if err != nil {
		return err
	}
	w.say("\n%s", w.preview(preview{plan, inForce(req, w.s), false}, w.st))
	if w.keep != nil {
		w.say("%s\n", w.p().T("setup.keep.sets."+string(w.keep.Store)))
	}
	if !changes(plan) && w.keep == nil {
		w.say("%s\n", w.t("setup.nothing"))
		return nil
	}
	agreed, err := w.yes(w.question(plan), false)
	if err != nil || !agreed {
		return err
	}
	if err := w.kept(ctx, w.keep); err != nil {
		return err
	}
	if !changes(plan) {
		return nil
	}
	if err := w.agent.Apply(ctx, plan.ID); err != nil {
		return err
	}
	w.say("%s\n", w.t("setup.applied"))
	return nil
}

// wanted asks for the shells, the mode, and what goes with them.
func (w *walk) wanted() (api.SetupRequest, error) {
	req, err := w.wishes(setupOptions{}, w.s)
	if err != nil {
		req.Shells = nil // a login shell that has no hook
	}
	for {
		line, err := w.ask.line(w.t("setup.shells.ask", i18n.Args{"Default": strings.Join(req.Shells, ", ")}))
		if err != nil {
			return req, err
		}
		if strings.TrimSpace(line) == "" {
			break
		}
		names := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '、' })
		if bad := slices.IndexFunc(names, func(name string) bool { return !slices.Contains(everyShell, name) }); bad >= 0 {
			w.say("%s\n", w.t("setup.choose.wrong", i18n.Args{"Answer": clean(names[bad]), "Options": strings.Join(everyShell, ", ")}))
			continue
		}
		req.Shells = names
		break
	}
	var modes []string
	for _, m := range injection.Modes {
		modes = append(modes, string(m))
	}
	w.say("%s\n%s", w.st.paint(bold, w.t("setup.modes")), table(w.st, w.modes([]injection.Mode{w.s.Settings.DefaultMode})))
	mode, err := w.choose(w.t("setup.mode.ask"), modes, string(w.s.Settings.DefaultMode))
	if err != nil {
		return req, err
	}
	if mode != string(w.s.Settings.DefaultMode) {
		req.Mode = injection.Mode(mode)
	}
	if req.Mode == "" {
		if req.Move, err = w.yes(w.t("setup.move.ask"), true); err != nil {
			return req, err
		}
	}
	desktop, err := w.yes(w.t("setup.desktop.ask"), w.s.Settings.DesktopEnv)
	req.Desktop = &desktop
	return req, err
}

// signIn logs in, unless somebody is.
func (w *walk) signIn(ctx context.Context) error {
	for _, one := range w.s.Sessions {
		if one.State != api.StateNone && one.StateAt(w.Now()) != api.StateEnded {
			w.signedIn(ctx, one.Registry)
			return nil
		}
	}
	if agreed, err := w.yes(w.t("setup.login.ask"), true); err != nil || !agreed {
		return err
	}
	if err := w.login(ctx, "", loginOptions{}); err != nil {
		if ctx.Err() != nil {
			return err
		}
		w.tell(err)
	}
	return nil
}

// prove asks fresh shells.
func (w *walk) prove(ctx context.Context) error {
	s, err := w.snapshot(ctx)
	if err != nil {
		return err
	}
	if len(provable(s)) == 0 {
		w.say("%s\n", w.unproven(s))
		return nil
	}
	if agreed, err := w.yes(w.t("setup.prove.ask"), true); err != nil || !agreed {
		return err
	}
	_, err = w.proofs(ctx, s)
	return err
}

// welcomed notes that the first run was gone through: the window asks no more.
func (w *walk) welcomed(ctx context.Context) error {
	s, err := w.snapshot(ctx)
	if err != nil || s.Settings.Welcomed {
		return err
	}
	s.Settings.Welcomed = true
	return w.agent.Do(ctx, api.Action{Verb: api.VerbSet, Settings: &s.Settings})
}

// choose asks until one of the options is named; Enter is the one in brackets.
func (w *walk) choose(prompt string, options []string, standing string) (string, error) {
	for {
		line, err := w.ask.line(prompt + " (" + strings.Join(options, ", ") + ") [" + standing + "]")
		if err != nil {
			return "", err
		}
		switch answer := strings.ToLower(strings.TrimSpace(line)); {
		case answer == "":
			return standing, nil
		case slices.Contains(options, answer):
			return answer, nil
		default:
			w.say("%s\n", w.t("setup.choose.wrong", i18n.Args{"Answer": clean(answer), "Options": strings.Join(options, ", ")}))
		}
	}
}

// yes asks a question that is answered by yes or no; Enter is standing.
func (w *walk) yes(prompt string, standing bool) (bool, error) {
	if !strings.HasSuffix(prompt, "]") {
		prompt += map[bool]string{true: " [Y/n]", false: " [y/N]"}[standing]
	}
	line, err := w.ask.line(prompt)
	if err != nil {
		return false, err
	}
	if strings.TrimSpace(line) == "" {
		return standing, nil
	}
	return agrees(line), nil
}

// everyShell are those that have a hook.
var everyShell = []string{"bash", "zsh", "fish", "pwsh", "nu"}
