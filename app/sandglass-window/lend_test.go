package main

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// TestJapaneseHasAFace: where Japanese is spoken the window brings the glyphs itself. That they are all there is
// tested in assets/fonts.
func TestJapaneseHasAFace(t *testing.T) {
	a := test.NewTempApp(t)
	say := speak(a)
	face := func(style fyne.TextStyle) string { return a.Settings().Theme().Font(style).Name() }
	say("ja")
	if face(fyne.TextStyle{}) != "japanese-regular.otf" || face(fyne.TextStyle{Bold: true}) != "japanese-bold.otf" {
		t.Errorf("Japanese is written in %s and %s", face(fyne.TextStyle{}), face(fyne.TextStyle{Bold: true}))
	}
	say("en")
	if got := face(fyne.TextStyle{}); got == "japanese-regular.otf" {
		t.Errorf("English is written in %s", got)
	}
}

// TestJ10_ToolkitsClipboard: what was copied goes after half a minute, and what somebody copied since stays.
func TestJ10_ToolkitsClipboard(t *testing.T) {
	for _, other := range []string{"", "something else"} {
		synctest.Test(t, func(t *testing.T) {
			a := test.NewApp()
			lay(a, token.NewSecret("a secret"))
			if a.Clipboard().Content() != "a secret" {
				t.Fatal("not copied")
			}
			if other != "" {
				a.Clipboard().SetContent(other)
			}
			<-time.After(desk.CopyFor + time.Second)
			if got := a.Clipboard().Content(); got != other {
				t.Errorf("the clipboard holds %d characters, want %q", len(got), other)
			}
		})
	}
}

// TestJ09_ToolkitsClipboardGoesWithTheWindow: a secret that was copied where there is no clipboard of our own is taken
// away when the window goes, and what somebody copied since stays.
func TestJ09_ToolkitsClipboardGoesWithTheWindow(t *testing.T) {
	t.Setenv("DISPLAY", "")
	if runtime.GOOS != "linux" {
		t.Skip("the system has a clipboard of its own")
	}
	a := test.NewTempApp(t)
	for _, other := range []string{"", "something else"} {
		outside, wipe, end := lend(t.Context(), a, t.TempDir())
		if err := outside.Copy(token.NewSecret("a secret")); err != nil || a.Clipboard().Content() != "a secret" {
			t.Fatalf("not copied: %v", err)
		}
		if other != "" {
			a.Clipboard().SetContent(other)
		}
		wipe()
		end()
		if got := a.Clipboard().Content(); got != other {
			t.Errorf("the clipboard holds %d characters, want %q", len(got), other)
		}
	}
}
