package browser

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestG05toG10_AddressesThatAreRefused(t *testing.T) {
	for _, page := range []string{
		"", "-", "--help", "-https://registry.example.com/", " https://registry.example.com/", "registry.example.com",
		"file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ms-settings:", "HTTPS//x", "https:registry.example.com", "https:///x", "https://-x.example.com/",
		"https://registry.example.com@evil.example.com/", "https://registry.example.com/a b", "https://registry.example.com/\r\nx", "https://registry.example.com/\t", "https://registry.example.com/\x00",
		"https://registry.example.com/\x1b[2J", "https://registry.example.com/日本", "https://registry.example.com/\u202e", `https://registry.example.com/"&calc`, "https://registry.example.com/`id`", "https://registry.example.com/\\\\x", "https://registry.example.com/{x}", "https://registry.example.com/%zz",
		"https://registry.example.com/" + strings.Repeat("a", 4<<20),
	} {
		err := Check(page)
		if !errors.Is(err, ErrPage) {
			t.Errorf("%.60q: %v, want ErrPage", page, err)
			continue
		}
		if len(page) > 30 && strings.Contains(err.Error(), page) {
			t.Errorf("J05: the error quotes the address: %v", err)
		}
	}
}

func TestAddressesThatAreTaken(t *testing.T) {
	for _, page := range []string{"https://registry.example.com/login?next=/login/cli/1-2&x=%20", "http://127.0.0.1:4873/-/v1/login/1", "http://[::1]:80/", "HTTPS://registry.example.com/#a"} {
		if err := Check(page); err != nil {
			t.Errorf("%s: %v", page, err)
		}
	}
}

func TestJ01_ProgramOutputIsCutDown(t *testing.T) {
	const line = `Opening "https://registry.example.com/login/cli/1-2?x=y" in http://127.0.0.1:1/a, done`
	const want = `Opening "https://registry.example.com/…" in http://127.0.0.1:1/… done`
	if got := clean(line); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestJ01_LongLinesAreCutOff: an address that goes over the end of what is kept of a line leaves nothing behind.
func TestJ01_LongLinesAreCutOff(t *testing.T) {
	var log strings.Builder
	in := strings.Repeat("x", longest-20) + " https://registry.example.com/login/cli/CANARY" + strings.Repeat("y", 3*longest) + "CANARY\nthe next\n"
	drain(strings.NewReader(in), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if text := log.String(); strings.Contains(text, "CANARY") || !strings.Contains(text, "the next") || strings.Count(text, "\n") != 2 {
		t.Errorf("the log has %d lines: %s", strings.Count(text, "\n"), text)
	}
}
