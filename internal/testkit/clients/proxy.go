package clients

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// refuse starts a proxy that lets nothing through. A client that asks it for an address outside
// the machine fails the test.
func refuse(t testing.TB) (address string) {
	t.Helper()
	asked := make(chan string, 64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- r.Method + " " + r.Host:
		default:
		}
		http.Error(w, "the tests ask nothing outside this machine", http.StatusForbidden)
	}))
	t.Cleanup(func() {
		server.Close()
		close(asked)
		for what := range asked {
			t.Errorf("a client went outside this machine: %s", what)
		}
	})
	return server.URL
}
