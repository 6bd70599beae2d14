package api

// SetupRequest asks what setup would do.
type SetupRequest struct {
	Shells []string `json:"shells,omitempty"` // bash, zsh, fish, pwsh; empty with Move false: nothing
	Move   bool     `json:"move,omitempty"`   // literals become placeholders, now and later
	Undo   bool     `json:"undo,omitempty"`   // take back what setup applied
}

// Plan is what setup would change. Diffs hold no secret: literals are masked in them.
type Plan struct {
	ID    string     `json:"id"`
	Edits []PlanEdit `json:"edits"`
	Move  bool       `json:"move"` // applying it also changes whether literals become placeholders from now on
}

// PlanEdit is one file that would change.
type PlanEdit struct {
	File   string   `json:"file"`
	Create bool     `json:"create,omitempty"`
	Delete bool     `json:"delete,omitempty"`
	Diff   []string `json:"diff"` // lines that begin with "+", "-" or " "
}
