//go:build !linux

package notify

import "context"

// TrayHost is true: Windows and macOS always have a place for icons.
func TrayHost(context.Context) bool { return true }

// FollowTrayHost says yes and, as nothing changes, waits for the end of ctx.
func FollowTrayHost(ctx context.Context, see func(shown bool)) {
	see(true)
	<-ctx.Done()
}
