package agent

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// knownSecrets is what the agent itself has, by fingerprints.
type knownSecrets struct {
	sessions map[string]string // the registry of each session
	kept     map[string]string // the name of each other credential
	inFiles  []string          // those that stand in files because the user chose so
	durable  bool              // what is taken out of a file is kept
}

// knownSecrets tells what the agent has.
func (c *core) knownSecrets() knownSecrets {
	k := knownSecrets{sessions: map[string]string{}, kept: map[string]string{}, inFiles: c.importFacts().inFiles, durable: c.a.durable() == nil}
	for u, e := range c.sessions {
		if e.Fingerprint != "" {
			k.sessions[e.Fingerprint] = u.String()
		}
	}
	for id, v := range c.vault {
		if v.Fingerprint != "" && !v.Coming {
			k.kept[v.Fingerprint] = id
		}
	}
	return k
}

// exposed is a credential where it was found, and whether it can be taken out of there.
type exposed struct {
	leak.Leak
	movable bool
}

// onDisk looks at a file.
func onDisk(path string, text []byte) (out []exposed) {
	all := leak.Scan(path, text)
	if len(all) == 0 {
		return nil
	}
	can := leak.Takeable(path, text)
	for i, l := range all {
		out = append(out, exposed{l, can[i]})
	}
	return out
}

// committedOnly looks at a content that git has, which nobody changes.
func committedOnly(path string, text []byte) (out []exposed) {
	for _, l := range leak.Scan(path, text) {
		out = append(out, exposed{Leak: l})
	}
	return out
}

// fixes are the repairs for a leak, in the order in which to make them.
func (s *scan) fixes(file string, l exposed, state api.LeakState) (codes []string) {
	ours := s.known.sessions[l.Fingerprint] != ""
	if l.movable && s.known.durable && nameable(file) == file && !(slices.Contains(s.known.inFiles, l.Fingerprint) && isWatched(s.a.opts.Files, file)) {
		codes = append(codes, api.FixMove)
	}
	if ownConfig(filepath.Base(file)) {
		switch state {
		case api.LeakTracked, api.LeakStaged:
			codes = append(codes, api.FixUntrack, api.FixIgnore)
		case api.LeakUntracked:
			codes = append(codes, api.FixIgnore)
		}
	}
	if ours || l.Kind == token.KindGranular || strings.HasPrefix(l.Masked, "npm_") || strings.HasPrefix(l.Masked, "npms_") {
		codes = append(codes, api.FixRevoke)
	}
	return codes
}

// ownConfig reports whether a file is config that may stay on one machine. Of others git should not let go because of
// one line.
func ownConfig(name string) bool {
	return slices.Contains([]string{".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", ".bunfig.toml", ".upmconfig.toml", "auth.ini", ".envrc"}, name) ||
		name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasPrefix(name, ".npmrc.")
}
