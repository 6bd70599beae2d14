package ipc

import (
	"slices"
	"testing"
)

// TestJ01_StartedAgentInheritsNoCredential, and nothing that a project's config file chose.
func TestJ01_StartedAgentInheritsNoCredential(t *testing.T) {
	shell := []string{"HOME=/home/u", "NPM_TOKEN=npm_x", "NODE_AUTH_TOKEN=npm_x", "SG_0123456789abcdef=npm_x", "npm_config_userconfig=/home/u/own", "NPM_CONFIG_USERCONFIG=/home/u/own"}
	if got := environment(shell); !slices.Equal(got, []string{"HOME=/home/u", "npm_config_userconfig=/home/u/own", "NPM_CONFIG_USERCONFIG=/home/u/own"}) {
		t.Errorf("from a shell: %v", got)
	}
	script := append(shell, "npm_lifecycle_event=postinstall", "INIT_CWD=/repo")
	if got := environment(script); !slices.Equal(got, []string{"HOME=/home/u", "NPM_CONFIG_USERCONFIG=/home/u/own"}) {
		t.Errorf("from a script: %v", got)
	}
}
