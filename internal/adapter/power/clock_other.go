//go:build !linux

package power

import "context"

// NewClock starts a clock that ends with ctx. The wall clock is looked at every 15 s while an alarm is armed.
func NewClock(ctx context.Context) (*Clock, error) { return newClock(nil).start(ctx), nil }
