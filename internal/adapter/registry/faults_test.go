package registry_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// short is a time limit that a test can wait for.
const short = 100 * time.Millisecond

func TestF01toF03_SlowRegistry(t *testing.T) {
	over := make(chan struct{})
	slow := map[string]http.HandlerFunc{
		"F01 no first byte": func(_ http.ResponseWriter, r *http.Request) { wait(r, over) },
		"F02 drip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for range 1000 {
				if _, err := io.WriteString(w, " "); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-tick.C:
				case <-r.Context().Done():
					return
				}
			}
		},
		"F03 hang after headers": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			wait(r, over)
		},
	}
	for name, h := range slow {
		t.Run(name, func(t *testing.T) {
			reg := serve(t, h)
			_, err := real(t, client.Options{Limit: short}).Whoami(t.Context(), reg, canary)
			wantError(t, err, agent.ErrOffline)
		})
	}
	close(over)
}

func wait(r *http.Request, over <-chan struct{}) {
	select {
	case <-r.Context().Done():
	case <-over:
	}
}

// bomb answers with a few KiB that unpack to 64 MiB.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := z.Write(zeros); err != nil {
			return
		}
	}
	_ = z.Close()
}

func TestF07_GzipBomb(t *testing.T) {
	_, err := real(t, client.Options{}).Whoami(t.Context(), serve(t, bomb), canary)
	wantError(t, err, agent.ErrBadAnswer)
}

func TestF07_WrongContentTypeIsRead(t *testing.T) {
	reg := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `{"username":"ann"}`)
	})
	if id, err := real(t, client.Options{}).Whoami(t.Context(), reg, canary); err != nil || id.Name != "ann" {
		t.Errorf("%v %v", id, err)
	}
}

// raw is a server that writes these bytes and closes the connection; reset: without a proper end.
func raw(t *testing.T, text string, reset bool) registry.URL {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, text)
			}
			if reset {
				_ = c.(*net.TCPConn).SetLinger(0)
			}
			_ = c.Close()
		}
	}()
	return mustParse(t, "http://"+l.Addr().String())
}

func TestF08F09_BrokenFraming(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\n"
	for name, text := range map[string]string{
		"F08 chunked garbage": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + canary.Reveal(),
		"F08 no HTTP":         "SSH-2.0-" + canary.Reveal() + "\x1b[31m\r\n",
		"F08 bad header":      head + canary.Reveal() + "\r\n\r\n",
		"F08 endless header":  head + "A: " + fmt.Sprintf("%0100000d", 0) + "\r\n\r\n",
		"F08 bad status":      "HTTP/1.1 " + canary.Reveal() + "\r\n\r\n",
		"F09 early close":     head + "Content-Length: 100\r\n\r\n{\"user",
		"F09 nothing":         "",
	} {
		for _, reset := range []bool{false, true} {
			t.Run(fmt.Sprint(name, reset), func(t *testing.T) {
				reg := raw(t, text, reset)
				_, err := real(t, client.Options{}).Whoami(t.Context(), reg, canary)
				wantError(t, err, agent.ErrOffline)
				wantError(t, real(t, client.Options{}).Logout(t.Context(), reg, canary), agent.ErrOffline)
			})
		}
	}
}

func TestJ05_NobodyListens(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reg := mustParse(t, "http://"+l.Addr().String())
	_ = l.Close()
	c := real(t, client.Options{})
	wantError(t, c.Logout(t.Context(), reg, canary), agent.ErrOffline)
	_, err = c.StartLogin(t.Context(), reg)
	wantError(t, err, agent.ErrOffline)
}

// TestF12toF16 wants that no redirect is followed, wherever to and whatever it would carry along.
func TestF12toF16_NoRedirectIsFollowed(t *testing.T) {
	var followed atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, target := range map[string]string{"F12 F13 other host and port": other.URL + "/-/whoami", "F15 itself": "", "F14 http": "http://localhost:1/"} {
			t.Run(fmt.Sprint(name, status), func(t *testing.T) {
				var asked atomic.Int64
				reg := serve(t, func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)
					if target == "" {
						target = r.URL.Path
					}
					w.Header().Set("Location", target)
					w.WriteHeader(status)
				})
				c := real(t, client.Options{})
				_, err := c.Whoami(t.Context(), reg, canary)
				wantError(t, err, agent.ErrBadAnswer)
				wantError(t, c.Logout(t.Context(), reg, canary), agent.ErrBadAnswer)
				_, err = c.StartLogin(t.Context(), reg) // F16: a POST with a body
				wantError(t, err, agent.ErrUnsafe)
				_, err = c.CouchLogin(t.Context(), reg, ann)
				wantError(t, err, agent.ErrUnsafe)
				_, err = c.AwaitLogin(t.Context(), agent.WebLogin{Registry: reg, Done: reg.String() + "-/v1/done"})
				wantError(t, err, agent.ErrUnsafe)
				if asked.Load() != 5 || followed.Load() != 0 {
					t.Errorf("%d requests, %d elsewhere", asked.Load(), followed.Load())
				}
			})
		}
	}
}

func TestF17_UntrustedCertificate(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request got through") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of every refused handshake
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := real(t, client.Options{}).Whoami(t.Context(), mustParse(t, s.URL), canary)
	wantError(t, err, agent.ErrUnsafe)
	trusted := client.New(client.Options{Transport: s.Client().Transport})
	_, err = trusted.Whoami(t.Context(), mustParse(t, "https://localhost"+s.URL[len("https://127.0.0.1"):]), canary) // another name than the certificate's
	if !errors.Is(err, agent.ErrUnsafe) {
		t.Errorf("wrong name: %v", err)
	}
}
