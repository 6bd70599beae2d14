//go:build !linux && !windows && !(darwin && cgo)

package appearance

import "context"

// ReducedMotion is false: nothing here can be asked.
func ReducedMotion(context.Context) bool { return false }
