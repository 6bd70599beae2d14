package verdaccio

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"time"
)

// hop is how long the token lives that stands for the caller between the front and Verdaccio.
const hop = time.Minute

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /-/v1/login", s.startLogin)
	mux.HandleFunc("GET /-/v1/done/{id}", s.done)
	mux.HandleFunc("GET /login/{id}", s.showPage)
	mux.HandleFunc("POST /login/{id}", s.answerPage)
	mux.HandleFunc("DELETE /-/user/token/{token}", s.logout)
	mux.HandleFunc("GET /auth/cli/{id}", s.showFactor)
	mux.HandleFunc("POST /auth/cli/{id}", s.confirmFactor)
	s.answerQuestions(mux)
	mux.HandleFunc("/", s.pass)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.now().Add(s.opts.Skew).UTC().Format(http.TimeFormat))
		seen := Request{Method: r.Method, Path: r.URL.EscapedPath(), Agent: r.UserAgent(), Token: bearer(r), Header: r.Header.Clone()}
		seen.Body = tokenBody(r)
		out := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		if !s.broken(out, r) && s.gate(out, r) {
			mux.ServeHTTP(out, r)
		}
		seen.Status = out.status
		s.mu.Lock()
		s.record = append(s.record, seen)
		s.mu.Unlock()
	})
}

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// newProxy passes requests on as the user of the caller's live session, or as nobody. Verdaccio
// never sees the caller's own token, so that only the front decides how long it lives. The Host
// stays the front's: Verdaccio makes tarball addresses of it.
func (s *Server) newProxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(s.back.url)
			p.Out.Host = p.In.Host
			// The front reads answers, so they come unpacked.
			p.Out.Header.Set("Accept-Encoding", "identity")
			s.signAs(p)
		},
		ModifyResponse: func(res *http.Response) error {
			res.Header.Del("Date")
			return s.reword(res)
		},
	}
}

// replace puts another answer in the place of res.
func replace(res *http.Response, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	res.StatusCode, res.Status = status, ""
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header = http.Header{"Content-Type": {"application/json"}, "Content-Length": {strconv.Itoa(len(body))}}
	return nil
}

// reply writes JSON.
func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller has gone
}

// logout ends the session that its path names, or 404: as npm's public registry, and not as
// Verdaccio, which says yes and lets the token live.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	if _, ok := s.user(bearer(r)); !ok {
		reply(w, http.StatusUnauthorized, map[string]string{"error": "unauthorized"})
		return
	}
	if _, ok := s.user(token); !ok {
		reply(w, http.StatusNotFound, map[string]string{"error": "not found"})
		return
	}
	s.End(token)
	reply(w, http.StatusOK, map[string]string{"ok": "logged out"})
}
