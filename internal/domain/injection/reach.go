package injection

// Reach is how one package manager gets the credential of one registry.
type Reach struct {
	Manager  string `json:"manager"`
	Version  string `json:"version,omitempty"`
	Registry string `json:"registry"`
	Way      Way    `json:"way"`
}

// Way is what carries a credential to a package manager.
type Way string

// The ways.
const (
	WayUserLine Way = "user-line" // a placeholder in the user's .npmrc, and the shell's variable
	WayYarnLine Way = "yarn-line" // a placeholder in the user's .yarnrc.yml, and the shell's variable
	WayLiteral  Way = "literal"   // the session itself in the user's file
	WayHelper   Way = "helper"    // pnpm asks `sandglass helper`
	WayExec     Way = "exec"      // only by `sandglass exec`
)
