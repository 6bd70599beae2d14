package e2e

import (
	"image"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/chromium"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// TestFirstRun is somebody's first quarter of an hour, on real parts: the tray icon is clicked, the window opens with
// the first run, and Return alone leads through its five steps: what is here, where secrets are kept, the lines that
// are written, the login in Chromium, and the proof in a fresh shell. The next time the sessions open.
func TestFirstRun(t *testing.T) {
	buildWindow(t)
	npm := clients.Need(t, "npm12")
	d := desktop.Start(t)
	vault.Start(t, d.Address)
	r := verdaccio.Start(t, verdaccio.Options{Session: time.Hour})
	browser := chromium.NewOpener(t)
	home := clients.NewHome(t, r.URL, npm)
	home.Write(t, ".npmrc", "registry="+r.URL+"\n", 0o600)
	home.Write(t, ".bashrc", "# alice's rc file\n", 0o644)
	u := newUser(t, home, "DBUS_SESSION_BUS_ADDRESS="+d.Address, "NO_COLOR=1", "SHELL=/bin/bash", "FYNE_THEME=light")
	for _, v := range d.Env() {
		if strings.HasPrefix(v, "DISPLAY=") || strings.HasPrefix(v, "XDG_CURRENT_DESKTOP=") {
			u.env = append(u.env, v)
		}
	}
	u.first(browser.Dir)
	u.agent()
	agent := ipc.Dial(filepath.Join(home.Dir, "run", "sandglass"))

	d.ClickTray(t)
	w := d.WaitWindow(t, windowClass)
	d.Away(t)
	drawn := func(step string) {
		t.Helper()
		desktop.Until(t, "the window to come to rest: "+step, func() bool { return d.Redraws(t, windowClass, time.Second/2) == 0 })
		d.Shot(t, "first-run-"+step)
	}
	desktop.Until(t, "the window to draw", func() bool { return d.Colours(t, w) > 200 })
	drawn("1-look")
	d.Key(t, "Return")
	drawn("2-keep")
	d.Key(t, "Return")
	drawn("3-reach")
	if strings.Contains(home.Read(".bashrc"), "sandglass") {
		t.Fatal("something was written before it was agreed to")
	}
	d.Key(t, "Return")
	u.await("the rc file", func() bool { return strings.Contains(home.Read(".bashrc"), "sandglass") })
	drawn("3-reach-done")
	d.Key(t, "Return")
	drawn("4-login")
	d.Key(t, "Return")
	select {
	case page := <-browser.URLs:
		d.Shot(t, "first-run-4-waiting")
		chromium.SignIn(t, page, "alice", verdaccio.Password("alice"), "")
	case <-time.After(30 * time.Second):
		d.Shot(t, "first-run-lost")
		t.Fatalf("no browser was opened\n%s", u.log())
	}
	u.await("the session", func() bool { return u.session(r).State == api.StateRunning })
	d.Shot(t, "first-run-4-login-done")
	d.Key(t, "Return")
	drawn("5-prove")
	proof, err := agent.Prove(t.Context(), api.ProveRequest{Shell: "bash"})
	if err != nil || !proof.OK || proof.Account != "alice" {
		t.Errorf("a fresh shell answers %+v, %v", proof, err)
	}
	desktop.Until(t, "the answer, in green", func() bool { return green(d.Capture(t, w)) })
	drawn("5-proved")
	d.Key(t, "Return")
	u.await("the end of the first run", func() bool { return u.status().Settings.Welcomed })
	desktop.Until(t, "the sand to fall", func() bool { return d.Redraws(t, windowClass, time.Second) > 2 })
	d.Shot(t, "first-run-sessions")
	u.absent(u.secretOf(r), "run/sandglass/env.") // nor in what the window's toolkit keeps
}

// green reports whether anything is drawn in green: in this step that is an answer that proves it.
func green(picture *image.RGBA) bool {
	for i := 0; i < len(picture.Pix); i += 4 {
		r, g, b := int(picture.Pix[i]), int(picture.Pix[i+1]), int(picture.Pix[i+2])
		if g > r+40 && g > b+20 {
			return true
		}
	}
	return false
}
