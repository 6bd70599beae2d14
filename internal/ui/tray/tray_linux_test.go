package tray

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/adapter/notify"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// childEnv makes this test program a tray program: the tray library has one icon a process.
const childEnv = "SANDGLASS_TEST_TRAY"

// noWindowEnv lets that program know of no window.
const noWindowEnv = "SANDGLASS_TEST_TRAY_NO_WINDOW"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// speaking is an agent that says on standard output what it is asked.
type speaking struct{ *fakeagent.Agent }

func (s speaking) Login(_ context.Context, req api.LoginRequest, _ func(api.Login)) error {
	fmt.Println("login", req.Registry)
	return nil
}

func (s speaking) Do(_ context.Context, a api.Action) error {
	if a.Verb == api.VerbShow {
		fmt.Printf("do show %q\n", a.Room)
		return nil
	}
	fmt.Println("do", a.Verb, !a.Until.IsZero())
	if a.Verb == api.VerbLock {
		return errors.New("no lock here")
	}
	return nil
}

// child runs the tray on snapshots from standard input, until that ends.
func child() {
	ctx, cancel := context.WithCancel(context.Background())
	agent := speaking{fakeagent.New(time.Now())}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	read := func() bool {
		var next api.Snapshot
		if !in.Scan() || json.Unmarshal(in.Bytes(), &next) != nil {
			return false
		}
		agent.Set(func(s *api.Snapshot) { *s = next })
		return true
	}
	read()
	go func() {
		for read() {
		}
		cancel()
	}()
	err := Run(ctx, agent, Options{
		Hosts:  notify.FollowTrayHost,
		OnHost: func(shown bool) { fmt.Println("host", shown) },
		Report: func(err error) { fmt.Println("report", err) },
		Page:   func(_ context.Context, page string) error { fmt.Println("page", page); return nil },
		Grace:  300 * time.Millisecond,
		Size:   22,

		NoWindow: os.Getenv(noWindowEnv) != "",
	})
	fmt.Println("ended", err)
}

// program is a tray program that runs.
type program struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    *json.Encoder
	close func() error
	lines chan string
}

// start runs the tray in a process of its own.
func start(t *testing.T, env []string, first api.Snapshot) *program {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(env, childEnv+"=1", "LC_ALL=en_US.UTF-8")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p := &program{t, cmd, json.NewEncoder(in), in.Close, make(chan string, 64)}
	go func() {
		for sc := bufio.NewScanner(out); sc.Scan(); {
			p.lines <- sc.Text()
		}
		close(p.lines)
	}()
	p.set(first)
	return p
}

func onBus(address string) []string {
	return append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address)
}

// set gives the program a new snapshot.
func (p *program) set(s api.Snapshot) {
	p.t.Helper()
	if err := p.in.Encode(s); err != nil {
		p.t.Fatal(err)
	}
}

// says waits for a line.
func (p *program) says(line string) {
	p.t.Helper()
	end := time.After(20 * time.Second)
	var before []string
	for {
		select {
		case got, ok := <-p.lines:
			if got == line {
				return
			}
			if before = append(before, got); !ok {
				p.t.Fatalf("the program ended before it said %q, but said %q", line, before)
			}
		case <-end:
			p.t.Fatalf("the program never said %q, but %q", line, before)
		}
	}
}

// living is a snapshot with one session that has so much left of two hours.
func living(left time.Duration) api.Snapshot {
	x := api.Session{
		Registry: "https://registry.example.com/", Name: "npm", Account: "alice", State: api.StateRunning,
		Started: time.Now().Add(left - 2*time.Hour), Ends: time.Now().Add(left),
	}
	return api.Snapshot{Schema: api.Schema, Sessions: []api.Session{x}, Settings: api.DefaultSettings()}
}

// same reports whether a host's picture is what spec draws, colour by colour, not multiplied by alpha.
func same(got desktop.Picture, spec icon.Spec) bool {
	spec.Size = 22
	img := icon.Render(spec)
	want := make([]byte, 0, len(got.ARGB))
	for i := 0; i < len(img.Pix); i += 4 {
		want = append(want, img.Pix[i+3], img.Pix[i], img.Pix[i+1], img.Pix[i+2])
	}
	return got.Width == 22 && got.Height == 22 && bytes.Equal(got.ARGB, want)
}

func TestTray(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	p := start(t, onBus(address), living(72*time.Minute+30*time.Second))
	it := host.Item(t)
	p.says("host true")
	if got := it.Property(t, "Id"); got != "Sandglass" {
		t.Errorf("id %v", got)
	}
	menu := it.MenuWhen(t, "npm (alice): 1 h 12 min left")
	ends := time.Now().Add(72*time.Minute + 30*time.Second).Format("15:04")
	if len(menu.Labels()) != 9 || !strings.HasPrefix(menu.Labels()[0], "npm (alice) is signed in until ") {
		t.Errorf("menu at about %s:\n%s", ends, strings.Join(menu.Labels(), "\n"))
	}
	if d := cmp.Diff(restEN, menu.Labels()[2:]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if status, _ := menu.Find("is signed in"); !status.Disabled {
		t.Error("the status can be clicked")
	}
	tip := it.Tooltip(t)
	if !strings.HasPrefix(tip, "npm (alice): 1 h 12 min left (until ") {
		t.Errorf("tooltip %q", tip)
	}
	desktop.Until(t, "the title that is read aloud", func() bool { return it.Property(t, "Title") == "Sandglass: "+tip })
	if !same(it.Picture(t), icon.Spec{State: icon.Running, Share: 0.6}) {
		t.Error("the icon is not the sandglass at 60 %")
	}
	it.Click(t, "npm (alice): ")
	p.says("login https://registry.example.com/")
	it.Click(t, "Open Sandglass")
	p.says(`do show "sessions"`)
	it.Click(t, "Settings")
	p.says(`do show "settings"`)
	it.Click(t, "Pause notices")
	p.says("do pause true")
	it.Click(t, "Lock")
	p.says("report lock: no lock here")
	it.Click(t, "Quit")
	p.says("do quit false")
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	p.says("ended <nil>")
}

// TestLeftClick: a click on the icon opens the window in the room where it is, and the menu stays where it was.
func TestLeftClick(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	p := start(t, onBus(address), living(time.Hour))
	it := host.Item(t)
	if it.Property(t, "ItemIsMenu") != false {
		t.Error("the item says that it is a menu and nothing else: a left click would open that")
	}
	for range 3 {
		if err := it.Activate(t); err != nil {
			t.Fatal(err)
		}
		p.says(`do show ""`)
	}
	it.MenuWhen(t, "npm (alice)")
	it.Click(t, "npm (alice): ")
	p.says("login https://registry.example.com/")
}

// TestNoWindow: where there is no window a click on the icon is one for the menu.
func TestNoWindow(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	start(t, append(onBus(address), noWindowEnv+"=1"), living(time.Hour))
	it := host.Item(t)
	if it.Property(t, "ItemIsMenu") != true {
		t.Error("the item does not say that it is a menu")
	}
	if err := it.Activate(t); err == nil {
		t.Error("a click on the icon was taken")
	}
}

// TestIconTurnsAtTheEnd: the session ends while nothing happens; icon, menu and tooltip say so.
func TestIconTurnsAtTheEnd(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	s := living(2 * time.Second)
	s.Sessions[0].Started = s.Sessions[0].Ends.Add(-6 * time.Second) // its last quarter begins in half a second
	start(t, onBus(address), s)
	it := host.Item(t)
	it.PictureWhen(t, "ending", func(p desktop.Picture) bool { return same(p, icon.Spec{State: icon.Ending, Share: 0.1}) })
	it.PictureWhen(t, "ended", func(p desktop.Picture) bool { return same(p, icon.Spec{State: icon.Ended}) })
	if now := time.Now(); now.Before(s.Sessions[0].Ends) {
		t.Errorf("the icon says ended %v too early", s.Sessions[0].Ends.Sub(now))
	}
	it.MenuWhen(t, "npm (alice): ended ")
	desktop.Until(t, "the tooltip", func() bool { return strings.HasPrefix(it.Tooltip(t), "npm (alice): ended ") })
}

// TestEntriesComeAndGo: lines follow the snapshot in place, names with signs stay whole, and the
// language can change.
func TestEntriesComeAndGo(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	s := living(time.Hour + 30*time.Second)
	p := start(t, onBus(address), s)
	it := host.Item(t)
	first, _ := it.MenuWhen(t, "npm (alice): 1 h 0 min left").Find("npm (alice): ")
	s.Sessions[0].Name = "my_registry"
	s.Sessions[0].Login = &api.Login{State: api.LoginWaiting, URL: "https://login.example.com/1", Host: "login.example.com"}
	s.Findings = make([]api.Finding, 2)
	p.set(s)
	menu := it.MenuWhen(t, "2 findings")
	if line, ok := menu.Find("my__registry (alice): finish"); !ok || line.ID != first.ID {
		t.Errorf("line %+v was %+v, menu %q", line, first, menu.Labels())
	}
	it.Click(t, "Open the login page")
	p.says("page https://login.example.com/1")
	it.Click(t, "2 findings")
	p.says(`do show "findings"`)
	s = living(time.Hour)
	s.Sessions, s.Settings.Language = nil, "ja"
	p.set(s)
	if d := cmp.Diff(append([]string{"見守るセッションはまだありません"}, restJA...), it.MenuWhen(t, "見守る").Labels()); d != "" {
		// Entries change one after the other: look again when the last one has.
		it.MenuWhen(t, "終了")
		if d = cmp.Diff(append([]string{"見守るセッションはまだありません"}, restJA...), it.Menu(t).Labels()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

// TestOpenMenuStays: while the menu is open its labels stay, the icon does not.
func TestOpenMenuStays(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	p := start(t, onBus(address), living(time.Hour))
	it := host.Item(t)
	it.MenuWhen(t, "Lock")
	it.Open(t)
	it.Menu(t) // the answer comes after the news that the menu is open
	s := living(time.Hour)
	for _, state := range []icon.State{icon.Locked, icon.Running, icon.Locked, icon.Running, icon.Locked} {
		s.Locked = state == icon.Locked
		p.set(s)
		it.PictureWhen(t, "the new state", func(p desktop.Picture) bool {
			return same(p, icon.Spec{State: state, Share: 0.5})
		})
		if _, ok := it.Menu(t).Find("Unlock"); ok {
			t.Fatal("the open menu changed")
		}
	}
	it.Click(t, "Open Sandglass")
	it.MenuWhen(t, "Unlock")
}

// TestPanelRestart: the icon comes back with the panel, even if others talk on the bus meanwhile.
func TestPanelRestart(t *testing.T) {
	address := desktop.Bus(t)
	host := desktop.NewHost(t, address)
	notes := desktop.NewNoteServer(t, address, 0, "actions")
	p := start(t, onBus(address), living(time.Hour))
	host.Item(t).MenuWhen(t, "npm (alice)")
	p.says("host true")
	notes.Press(t, 1, "login")
	host.Leave()
	p.says("host false")
	desktop.NewHost(t, address).Item(t).MenuWhen(t, "npm (alice)")
	p.says("host true")
}

// TestLateHost: no host is told once, and the icon appears when one comes.
func TestLateHost(t *testing.T) {
	address := desktop.Bus(t)
	p := start(t, onBus(address), living(time.Hour))
	p.says("host false")
	desktop.NewHost(t, address).Item(t).MenuWhen(t, "npm (alice)")
	p.says("host true")
}

// TestNoBus: without a session bus there is no tray, and all else goes on.
func TestNoBus(t *testing.T) {
	p := start(t, onBus("unix:path=/nonexistent"), living(time.Hour))
	p.says("host false")
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	p.says("ended <nil>")
}

// TestRealPanel: the icon stands in a real panel, a left click on it opens the window, a right click the
// menu, which renews by the keyboard alone.
// SANDGLASS_SHOTS names a folder for pictures of it.
func TestRealPanel(t *testing.T) {
	d := desktop.Start(t)
	s := living(30 * time.Minute)
	s.Findings = make([]api.Finding, 2)
	p := start(t, d.Env(), s)
	p.says("host true")
	d.ClickTray(t)
	p.says(`do show ""`)
	d.OpenTray(t)
	d.Shot(t, "tray-menu")
	d.Key(t, "Down", "Return")
	p.says("login https://registry.example.com/")
}
