package tray

import (
	"strings"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/sandglass-dev/sandglass/assets/icon"
)

// early is false: the library has no window for the icon before it runs.
const early = false

// sizes are those that the tray asks for at 100 to 300 %.
var sizes = []int{16, 20, 24, 32, 48}

// tapOpens says that a left click opens the window, and the right one the menu, as everywhere on this system.
const tapOpens = true

// titled is false: an icon has a tooltip and nothing else, which is what is read aloud, too.
const titled = false

// longestTip is what the tray takes, with the zero at its end.
const longestTip = 127

// fit shortens a tooltip to what the tray takes.
func fit(tooltip string) string {
	if units := utf16.Encode([]rune(tooltip)); len(units) > longestTip {
		return string(utf16.Decode(units[:longestTip-1])) + "…"
	}
	return tooltip
}

// Flags of a thread's state, of winuser.h.
const (
	inMenu      = 0x04 // GUI_INMENUMODE
	inPopupMenu = 0x10 // GUI_POPUPMENUMODE
)

// menuOpen reports whether a menu is open in the foreground: the library brings itself there to show its
// own. Another program's menu keeps the entries waiting for some seconds, too.
func menuOpen() bool {
	info := windows.GUIThreadInfo{}
	info.Size = uint32(unsafe.Sizeof(info))
	return windows.GetGUIThreadInfo(0, &info) == nil && info.Flags&(inMenu|inPopupMenu) != 0
}

// escape doubles the sign that marks a keyboard letter in a label.
func escape(label string) string { return strings.ReplaceAll(label, "&", "&&") }

// pictures are the icon for the tray; there are no template pictures here.
func pictures(spec icon.Spec) (template, regular []byte) {
	if spec.Size > 0 {
		return nil, icon.ICO(spec, spec.Size)
	}
	return nil, icon.ICO(spec, sizes...)
}
