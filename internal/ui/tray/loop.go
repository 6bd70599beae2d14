package tray

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

const (
	// longestWait bounds a timer while something counts down: timers stand still while a laptop
	// sleeps, the wall clock does not.
	longestWait = 30 * time.Second
	// stillFor is how long an opened menu is left alone, as no system says that it was closed.
	stillFor = 20 * time.Second
	// stillAgain is when a system that says whether the menu is open is asked once more.
	stillAgain = 3 * time.Second
	// settle is when icon and tooltip are set a second time: what is set while the tray library
	// connects can get lost.
	settle = time.Second
)

// screen is what the loop draws on.
type screen interface {
	// picture shows the icon.
	picture(spec icon.Spec)
	// tip is the icon's text: name says it with the program's name, tooltip without.
	tip(name, tooltip string)
	// entry shows item at its place.
	entry(item Item)
	// hide hides the entry at a place.
	hide(key string)
	// open reports whether the menu is open, on systems that can be asked; the others tell when it opens.
	open() bool
}

// loop owns what the tray shows. Only run touches its fields.
type loop struct {
	agent     api.Agent
	opts      Options
	snapshots chan api.Snapshot
	clicks    chan string
	opened    chan struct{}
	on        screen

	snapshot api.Snapshot
	words    *i18n.Printer
	shown    map[string]Item // what stands at each place
	spec     icon.Spec
	tooltip  string
	still    time.Time // entries are left alone until then
	again    time.Time // set the icon once more then
}

func newLoop(agent api.Agent, opts Options, first api.Snapshot) *loop {
	l := &loop{
		agent: agent, opts: opts, snapshot: first, words: printer(first), shown: map[string]Item{},
		snapshots: make(chan api.Snapshot, 1), clicks: make(chan string, 16), opened: make(chan struct{}, 1),
	}
	l.look(wall())
	return l
}

// wall is the time without the monotonic reading, which stands still while a laptop sleeps.
func wall() time.Time { return time.Now().Round(0) }

// run draws until ctx or the agent's watch ends, and returns the latter's error.
func (l *loop) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watched := make(chan error, 1)
	go func() { watched <- l.agent.Watch(ctx, l.see) }()
	timer := time.NewTimer(0)
	defer timer.Stop()
	l.again = wall().Add(settle)
	for {
		now := wall()
		select {
		case <-l.opened: // before what came at the same time is drawn
			l.still = now.Add(stillFor)
		default:
		}
		l.draw(now)
		if wait := l.wait(now); wait > 0 {
			timer.Reset(wait)
		} else {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-watched:
			if ctx.Err() != nil || err == nil {
				return nil
			}
			return fmt.Errorf("watch the agent: %w", err)
		case l.snapshot = <-l.snapshots:
			if p := printer(l.snapshot); p.Language() != l.words.Language() {
				l.words = p
			}
		case <-timer.C:
		case <-l.opened:
			l.still = now.Add(stillFor)
		case key := <-l.clicks:
			l.still = time.Time{}
			l.click(ctx, l.means(key))
		}
	}
}

// see takes a snapshot from the agent; only the newest counts.
func (l *loop) see(s api.Snapshot) error {
	for {
		select {
		case l.snapshots <- s:
			return nil
		default:
		}
		select {
		case <-l.snapshots:
		default:
		}
	}
}

// wait is how long the loop may sleep, 0 for as long as nothing happens.
func (l *loop) wait(now time.Time) time.Duration {
	next := NextChange(l.snapshot, now)
	for _, t := range []time.Time{l.still, l.again} {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if next.IsZero() {
		return 0
	}
	return max(time.Millisecond, min(longestWait, next.Sub(now)))
}

// look says what icon and tooltip are now, and which of them is news.
func (l *loop) look(now time.Time) (picture, text bool) {
	spec, tooltip := IconSpec(l.snapshot, now), Tooltip(l.snapshot, l.words, now)
	spec.Dark, spec.Size = l.opts.Dark, l.opts.Size
	picture, text = spec != l.spec, tooltip != l.tooltip
	l.spec, l.tooltip = spec, tooltip
	return picture, text
}

// name is the tooltip with the program's name, for those who hear it among other icons'.
func (l *loop) name() string { return l.words.T("tray.tooltip", i18n.Args{"Status": l.tooltip}) }

// draw brings the screen up to date: the icon at once, the entries unless the menu is open.
func (l *loop) draw(now time.Time) {
	settled := !l.again.IsZero() && !now.Before(l.again)
	picture, text := l.look(now)
	if picture || settled {
		l.on.picture(l.spec)
	}
	if text && l.again.IsZero() || settled { // not before: the library makes an id of the first title
		l.on.tip(l.name(), l.tooltip)
	}
	if settled {
		l.again = time.Time{}
	}
	if l.on.open() {
		l.still = now.Add(stillAgain)
	}
	if now.Before(l.still) {
		return
	}
	l.still = time.Time{}
	gone := make(map[string]bool, len(l.shown))
	for key := range l.shown {
		gone[key] = true
	}
	for _, item := range Menu(l.snapshot, l.words, now) {
		if item.Separator {
			continue
		}
		delete(gone, item.Key)
		if old, ok := l.shown[item.Key]; !ok || old != item {
			l.shown[item.Key] = item
			if !ok || old.Label != item.Label {
				l.on.entry(item)
			}
		}
	}
	for key := range gone {
		delete(l.shown, key)
		l.on.hide(key)
	}
}

// means is what a click on a place asks for.
func (l *loop) means(key string) Do {
	if key == keyIcon {
		return show("")
	}
	return l.shown[key].Do
}

// click asks the agent for what a click means, and does not wait for it.
func (l *loop) click(ctx context.Context, do Do) {
	go func() {
		err := l.do(ctx, do)
		if err != nil && ctx.Err() == nil && l.opts.Report != nil {
			l.opts.Report(err)
		}
	}()
}

func (l *loop) do(ctx context.Context, do Do) error {
	switch {
	case do.Login != "":
		return wrap("log in from the tray", l.agent.Login(ctx, api.LoginRequest{Registry: do.Login}, nil))
	case do.Page != "":
		if l.opts.Page == nil {
			return errors.New("show login page: no way to do so")
		}
		return wrap("show login page", l.opts.Page(ctx, do.Page))
	case do.Pause > 0:
		return wrap("pause notices", l.agent.Do(ctx, api.Action{Verb: api.VerbPause, Until: wall().Add(do.Pause)}))
	case do.Verb != "":
		return wrap(string(do.Verb), l.agent.Do(ctx, api.Action{Verb: do.Verb, Room: do.Room}))
	}
	return nil
}

func wrap(step string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", step, err)
}
