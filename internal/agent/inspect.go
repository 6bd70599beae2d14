package agent

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Inspect implements api.Agent.
func (a *Agent) Inspect(ctx context.Context, req api.InspectRequest) (api.Inspection, error) {
	return api.Inspection{Dir: req.Dir, Findings: []api.Finding{}}, nil
}
