package windowkit

// Tight are ways in which room is short: narrow windows, large type, and both, in each language.
func Tight() (all []Way) {
	for _, lang := range []string{"en", "ja"} {
		all = append(all, Way{Language: lang, Width: 284}, Way{Language: lang, Width: 560}, Way{Language: lang, Scale: 1.6}, Way{Language: lang, Scale: 1.6, Width: 284})
	}
	return all
}
