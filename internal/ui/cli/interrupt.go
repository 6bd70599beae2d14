package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// onInterrupt runs f when Ctrl-C or a request to end comes, and ends the process: reading from a terminal
// cannot be stopped otherwise. The function that it returns takes that back.
func onInterrupt(f func()) (stop func()) {
	c := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-c:
			f()
			os.Exit(exitCancelled)
		case <-done:
		}
	}()
	return func() {
		signal.Stop(c)
		close(done)
	}
}

// exitCancelled is the exit code of a command that the user stopped.
const exitCancelled = 4
