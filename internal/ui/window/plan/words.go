package plan

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// way says how one package manager gets what it needs.
type way struct{ manager, registry, text string }

// ways are the rows of the table below a plan.
func ways(d *desk.Desk, reach []injection.Reach) (rows []way) {
	for _, r := range reach {
		w := way{desk.Plain(strings.TrimSpace(r.Manager + " " + r.Version)), d.NameOf(r.Registry), desk.Plain(string(r.Way))}
		if key := "window.way." + string(r.Way); d.P.Has(key) {
			w.text = d.P.T(key)
		}
		if !slices.Contains(rows, w) {
			rows = append(rows, w)
		}
	}
	return rows
}

// count says how many lines of a diff come and go.
func count(diff []string) (plus, minus int) {
	for _, line := range diff {
		switch {
		case strings.HasPrefix(line, "+"):
			plus++
		case strings.HasPrefix(line, "-"):
			minus++
		}
	}
	return plus, minus
}
