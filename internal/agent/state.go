package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// record is what is kept of a session across restarts. It holds no secret.
type record struct {
	Registry    registry.URL    `json:"registry"`
	Account     string          `json:"account,omitempty"`
	Kind        token.Kind      `json:"kind"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Started     time.Time       `json:"started,omitzero"`
	Ends        time.Time       `json:"ends,omitzero"`
	Lifetime    api.Lifetime    `json:"lifetime,omitempty"`
	Observed    []time.Duration `json:"observed,omitempty"` // how long earlier sessions lived
	Own         string          `json:"variable"`           // the unguessable name for lines that we write
	Names       []string        `json:"names,omitempty"`    // names that the user's own files refer to
	Held        bool            `json:"held,omitempty"`     // we have held a credential: its names stay defined for ever
	Past        []string        `json:"past,omitempty"`     // fingerprints of earlier sessions: where one still stands it is no login
	Refused     bool            `json:"refused,omitempty"`
	RefusedAt   time.Time       `json:"refused_at,omitzero"`
	Before      time.Time       `json:"before,omitzero"` // when the session before this one ended
	Probed      time.Time       `json:"probed,omitzero"`
	Alive       time.Time       `json:"alive,omitzero"` // the last time that the registry took it
	Used        time.Time       `json:"used,omitzero"`
	Muted       bool            `json:"muted,omitempty"`
	Offset      time.Duration   `json:"clock_offset,omitempty"` // the registry's clock minus ours
	Ladder      session.Ladder  `json:"told,omitzero"`
}

// stateSchema is the version of state.json.
const stateSchema = 1

type savedState struct {
	Schema   int                `json:"schema_version"`
	Sessions []record           `json:"sessions"`
	Kept     []keptRecord       `json:"kept,omitempty"`
	Books    []*tokenBook       `json:"access_tokens,omitempty"`
	Notes    []noteRecord       `json:"token_notes,omitempty"`
	Jobs     []job              `json:"token_jobs,omitempty"`
	Retired  []string           `json:"retired,omitempty"` // variables that no credential has any more
	Layouts  map[string]*layout `json:"layouts,omitempty"` // config files as they were before a login rewrote them, without secrets
	Added    []addedLine        `json:"added,omitempty"`
	Adding   []addedLine        `json:"adding,omitempty"`
	Told     []string           `json:"warned_about,omitempty"`
	Helper10 bool               `json:"pnpm10_helper,omitempty"`
	Paused   time.Time          `json:"paused,omitzero"`
	Locked   bool               `json:"locked,omitempty"`
	Moving   []api.Store        `json:"moving_secrets,omitempty"` // a change of stores that is not over
}

func (c *core) loadState() {
	raw, err := c.a.ports.Store.Load()
	if errors.Is(err, ErrNotFound) {
		return
	}
	var saved savedState
	if err == nil {
		err = json.Unmarshal(raw, &saved)
	}
	if err == nil && saved.Schema != stateSchema {
		err = fmt.Errorf("state has schema %d, this program knows %d", saved.Schema, stateSchema)
	}
	if err != nil {
		c.log.Error("Read state", "error", err)
		c.stateBad, _ = c.a.ports.Store.SetAside()
		for _, r := range salvage(raw) {
			c.vault[r.ID] = &kept{keptRecord: r}
		}
		return
	}
	for _, r := range saved.Sessions {
		if !r.Registry.IsZero() {
			c.sessions[r.Registry] = &entry{record: r}
		}
	}
	for _, r := range saved.Kept {
		c.vault[r.ID] = &kept{keptRecord: r}
	}
	c.loadJobs(saved.Jobs)
	c.notes = saved.Notes
	for _, b := range saved.Books {
		if b != nil && !b.Registry.IsZero() {
			c.books[b.Registry] = b
		}
	}
	for path, l := range saved.Layouts {
		c.files[path] = &file{path: path, layout: l}
	}
	c.retired = saved.Retired
	c.adding = saved.Adding
	c.paused, c.userLock, c.added, c.helperFor10, c.told, c.between = saved.Paused, saved.Locked, saved.Added, saved.Helper10, saved.Told, saved.Moving
}

func (c *core) saveState() {
	saved := savedState{Schema: stateSchema, Paused: c.paused, Locked: c.userLock, Added: c.added, Adding: c.adding, Told: c.told, Helper10: c.helperFor10, Moving: c.between, Retired: c.retired, Layouts: map[string]*layout{}}
	for _, e := range c.ordered() {
		saved.Sessions = append(saved.Sessions, e.record)
	}
	for _, k := range c.keptOnes() {
		saved.Kept = append(saved.Kept, k.keptRecord)
	}
	saved.Jobs, saved.Notes = c.savedJobs(), c.notes
	for _, u := range slices.SortedFunc(maps.Keys(c.books), func(a, b registry.URL) int { return strings.Compare(a.String(), b.String()) }) {
		saved.Books = append(saved.Books, c.books[u])
	}
	for path, f := range c.files {
		if f.layout != nil {
			saved.Layouts[path] = f.layout
		}
	}
	raw, err := json.MarshalIndent(saved, "", "  ")
	if err == nil {
		err = c.a.ports.Store.Save(raw)
	}
	c.unsaved, c.stateAt = false, time.Time{}
	if err != nil {
		c.log.Error("Write state", "error", err)
		c.unsaved, c.stateAt = true, c.now().Add(retryState)
	}
	if (err == nil) != (c.stateErr == nil) {
		c.dirty = true
	}
	c.stateErr = err
}

// retryState is when a state that could not be written is tried again.
const retryState = time.Minute
