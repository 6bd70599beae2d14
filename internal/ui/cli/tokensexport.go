package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenExportOptions struct {
	registry, format, output string
	fresh                    bool
}

func (a *app) tokenExportCommand() *cobra.Command {
	var o tokenExportOptions
	cmd := &cobra.Command{
		Use: "export", GroupID: groupTokens, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.exportTokens(cmd.Context(), o) },
	}
	a.registryFlag(cmd, &o.registry)
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "", "")
	f.StringVar(&o.output, "output", "", "")
	f.BoolVar(&o.fresh, "fresh", false, "")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"ics", "csv", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// exportTokens writes the list down for a calendar, a spreadsheet or a program. There is no secret in it.
func (a *app) exportTokens(ctx context.Context, o tokenExportOptions) error {
	write := map[string]func(api.TokenList) ([]byte, error){"ics": a.asCalendar, "csv": asCSV, "json": asJSON}[o.format]
	if write == nil {
		return &misuse{"tokens-format", i18n.Args{"Format": clean(o.format)}}
	}
	_, l, err := a.accessTokens(ctx, o.registry, o.fresh)
	if err != nil {
		return err
	}
	text, err := write(l)
	if err != nil {
		return err
	}
	if o.output == "" || o.output == "-" {
		return a.print(string(text))
	}
	return a.writeNew(o.output, text)
}

// writeNew writes a file that is not there yet.
func (a *app) writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.Write(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &misuse{"tokens-there", i18n.Args{"File": clean(path)}}
		}
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
	}
	a.say("%s\n", a.t("tokens.export.done", i18n.Args{"File": clean(path)}))
	return nil
}

// asCalendar has an event for each access token that ends and is not gone already.
func (a *app) asCalendar(l api.TokenList) ([]byte, error) {
	var events []access.Event
	for _, t := range l.Tokens {
		if t.Ends.IsZero() || t.Dead(a.Now()) {
			continue
		}
		args := i18n.Args{"Name": clean(t.Name), "Registry": nameOf(l.Registry), "Masked": clean(t.Masked)}
		var lines []string
		if t.Kind != access.Entered { // which cannot be rotated from here
			lines = append(lines, a.p().T("access.remind.text", args))
		}
		if t.Note != "" {
			lines = append(lines, a.t("tokens.elsewhere", i18n.Args{"Where": clean(t.Note)}))
		}
		events = append(events, access.Event{Registry: l.Registry, ID: cmp.Or(t.ID, t.Name), Ends: t.Ends, Summary: a.p().T("access.remind.summary", args), Description: strings.Join(lines, "\n")})
	}
	return access.Calendar(events, a.Now()), nil
}

func asCSV(l api.TokenList) ([]byte, error) { return access.CSV(exported(l)), nil }

func asJSON(l api.TokenList) ([]byte, error) {
	list, err := access.JSON(exported(l))
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(struct {
		Schema int             `json:"schema_version"`
		Tokens json.RawMessage `json:"tokens"`
	}{api.Schema, list}, "", "  ")
	return append(raw, '\n'), err
}

func exported(l api.TokenList) []access.Row {
	rows := []access.Row{}
	for _, t := range l.Tokens {
		row := access.Row{Registry: l.Registry, Token: wholeToken(t).Token, Where: t.Note}
		for _, m := range t.Marks {
			row.Marks = append(row.Marks, m.Code)
		}
		rows = append(rows, row)
	}
	return rows
}
