package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/adapter/managers"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
	"github.com/sandglass-dev/sandglass/internal/ui/cli"
)

// What the linker is told at release.
var (
	version = "dev"
	commit  string
	date    string
)

// agentName is the agent's program.
const agentName = "sandglass-agent"

// wire puts the agent's client and this machine into the command line.
func wire() cli.Env {
	folders, err := dirs.Of(os.Getenv, runtime.GOOS)
	return cli.Env{
		Args:  os.Args[1:],
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Environ: os.Environ, Now: time.Now,
		Build:      cli.Build{Version: version, Commit: commit, Date: date},
		Agent:      ipc.Dial(folders.Runtime),
		StartAgent: start(folders.Runtime, err),
		AgentPath:  agentPath,
		Hook:       hook.Text,
		Identify:   managers.Identify,
		RuntimeDir: folders.Runtime,
	}
}

// start returns the function that starts the agent. lost is why no runtime folder is known.
func start(dir string, lost error) func(context.Context, bool) error {
	return func(ctx context.Context, tray bool) error {
		path, err := agentPath()
		if err = errors.Join(lost, err); err != nil {
			return &api.Error{Code: api.CodeNoAgent, Cause: err.Error()}
		}
		argv := []string{path}
		if !tray {
			argv = append(argv, "--no-tray")
		}
		return ipc.Start(ctx, dir, argv...)
	}
}

// agentPath finds the agent: where SANDGLASS_AGENT says, else beside this program or what it links to, else in PATH.
func agentPath() (string, error) {
	if path := os.Getenv("SANDGLASS_AGENT"); path != "" {
		return path, nil
	}
	name := agentName
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		beside := []string{filepath.Dir(self)}
		if real, err := filepath.EvalSymlinks(self); err == nil {
			beside = append(beside, filepath.Dir(real))
		}
		for _, dir := range beside {
			if path := filepath.Join(dir, name); executable(path) {
				return path, nil
			}
		}
	}
	return exec.LookPath(agentName)
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0)
}
