// Package agent is the part of Sandglass that runs all day. One goroutine owns its state: commands
// go in, immutable snapshots come out. What takes time (HTTP, keyring, files) runs in goroutines that
// post their result back. Run returns only after every one of them ended.
//
// The agent knows no adapter: it declares the interfaces that it needs (Ports), and the wiring hands
// them in.
package agent
