package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// shells are those that have hooks and env files.
var shells = []string{"bash", "zsh", "fish", "pwsh", "nu"}

// completion prints the completion script of a shell.
func (a *app) completion(cmd *cobra.Command, args []string) error {
	root := cmd.Root()
	a.fill(root)
	var err error
	switch args[0] {
	case "bash":
		err = root.GenBashCompletionV2(a.Stdout, true)
	case "zsh":
		err = root.GenZshCompletion(a.Stdout)
	case "fish":
		err = root.GenFishCompletion(a.Stdout, true)
	case "powershell", "pwsh":
		err = root.GenPowerShellCompletionWithDesc(a.Stdout)
	default:
		return &misuse{"shell", i18n.Args{"Shell": clean(args[0])}}
	}
	if err != nil {
		return fmt.Errorf("write completion: %w", err)
	}
	return nil
}

func completeShell(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return shells, cobra.ShellCompDirectiveNoFileComp
}

// completionPatience is how long the user, who has only pressed Tab, waits for the agent.
const completionPatience = 200 * time.Millisecond

// completeRegistry offers the registries that are known. No agent is started for it, and none is
// waited for: the user has only pressed Tab.
func (a *app) completeRegistry(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	s, err := a.Env.Agent.Snapshot(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, one := range s.Sessions {
		names = append(names, clean(one.Name))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func completeMode(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, m := range injection.Modes {
		names = append(names, string(m))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
