package cli

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// quiet reports whether the user, or a build server, wants no questions and no waiting for people.
func (a *app) quiet(noInput bool) bool {
	set := func(name string) bool {
		v := strings.ToLower(a.Getenv(name))
		return v != "" && v != "0" && v != "false"
	}
	return noInput || set("CI") || set("SANDGLASS_NO_INPUT")
}

// mayAsk reports whether somebody sits at the terminal who can sign in. A job in the background asks nobody.
func (a *app) mayAsk(noInput bool) bool {
	return !a.quiet(noInput) && isTerminal(a.Stdin) && isTerminal(a.Stderr) && inFront()
}

// commandName is the name of a program as users type it: npm for C:\node\npm.cmd.
func commandName(path string) string {
	name := strings.ToLower(base(path))
	for _, end := range []string{".cmd", ".ps1", ".bat"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// due asks which sessions that are over a command is about to need.
func (a *app) due(ctx context.Context, argv []string) ([]api.Session, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, nil // a folder that was removed: nothing is known of it
	}
	return a.agent.Due(ctx, api.DueRequest{Manager: commandName(argv[0]), Args: argv[1:], Dir: dir})
}

// answer is what asking for credentials brought.
type answer struct {
	grant  api.Grant
	failed error
}

// needed lists what to renew before a command runs: of a package manager what the agent says that it will
// need, of another command, or where one registry was asked for, all if there would be nothing to give.
func (a *app) needed(ctx context.Context, argv []string, req api.GrantRequest, got answer) ([]api.Session, error) {
	if got.failed != nil && !isCode(got.failed, api.CodeEnded) {
		return nil, got.failed
	}
	over, alive := map[string]bool{}, false
	if got.failed != nil {
		over[req.Registry] = true
	}
	for _, it := range got.grant.Items {
		if it.Secret.IsZero() {
			over[it.Registry] = true
		} else {
			alive = true
		}
	}
	if len(over) == 0 {
		return nil, nil
	}
	notOver := func(s api.Session) bool { return !over[s.Registry] || s.State == api.StateLocked }
	if injection.ManagerOf(argv[0]) != "" && req.Registry == "" {
		due, _ := a.due(ctx, argv) // without an answer the command runs with what there is
		return slices.DeleteFunc(slices.Clone(due), notOver), nil
	}
	if alive {
		return nil, nil
	}
	s, err := a.snapshot(ctx)
	if err != nil || !s.Settings.Renew || s.Locked {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(s.Sessions), notOver), nil
}

// renew has the user sign in again, to one registry after the other. waiting is the text below "cli." that
// says what Ctrl-C does.
func (a *app) renew(ctx context.Context, sessions []api.Session, waiting string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, s := range sessions {
		a.say("%s\n", a.ended(s))
		if err := a.signIn(ctx, s.Registry, waiting); err != nil {
			return err
		}
		a.signedIn(ctx, s.Registry)
	}
	return nil
}

// ended says whose session ended when.
func (a *app) ended(s api.Session) string {
	who := clean(s.Name)
	if s.Account != "" {
		who = a.t("renew.who", i18n.Args{"Registry": who, "Account": clean(s.Account)})
	}
	if s.Ends.IsZero() {
		return a.t("renew.over", i18n.Args{"Who": who})
	}
	return a.t("renew.over.at", i18n.Args{"Who": who, "Clock": a.p().Clock(s.Ends, a.Now())})
}

// signIn waits for a login and shows its page and the time that goes by.
func (a *app) signIn(ctx context.Context, registry, waiting string) error {
	var last api.Login
	stop := func() {}
	err := a.agent.Login(ctx, api.LoginRequest{Registry: registry}, func(l api.Login) {
		if l.State == api.LoginWaiting && (l.URL != last.URL || last.State != api.LoginWaiting) {
			stop()
			a.page(l)
			stop = a.counting(a.t(waiting))
		}
		last = l
	})
	stop()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// counting shows a line, on a terminal with the seconds that have gone by, until stop is called.
func (a *app) counting(text string) (stop func()) {
	if st := a.style(a.Stderr); !st.terminal || a.Getenv("TERM") == "dumb" {
		a.say("%s\n", text)
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for s := 0; ; s++ {
			a.say("\r\x1b[K%s", a.t("renew.counting", i18n.Args{"Text": text, "Seconds": s}))
			select {
			case <-tick.C:
			case <-done:
				a.say("\n")
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
