//go:build !windows

package i18n

// systemLanguage is what stands where the environment names no language.
func systemLanguage() string { return English }
