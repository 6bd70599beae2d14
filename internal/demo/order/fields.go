package order

import (
	"bytes"
	"encoding/json"
)

// fields are those of a request, as they came.
type fields map[string]json.RawMessage

// text is the first of the fields that holds one.
func (f fields) text(keys ...string) (text string) {
	for _, key := range keys {
		if json.Unmarshal(f[key], &text) == nil && text != "" {
			return text
		}
	}
	return ""
}

func (f fields) flag(key string) bool { return string(f[key]) == "true" }

// there tells whether a field says something.
func (f fields) there(key string) bool {
	return len(f[key]) > 0 && !bytes.Equal(f[key], []byte("null"))
}

// list reads the first of the fields that is there. It reports false where that is no list of texts.
func (f fields) list(into *[]string, keys ...string) bool {
	for _, key := range keys {
		if f.there(key) {
			return json.Unmarshal(f[key], into) == nil
		}
	}
	return true
}

// ends is when the access token is to end, as it was written: a number or a text.
func (f fields) ends() (text string, told bool) {
	if text = f.text("expires"); text == "" {
		text = string(f["expires"])
	}
	return text, f.there("expires")
}
