package demo

import (
	"net/http"
	"strings"
)

const maxRequests = 1000 // that are remembered

// Request is one that the registry got. It holds no secret.
type Request struct {
	Method      string
	Path        string // without query; what names a login page or a credential is "*"
	Status      int    // of the answer
	Auth        bool   // whether there was an Authorization header
	Fingerprint string // of the bearer credential in it
	Command     string // npm-command
	UserAgent   string
}

// Requests lists the last 1000 requests, the oldest first.
func (r *Registry) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Request(nil), r.requests...)
}

// recorded remembers and logs every request, after it was answered.
func (r *Registry) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen := Request{
			Method: req.Method, Path: printable(req.URL.Path), Auth: req.Header.Get("Authorization") != "",
			Fingerprint: bearer(req).Fingerprint(), Command: req.Header.Get("npm-command"), UserAgent: req.UserAgent(),
		}
		s := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(s, req)
		seen.Status = s.status
		r.mu.Lock()
		if len(r.requests) == maxRequests {
			r.requests = append(r.requests[:0], r.requests[1:]...)
		}
		r.requests = append(r.requests, seen)
		r.mu.Unlock()
		r.opts.Logger.Debug("demo registry answered", "method", seen.Method, "path", seen.Path, "status", seen.Status, "agent", seen.UserAgent)
	})
}

// printable hides the part of a path that is a secret or as good as one.
func printable(path string) string {
	for _, prefix := range []string{"/-/user/token/", "/-/npm/v1/tokens/token/", "/login/"} {
		if strings.HasPrefix(path, prefix) {
			return prefix + "*"
		}
	}
	return path
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Fault is a wrong answer on purpose.
type Fault struct {
	Status     int
	RetryAfter string // header, "" for none
	Times      int    // how often; zero means for ever
}

type fault struct {
	prefix string
	Fault
}

// Fault makes requests whose path begins with prefix fail. A Fault with Status 0 ends the faults of
// that prefix.
func (r *Registry) Fault(prefix string, f Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.faults[:0]
	for _, old := range r.faults {
		if old.prefix != prefix {
			kept = append(kept, old)
		}
	}
	if r.faults = kept; f.Status != 0 {
		r.faults = append(r.faults, &fault{prefix, f})
	}
}

func (r *Registry) takeFault(path string) (Fault, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, f := range r.faults {
		if !strings.HasPrefix(path, f.prefix) {
			continue
		}
		if f.Times == 1 {
			r.faults = append(r.faults[:i:i], r.faults[i+1:]...)
		}
		f.Times--
		return f.Fault, true
	}
	return Fault{}, false
}
