// Package ipc carries the agent's API over a unix socket, or a named pipe on Windows.
//
// The agent listens once per runtime folder: Listen is also the lock that keeps a second agent away.
// One connection is one call: a request line, then event lines, then a result or error line, all JSON.
// Closing the connection cancels the call. Only processes of the same user are answered.
//
// A Grant is written down as JSON here and nowhere else. The package keeps no secret after a call and
// does not import net/http: every command of the CLI pays for what this package imports.
package ipc

import (
	"errors"
	"time"
)

// Limits of the protocol. They are generous for every honest call.
const (
	maxRequest  = 1 << 20          // bytes of a request line
	maxAnswer   = 16 << 20         // bytes of an answer line
	maxConns    = 64               // calls at once
	connectTime = 2 * time.Second  // for a busy agent to take a call
	requestTime = 3 * time.Second  // for the request line to arrive
	answerTime  = 10 * time.Second // for the peer to take a line of ours
)

// Errors of Listen.
var (
	// ErrRunning says that another agent answers already.
	ErrRunning = errors.New("another agent is running")
	// ErrPath says that the runtime folder's path is too long for a socket.
	ErrPath = errors.New("socket path is too long")
)
