package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// words makes every command speak the user's language where it speaks at all.
func (a *app) words(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		a.fill(root)
		_ = a.print(a.help(cmd))
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		a.fill(root)
		a.say("%s", a.help(cmd))
		return nil
	})
	root.SetFlagErrorFunc(flagProblem)
	root.SetHelpCommand(&cobra.Command{
		Use: "help [command]", Hidden: true, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return a.noSuchCommand(root, args)
			}
			return cmd.Help()
		},
	})
}

// fill writes the texts into the tree: completions show them too.
func (a *app) fill(cmd *cobra.Command) {
	name := key(cmd)
	cmd.Short = a.t("help." + name)
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Name == "version" {
			f.Usage = a.t("flag." + f.Name)
		} else {
			f.Usage = a.t("flag." + name + "." + f.Name)
		}
	})
	for _, sub := range cmd.Commands() {
		if explained(sub) {
			a.fill(sub)
		}
	}
}

// explained reports whether a command has texts: all have but those that cobra adds.
func explained(cmd *cobra.Command) bool {
	return cmd.Name() != "help" && cmd.Name() != cobra.ShellCompRequestCmd
}

// key is a command's name in the catalogue, with those above it.
func key(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return "sandglass"
	}
	return strings.Join(strings.Fields(cmd.CommandPath())[1:], ".")
}

// help is the whole help of a command: what it does, examples, usage, commands, flags.
func (a *app) help(cmd *cobra.Command) string {
	st := a.style(a.Stdout)
	var b strings.Builder
	head := func(name string) { b.WriteString("\n" + st.paint(bold, a.t("head."+name)) + "\n") }
	b.WriteString(cmd.Short + "\n")
	if long := "cli.help." + key(cmd) + ".long"; a.p().Has(long) {
		b.WriteString("\n" + a.p().T(long) + "\n")
	}
	if examples := "cli.help." + key(cmd) + ".examples"; a.p().Has(examples) {
		head("examples")
		for line := range strings.SplitSeq(a.p().T(examples), "\n") {
			b.WriteString("  " + line + "\n")
		}
	}
	head("usage")
	line := cmd.UseLine()
	if cmd.HasSubCommands() {
		line = cmd.CommandPath() + " [command] [flags]"
	}
	b.WriteString("  " + line + "\n")
	for _, g := range cmd.Groups() {
		if rows := commandsOf(cmd, g.ID); len(rows) > 0 {
			head("group." + g.ID)
			b.WriteString(table(st, rows))
		}
	}
	if rows := flagsOf(cmd); len(rows) > 0 {
		head("flags")
		b.WriteString(table(st, rows))
	}
	if cmd.HasSubCommands() {
		b.WriteString("\n" + a.t("help.more") + "\n")
	}
	return b.String()
}

func commandsOf(cmd *cobra.Command, group string) (rows [][]cell) {
	for _, sub := range cmd.Commands() {
		if sub.GroupID == group && !sub.Hidden {
			rows = append(rows, []cell{{"  " + sub.Name(), bold}, {sub.Short, ""}})
		}
	}
	return rows
}

func flagsOf(cmd *cobra.Command) (rows [][]cell) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if t := f.Value.Type(); t != "bool" {
			name += " <" + f.Name + ">"
		}
		rows = append(rows, []cell{{name, ""}, {f.Usage, ""}})
	})
	return rows
}
