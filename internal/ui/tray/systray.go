package tray

import (
	"strconv"
	"strings"

	"fyne.io/systray"

	"github.com/sandglass-dev/sandglass/assets/icon"
)

// native runs the system's tray on this goroutine, the main one, until quit. start is called when the
// menu stands.
func native(l *loop, start func()) {
	s := &systrayScreen{entries: map[string]*systray.MenuItem{}}
	l.on = s
	first := func() {
		s.picture(l.spec)
		systray.SetTooltip(fit(l.tooltip))
	}
	if early {
		systray.SetTitle(l.words.T("tray.title")) // the icon's id is made of it, for good
		first()
	}
	if tapOpens && !l.opts.NoWindow {
		systray.SetOnTapped(l.tapped) // before the library runs: it tells the desktop once what a click does
	}
	systray.Run(func() {
		if !early {
			first()
		}
		s.build(l.clicks)
		l.draw(wall())
		go func() {
			for range systray.TrayOpenedCh {
				select {
				case l.opened <- struct{}{}:
				default:
				}
			}
		}()
		start()
	}, nil)
}

// tapped notes a click on the icon. It may run on the system's own thread, which must not wait.
func (l *loop) tapped() {
	select {
	case l.clicks <- keyIcon:
	default: // sixteen others are before it
	}
}

// quit ends native.
func quit() { systray.Quit() }

// systrayScreen draws by the tray library.
type systrayScreen struct{ entries map[string]*systray.MenuItem }

// build makes every entry once, hidden: a menu that is rebuilt closes under the user's pointer and
// loses clicks.
func (s *systrayScreen) build(clicks chan<- string) {
	for _, key := range places() {
		if strings.HasPrefix(key, keyLine) {
			systray.AddSeparator()
			continue
		}
		entry := systray.AddMenuItem(key, "")
		if key == keyStatus {
			entry.Disable()
		}
		entry.Hide()
		s.entries[key] = entry
		// The library drops a click that nobody waits for: one goroutine each, which only hands on.
		go func() {
			for range entry.ClickedCh {
				clicks <- key
			}
		}()
	}
}

// places are the entries from top to bottom.
func places() []string {
	keys := []string{keyStatus}
	for i := range maxSessions {
		keys = append(keys, keySession+strconv.Itoa(i))
	}
	keys = append(keys, keyMore)
	for i := range maxPages {
		keys = append(keys, keyPage+strconv.Itoa(i))
	}
	return append(keys, keyLine+"0", keyFindings, keyOpen, keyPause, keyLock, keySettings, keyLine+"1", keyQuit)
}

func (s *systrayScreen) picture(spec icon.Spec) {
	template, regular := pictures(spec)
	systray.SetTemplateIcon(template, regular)
}

func (s *systrayScreen) tip(name, tooltip string) {
	systray.SetTooltip(fit(tooltip))
	if titled {
		systray.SetTitle(name)
	}
}

func (s *systrayScreen) open() bool { return menuOpen() }

func (s *systrayScreen) entry(item Item) {
	e := s.entries[item.Key]
	e.SetTitle(escape(item.Label))
	e.Show()
}

func (s *systrayScreen) hide(key string) { s.entries[key].Hide() }
