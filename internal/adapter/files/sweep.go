package files

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
)

// tempShape is the name of our temporary files. Nobody else's file can look like it by chance.
var tempShape = regexp.MustCompile(`^\.sandglass\.[0-9a-f]{32}\.tmp$`)

func tempName() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return ".sandglass." + hex.EncodeToString(b[:]) + ".tmp"
}

// Sweep removes the temporary files that a killed process of ours left in dirs, and tells how many.
// They may hold secrets. Links in dirs are followed; files whose writer lives are left alone, and so
// is all that cannot be read or removed.
func (f *Files) Sweep(dirs ...string) (removed int) {
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if tempShape.MatchString(e.Name()) && e.Type().IsRegular() && sweepOne(filepath.Join(dir, e.Name())) {
				removed++
			}
		}
	}
	return removed
}
