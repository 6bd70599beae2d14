package tray

import "github.com/sandglass-dev/sandglass/assets/icon"

// early is false: the menu bar has no place for the icon before the library runs.
const early = false

// defaultSize is twice the menu bar's 22 points, for displays with two pixels a point.
const defaultSize = 44

// tapOpens is false: what stands in this system's menu bar opens its menu.
const tapOpens = false

// titled is false: a title would be drawn beside the icon. The tooltip is what is read aloud, too.
const titled = false

// fit leaves a tooltip as it is.
func fit(tooltip string) string { return tooltip }

// menuOpen is not known: the system tells when the menu opens.
func menuOpen() bool { return false }

// escape leaves labels alone: no sign has a meaning in them.
func escape(label string) string { return label }

// pictures are the icon as a template, which the system colours, and in colours.
func pictures(spec icon.Spec) (template, regular []byte) {
	if spec.Size == 0 {
		spec.Size = defaultSize
	}
	regular = icon.PNG(spec)
	spec.Template = true
	return icon.PNG(spec), regular
}
