package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/ui/tray"
)

// version is set by the linker.
var version = "dev"

func run(args []string) int {
	flags := flag.NewFlagSet("sandglass-agent", flag.ContinueOnError)
	noTray := flags.Bool("no-tray", false, "show no tray icon")
	demo := flags.Bool("demo", false, "run the demo in the foreground")
	showVersion := flags.Bool("version", false, "print the version")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	harden()
	forgetInherited()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	var err error
	switch {
	case *showVersion:
		fmt.Println("sandglass-agent", version)
	case *demo:
		err = runDemo(ctx, !*noTray)
	default:
		err = runAgent(ctx, !*noTray)
	}
	switch {
	case errors.Is(err, ipc.ErrRunning):
		fmt.Fprintln(os.Stderr, "sandglass-agent:", err)
		return 0 // what was asked for is there
	case err != nil:
		fmt.Fprintln(os.Stderr, "sandglass-agent:", err)
		return 1
	}
	return 0
}

// forgetInherited takes credentials of the moment out of this process's environment: browser and window
// would inherit them, and no lock would ever take them away.
func forgetInherited() {
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name == "NPM_TOKEN" || name == "NODE_AUTH_TOKEN" || strings.HasPrefix(name, "SG_") {
			_ = os.Unsetenv(name)
		}
	}
}

// runAgent is the everyday agent.
func runAgent(ctx context.Context, withTray bool) error {
	stayLight(ctx)
	w, err := userWorld()
	if err != nil {
		return err
	}
	return live(ctx, w, withTray, nil)
}

// live runs an agent in a world until ctx ends or somebody says quit: socket, agent, tray. beside runs
// with them, may be nil, and ends the rest when it returns.
func live(ctx context.Context, w world, withTray bool, beside func(context.Context, *agent.Agent) error) error {
	// Commands and shells keep files of their own in the second.
	for _, dir := range []string{w.dirs.Runtime, filepath.Join(w.dirs.Runtime, "exec")} {
		if err := dirs.Private(dir); err != nil {
			return err
		}
	}
	ln, err := ipc.Listen(w.dirs.Runtime)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x, err := w.wire(ctx, withTray)
	if err != nil {
		_ = ln.Close()
		return err
	}
	defer x.done()
	p := parts{wired: x, ln: ln, withTray: withTray, beside: beside}
	return p.run(ctx, cancel)
}

// parts are what runs together in this process.
type parts struct {
	wired
	ln       net.Listener
	withTray bool
	beside   func(context.Context, *agent.Agent) error
}

// run runs the parts. The agent's end is everybody's end; the tray holds the main goroutine.
func (p parts) run(ctx context.Context, cancel func()) error {
	var wg sync.WaitGroup
	var agentErr, serveErr, besideErr error
	wg.Go(func() { defer cancel(); agentErr = p.agent.Run(ctx) })
	wg.Go(func() { serveErr = ipc.Serve(ctx, p.ln, p.agent) })
	ipc.Ready()
	if p.beside != nil {
		wg.Go(func() { defer cancel(); besideErr = p.beside(ctx, p.agent) })
	}
	if p.withTray {
		if err := tray.Run(ctx, p.agent, p.tray(ctx)); err != nil && ctx.Err() == nil {
			p.log.Warn("Tray ended", "error", err)
		}
	}
	<-ctx.Done()
	wg.Wait()
	return errors.Join(agentErr, serveErr, besideErr)
}
