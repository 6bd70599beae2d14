package keyring

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// The library dials the session bus before main, so a test of a real bus runs in a child: this test
// binary again, in another environment.
const (
	childRole  = "SANDGLASS_KEYRING_CHILD"  // "script": obey standard input
	childLimit = "SANDGLASS_KEYRING_LIMIT"  // Options.Limit
	childSuite = "SANDGLASS_KEYRING_SYSTEM" // run the contract on the OS keyring too
)

func TestMain(m *testing.M) {
	if os.Getenv(childRole) == "script" {
		script()
		return
	}
	os.Exit(m.Run())
}

// script answers every line of standard input with one line.
func script() {
	limit, _ := time.ParseDuration(os.Getenv(childLimit))
	ring := Open(Options{Store: api.StoreKeyring, Limit: limit, Dir: os.Getenv("HOME") + "/secrets"})
	fmt.Println("main")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(obey(ring, in.Text()))
	}
}

func obey(ring *Ring, line string) string {
	verb, rest, _ := strings.Cut(line, " ")
	background := context.Background()
	switch verb {
	case "get":
		s, err := ring.Get(background, rest)
		if err != nil {
			return outcome(err)
		}
		return "secret " + s.Fingerprint()
	case "set":
		key, text, _ := strings.Cut(rest, " ")
		return outcome(ring.Set(background, key, token.NewSecret(text)))
	case "delete":
		return outcome(ring.Delete(background, rest))
	case "open": // and use
		store, pass, _ := strings.Cut(rest, " ")
		s, err := ring.Open(background, api.Store(store), token.NewSecret(pass))
		if err != nil {
			return outcome(err)
		}
		ring.Use(s)
		return string(ring.Kind())
	case "many":
		return many(ring, rest)
	case "env":
		v, set := os.LookupEnv(rest)
		return fmt.Sprintf("%q %v", v, set)
	}
	return "what is " + verb
}

// many reads 1,000 times and tells by how much the number of open files grew.
func many(ring *Ring, key string) string {
	background := context.Background()
	if _, err := ring.Get(background, key); err != nil {
		return outcome(err)
	}
	before, _ := os.ReadDir("/proc/self/fd")
	for range 1000 {
		if _, err := ring.Get(background, key); err != nil {
			return outcome(err)
		}
	}
	after, _ := os.ReadDir("/proc/self/fd")
	return fmt.Sprintf("grew %d", len(after)-len(before))
}

// outcome is a word for an error, and for others its text.
func outcome(err error) string {
	for word, is := range map[string]error{
		"absent": agent.ErrKeyringAbsent,
		"locked": agent.ErrKeyringLocked,
		"slow":   agent.ErrKeyringSlow,
	} {
		if errors.Is(err, is) {
			return word
		}
	}
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, ErrDamaged):
		return "damaged"
	case errors.Is(err, ErrNewer):
		return "newer"
	case errors.Is(err, agent.ErrNotFound):
		return "not found"
	}
	return "other: " + err.Error()
}
