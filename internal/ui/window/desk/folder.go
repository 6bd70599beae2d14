package desk

import (
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Folder is the path that the user means by what was typed; "" for nothing.
func Folder(typed string) string {
	typed = strings.TrimSpace(typed)
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(typed, "~"); ok && err == nil && (rest == "" || os.IsPathSeparator(rest[0])) {
		typed = filepath.Join(home, rest)
	}
	if typed == "" {
		return ""
	}
	return filepath.Clean(typed)
}

// ChooseFolder lets the user pick the folder from a list, and puts it into the field.
func (d *Desk) ChooseFolder(field *look.Field) {
	pick := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
		switch {
		case err != nil:
			d.Tell(err)
		case dir != nil:
			field.SetText(dir.Path())
		}
		look.Focus(field)
	}, d.Win)
	pick.Show() // before the size, which it has no place for until then
	pick.Resize(d.Win.Canvas().Size().SubtractWidthHeight(4*look.Grid, 4*look.Grid))
}
