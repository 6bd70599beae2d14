// Package browser opens a page in the user's browser, by github.com/pkg/browser or, on Unix, by the
// programs that $BROWSER names, and a folder in the file manager. An Opener may be used from any goroutine.
//
// Open returns within its limit (10 s). A program that still runs then is left alone, since it may be
// the browser itself: nothing here can tell that from a launcher that hangs, so Open says
// ErrUnsure and the page's address should be shown too. At most four such programs are let run.
//
// What the programs print is caught and goes to the log at debug level, addresses cut down to their
// hosts: it would else mix with our own output.
package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	lib "github.com/pkg/browser"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

var _ agent.Browser = (*Opener)(nil)

// Errors of Open, besides those of the programs.
var (
	ErrPage      = errors.New("not an address for a browser")                            // the address was refused
	ErrNoBrowser = errors.New("there is no browser here")                                // no display, an SSH session, or no program
	ErrUnsure    = errors.New("the browser program still runs: the page may be open")    // not back within the limit
	ErrBusy      = errors.New("too many browser programs are still running without end") // four of them
)

// DefaultLimit is how long Open waits where Options say nothing.
const DefaultLimit = 10 * time.Second

// most is how many programs may be running past their limit.
const most = 4

// maxAddress is the longest address, in bytes, that every system's launcher takes.
const maxAddress = 2048

// Options change how pages are opened.
type Options struct {
	Limit time.Duration // zero means DefaultLimit
	Log   *slog.Logger  // gets the programs' output at debug level; nil drops it
}

// Opener opens pages. It implements agent.Browser.
type Opener struct {
	limit time.Duration
	slots chan struct{}
}

// New makes an Opener. pkg/browser has one output for the whole process: the first Opener's log gets it.
func New(o Options) *Opener {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	capture(o.Log)
	return &Opener{limit: o.Limit, slots: make(chan struct{}, most)}
}

// Open shows a page. It returns nil once the program that shows it is content.
func (b *Opener) Open(ctx context.Context, page string) error {
	if err := Check(page); err != nil {
		return fmt.Errorf("open browser: %w", err)
	}
	if err := possible(os.Getenv); err != nil {
		return fmt.Errorf("open browser: %w", err)
	}
	return b.run(ctx, "open browser", func() error { return start(page) })
}

// run runs what starts a program, for as long as the limit allows.
func (b *Opener) run(ctx context.Context, what string, start func() error) error {
	select {
	case b.slots <- struct{}{}:
	default:
		return fmt.Errorf("%s: %w", what, ErrBusy)
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-b.slots }()
		done <- start()
	}()
	limit := time.NewTimer(b.limit)
	defer limit.Stop()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	case <-limit.C:
		return fmt.Errorf("%s: %w", what, ErrUnsure)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
}

// Check refuses what is no plain web address: anything but http and https, user names, and every
// character that a URL has to write as %XX. Such an address cannot be taken for an option or be cut
// in two by any launcher. The error wraps ErrPage and does not quote the address.
func Check(page string) error {
	if len(page) > maxAddress {
		return fmt.Errorf("%w: it is too long", ErrPage)
	}
	for i := range len(page) {
		if c := page[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", c) >= 0 {
			return fmt.Errorf("%w: it holds a character that must be written as %%XX", ErrPage)
		}
	}
	u, err := url.Parse(page)
	if err != nil {
		return fmt.Errorf("%w: it cannot be parsed", ErrPage)
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%w: it must begin with https:// or http://", ErrPage)
	case u.User != nil:
		return fmt.Errorf("%w: it holds a user name", ErrPage)
	case u.Hostname() == "" || strings.HasPrefix(u.Hostname(), "-"):
		return fmt.Errorf("%w: it has no host", ErrPage)
	}
	return nil
}

// byLibrary hands the page to the system's own way.
func byLibrary(page string) error { return lib.OpenURL(page) }
