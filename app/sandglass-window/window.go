package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window"
)

// appID names the program to the desktop, as in FyneApp.toml.
const appID = "dev.sandglass.Sandglass"

// width and height are the window's first size.
const width, height = 1180, 760

func run() int {
	d, err := dirs.Of(os.Getenv, runtime.GOOS)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandglass-window:", err)
		return 1
	}
	client := ipc.Dial(d.Runtime)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	language := ""
	if s, err := client.Snapshot(ctx); err == nil {
		language = s.Settings.Language
	}
	p := i18n.New(language)
	logo := fyne.NewStaticResource("sandglass.png", icon.PNG(icon.Spec{State: icon.Running, Share: 0.6, Size: 256}))
	app.SetMetadata(fyne.AppMetadata{ID: appID, Name: "Sandglass", Version: version, Icon: logo, Migrations: map[string]bool{"fyneDo": true}})
	a := app.NewWithID(appID)
	a.SetIcon(logo)
	a.Settings().SetTheme(window.NewTheme())
	w := a.NewWindow(p.T("window.title"))
	view := window.New(ctx, client, w, p)
	w.SetPadded(false)
	w.SetContent(view.Content())
	w.Resize(fyne.NewSize(width, height))
	w.CenterOnScreen()
	a.Lifecycle().SetOnStarted(func() {
		go view.Follow(ctx)
		go obey(w, a)
	})
	w.ShowAndRun()
	return 0
}

// obey brings the window to the front when the agent says so, and ends the program with the agent. A
// window that somebody started by hand has a terminal there, or nothing, and just stays.
func obey(w fyne.Window, a fyne.App) {
	if !piped() {
		return
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fyne.Do(func() { w.Show(); w.RequestFocus() })
	}
	fyne.Do(a.Quit)
}

func piped() bool {
	info, err := os.Stdin.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}
