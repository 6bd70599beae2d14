package ipc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// raw opens a connection to an agent and writes to it.
func raw(t *testing.T, dir, text string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, _ = io.WriteString(conn, text)
	return conn, bufio.NewReader(conn)
}

// refused reads one line, which must be an error, and then the end.
func refused(t *testing.T, in *bufio.Reader) string {
	t.Helper()
	line, err := readLine(in, maxAnswer)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil || a.Error == nil {
		t.Fatalf("answer %.200q is no error", line)
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		t.Errorf("%q comes after the end", rest)
	}
	return a.Error.Cause
}

func TestI07_BadLines(t *testing.T) {
	fake := fakeagent.New(start)
	dir := serve(t, fake)
	for name, text := range map[string]string{
		"not JSON":       "GET / HTTP/1.1\r\n\r\n",
		"empty":          "\n",
		"no version":     `{"method":"snapshot"}` + "\n",
		"next version":   `{"v":2,"method":"snapshot"}` + "\n",
		"unknown method": `{"v":1,"method":"reveal"}` + "\n",
		"bad parameters": `{"v":1,"method":"grant","params":["npm_x"]}` + "\n",
		"no parameters":  `{"v":1,"method":"grant"}` + "\n",
		"NUL":            "\x00\x00\x00\n",
		"deep":           strings.Repeat("[", 100_000) + "\n",
		"over 1 MiB":     `{"v":1,"method":"snapshot","x":"` + strings.Repeat("x", maxRequest) + "\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, in := raw(t, dir, text)
			if cause := refused(t, in); strings.Contains(cause, "npm_x") {
				t.Errorf("the answer repeats what it got: %s", cause)
			}
		})
	}
	if n := len(fake.Calls()); n != 0 {
		t.Errorf("%d bad calls reached the agent", n)
	}
	conn, _ := raw(t, dir, `{"v":1,"meth`) // half a line, and gone
	_ = conn.Close()
	_, in := raw(t, dir, `{"v":1,"method":"snapshot","pad":"`+strings.Repeat("x", maxRequest-200)+"\"}\n")
	if line, err := readLine(in, maxAnswer); err != nil || !bytes.Contains(line, []byte(`"result"`)) {
		t.Errorf("a line just below the limit: %.100q, %v", line, err)
	}
}

// TestI07_Slowloris: who sends no whole line in time is told so and put out.
func TestI07_Slowloris(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		fake := fakeagent.New(start)
		go func() {
			(&call{agent: fake, conn: theirs}).answer(t.Context())
			_ = theirs.Close()
		}()
		_, _ = io.WriteString(ours, `{"v":1,`)
		if cause := refused(t, bufio.NewReader(ours)); !strings.Contains(cause, "timeout") {
			t.Errorf("got %q", cause)
		}
	})
}

// TestI07_ManyConnections: more than the agent takes are refused, not queued; later ones are answered.
func TestI07_ManyConnections(t *testing.T) {
	fake := fakeagent.New(start)
	fake.Hang = true
	fake.Steps = []api.Login{{State: api.LoginWaiting}}
	dir := serve(t, fake)
	var open []net.Conn
	for range maxConns {
		conn, in := raw(t, dir, `{"v":1,"method":"login","params":{}}`+"\n")
		if _, err := readLine(in, maxAnswer); err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
	}
	for range 500 {
		_, in := raw(t, dir, "")
		if cause := refused(t, in); !strings.Contains(cause, "too many") {
			t.Fatalf("got %q", cause)
		}
	}
	for _, conn := range open {
		_ = conn.Close()
	}
	ended := 0
	fake.Await(t.Context(), func(c Call) bool {
		if c.Ended != nil {
			ended++
		}
		return ended >= maxConns
	})
	for {
		_, err := Dial(dir).Snapshot(t.Context())
		var e *api.Error
		if err == nil {
			return
		}
		if !errors.As(err, &e) || !strings.Contains(e.Cause, "too many") {
			t.Fatal(err)
		}
	}
}

// TestLongAnswer: an answer beyond the limit is an error and not a full memory.
func TestLongAnswer(t *testing.T) {
	in := bufio.NewReader(io.LimitReader(endless{}, maxAnswer*4))
	if _, err := readLine(in, maxAnswer); !errors.Is(err, errLong) {
		t.Errorf("got %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// FuzzRequest: whatever comes in, one line goes out for it, an end, and nothing panics.
func FuzzRequest(f *testing.F) {
	for _, m := range []string{methodSnapshot, methodWatch, methodLogin, methodLogout, methodGrant, methodDo, methodPlan, methodApply, methodDue, methodInspect} {
		f.Add([]byte(`{"v":1,"method":"` + m + `","params":{"name":"x","registry":"https://registry.example.com/"}}`))
	}
	f.Add([]byte(`{"v":1,"method":"login","params":{"couch":{"name":"a","password":"b"}}}`))
	f.Add([]byte("\xff\xfe{}\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		req, run, err := parse(in)
		if err != nil {
			var e *api.Error
			if !errors.As(err, &e) || run != nil {
				t.Fatalf("parse gives %v and a handler", err)
			}
			return
		}
		ours, theirs := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		c := &call{agent: fakeagent.New(start), conn: theirs}
		go func() {
			result, err := run(ctx, c, req.Params)
			c.end(result, err)
			_ = theirs.Close()
		}()
		lines := bufio.NewReader(ours)
		for {
			line, err := readLine(lines, maxAnswer)
			if err != nil {
				t.Fatalf("no end: %v", err)
			}
			var a answer
			if err := json.Unmarshal(line, &a); err != nil {
				t.Fatalf("%q is no answer", line)
			}
			if req.Method == methodWatch {
				cancel() // it would go on
			}
			if a.Event == nil {
				break
			}
		}
		cancel()
		_ = ours.Close()
	})
}
