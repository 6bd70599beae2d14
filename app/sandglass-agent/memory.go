package main

import (
	"context"
	"runtime/debug"
	"time"
)

// startTime is after how long what only the start needed is given back: by then the tray shows and
// the first sessions are known.
const startTime = 10 * time.Second

// stayLight keeps a process small that does nearly nothing all day. What lives on the heap is about
// 1 MB; painting icons and reading certificates leave several times that as garbage, which Go's own
// settings would keep.
func stayLight(ctx context.Context) {
	debug.SetGCPercent(50)
	t := time.AfterFunc(startTime, debug.FreeOSMemory)
	context.AfterFunc(ctx, func() { t.Stop() })
}
