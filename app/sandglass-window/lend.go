package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/assets/fonts"
	"github.com/sandglass-dev/sandglass/internal/adapter/appearance"
	"github.com/sandglass-dev/sandglass/internal/adapter/browser"
	"github.com/sandglass-dev/sandglass/internal/adapter/clipboard"
	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// lend is what this program does for the window. wipe empties the clipboard again when the window goes, on the toolkit's
// goroutine. end is what is left of that when the toolkit has ended, whatever has ended it.
func lend(ctx context.Context, a fyne.App, runtimeDir string) (out desk.Outside, wipe, end func()) {
	opener := browser.New(browser.Options{})
	kept := clipboard.New()
	var laid func() // takes away what the toolkit put there; on the toolkit's goroutine, as Copy is
	still := appearance.ReducedMotion(ctx)
	return desk.Outside{
			Copy: func(s token.Secret) error {
				err := kept.Put(ctx, s)
				if errors.Is(err, errors.ErrUnsupported) {
					laid = lay(a, s)
					return nil
				}
				return err
			},
			OpenPath: func(path string) error { return opener.Folder(ctx, path) },
			Browse:   func(page string) error { return opener.Open(ctx, page) },
			Start:    func() error { return ipc.Start(ctx, runtimeDir, agentPath()) },
			Still:    func() bool { return still || !fyne.CurrentApp().Settings().ShowAnimations() },
		}, func() {
			kept.Clear()
			if laid != nil {
				laid()
			}
		}, kept.Clear
}

// lay puts a secret into the clipboard by the toolkit, which knows no marks for histories: that is so in Wayland, where
// alone it is needed. It is taken away later, or by drop, if it is still what the clipboard holds. Where the
// program's windows are X11's all the same, the toolkit would hand it to a clipboard manager at its end.
func lay(a fyne.App, s token.Secret) (drop func()) {
	a.Clipboard().SetContent(s.Reveal())
	drop = func() {
		if s.Equal(token.NewSecret(a.Clipboard().Content())) {
			a.Clipboard().SetContent("")
		}
	}
	time.AfterFunc(desk.CopyFor, func() { fyne.Do(drop) })
	return drop
}

// agentPath is where the agent lies: beside this program.
func agentPath() string {
	name := "sandglass-agent"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	self, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}

// speak gives Fyne a font that has Japanese where that is spoken. Only on Linux may a system be without one.
func speak(a fyne.App) func(language string) {
	return func(language string) {
		t := look.NewTheme()
		if language == i18n.Japanese && runtime.GOOS == "linux" {
			regular, bold := fyne.NewStaticResource("japanese-regular.otf", fonts.Regular), fyne.NewStaticResource("japanese-bold.otf", fonts.Bold)
			t.Face = func(style fyne.TextStyle) fyne.Resource {
				switch {
				case style.Italic:
					return theme.DefaultTheme().Font(style)
				case style.Bold:
					return bold
				}
				return regular
			}
		}
		a.Settings().SetTheme(t)
	}
}
