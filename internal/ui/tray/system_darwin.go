package tray

import "github.com/sandglass-dev/sandglass/assets/icon"

// early is false: the menu bar has no place for the icon before the library runs.
const early = false

// defaultSize is twice the menu bar's 22 points, for displays with two pixels a point.
const defaultSize = 44

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
