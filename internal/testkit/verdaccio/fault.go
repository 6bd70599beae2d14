package verdaccio

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Break makes the front answer with f where f's method and path fit. Earlier faults go first.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Mend ends all faults.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// TooMany is a registry that wants to be asked later.
func TooMany(wait time.Duration) Fault {
	seconds := strconv.Itoa(int(wait / time.Second))
	return Fault{
		Status: http.StatusTooManyRequests, Body: `{"error":"Too many requests. Please try again later."}`,
		Header: http.Header{"Content-Type": {"application/json"}, "Retry-After": {seconds}},
	}
}

// Down is a registry in trouble: 500, 502, 503, 504.
func Down(status int) Fault {
	return Fault{Status: status, Body: http.StatusText(status), Header: http.Header{"Content-Type": {"text/plain"}}}
}

// ProxyPage is a proxy's page in the place of an answer.
func ProxyPage() Fault {
	return Fault{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}},
		Body: "<!doctype html><html><head><title>Access blocked</title></head><body><h1>Sign in to the network</h1></body></html>\n",
	}
}

// broken answers a request with a fault, if one fits.
func (s *Server) broken(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	n := slices.IndexFunc(s.faults, func(f *Fault) bool {
		return (f.Method == "" || f.Method == r.Method) && strings.HasPrefix(r.URL.EscapedPath(), f.Path)
	})
	if n < 0 {
		s.mu.Unlock()
		return false
	}
	f := *s.faults[n]
	if f.Times == 1 {
		s.faults = slices.Delete(s.faults, n, n+1)
	} else if f.Times > 1 {
		s.faults[n].Times--
	}
	s.mu.Unlock()
	maps.Copy(w.Header(), f.Header)
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // the caller has gone
	return true
}
