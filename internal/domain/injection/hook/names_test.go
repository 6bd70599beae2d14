package hook_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
)

// TestA14_ShellsLookForAllThatIsRead: what hostile reads is what makes a shell ask. No name needs quotes.
func TestA14_ShellsLookForAllThatIsRead(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(injection.ConfigNames)), slices.Sorted(slices.Values(hostile.Names)); !slices.Equal(got, want) {
		t.Errorf("shells look for %q, hostile reads %q", got, want)
	}
	for _, name := range injection.ConfigNames {
		if !regexp.MustCompile(`^[a-z.][a-z.-]*$`).MatchString(name) {
			t.Errorf("%q is not safe in the text of every shell", name)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "pwsh", "nu"} {
		text, err := hook.Text(shell)
		if err != nil || strings.Contains(text, "CONFIG_NAME") {
			t.Errorf("%s: %v, or a marker is left", shell, err)
		}
		words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ;'[](),/\n", r) })
		for _, name := range injection.ConfigNames {
			if !slices.Contains(words, name) {
				t.Errorf("%s does not look for %s", shell, name)
			}
		}
	}
}
