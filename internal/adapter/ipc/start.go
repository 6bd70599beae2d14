package ipc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// readyFD is the environment variable that names the file descriptor on which a starting agent tells
// its parent that it listens.
const readyFD = "SANDGLASS_READY_FD"

// startTime is how long a started agent may take until it answers.
const startTime = 5 * time.Second

// Ready tells the process that started this one by Start that calls are answered now. Call it once,
// after Listen. Without such a parent it does nothing. The variable is removed, so that children of
// the agent do not speak for it.
func Ready() {
	fd, err := strconv.Atoi(os.Getenv(readyFD))
	_ = os.Unsetenv(readyFD)
	if err != nil || fd < 3 {
		return
	}
	f := os.NewFile(uintptr(fd), "ready")
	if f == nil {
		return
	}
	_, _ = f.Write([]byte{'\n'})
	_ = f.Close()
}

// Start runs the agent at argv[0] on its own, without terminal, group or streams of this process, and returns once an agent
// answers in dir: the started one, or another that was faster. After five seconds, or when ctx ends,
// the error is an *api.Error with CodeNoAgent.
func Start(ctx context.Context, dir string, argv ...string) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	ready, err := launch(argv)
	if err != nil {
		return &api.Error{Code: api.CodeNoAgent, Cause: fmt.Sprintf("start %s: %v", argv[0], err)}
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := dial(ctx, dir); err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return &api.Error{Code: api.CodeNoAgent, Cause: "the started agent does not answer"}
		case <-ready:
			// Ready, or gone because another agent was faster. Either way one may answer now.
			ready = nil
		case <-tick.C:
		}
	}
}

// environment is what a started agent inherits. It lives for days, whoever started it, so it gets no
// credential of the moment; and where a package manager's script started it, nothing of that manager's
// settings, which the project's own config file chose.
func environment(environ []string) []string {
	script := slices.ContainsFunc(environ, func(v string) bool {
		return strings.HasPrefix(v, "npm_lifecycle_event=") || strings.HasPrefix(v, "npm_execpath=")
	})
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case name == "NPM_TOKEN", name == "NODE_AUTH_TOKEN", strings.HasPrefix(name, "SG_"):
			return true
		case script:
			return strings.HasPrefix(name, "npm_") || name == "INIT_CWD" || name == "PREFIX"
		}
		return false
	})
}

// detached is a command for the agent without our streams.
func detached(argv []string) *exec.Cmd {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = string(os.PathSeparator) // keep no folder busy
	detach(cmd)
	return cmd
}
