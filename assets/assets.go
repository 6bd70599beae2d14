// Package assets holds what the programs carry with them: the catalogues of texts. The icons are
// drawn from one description by package icon, below this one.
package assets

import "embed"

// Translations holds the catalogues, one pair of files a room: translations/<room>.<language>.json.
//
//go:embed translations/*.json
var Translations embed.FS
