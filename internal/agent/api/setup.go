package api

import "github.com/sandglass-dev/sandglass/internal/domain/injection"

// SetupRequest asks what setup would do.
type SetupRequest struct {
	Shells []string `json:"shells,omitempty"` // bash, zsh, fish, pwsh, nu; empty with Move false: nothing
	Move   bool     `json:"move,omitempty"`   // literals become placeholders, now and later
	Undo   bool     `json:"undo,omitempty"`   // take back what setup applied

	Mode     injection.Mode `json:"mode,omitempty"`     // how credentials reach the tools from now on; empty: as it is
	Registry string         `json:"registry,omitempty"` // Mode is for this one; empty: for all
	Desktop  *bool          `json:"desktop,omitempty"`  // Settings.DesktopEnv from now on; nil: as it is
	Helper   bool           `json:"helper,omitempty"`   // for pnpm 10 too, whose helper line npm warns about
	Fixes    []Fix          `json:"fixes,omitempty"`    // and nothing else
	Restore  []string       `json:"restore,omitempty"`  // put these of Snapshot.Kept back where they were taken from, and nothing else
}

// Fix names a finding that a plan is to put right.
type Fix struct {
	Code string `json:"code"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// Plan is what setup would change. Diffs hold no secret: literals are masked in them.
type Plan struct {
	ID      string     `json:"id"`
	Edits   []PlanEdit `json:"edits"`
	Move    bool       `json:"move"`              // applying it also changes whether literals become placeholders from now on
	Mode    bool       `json:"mode,omitempty"`    // applying it also changes how credentials reach the tools
	Desktop bool       `json:"desktop,omitempty"` // applying it also changes Settings.DesktopEnv

	// Shells are those that this user has and that can be set up, whether asked for or not.
	Shells []string `json:"shells"`
	// Managers are the package managers that were found.
	Managers []injection.Manager `json:"managers"`
	// Reach tells which package manager gets the credential of which registry in which way, once it is applied.
	Reach []injection.Reach `json:"reach"`
	// Commands are run when it is applied, and Undo takes them back, both as a user would type them.
	Commands []string `json:"commands,omitempty"`
	Undo     []string `json:"undo,omitempty"`
	// Warnings are what the user should know before agreeing.
	Warnings []Finding `json:"warnings,omitempty"`
}

// PlanEdit is one file that would change.
type PlanEdit struct {
	File   string   `json:"file"`
	Create bool     `json:"create,omitempty"`
	Delete bool     `json:"delete,omitempty"`
	Diff   []string `json:"diff"` // lines that begin with "+", "-" or " "
}

// DueRequest is a command that is about to run.
type DueRequest struct {
	Manager string   `json:"manager"` // npm, npx, pnpm, pnpx, yarn, bun, bunx or deno
	Args    []string `json:"args"`
	Dir     string   `json:"dir"` // where, absolute
}

// InspectRequest asks about a folder.
type InspectRequest struct {
	Dir  string `json:"dir"`            // absolute
	Once bool   `json:"once,omitempty"` // tell only what was not told before of files with this very content
	// Scopes asks for Inspection.Project, too.
	Scopes bool `json:"scopes,omitempty"`
}

// Inspection is what the config files in a folder would do.
type Inspection struct {
	Dir      string    `json:"dir"` // where the files lie: the folder itself or one above it
	Findings []Finding `json:"findings"`
	// Seal are settings for the environment of package managers that run there, as NAME=VALUE: with them the
	// project cannot put itself between them and the user's registries. Empty where it does not try.
	Seal []string `json:"seal,omitempty"`
	// Withhold names the variables that are to be empty there: no setting keeps the project from their values.
	Withhold []string `json:"withhold,omitempty"`
	// Project is what counts in the folder that was asked about, whether it is watched or not.
	Project *Project `json:"project,omitempty"`
}
