package managers

import "strings"

// versionIn finds the version in what a manager prints for --version: a line that holds it alone, or behind
// the manager's name as deno has it. What else shims and notices say is passed over. Two different versions
// are none.
func versionIn(out, name string) string {
	found := ""
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		named := len(words) > 1 && words[0] == name
		if named {
			words = words[1:]
		}
		if len(words) == 0 || len(words) > 1 && !named {
			continue
		}
		v := strings.TrimPrefix(words[0], "v")
		if !isVersion(v) {
			continue
		}
		if found != "" && found != v {
			return ""
		}
		found = v
	}
	return found
}

// isVersion reports whether s is three numbers with dots between them, and maybe more behind them.
func isVersion(s string) bool {
	if len(s) > 64 {
		return false
	}
	for i := range 3 {
		digits := 0
		for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits > 9 {
			return false
		}
		s = s[digits:]
		if i < 2 {
			if !strings.HasPrefix(s, ".") {
				return false
			}
			s = s[1:]
		}
	}
	if s == "" {
		return true
	}
	if s[0] != '-' && s[0] != '+' || len(s) == 1 {
		return false
	}
	return strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+") == ""
}
