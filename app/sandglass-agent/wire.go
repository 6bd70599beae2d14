package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/adapter/autostart"
	"github.com/sandglass-dev/sandglass/internal/adapter/browser"
	"github.com/sandglass-dev/sandglass/internal/adapter/deskenv"
	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/adapter/files"
	"github.com/sandglass-dev/sandglass/internal/adapter/keyring"
	"github.com/sandglass-dev/sandglass/internal/adapter/logfile"
	"github.com/sandglass-dev/sandglass/internal/adapter/lookout"
	"github.com/sandglass-dev/sandglass/internal/adapter/managers"
	"github.com/sandglass-dev/sandglass/internal/adapter/notify"
	"github.com/sandglass-dev/sandglass/internal/adapter/npmlog"
	"github.com/sandglass-dev/sandglass/internal/adapter/power"
	"github.com/sandglass-dev/sandglass/internal/adapter/processes"
	"github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/adapter/settings"
	"github.com/sandglass-dev/sandglass/internal/adapter/shellrc"
	"github.com/sandglass-dev/sandglass/internal/adapter/watch"
	"github.com/sandglass-dev/sandglass/internal/adapter/window"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/tray"
)

// passphraseName is the variable that gives the passphrase of the encrypted file, where the user
// chose that store. It is taken out of the environment at once, so that no child inherits it.
const passphraseName = "SANDGLASS_FILE_PASSPHRASE"

// wired is an agent with what the tray needs beside it.
type wired struct {
	agent *agent.Agent
	open  *browser.Opener
	log   *slog.Logger
	hosts chan bool // whether a tray host shows the icon, from the tray to the agent
	done  func()    // ends what outlives the context
}

// wire puts the adapters together.
func (w world) wire(ctx context.Context, withTray bool) (wired, error) {
	config := files.New(filepath.Join(w.dirs.State, "locks"))
	choices := settings.New(filepath.Join(w.dirs.Config, "settings.toml"), config)
	w.sweep(config)
	chosen, _ := choices.Load()
	if w.demo {
		chosen.Move = true
		if err := choices.Save(chosen); err != nil {
			return wired{}, err
		}
		chosen.Store = api.StoreMemory // nobody's keyring gets a demo's secrets
	}
	log, closeLog := w.openLog(chosen.LogLevel)
	w.language = func() string {
		now, _ := choices.Load() // it may have been changed since
		return now.Language
	}
	out := wired{log: log, hosts: make(chan bool, 4)}
	ports, done, err := w.ports(ctx, out.log, chosen)
	if err != nil {
		return wired{}, err
	}
	out.open = browser.New(browser.Options{Log: out.log})
	out.done = func() { done(); closeLog() }
	ports.Files, ports.Settings, ports.Browser = config, choices, out.open
	opts := agent.Options{
		Version: version, Log: out.log, Files: w.files, Project: npmrc.ProjectPath, Policies: w.policies, Demo: w.demo,
		Random: func() string { return injection.RandomName(rand.Reader) },
		Tray:   withTray,
		Home:   w.dirs.Home, LogDir: w.dirs.State,
	}
	opts.Program = commandLine()
	opts.HelperScript, opts.HelperText = w.helperScript, helperText(opts.Program)
	if withTray {
		opts.TrayHost = out.followHosts
	}
	out.agent = agent.New(ports, opts)
	return out, nil
}

// openLog opens the log file. A home that cannot be written to is no reason to let sessions end: the
// agent then works without a log, and says so where it was started.
func (w world) openLog(level string) (log *slog.Logger, done func()) {
	logs, err := logfile.Open(filepath.Join(w.dirs.State, "sandglass.log"), level)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandglass-agent:", err)
		return slog.New(slog.DiscardHandler), func() {}
	}
	return slog.New(logs.Handler()), func() { _ = logs.Close() }
}

// sweep removes what a killed agent left half-done beside the files that it writes.
func (w world) sweep(config *files.Files) {
	beside := []string{w.dirs.Config, w.dirs.State}
	for _, f := range w.files {
		if real, err := filepath.EvalSymlinks(f.Path); err == nil {
			beside = append(beside, filepath.Dir(real))
		}
		beside = append(beside, filepath.Dir(f.Path))
	}
	config.Sweep(beside...)
	dirs.SweepDead(filepath.Join(w.dirs.Runtime, "exec")) // private copies of the user's config, by sandglass exec
}

// followHosts hands on what the tray learns of its host.
func (x wired) followHosts(ctx context.Context, see func(shown bool)) {
	for {
		select {
		case shown := <-x.hosts:
			see(shown)
		case <-ctx.Done():
			return
		}
	}
}

// tray says how the tray reaches the rest.
func (x wired) tray(ctx context.Context) tray.Options {
	return tray.Options{
		Page:  x.open.Open,
		Dark:  notify.DarkPanel(ctx),
		Hosts: notify.FollowTrayHost,
		OnHost: func(shown bool) {
			select {
			case x.hosts <- shown:
			case <-ctx.Done():
			}
		},
		Report:   func(err error) { x.log.Warn("Tray", "error", err) },
		NoWindow: !installed(windowPath()),
	}
}

func installed(program string) bool {
	_, err := os.Stat(program)
	return err == nil
}

// ports makes the adapters that stand alone.
func (w world) ports(ctx context.Context, log *slog.Logger, chosen api.Settings) (agent.Ports, func(), error) {
	env, err := envfile.New(w.dirs.Runtime)
	if err != nil {
		return agent.Ports{}, nil, err
	}
	shells := shellrc.New(shellrc.Options{Home: w.dirs.Home, ConfigDir: w.dirs.Config, Env: w.getenv})
	env.Only(shells.Uses)
	watcher, err := watch.New(watch.Options{Home: w.dirs.Home, Log: log})
	if err != nil {
		return agent.Ports{}, nil, err
	}
	go func() {
		if err := watcher.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("Watch config files", "error", err)
		}
	}()
	clock, err := power.NewClock(ctx)
	if err != nil {
		return agent.Ports{}, nil, err
	}
	projects, err := newFinder(w.dirs.Home, filepath.Join(w.dirs.State, "projects.index"), log)
	if err != nil {
		return agent.Ports{}, nil, err
	}
	client := registry.New(registry.Options{UserAgent: "sandglass/" + version})
	notices := notify.New(notify.Options{
		App: "Sandglass", Desktop: "sandglass", Icon: iconFile(w.dirs.State),
		NoButtons: func() string { return i18n.New(w.language()).T("notice.nobuttons") },
	})
	launcher := window.New(windowPath(), w.environ, log)
	p := agent.Ports{
		Registry: client, Questions: client, Logs: npmlog.Finder{Env: w.getenv, Home: w.dirs.Home},
		Keyring: keyring.Open(keyring.Options{Store: chosen.Store, Dir: filepath.Join(w.dirs.State, "secrets"), Passphrase: passphrase()}),
		Watcher: watcher, Env: env, Clock: clock, Notices: notices,
		Store:  files.NewStore(filepath.Join(w.dirs.State, "state.json")),
		Shells: shells,
		Finder: projects,
		Tokens: client, Lookout: lookout.New(lookout.Options{Home: w.dirs.Home, Program: ownPath(), Env: w.getenv}),
		Window: launcher, Managers: managers.New(managers.Options{Env: w.getenv}),
		Processes: processes.New(), Git: gitPort{},
	}
	if !w.demo { // a demo leaves no trace in the user's desktop
		p.Desktop = deskenv.New()
		if self := ownPath(); self != "" {
			p.Autostart = autostart.New(autostart.Options{Program: self, Home: w.dirs.Home, Env: w.getenv})
		}
	}
	events, err := power.NewEvents(ctx, power.Options{})
	if err != nil {
		log.Info("Sleep and lock events", "error", err)
	}
	if events != nil {
		p.Power = events
	}
	return p, func() { launcher.Close(); notices.Shutdown(); client.Close() }, nil
}

// iconFile writes the picture for notices, which another program reads. Without it they have none.
func iconFile(dir string) string {
	path := filepath.Join(dir, "sandglass.png")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if err := os.WriteFile(path, icon.PNG(icon.Spec{State: icon.Running, Share: 0.6, Exact: true, Size: 96}), 0o600); err != nil {
		return ""
	}
	return path
}

// passphrase takes the passphrase out of the environment and hands it to the encrypted file.
func passphrase() func() (token.Secret, error) {
	text, ok := os.LookupEnv(passphraseName)
	_ = os.Unsetenv(passphraseName)
	return func() (token.Secret, error) {
		if !ok || text == "" {
			return token.Secret{}, fmt.Errorf("read passphrase: %s is not set", passphraseName)
		}
		return token.NewSecret(text), nil
	}
}

// windowPath is where the window's program lies: beside this one.
func windowPath() string {
	name := "sandglass-window"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	self := ownPath()
	if self == "" {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}

// ownPath is where this program really lies, "" if the system does not tell.
func ownPath() string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		return real
	}
	return self
}

// hookFile writes a shell's hook where setup puts it, and returns its path.
func hookFile(dir, shell string) (string, error) {
	text, err := hook.Text(shell)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "hook."+shell)
	return path, os.WriteFile(path, []byte(text), 0o644)
}
