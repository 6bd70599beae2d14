package ipc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Serve answers calls on ln with agent until ctx ends, then closes ln, cancels what runs and returns
// nil once every call has ended. Any other end of ln is an error.
func Serve(ctx context.Context, ln net.Listener, agent api.Agent) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() })
	defer stop()
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel()
	slots := make(chan struct{}, maxConns)
	for {
		conn, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return nil
		case temporary(err):
			// Out of file descriptors, say: the calls that run will give some back.
			pause(ctx, 50*time.Millisecond)
			continue
		case err != nil:
			return fmt.Errorf("accept call: %w", err)
		}
		select {
		case slots <- struct{}{}:
		default:
			refuse(conn, internal("too many connections"))
			continue
		}
		calls.Go(func() {
			defer func() { <-slots }()
			(&call{agent: agent, conn: conn}).serve(ctx)
		})
	}
}

func temporary(err error) bool {
	var e interface{ Temporary() bool }
	return err != nil && !errors.Is(err, net.ErrClosed) && errors.As(err, &e) && e.Temporary()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func internal(cause string) *api.Error { return &api.Error{Code: api.CodeInternal, Cause: cause} }

// refuse answers without having read anything.
func refuse(conn net.Conn, e *api.Error) {
	line, _ := json.Marshal(answer{Error: e})
	_ = conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	_, _ = conn.Write(append(line, '\n'))
	_ = conn.Close()
}

// call is one connection on the agent's side.
type call struct {
	agent api.Agent
	conn  net.Conn
	out   sync.Mutex // events come from goroutines of the agent's
	ended bool       // the last line is out
}

func (c *call) serve(ctx context.Context) {
	defer c.conn.Close()
	peer, err := peerOf(c.conn)
	if err != nil {
		refuse(c.conn, &api.Error{Code: api.CodeUnsafe, Cause: err.Error()})
		return
	}
	peer.Program = program(peer.PID)
	c.answer(api.WithPeer(ctx, peer))
}

// answer reads the request of a peer that may make one, and answers it.
func (c *call) answer(ctx context.Context) {
	_ = c.conn.SetReadDeadline(time.Now().Add(requestTime))
	in := bufio.NewReader(c.conn)
	line, err := readLine(in, maxRequest)
	if err != nil {
		c.end(nil, internal("read request: "+err.Error()))
		return
	}
	req, run, err := parse(line)
	if err != nil {
		c.end(nil, err)
		return
	}
	_ = c.conn.SetReadDeadline(time.Time{})
	serving := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// One connection is one call: whatever comes now, an end or more bytes, means that the peer is done with us.
	go func() {
		_, _ = in.ReadByte()
		cancel()
	}()
	result, err := run(ctx, c, req.Params)
	if err != nil && serving.Err() != nil && asError(err).Code == api.CodeCancelled {
		err = &api.Error{Code: api.CodeNoAgent} // the peer has cancelled nothing: the agent is going away
	}
	c.end(result, err)
}

// parse takes a request line apart. Its error is an *api.Error.
func parse(line []byte) (request, handler, error) {
	var req request
	if err := json.Unmarshal(line, &req); err != nil {
		return req, nil, internal("read request: not JSON")
	}
	if req.V != protocol {
		return req, nil, internal(fmt.Sprintf("protocol version %d is asked for, the agent speaks %d", req.V, protocol))
	}
	run, ok := handlers[req.Method]
	if !ok {
		return req, nil, internal("unknown method")
	}
	return req, run, nil
}

func (c *call) event(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return c.send(answer{Event: raw}, false)
}

func (c *call) end(result any, err error) {
	var a answer
	if err == nil {
		a.Result, err = json.Marshal(result)
	}
	if err != nil {
		a = answer{Error: asError(err)}
	}
	_ = c.send(a, true)
}

func (c *call) send(a answer, last bool) error {
	c.out.Lock()
	defer c.out.Unlock()
	if c.ended {
		return net.ErrClosed
	}
	c.ended = last
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(a); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	_ = c.conn.SetWriteDeadline(time.Now().Add(answerTime))
	if _, err := c.conn.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// asError makes every error one that may cross.
func asError(err error) *api.Error {
	var e *api.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &api.Error{Code: api.CodeCancelled}
	}
	return internal(err.Error())
}
