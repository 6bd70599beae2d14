package terminal

import (
	"os/exec"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	x := Start(t, exec.Command("sh"))
	for range 3 {
		if out, status := x.Run("test -t 0 && printf 'a\\nb\\n' && (exit 3)", 10*time.Second); out != "a\nb\n" || status != "3" {
			t.Fatalf("%q, status %s", out, status)
		}
	}
}
