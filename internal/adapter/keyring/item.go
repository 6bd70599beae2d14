package keyring

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// format is the version of the JSON that an item holds.
const format = 1

// Errors of items that lie in the store and cannot be used. A damaged item holds no secret, so that
// error is an agent.ErrNotFound too, and the next Set repairs it.
var (
	ErrDamaged = fmt.Errorf("the stored item is damaged: %w", agent.ErrNotFound)
	ErrNewer   = errors.New("the stored item was written by a newer Sandglass")
	errChanged = errors.New("the store gave back something else than was written")
)

// item is what lies under one name. A secret that does not fit goes on in items named by ID.
type item struct {
	V      int    `json:"v"`
	Secret string `json:"secret"`
	ID     string `json:"id,omitempty"`    // of the whole, if it is in parts
	Parts  int    `json:"parts,omitempty"` // how many, told by the first
}

// maxParts bounds what a damaged item can make us read.
const maxParts = 64

// overhead is more than the JSON around a part's text takes.
const overhead = 80

// name is under what part n (2 and up) of a secret lies. ID makes it new for every write, so that the
// older secret stays whole until the first part is replaced.
func (it item) name(key string, n int) string { return key + "#" + it.ID + "." + strconv.Itoa(n) }

// load reads the secret under key.
func load(v vault, key string) (token.Secret, error) {
	head, err := readItem(v, key)
	if err != nil {
		return token.Secret{}, err
	}
	text := head.Secret
	for n := 2; n <= head.Parts; n++ {
		part, err := readItem(v, head.name(key, n))
		if errors.Is(err, agent.ErrNotFound) || err == nil && part.ID != head.ID {
			return token.Secret{}, ErrDamaged
		}
		if err != nil {
			return token.Secret{}, err
		}
		text += part.Secret
	}
	s := token.NewSecret(text)
	if s.Check() != nil {
		return token.Secret{}, ErrDamaged
	}
	return s, nil
}

// readItem reads one item. The JSON error is dropped: it quotes what it read.
func readItem(v vault, key string) (item, error) {
	data, err := v.read(key)
	if err != nil {
		return item{}, err
	}
	var it item
	if json.Unmarshal(data, &it) != nil || it.V < 1 || it.Parts < 0 || it.Parts > maxParts {
		return item{}, ErrDamaged
	}
	if it.V > format {
		return item{}, ErrNewer
	}
	return it, nil
}

// store writes the secret under key and reads it back. Where something else comes back (another
// program stored a second item of that name), all of them are removed first.
func store(v vault, key string, s token.Secret) error {
	old, _ := readItem(v, key)
	for range 2 {
		if err := write(v, key, s.Reveal()); err != nil {
			return err
		}
		back, err := load(v, key)
		if err == nil && back.Equal(s) {
			return removeParts(v, key, old)
		}
		if err != nil && !errors.Is(err, agent.ErrNotFound) && !errors.Is(err, ErrNewer) {
			return fmt.Errorf("read back: %w", err)
		}
		if err := removeAll(v, key); err != nil {
			return err
		}
	}
	return errChanged
}

// write stores the text, in parts if one item cannot hold it; the first part comes last.
func write(v vault, key, text string) error {
	head := item{V: format, Secret: text}
	if room := v.room(); room > 0 && len(text)+overhead > room {
		step := room - overhead
		head = item{V: format, Secret: text[:step], ID: rand.Text()[:8], Parts: (len(text) + step - 1) / step}
		for n := 2; n <= head.Parts; n++ {
			part := item{V: format, ID: head.ID, Secret: text[(n-1)*step : min(n*step, len(text))]}
			if err := writeItem(v, head.name(key, n), part); err != nil {
				return err
			}
		}
	}
	return writeItem(v, key, head)
}

func writeItem(v vault, key string, it item) error {
	data, err := json.Marshal(it)
	if err != nil {
		return fmt.Errorf("encode item: %w", err)
	}
	return v.write(key, data)
}

// drop removes the secret under key, first part first.
func drop(v vault, key string) error {
	old, _ := readItem(v, key)
	if err := removeAll(v, key); err != nil {
		return err
	}
	return removeParts(v, key, old)
}

// removeAll removes every item of that name: some stores keep several.
func removeAll(v vault, key string) error {
	for range maxParts {
		if err := v.remove(key); err != nil {
			return err
		}
		if _, err := v.read(key); errors.Is(err, agent.ErrNotFound) && !errors.Is(err, ErrDamaged) {
			return nil
		}
	}
	return errChanged
}

func removeParts(v vault, key string, head item) error {
	for n := 2; n <= head.Parts; n++ {
		if err := v.remove(head.name(key, n)); err != nil {
			return err
		}
	}
	return nil
}
