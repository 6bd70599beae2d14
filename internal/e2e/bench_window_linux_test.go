package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// page is the peer of the window: the same card and the same bar of time as a page without script, which a browser
// shows as a window of an application.
const page = `<!doctype html><meta charset="utf-8"><title>Peer</title>
<style>body{font:16px sans-serif;margin:40px}section{border:1px solid #ccc;border-radius:8px;margin:16px;padding:20px}b{font-size:32px}
i{display:block;height:10px;border-radius:5px;background:#c17a1a}</style>
<h1>Sessions</h1>
<section><h2>npm</h2><b>90 days</b><p>alice, session, ends in February <code>/home/alice/.npmrc:3</code> <button>Renew</button></section>
<section><h2>What ends when</h2><p>next 24 hours<i></i></section>`

// BenchmarkWindow starts the real window and, by turns, Chromium with a page of the same content, and reports how
// long each takes until a card looks as it will at rest, and what both cost while they are open and nothing happens:
// memory shared out among those who use it, CPU time, redraws.
func BenchmarkWindow(b *testing.B) {
	buildWindow(b)
	d := desktop.Start(b)
	both := []*opened{ours(b, d), chromiumPage(b, d)}
	for _, o := range both { // the first start fills caches, and tells what to wait for
		o.start(b)
		o.rest(b)
		o.stop(b)
	}
	for i := 0; b.Loop(); i++ {
		for k := range both {
			o := both[(i+k)%len(both)]
			o.start(b)
			o.await(b)
			o.stop(b)
		}
	}
	for _, o := range both {
		slices.Sort(o.took)
		b.ReportMetric(ms(o.took[len(o.took)/2]), o.name+"-ms")
		o.start(b)
		o.await(b)
		o.idle(b)
		o.stop(b)
	}
	b.ReportMetric(0, "ns/op") // a round holds the ends, too
}

// opened is a program that shows a window.
type opened struct {
	name, class string
	desktop     *desktop.Desktop
	command     func() *exec.Cmd

	cmd   *exec.Cmd
	in    *os.File // its standard input: what the window lives on
	began time.Time
	eye   *desktop.Eye
	look  []byte // what the eye sees at rest
	took  []time.Duration
}

// ours is the window before an agent whose one session lasts so long that no minute changes the picture.
func ours(b *testing.B, d *desktop.Desktop) *opened {
	home := clients.NewHome(b, "http://127.0.0.1:1/")
	run := filepath.Join(home.Dir, "run")
	ln, err := ipc.Listen(filepath.Join(run, "sandglass"))
	if err != nil {
		b.Fatal(err)
	}
	agent := fakeagent.New(time.Now())
	agent.Set(func(s *api.Snapshot) {
		s.Sessions[0].Ends = time.Now().Add(90*24*time.Hour + 12*time.Hour)
		s.Settings.Welcomed, s.Settings.Animations = true, false
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- ipc.Serve(ctx, ln, agent) }()
	b.Cleanup(func() { cancel(); <-served })
	env := append(home.Env(d.Env()...), "HOME="+home.Dir, "XDG_RUNTIME_DIR="+run, "FYNE_THEME=light")
	return &opened{name: "window", class: windowClass, desktop: d, command: func() *exec.Cmd {
		cmd := exec.Command(filepath.Join(programs, "sandglass-window"))
		cmd.Env = env
		return cmd
	}}
}

func chromiumPage(b *testing.B, d *desktop.Desktop) *opened {
	desktop.Need(b, "chromium")
	dir := b.TempDir()
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		b.Fatal(err)
	}
	return &opened{name: "chromium", class: "chromium", desktop: d, command: func() *exec.Cmd {
		cmd := exec.Command("chromium", "--app=file://"+file, "--user-data-dir="+filepath.Join(dir, "profile"), "--no-sandbox",
			"--test-type", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
			"--password-store=basic", "--window-size=1180,760", "--window-position=20,40", "--host-resolver-rules=MAP * ~NOTFOUND")
		cmd.Env = append(d.Env(), "HOME="+dir)
		return cmd
	}}
}

func (o *opened) start(b *testing.B) {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	o.cmd, o.in = o.command(), w
	o.cmd.Stdin = r
	o.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	o.began = time.Now()
	if err := o.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	pid := o.cmd.Process.Pid
	b.Cleanup(func() { _ = syscall.Kill(-pid, syscall.SIGKILL) }) // ESRCH: it was stopped
	_ = r.Close()
}

// stop ends the program and all its processes.
func (o *opened) stop(b *testing.B) {
	b.Helper()
	_ = o.in.Close()
	_ = syscall.Kill(-o.cmd.Process.Pid, syscall.SIGTERM)
	_ = o.cmd.Wait()
	desktop.Until(b, o.name+" to end", func() bool { return !o.desktop.Shows(o.class) })
}

// rest waits until nothing more is drawn, and keeps the picture of a strip through the first card.
func (o *opened) rest(b *testing.B) {
	b.Helper()
	o.desktop.WaitWindow(b, o.class)
	var before []byte
	var w desktop.Window
	desktop.Until(b, o.name+" to come to rest", func() bool {
		w = o.desktop.WaitWindow(b, o.class)
		now := o.desktop.Capture(b, w).Pix
		same := bytes.Equal(now, before)
		before = now
		return same && o.desktop.Colours(b, w) > 100 && o.desktop.Redraws(b, o.class, 2*time.Second) == 0
	})
	o.desktop.Shot(b, "bench-"+o.name)
	o.eye = o.desktop.Eye(b, desktop.Window{X: w.X, Y: w.Y + w.Height/5, Width: w.Width, Height: w.Height / 8})
	o.look = o.eye.Look(b)
}

// await waits until the strip looks as it does at rest, and notes how long that took.
func (o *opened) await(b *testing.B) {
	b.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for !bytes.Equal(o.eye.Look(b), o.look) {
		select {
		case <-tick.C:
		case <-limit:
			o.desktop.Shot(b, "bench-lost")
			b.Fatalf("%s never looks as it did the first time", o.name)
		}
	}
	o.took = append(o.took, time.Since(o.began))
}

// idle reports what the open program costs while nothing happens.
func (o *opened) idle(b *testing.B) {
	b.Helper()
	span := idleTime()
	<-time.After(5 * time.Second) // what the start set in motion has come to rest
	before := o.costs(b)
	drawn := o.desktop.Redraws(b, o.class, span)
	after := o.costs(b)
	b.ReportMetric(after.pss, o.name+"-PSS-MB")
	b.ReportMetric(after.rss, o.name+"-RSS-MB")
	b.ReportMetric(float64(after.processes), o.name+"-processes")
	b.ReportMetric((after.cpu-before.cpu)*10*float64(time.Minute)/float64(span), o.name+"-cpu-s/10min")
	b.ReportMetric(float64(drawn)*float64(time.Minute)/float64(span), o.name+"-redraws/min")
}

// costs are what the kernel says of a program and of all that it started.
type costs struct {
	pss, rss, cpu float64
	processes     int
}

func (o *opened) costs(b *testing.B) (c costs) {
	b.Helper()
	for _, pid := range family(o.cmd.Process.Pid) {
		memory, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue // it has ended meanwhile
		}
		for line := range strings.Lines(string(memory)) {
			name, rest, _ := strings.Cut(line, ":")
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			switch name {
			case "Pss":
				c.pss += kb / 1024
			case "Rss":
				c.rss += kb / 1024
			}
		}
		c.cpu += usageOf(b, pid).cpu
		c.processes++
	}
	return c
}

// family is a process and its descendants.
func family(pid int) []int {
	all := []int{pid}
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range children {
		text, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(all, family(child)...)
			}
		}
	}
	return all
}
