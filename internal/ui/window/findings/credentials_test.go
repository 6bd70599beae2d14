package findings

import (
	"slices"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

// TestFindsCredentials: the header leads to where credentials that lie about are looked for, whether anything is found or not.
func TestFindsCredentials(t *testing.T) {
	for _, found := range [][]api.Finding{nil, some()} {
		for _, language := range []string{"en", "ja"} {
			pg, _ := open(t, windowkit.Way{Language: language}, found)
			h := pg.Room.Header(time.Now())
			if h.Also == "" || h.Also == "settings.import.open" {
				t.Fatalf("the header says %q", h.Also)
			}
			h.DoAlso()
			if !slices.Equal(pg.Opened, []string{"settings import"}) {
				t.Errorf("opened %q", pg.Opened)
			}
		}
	}
}
