package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// carryOut takes what was found into the keyring, and out of the files.
func (im *imports) carryOut(ctx context.Context) error {
	if err := im.take(ctx); err != nil {
		return err
	}
	if !im.o.keepFiles {
		if err := im.clear(ctx); err != nil {
			return err
		}
	}
	im.advise()
	return nil
}

// take asks, and takes into the keyring what can be and is not there.
func (im *imports) take(ctx context.Context) error {
	for _, it := range im.found.Items {
		if takeable(it) {
			im.req.Take = append(im.req.Take, it.ID)
		}
	}
	if n := len(im.req.Take); n == 0 {
		return nil
	} else if !im.o.yes {
		if err := im.confirmed(newAsker(im.app), im.p().N("cli.import.ask", n), "yes"); err != nil {
			return err
		}
	}
	taken, err := im.agent.Import(ctx, im.req)
	if err != nil {
		return im.reasoned(err)
	}
	im.found = taken
	im.say("%s", im.became(im.style(im.Stderr)))
	return nil
}

// stored reports whether the keyring has it.
func stored(it api.ImportItem) bool { return it.Kept != "" || it.Session }

// takeable reports whether a credential can go into the keyring, and is not there.
func takeable(it api.ImportItem) bool {
	return !stored(it) && (it.InShell || slices.ContainsFunc(it.Places, func(p api.LeakPlace) bool { return p.Left == "" || p.Left == leftSecondName }))
}

// leftSecondName is why a place stays whose credential can be kept all the same; leftByChoice is why one is to stay.
const (
	leftSecondName = "second-name"
	leftByChoice   = "file-mode"
)

// clear shows how the files lose what the keyring has by now, asks, and makes the changes. Where files change meanwhile,
// for an agent that has just started goes on with what it was at, and nobody is to be asked, it looks again.
func (im *imports) clear(ctx context.Context) error {
	for tries := 1; ; tries++ {
		err := im.clearOnce(ctx)
		if !isCode(err, api.CodeStale) || !im.o.yes || tries == importTries {
			return im.reasoned(err)
		}
		req := im.req
		req.Take = nil
		if im.found, err = im.agent.Import(ctx, req); err != nil {
			return err
		}
	}
}

// importTries is how often files may change between a look and the changes that follow from it.
const importTries = 5

func (im *imports) clearOnce(ctx context.Context) error {
	fixes := im.fixes(stored)
	if len(fixes) == 0 {
		return nil
	}
	plan, err := im.planFor(ctx, api.SetupRequest{Fixes: fixes})
	if err != nil {
		return err
	}
	if !im.o.json {
		im.say("\n%s", im.preview(preview{plan: plan}, im.style(im.Stderr)))
	}
	if err := im.app.carryOut(ctx, plan, im.o.yes, "import.done"); err != nil {
		return err
	}
	im.done = true
	im.still = im.settle(ctx)
	return nil
}

// importPatience is how long the command waits until the agent, which may have just started, has written its lines.
const importPatience = 10 * time.Second

// settle waits until the files hold no more of what was to go, and counts what they do after a while.
func (im *imports) settle(ctx context.Context) (still int) {
	ctx, cancel := context.WithTimeout(ctx, importPatience)
	defer cancel()
	req := im.req
	req.Take = nil
	_ = im.agent.Watch(ctx, func(api.Snapshot) error { // its end is what was waited for, or the time is over
		found, err := im.agent.Import(ctx, req)
		if err != nil {
			return err
		}
		still = 0
		for _, it := range found.Items {
			if stored(it) {
				still += len(it.Fixes)
			}
		}
		if still == 0 {
			return errSettled
		}
		return nil
	})
	return still
}

// errSettled ends a wait.
var errSettled = errors.New("settled")
