package settings

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

// TestPictures writes the room as pictures for people to look at: go test -artifacts.
func TestPictures(t *testing.T) {
	ways := []windowkit.Way{}
	for _, w := range windowkit.Ways {
		w.Height = 2000
		ways = append(ways, w)
	}
	ways = append(ways, windowkit.Way{Language: "en", Width: 340, Height: 2800}, windowkit.Way{Language: "ja", Width: 340, Height: 2800, Dark: true},
		windowkit.Way{Language: "en", Scale: 1.6, Height: 2800}, windowkit.Way{Language: "ja", Scale: 1.6, Width: 340, Height: 4200})
	for _, w := range ways {
		name := w.Name()
		if w.Width > 0 {
			name += "-narrow"
		}
		if w.Scale > 0 {
			name += "-large"
		}
		t.Run(name, func(t *testing.T) {
			pg := open(t, w, house(time.Now()))
			pg.room.hand.Scroll.ScrollToTop()
			pg.Shot(t, "settings-"+name)
			pg.Win.Resize(fyne.NewSize(pg.Win.Canvas().Size().Width, 700))
			pg.room.changeMode("")
			pg.Until(t, "the plan", func() bool { return len(pg.agent.Calls()) > 0 })
			pg.Shot(t, "settings-mode-"+name)
			pg.Press(fyne.KeyEscape)
			pg.tapped(t, "settings.store.change")
			pg.tapped(t, "setup.keep.file")
			pg.Shot(t, "settings-keep-"+name)
		})
	}
}

// TestInside: nothing is cut off or lies on something else, however narrow the window and large the type.
func TestInside(t *testing.T) {
	for _, w := range windowkit.Tight() {
		t.Run(fmt.Sprintf("%s-%v-%v", w.Name(), w.Width, w.Scale), func(t *testing.T) {
			pg := open(t, w, house(time.Now()))
			for range 9 {
				pg.Inside(t)
				pg.room.hand.Scroll.ScrollToOffset(pg.room.hand.Scroll.Offset.AddXY(0, 500))
			}
		})
	}
}
