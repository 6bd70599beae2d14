package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// windowRooms are the rooms that a user may name.
var windowRooms = append(slices.Clone(api.Rooms), api.RoomSetup)

// windowCommand opens the window, in a room if one is named.
func (a *app) windowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "window [room]", GroupID: groupMore, Args: a.atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error { return a.window(cmd.Context(), api.Room(first(args))) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			for _, room := range windowRooms {
				if len(args) == 0 {
					names = append(names, string(room))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func (a *app) window(ctx context.Context, room api.Room) error {
	if room != "" && !slices.Contains(windowRooms, room) {
		return &misuse{"room", i18n.Args{"Room": clean(string(room))}}
	}
	if err := a.agent.Do(ctx, api.Action{Verb: api.VerbShow, Room: room}); err != nil {
		return err
	}
	a.say("%s\n", a.t("done.show"))
	return nil
}
