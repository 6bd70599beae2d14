package agent

import (
	"bytes"
	"encoding/json"
)

// salvage reads of a state that is damaged, or a newer program's, what the keyring has beside sessions: without it nobody
// would know the names under which those lie there, and they may be the only copies.
func salvage(raw []byte) (all []keptRecord) {
	for {
		_, behind, ok := bytes.Cut(raw, []byte(`"kept":`))
		if !ok {
			return all
		}
		raw = behind
		d := json.NewDecoder(bytes.NewReader(raw))
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			continue // a job's
		}
		for d.More() {
			var r keptRecord
			if d.Decode(&r) != nil {
				break
			}
			if r.ID != "" && r.Fingerprint != "" {
				all = append(all, r)
			}
		}
	}
}
