package busguard

import (
	"os"
	"slices"
	"strconv"
	"testing"
)

func TestCandidates(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "/tmp/a b")
	usual := []string{"/tmp/a b/bus", "/run/user/" + strconv.Itoa(os.Getuid()) + "/bus"}
	for address, want := range map[string][]string{
		"":                                    usual,
		"autolaunch:":                         usual,
		"unix:path=/x/bus,guid=0f":            {"/x/bus"},
		"unix:guid=0f,path=/x%20y%2":          {"/x y%2"},
		"unix:abstract=/tmp/dbus-Q":           {"@/tmp/dbus-Q"},
		"tcp:host=127.0.0.1;unix:path=/x":     {"/x"},
		"unix:path=/a;unix:path=/b":           {"/a", "/b"},
		"unix:path=%2ca":                      nil,
		"unix:path=":                          nil,
		"unix:tmpdir=/tmp":                    nil,
		"disabled:":                           nil,
		"unixexec:path=/bin/sh,argv1=-c":      nil,
		"unix":                                nil,
		"nonce-tcp:host=127.0.0.1,port=1;;  ": nil,
	} {
		if got := candidates(address); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for name, want := range map[string]string{"/x": "unix:path=/x", "@x": "unix:abstract=x"} {
		if got := address(name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
