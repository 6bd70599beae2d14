package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestExitCodes is the table of the interface. Every code of the agent is in it.
func TestExitCodes(t *testing.T) {
	table := map[string]int{
		api.CodeInternal: 1, api.CodeNoAgent: 1, api.CodeNoWindow: 1, api.CodeNoAutostart: 1, api.CodeStale: 1, api.CodeFile: 1,
		api.CodeNoGit: 1, api.CodeHookTool: 1, api.CodeHookScript: 1, api.CodeHookOff: 1, api.CodeNoLog: 1, api.CodeNoFailure: 1,
		api.CodeMove: 1, api.CodeNoToken: 2, api.CodeSpec: 2, api.CodeNoKept: 2, api.CodeNoJob: 2,
		api.CodeUsage: 2, api.CodeURL: 2, api.CodeUnknown: 2, api.CodeFolder: 2, api.CodeWhole: 2,
		api.CodeEnded: 3, api.CodeNone: 3,
		api.CodeCancelled: 4, api.CodeDenied: 4, api.CodeOTP: 4, api.CodePassword: 4, api.CodeInUse: 4,
		api.CodeNetwork: 5, api.CodeNoWebLogin: 5, api.CodeLoginExpire: 5, api.CodeBadAnswer: 5, api.CodeNoTokens: 5,
		api.CodeKeyring: 6, api.CodePassphrase: 6, api.CodeUnsafe: 7, api.CodePartly: 8,
	}
	for name, code := range constants(t, "Code") {
		want, ok := table[code]
		if !ok {
			t.Errorf("api.%s (%s) has no exit code", name, code)
			continue
		}
		for _, err := range []error{&api.Error{Code: code}, fmt.Errorf("wrapped: %w", &api.Error{Code: code})} {
			if got := exitCode(err); got != want {
				t.Errorf("%s: exit code %d, want %d", code, got, want)
			}
		}
	}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {errors.New("any"), 1}, {&misuse{key: "flag"}, 2}, {context.Canceled, 4}, {status(0), 0}, {status(42), 42},
		{&api.Error{Code: "from the future"}, 1},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}
