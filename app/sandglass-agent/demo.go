package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/demo"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/guide"
)

// demoSession is how long a login to the demo registry lasts.
const demoSession = time.Minute

// runDemo shows the whole loop on a registry of its own, in a home of its own that is removed at the
// end. The process is the registry, the agent and the guide in one.
func runDemo(ctx context.Context, screen bool) error {
	home, err := os.MkdirTemp("", "sandglass-demo-")
	if err != nil {
		return fmt.Errorf("make the demo's home: %w", err)
	}
	defer os.RemoveAll(home)
	r, err := demo.Start(ctx, demo.Options{Session: demoSession})
	if err != nil {
		return fmt.Errorf("start the demo registry: %w", err)
	}
	defer r.Close()
	url, err := registry.Parse(r.URL())
	if err != nil {
		return err
	}
	screen = screen && display()
	w, err := demoWorld(home, url)
	if err != nil {
		return err
	}
	shell, err := demoFiles(home, url, w)
	if err != nil {
		return fmt.Errorf("write the demo's files: %w", err)
	}
	return live(ctx, w, screen, func(ctx context.Context, a *agent.Agent) error {
		return guide.Run(ctx, a, guide.Options{
			Out: os.Stdout, Printer: i18n.New(""), Registry: url.String(), Home: home, Shell: shell, Screen: screen,
		})
	})
}

// display reports whether this session has a screen.
func display() bool {
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" || !needsDisplay
}

// demoWorld is a user's world below home: nothing outside is read or written.
func demoWorld(home string, url registry.URL) (world, error) {
	run := filepath.Join(home, "run")
	own := []string{
		"HOME=" + home, "XDG_RUNTIME_DIR=" + run, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=",
		// The window inherits the rest: without these two it would ask the user's own agent.
		"USERPROFILE=" + home, "APPDATA=" + filepath.Join(home, "AppData", "Roaming"), "LOCALAPPDATA=" + filepath.Join(home, "AppData", "Local"),
	}
	if err := os.Mkdir(run, 0o700); err != nil {
		return world{}, err
	}
	w, err := newWorld(append(own, "PATH="+os.Getenv("PATH")))
	if err != nil {
		return world{}, err
	}
	w.demo = true
	w.policies = map[registry.URL]time.Duration{url: demoSession}
	w.environ = append(os.Environ(), own...)
	return w, nil
}

// demoFiles writes what the demo's user has: a config file, a project, and a file that turns a shell
// into the demo's.
func demoFiles(home string, url registry.URL, w world) (shell string, err error) {
	project := filepath.Join(home, "project")
	hook, err := hookFile(w.dirs.Config, "bash")
	if err != nil {
		return "", err
	}
	programs, err := os.Executable()
	if err != nil {
		return "", err
	}
	shell = filepath.Join(home, "shell")
	lines := []string{
		"export HOME=" + quote(home) + " XDG_RUNTIME_DIR=" + quote(filepath.Join(home, "run")),
		"unset XDG_CONFIG_HOME XDG_STATE_HOME NPM_CONFIG_USERCONFIG npm_config_userconfig NODE_AUTH_TOKEN",
		"export npm_config_cache=" + quote(filepath.Join(home, "cache")) + " npm_config_update_notifier=false",
		"export PATH=" + quote(filepath.Dir(programs)) + `:"$PATH"`,
		"cd " + quote(project),
		". " + quote(hook),
	}
	for path, text := range map[string]string{
		filepath.Join(home, ".npmrc"):          "; the demo's config file: everything comes from the demo registry\nregistry=" + url.String() + "\n",
		filepath.Join(project, "package.json"): `{"name": "demo", "version": "1.0.0", "private": true}` + "\n",
		shell:                                  strings.Join(lines, "\n") + "\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return shell, nil
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
