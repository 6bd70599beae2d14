package recorder

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Recorder is a registry and a proxy that notes what it is sent.
type Recorder struct {
	// URL is its address; it ends in "/".
	URL string

	authority *authority
	mu        sync.Mutex
	taken     []Request
}

// Request is one that came in.
type Request struct {
	Method        string
	Host          string // that it was meant for
	Path          string // with the query, as it came
	Authorization string
	Proxied       bool   // it came to the proxy, in the clear or through a tunnel
	all           string // everything, lower-case, for Canary
}

// Start makes a recorder that ends with the test.
func Start(t testing.TB) *Recorder {
	t.Helper()
	r := &Recorder{authority: newAuthority(t)}
	s := httptest.NewUnstartedServer(http.HandlerFunc(r.serve))
	s.Config.IdleTimeout = 5 * time.Second
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	r.URL = s.URL + "/"
	return r
}

// Host is the recorder's host and port.
func (r *Recorder) Host() string {
	return strings.TrimSuffix(strings.TrimPrefix(r.URL, "http://"), "/")
}

// Key is the recorder's address as .npmrc files name it.
func (r *Recorder) Key() string { return "//" + r.Host() + "/" }

// CA is the certificate of the authority that signs what tunnels end in, as PEM.
func (r *Recorder) CA() string { return r.authority.pem }

// Requests are all requests so far.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Request{}, r.taken...)
}

// Reset forgets the requests so far.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = nil
}

// Canary returns the requests that brought the text, in whatever guise.
func (r *Recorder) Canary(text string) (found []Request) {
	for _, q := range r.Requests() {
		if strings.Contains(q.all, strings.ToLower(text)) {
			found = append(found, q)
		}
	}
	return found
}

func (r *Recorder) serve(w http.ResponseWriter, q *http.Request) {
	r.note(q, q.URL.IsAbs() || q.Method == http.MethodConnect)
	if q.Method == http.MethodConnect {
		r.tunnel(w, q)
		return
	}
	answer(w, q, "http://"+q.Host)
}

func (r *Recorder) note(q *http.Request, proxied bool) {
	body, _ := io.ReadAll(io.LimitReader(q.Body, 1<<20)) // what broke off is worth noting as far as it came
	q.Body = io.NopCloser(bytes.NewReader(body))
	n := Request{Method: q.Method, Host: q.Host, Path: q.URL.RequestURI(), Authorization: q.Header.Get("Authorization"), Proxied: proxied}
	parts := []string{q.Method, q.Host, q.RequestURI, string(body)}
	if clear, err := url.PathUnescape(q.RequestURI); err == nil {
		parts = append(parts, clear)
	}
	for name, values := range q.Header {
		for _, v := range values {
			parts = append(parts, name, v)
			if _, code, ok := strings.Cut(v, " "); ok {
				clear, _ := base64.StdEncoding.DecodeString(code) // no base64: nothing hidden
				parts = append(parts, string(clear))
			}
		}
	}
	n.all = strings.ToLower(strings.Join(parts, "\n"))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken, n)
}

// tunnel takes a CONNECT and is itself the server at its end.
func (r *Recorder) tunnel(w http.ResponseWriter, q *http.Request) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // a client that hangs is cut off
	host, _, _ := net.SplitHostPort(q.Host)
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	in := bufio.NewReader(conn)
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	var end net.Conn = buffered{conn, in}
	scheme := "http://"
	if first[0] == 22 { // a TLS record of the handshake
		end, scheme = tls.Server(end, r.authority.config(host)), "https://"
	}
	r.inside(end, scheme+host)
}

// inside answers the requests that come through a tunnel, until the client has no more.
func (r *Recorder) inside(end net.Conn, base string) {
	in := bufio.NewReader(end)
	for {
		q, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		r.note(q, true)
		w := httptest.NewRecorder()
		answer(w, q, base)
		res := w.Result()
		res.ContentLength = int64(w.Body.Len())
		if res.Write(end) != nil || q.Close {
			return
		}
	}
}

// buffered is a connection of which something was read already.
type buffered struct {
	net.Conn
	in *bufio.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.in.Read(p) }
