package cli

import (
	"context"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// leaving is an agent that answers so many calls, and is gone then.
type leaving struct {
	api.Agent
	left int
}

func (l *leaving) Watch(_ context.Context, see func(api.Snapshot) error) error {
	if l.left--; l.left >= 0 {
		_ = see(api.Snapshot{})
	}
	return &api.Error{Code: api.CodeNoAgent}
}

func (l *leaving) Do(context.Context, api.Action) error {
	if l.left--; l.left >= 0 {
		return nil
	}
	return &api.Error{Code: api.CodeNoAgent}
}

// TestAgentThatLeavesIsNotBroughtBack: who quits Sandglass is not contradicted by a status --watch in some terminal.
func TestAgentThatLeavesIsNotBroughtBack(t *testing.T) {
	for name, call := range map[string]func(*starter) error{
		"watch": func(s *starter) error {
			return s.Watch(t.Context(), func(api.Snapshot) error { return nil })
		},
		"do": func(s *starter) error {
			_ = s.Do(t.Context(), api.Action{})
			return s.Do(t.Context(), api.Action{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			for answers, want := range map[int]int{0: 1, 1: 0} {
				started := 0
				s := &starter{Agent: &leaving{left: answers}, start: func(context.Context, bool) error { started++; return nil }}
				if err := call(s); !isCode(err, api.CodeNoAgent) || started != want {
					t.Errorf("after %d answers: started %d, want %d; %v", answers, started, want, err)
				}
			}
		})
	}
}
