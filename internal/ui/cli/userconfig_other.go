//go:build !linux

package cli

// hold keeps a copy of the user's config for a command.
func (a *app) hold(text []byte) (userConfig, error) { return a.onDisk(text) }
