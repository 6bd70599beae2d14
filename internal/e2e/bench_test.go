package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// idleTime is how long the idle agent is measured; SANDGLASS_IDLE says otherwise.
func idleTime() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("SANDGLASS_IDLE")); err == nil {
		return d
	}
	return 30 * time.Second
}

// BenchmarkIdleAgent measures what an agent with tray costs while one session runs and nothing
// happens: memory, CPU time per ten minutes, voluntary context switches per minute.
func BenchmarkIdleAgent(b *testing.B) {
	bus := desktop.Bus(b)
	vault.Start(b, bus)
	_ = desktop.NewHost(b, bus)
	r := verdaccio.Start(b, verdaccio.Options{Session: 2 * time.Hour})
	home := clients.NewHome(b, r.URL)
	u := &user{home: home, env: home.Env("DBUS_SESSION_BUS_ADDRESS=" + bus)}
	agent := u.command(context.Background(), "sandglass-agent")
	if err := agent.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = agent.Process.Signal(syscall.SIGTERM); _ = agent.Wait() })
	client := ipc.Dial(filepath.Join(home.Dir, "run", "sandglass"))
	desktop.Until(b, "the agent to answer", func() bool { _, err := client.Snapshot(b.Context()); return err == nil })
	signIn(b, client, r)
	<-time.After(15 * time.Second) // what start and login set in motion has come to rest
	for b.Loop() {
		before := usageOf(b, agent.Process.Pid)
		<-time.After(idleTime())
		after := usageOf(b, agent.Process.Pid)
		perMinute := float64(time.Minute) / float64(idleTime())
		b.ReportMetric(after.rss, "RSS-MB")
		b.ReportMetric(after.anon, "anon-MB")
		b.ReportMetric((after.cpu-before.cpu)*10*perMinute, "cpu-s/10min")
		b.ReportMetric((after.switches-before.switches)*perMinute, "switches/min")
	}
}

// usage is what the kernel says of a process and all its threads.
type usage struct{ rss, anon, cpu, switches float64 }

func usageOf(tb testing.TB, pid int) (u usage) {
	status := fields(tb, fmt.Sprintf("/proc/%d/status", pid))
	u.rss, u.anon = status["VmRSS"]/1024, status["RssAnon"]/1024
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, t := range threads {
		u.switches += fields(tb, filepath.Join(t, "status"))["voluntary_ctxt_switches"]
		raw, err := os.ReadFile(filepath.Join(t, "schedstat"))
		if err != nil {
			continue // the thread is gone
		}
		ns, _ := strconv.ParseFloat(strings.Fields(string(raw))[0], 64)
		u.cpu += ns / 1e9
	}
	return u
}

// fields reads a file of "name: number" lines.
func fields(tb testing.TB, path string) map[string]float64 {
	raw, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(raw)) {
		if name, rest, ok := strings.Cut(line, ":"); ok && len(strings.Fields(rest)) > 0 {
			out[name], _ = strconv.ParseFloat(strings.Fields(rest)[0], 64)
		}
	}
	return out
}
