package api

import "context"

// Peer is the process at the other end of a call.
type Peer struct {
	PID     int    // 0 where the system does not tell
	Program string // path of its executable, "" where the system does not tell
}

type peerKey struct{}

// WithPeer returns ctx with the caller of a call in it. The ipc adapter sets it on every call that
// comes over the socket.
func WithPeer(ctx context.Context, p Peer) context.Context {
	return context.WithValue(ctx, peerKey{}, p)
}

// PeerFrom returns the caller, and false for calls from within the agent's own process.
func PeerFrom(ctx context.Context) (Peer, bool) {
	p, ok := ctx.Value(peerKey{}).(Peer)
	return p, ok
}
