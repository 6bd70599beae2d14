package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
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
	room := api.Room("")
	if len(os.Args) > 1 {
		room = api.Room(os.Args[1])
		if !known(room) {
			fmt.Fprintln(os.Stderr, "sandglass-window: no such room:", os.Args[1])
			return 2
		}
	}
	language := ""
	if s, err := client.Snapshot(ctx); err == nil {
		language = s.Settings.Language
	}
	p := i18n.New(language)
	logo := fyne.NewStaticResource("sandglass.png", icon.PNG(icon.Spec{State: icon.Running, Share: 0.6, Size: 256}))
	app.SetMetadata(fyne.AppMetadata{ID: appID, Name: "Sandglass", Version: version, Icon: logo, Migrations: map[string]bool{"fyneDo": true}})
	a := app.NewWithID(appID)
	a.SetIcon(logo)
	w := a.NewWindow(p.T("window.title"))
	outside, wipe, end := lend(ctx, a, d.Runtime)
	defer end()
	w.SetOnClosed(wipe)
	view := window.New(ctx, w, window.Options{Agent: client, Language: language, Room: room, Outside: outside, Speak: speak(a)})
	w.SetPadded(false)
	w.SetContent(view.Content())
	w.Resize(fyne.NewSize(width, height))
	w.CenterOnScreen()
	a.Settings().AddListener(func(fyne.Settings) { fyne.Do(view.Restyle) })
	a.Lifecycle().SetOnEnteredForeground(func() { view.Attend(true) })
	a.Lifecycle().SetOnExitedForeground(func() { view.Attend(false) })
	a.Lifecycle().SetOnStarted(func() {
		go view.Follow()
		go obey(w, view, func() { wipe(); a.Quit() })
	})
	w.ShowAndRun()
	return 0
}

// obey brings the window to the front when the agent says so, and ends the program with the agent. A
// window that somebody started by hand has a terminal there, or nothing, and just stays.
func obey(w fyne.Window, view *window.View, quit func()) {
	if !piped() {
		return
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		_, room, _ := strings.Cut(in.Text(), " ")
		fyne.Do(func() {
			w.Show()
			w.RequestFocus()
			if known(api.Room(room)) {
				view.Enter(api.Room(room), "")
			}
		})
	}
	fyne.Do(quit)
}

// known reports whether the window has such a room.
func known(room api.Room) bool { return room == api.RoomSetup || slices.Contains(api.Rooms, room) }

func piped() bool {
	info, err := os.Stdin.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}
