package cli

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// How long a session is not asked for again after the user would not renew it, or could not.
const (
	snoozeUnwanted = 10 * time.Minute
	snoozeFailed   = 2 * time.Minute
)

// ensure renews what a command is about to need. The hooks of the shells call it before commands, so it
// never stands in the way of one that can do without: it starts no agent, and the shell runs the command
// whatever the exit code is.
func (a *app) ensure(ctx context.Context, argv []string, noInput bool) error {
	due, err := a.due(ctx, argv)
	if err != nil || len(due) == 0 {
		return nil
	}
	a.speak(ctx)
	if !a.mayAsk(noInput) {
		for _, s := range due {
			a.say("%s %s\n", a.ended(s), a.t("ensure.hint"))
		}
		return status(exitNotSignedIn)
	}
	for _, s := range due {
		err := a.renew(ctx, []api.Session{s}, "ensure.waiting")
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled) || isCode(err, api.CodeCancelled):
			a.snooze(s.Registry, snoozeUnwanted)
			a.say("%s\n", a.t("ensure.skipped", i18n.Args{"Command": clean(commandName(argv[0]))}))
			return status(exitCancelled)
		default:
			a.snooze(s.Registry, snoozeFailed)
			what, _, _ := a.explain(err)
			a.say("%s\n", clean(what))
			return status(exitCode(err))
		}
	}
	return nil
}

// exitNotSignedIn is the exit code for want of a session.
const exitNotSignedIn = 3

// speak takes the user's language from the agent, if one runs.
func (a *app) speak(ctx context.Context) {
	if s, err := a.Env.Agent.Snapshot(ctx); err == nil {
		a.language = s.Settings.Language
	}
}

// snooze keeps commands from being held up again at once. It is asked for on the way out, when the
// context of the command has ended.
func (a *app) snooze(registry string, length time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = a.Env.Agent.Do(ctx, api.Action{Verb: api.VerbSnooze, Registry: registry, Until: a.Now().Add(length)})
}
