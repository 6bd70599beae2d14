package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type tokenAuditOptions struct {
	registry    string
	fresh, json bool
}

func (a *app) tokenAuditCommand() *cobra.Command {
	var o tokenAuditOptions
	cmd := &cobra.Command{
		Use: "audit", GroupID: groupTokens, Args: a.none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditTokens(cmd.Context(), o) },
	}
	a.registryFlag(cmd, &o.registry)
	cmd.Flags().BoolVar(&o.fresh, "fresh", false, "")
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

// audited is an access token with one thing that is to be said about it.
type audited struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Masked string `json:"masked"`
	access.Mark
	Command string `json:"command,omitempty"` // what does something about it
}

// auditTokens says what is wrong with access tokens. Its exit code is 7 where something is serious.
func (a *app) auditTokens(ctx context.Context, o tokenAuditOptions) error {
	_, l, err := a.accessTokens(ctx, o.registry, o.fresh)
	if err != nil {
		return err
	}
	found := findings(l)
	if o.json {
		err = a.json(struct {
			Schema   int       `json:"schema_version"`
			Registry string    `json:"registry"`
			Tokens   int       `json:"tokens"`
			Findings []audited `json:"findings"`
		}{api.Schema, l.Registry, len(l.Tokens), found})
	} else {
		err = a.print(a.auditWords(l, found))
	}
	if err == nil && slices.ContainsFunc(found, func(f audited) bool { return f.Serious }) {
		return status(exitRefused)
	}
	return err
}

// findings lists all marks, the serious ones first.
func findings(l api.TokenList) []audited {
	out := []audited{}
	for _, serious := range []bool{true, false} {
		for _, t := range l.Tokens {
			for _, m := range t.Marks {
				if m.Serious == serious {
					out = append(out, audited{t.ID, t.Name, t.Masked, m, remedy(t, m.Code)})
				}
			}
		}
	}
	return out
}

// remedy is the command that does something about a mark. One that a registry does not list has none.
func remedy(t api.AccessToken, code string) string {
	id := clean(t.ID)
	if id == "" || !plainWord(id) || t.Masked == "" {
		return ""
	}
	rotate := "sandglass tokens rotate " + id
	switch code {
	case access.MarkEnds:
		return rotate
	case access.MarkBypass:
		return rotate + " --permission stage-only"
	case access.MarkWide, access.MarkAll:
		return rotate + " --scope @SCOPE"
	case access.MarkLong, access.MarkNever:
		return rotate + " --days " + strconv.Itoa(access.LimitWriteDays)
	case access.MarkAnyAddr:
		return rotate + " --address RANGE"
	case access.MarkClassic, access.MarkUnused, access.MarkNotUsed, access.MarkEnded:
		return "sandglass tokens revoke " + id
	}
	return ""
}

// plainWord reports whether a shell takes a text as one word: it comes from a registry, and the user copies it.
func plainWord(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

func (a *app) auditWords(l api.TokenList, found []audited) string {
	st := a.style(a.Stdout)
	var b strings.Builder
	for _, f := range found {
		sign, colour := markSign(f.Mark)
		b.WriteString(st.paint(colour, sign+" "+clean(f.Name)) + "  " + st.paint(dim, clean(f.Masked)) + "  " + a.markWords(f.Mark, "") + "\n")
		for _, part := range []string{".text", ".hint"} {
			if text := a.markWords(f.Mark, part); text != "" {
				b.WriteString("  " + text + "\n")
			}
		}
		if f.Command != "" {
			b.WriteString("  " + st.paint(bold, "→") + " " + f.Command + "\n")
		}
	}
	if len(found) > 0 {
		b.WriteString("\n" + st.paint(bold, a.p().N("cli.tokens.audit.found", len(found))))
	} else {
		b.WriteString(st.paint(green, "✓") + " " + a.t("tokens.audit.fine"))
	}
	looked := i18n.Args{"Count": a.p().N("cli.tokens.count", len(l.Tokens)), "Registry": nameOf(l.Registry)}
	return b.String() + " " + st.paint(dim, a.t("tokens.audit.looked", looked)) + "\n"
}
