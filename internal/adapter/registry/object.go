package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// object is a JSON object whose keys are taken as they are written. encoding/json's structs would let
// "TOKEN" and a second "token" overwrite the first.
type object map[string]json.RawMessage

// parseObject reads exactly one JSON object in valid UTF-8, without doubled keys and with nothing behind it.
func parseObject(body []byte) (object, error) {
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("%w: it is not UTF-8", agent.ErrBadAnswer)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, fmt.Errorf("%w: it is no JSON object", agent.ErrBadAnswer)
	}
	o := object{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: it is no whole JSON object", agent.ErrBadAnswer)
		}
		name, _ := key.(string) // an object's keys are strings, or Token had failed
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("%w: it names a key twice", agent.ErrBadAnswer)
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil, fmt.Errorf("%w: it is no whole JSON object", agent.ErrBadAnswer)
		}
		o[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("%w: it is no whole JSON object", agent.ErrBadAnswer)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows its JSON object", agent.ErrBadAnswer)
	}
	return o, nil
}

// text is the string at key. A missing key and null are "". ok is false for any other type.
func (o object) text(key string) (s string, ok bool) {
	raw, there := o[key]
	if !there || string(raw) == "null" {
		return "", true
	}
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}

// issued takes the credential out of a login's answer.
func (a answer) issued() (agent.Issued, error) {
	o, err := parseObject(a.body)
	if err != nil {
		return agent.Issued{}, err
	}
	s, ok := o.text("token")
	if !ok {
		return agent.Issued{}, fmt.Errorf("%w: its credential is no text", agent.ErrBadAnswer)
	}
	return usable(s, a.date())
}
