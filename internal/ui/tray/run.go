package tray

import (
	"context"
	"strconv"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// Options are what the wiring lends to the tray. Every function may be called from any goroutine.
type Options struct {
	// Page tries again to open a login page on which no browser was started.
	Page func(ctx context.Context, page string) error
	// Hosts calls see with whether this desktop shows tray icons, at once and at every change, until
	// ctx ends. nil: it always does.
	Hosts func(ctx context.Context, see func(shown bool))
	// OnHost is told whether the icon is shown: once Hosts says so, or when it said no for Grace, and
	// after that at every change.
	OnHost func(shown bool)
	// Report takes errors of what a click asked for. The agent's findings tell the user.
	Report func(error)
	// Grace is how long a desktop that just starts may take to bring up its panel. 0: 15 s.
	Grace time.Duration
	// NoWindow says that no window can be opened here: a click on the icon then always gives the menu.
	NoWindow bool
	// Dark is whether the panel is dark.
	Dark bool
	// Size is the icon's pixels a side. 0: what suits the system.
	Size int
}

const (
	defaultGrace  = 15 * time.Second
	snapshotLimit = 2 * time.Second // for the first snapshot; the menu must not wait longer
)

// Run shows the tray until ctx ends or the agent's watch does, whose error it returns. It must be
// called on the main goroutine, once in the life of the process.
func Run(ctx context.Context, agent api.Agent, opts Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if opts.Grace == 0 {
		opts.Grace = defaultGrace
	}
	first, stop := context.WithTimeout(ctx, snapshotLimit)
	s, err := agent.Snapshot(first)
	stop()
	if err != nil && ctx.Err() != nil {
		return nil
	}
	l := newLoop(agent, opts, s)
	ended := make(chan error, 1)
	native(l, func() {
		go l.follow(ctx)
		go func() {
			defer quit()
			ended <- l.run(ctx)
		}()
	})
	cancel()
	return <-ended
}

// follow tells the wiring about the tray host.
func (l *loop) follow(ctx context.Context) {
	if l.opts.OnHost == nil {
		return
	}
	if l.opts.Hosts == nil {
		l.opts.OnHost(true)
		return
	}
	seen := make(chan bool)
	go func() {
		defer close(seen)
		l.opts.Hosts(ctx, func(shown bool) {
			select {
			case seen <- shown:
			case <-ctx.Done():
			}
		})
	}()
	grace := time.NewTimer(l.opts.Grace)
	defer grace.Stop()
	patient, shown, told := true, false, ""
	for {
		if word := strconv.FormatBool(shown); (shown || !patient) && told != word {
			told = word
			l.opts.OnHost(shown)
		}
		select {
		case now, ok := <-seen:
			if shown = now && ok; !ok {
				seen = nil // no more news
			}
		case <-grace.C:
			patient = false
		case <-ctx.Done():
			return
		}
	}
}

// printer speaks the language that a snapshot's settings ask for.
func printer(s api.Snapshot) *i18n.Printer { return i18n.New(s.Settings.Language) }
