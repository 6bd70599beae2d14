package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// undoing is one run of import --undo.
type undoing struct {
	*imports
	taken []api.Kept
	plans []api.Plan
	some  bool // there was something to put back
}

// undoImport puts credentials back into the files that they were taken from: those named, else all. Without names the lines
// that hold placeholders get theirs back, too.
func (a *app) undoImport(ctx context.Context, words []string, o importOptions) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	u := &undoing{imports: &imports{app: a, o: o}}
	if u.taken, err = takenOf(s, words); err != nil {
		return err
	}
	if !o.json {
		if err := a.print(u.list(a.style(a.Stdout))); err != nil {
			return err
		}
	}
	// First the lines: while logins are moved out of files, what is put back into them would be moved again.
	if len(words) == 0 {
		if err := u.lines(ctx, s.Settings); err != nil {
			return err
		}
	}
	if len(u.taken) > 0 {
		if err := u.putBack(ctx, api.SetupRequest{Restore: ids(u.taken)}, "import.undone"); err != nil {
			return err
		}
	}
	if o.json {
		return u.report()
	}
	if !u.some {
		a.say("%s\n", a.t("import.undo.none"))
	}
	return nil
}

// takenOf are the credentials that words name, all without any, of those that were taken out of files.
func takenOf(s api.Snapshot, words []string) (list []api.Kept, err error) {
	if len(words) == 0 {
		return slices.DeleteFunc(slices.Clone(s.Kept), func(k api.Kept) bool { return len(k.Taken) == 0 }), nil
	}
	for _, word := range words {
		k, err := keptOf(s, word)
		if err != nil {
			return nil, err
		}
		if len(k.Taken) == 0 {
			return nil, &misuse{"import-untaken", i18n.Args{"ID": clean(k.ID)}}
		}
		list = append(list, k)
	}
	return list, nil
}

func ids(list []api.Kept) (ids []string) {
	for _, k := range list {
		ids = append(ids, k.ID)
	}
	return ids
}

// list is what was taken, in words.
func (u *undoing) list(st style) (out string) {
	for _, k := range u.taken {
		out += u.keptWords(st, k) + "\n"
	}
	return out
}

// lines takes back the placeholders that stand in the user's own files, as setup --undo does, and leaves the rest of the
// setup alone. That would take back a mode that the user has chosen, which only setup --undo does.
func (u *undoing) lines(ctx context.Context, s api.Settings) error {
	if len(s.Modes) > 0 || s.DefaultMode != injection.ModeEnv {
		if s.Move {
			u.say("%s\n", u.t("import.undo.modes"))
		}
		return nil
	}
	return u.putBack(ctx, api.SetupRequest{Undo: true, Desktop: &s.DesktopEnv}, "import.undone.lines")
}

// putBack shows how the files get their credentials back, asks, and makes the changes.
func (u *undoing) putBack(ctx context.Context, req api.SetupRequest, done string) error {
	plan, err := u.planFor(ctx, req)
	if err != nil || req.Undo && len(plan.Edits) == 0 {
		return err
	}
	u.some = true
	u.plans = append(u.plans, *wholePlan(&plan))
	shown := preview{plan: plan, undo: true}
	switch {
	case u.o.json && !u.o.yes:
		return nil
	case u.o.dryRun:
		return u.print(u.preview(shown, u.style(u.Stdout)))
	case !u.o.json:
		u.say("%s", u.preview(shown, u.style(u.Stderr)))
	}
	if err := u.reasoned(u.app.carryOut(ctx, plan, u.o.yes, done)); err != nil {
		return err
	}
	u.done = true
	return nil
}

// report prints it all as data.
func (u *undoing) report() error {
	return u.json(struct {
		Schema  int        `json:"schema_version"`
		Kept    []api.Kept `json:"kept"`
		Plans   []api.Plan `json:"plans"`
		Applied bool       `json:"applied"`
	}{api.Schema, append([]api.Kept{}, u.taken...), append([]api.Plan{}, u.plans...), u.done})
}

// listKept prints what the keyring has beside the sessions.
func (a *app) listKept(ctx context.Context, asJSON bool) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return a.json(struct {
			Schema int        `json:"schema_version"`
			Kept   []api.Kept `json:"kept"`
		}{api.Schema, append([]api.Kept{}, s.Kept...)})
	}
	if len(s.Kept) == 0 {
		return a.print(a.t("import.kept.none") + "\n")
	}
	var blocks []string
	for _, k := range s.Kept {
		blocks = append(blocks, a.keptWords(a.style(a.Stdout), k))
	}
	return a.print(strings.Join(blocks, "\n"))
}

// dropKept forgets a credential of the keyring, which may be the only one that has it, after asking.
func (a *app) dropKept(ctx context.Context, word string, agreed bool) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	k, err := keptOf(s, word)
	if err != nil {
		return err
	}
	a.say("%s%s\n", a.keptWords(a.style(a.Stderr), k), a.t("import.drop.not-revoked"))
	if len(k.Taken) > 0 {
		a.say("%s\n", a.t("import.drop.taken", i18n.Args{"ID": clean(k.ID)}))
	}
	if !agreed {
		if err := a.confirmed(newAsker(a), a.t("import.drop.ask"), "import-drop"); err != nil {
			return err
		}
	}
	if err := a.agent.Do(ctx, api.Action{Verb: api.VerbDrop, ID: k.ID}); err != nil {
		return err
	}
	a.say("%s\n", a.t("import.dropped"))
	return nil
}
