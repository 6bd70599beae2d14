//go:build !linux && !windows

package notify

import "context"

// DarkPanel is false: the menu bar of macOS colours the icon itself.
func DarkPanel(context.Context) bool { return false }
