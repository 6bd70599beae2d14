package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenNoteOptions struct {
	ends, where, registry, remove string
	json                          bool
}

func (a *app) tokenNoteCommand() *cobra.Command {
	var o tokenNoteOptions
	cmd := &cobra.Command{
		Use: "note [name]", GroupID: groupTokens, Args: a.atMostOne, ValidArgsFunction: a.completeTokens,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch name := strings.TrimSpace(first(args)); {
			case o.remove != "" && (name != "" || o.ends != "" || o.where != ""), name == "" && (o.ends != "" || o.where != ""):
				return &misuse{"tokens-note", nil}
			case o.remove != "":
				return a.removeNote(cmd.Context(), o.remove)
			case name == "":
				return a.listNotes(cmd.Context(), o.json)
			default:
				return a.noteToken(cmd.Context(), name, o)
			}
		},
	}
	a.registryFlag(cmd, &o.registry)
	f := cmd.Flags()
	f.StringVar(&o.ends, "ends", "", "")
	f.StringVar(&o.where, "where", "", "")
	f.StringVar(&o.remove, "remove", "", "")
	f.BoolVar(&o.json, "json", false, "")
	return cmd
}

// noteToken keeps what the user says of an access token: of one in the agent's list where else it is, of another that it
// is, and until when.
func (a *app) noteToken(ctx context.Context, name string, o tokenNoteOptions) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if o.registry != "" && !knownName(o.registry, s) {
		return &misuse{"registry", i18n.Args{"Registry": clean(o.registry)}}
	}
	note := api.TokenNote{Registry: resolve(o.registry, s), Name: name, Where: o.where}
	if o.ends != "" {
		if note.Ends, err = a.endDate(o.ends); err != nil {
			return err
		}
	}
	if i := slices.IndexFunc(s.Notes, func(n api.TokenNote) bool { return n.Name == name || n.ID == name }); i >= 0 {
		note = again(s.Notes[i], note)
	} else if o.ends == "" {
		// Without an end it is about one that a registry lists.
		l, found, err := a.pick(ctx, o.registry, []string{name})
		if err != nil {
			return err
		}
		note.ID, note.Name, note.Registry = found[0].ID, found[0].Name, l.Registry
	}
	if err := a.agent.Do(ctx, api.Action{Verb: api.VerbNote, Note: &note}); err != nil {
		return err
	}
	a.say("%s\n", a.t("tokens.note.done", i18n.Args{"Name": clean(note.Name)}))
	return nil
}

// again is a note with what is said anew.
func again(old, said api.TokenNote) api.TokenNote {
	if said.Where != "" {
		old.Where = said.Where
	}
	if !said.Ends.IsZero() {
		old.Ends = said.Ends
	}
	if said.Registry != "" {
		old.Registry = said.Registry
	}
	return old
}

// endDate reads a day, which counts from its beginning, or a moment.
func (a *app) endDate(text string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return at, &misuse{"tokens-date", i18n.Args{"Date": clean(text)}}
	}
	if !at.After(a.Now()) {
		return at, &misuse{"tokens-past", i18n.Args{"Date": clean(text)}}
	}
	return at, nil
}

// removeNote forgets a note, named by its id or its name.
func (a *app) removeNote(ctx context.Context, word string) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	var found []api.TokenNote
	for _, n := range s.Notes {
		if n.ID == word {
			found = []api.TokenNote{n}
			break
		}
		if n.Name == word {
			found = append(found, n)
		}
	}
	switch {
	case len(found) == 0:
		return &misuse{"tokens-no-note", nil}
	case len(found) > 1:
		a.say("%s", a.noteTable(a.style(a.Stderr), found))
		return &misuse{"tokens-several", nil}
	}
	if err := a.agent.Do(ctx, api.Action{Verb: api.VerbUnnote, ID: found[0].ID}); err != nil {
		return err
	}
	a.say("%s\n", a.t("tokens.note.removed", i18n.Args{"Name": clean(found[0].Name)}))
	return nil
}

// listNotes prints what the user has said.
func (a *app) listNotes(ctx context.Context, asJSON bool) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return a.json(struct {
			Schema int             `json:"schema_version"`
			Notes  []api.TokenNote `json:"notes"`
		}{api.Schema, append([]api.TokenNote{}, s.Notes...)})
	}
	if len(s.Notes) == 0 {
		return a.print(a.t("tokens.note.none") + "\n")
	}
	return a.print(a.noteTable(a.style(a.Stdout), s.Notes))
}

func (a *app) noteTable(st style, notes []api.TokenNote) string {
	var rows [][]cell
	for _, n := range notes {
		ends := ""
		if !n.Ends.IsZero() {
			var one api.AccessToken
			one.Ends = n.Ends
			ends, _ = a.endsWords(one)
		}
		registry := ""
		if n.Registry != "" {
			registry = nameOf(n.Registry)
		}
		rows = append(rows, []cell{{clean(n.ID), dim}, {clean(n.Name), bold}, {registry, ""}, {ends, ""}, {clean(n.Where), ""}})
	}
	return table(st, rows)
}
