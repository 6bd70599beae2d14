package e2e

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// gate stands before a front and can hold a request, or its answer, for as long as a test likes.
type gate struct {
	URL   string
	proxy http.Handler
	mu    sync.Mutex
	hold  *hold
}

// hold is what a gate holds: one request.
type hold struct {
	method, path string // the beginning of the path
	skip         int    // as many go through before it
	answer       bool   // the front gets the request, and its answer is held; otherwise the request is
	came         chan struct{}
	let          chan bool // true: what is held goes on; false: it never arrives
	over         chan struct{}
}

// newGate is open.
func newGate(t *testing.T, r *verdaccio.Server) *gate {
	t.Helper()
	to, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{proxy: &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		p.Out.Host = p.In.Host
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}} // the sender was killed
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	g.URL = s.URL + "/"
	return g
}

// holds has the gate hold one request.
func (g *gate) holds(h hold) *hold {
	h.came, h.let, h.over = make(chan struct{}), make(chan bool, 1), make(chan struct{})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hold = &h
	return &h
}

// fits takes the hold that a request is for.
func (g *gate) fits(r *http.Request) *hold {
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.hold
	if h == nil || h.method != r.Method || !strings.HasPrefix(r.URL.EscapedPath(), h.path) {
		return nil
	}
	if h.skip--; h.skip >= 0 {
		return nil
	}
	g.hold = nil
	return h
}

// ServeHTTP implements http.Handler. What was held arrives though its sender has gone.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := g.fits(r)
	if h == nil {
		g.proxy.ServeHTTP(w, r)
		return
	}
	defer close(h.over)
	body, _ := io.ReadAll(r.Body)
	through := r.Clone(context.WithoutCancel(r.Context()))
	through.Body = io.NopCloser(bytes.NewReader(body))
	said := httptest.NewRecorder()
	if h.answer {
		g.proxy.ServeHTTP(said, through)
	}
	close(h.came)
	if !<-h.let {
		panic(http.ErrAbortHandler)
	}
	if !h.answer {
		g.proxy.ServeHTTP(said, through)
	}
	maps.Copy(w.Header(), said.Header())
	w.WriteHeader(said.Code)
	_, _ = w.Write(said.Body.Bytes()) // the sender may have gone
}
