package i18n

import "golang.org/x/sys/windows"

// systemLanguage asks Windows for the user's display language.
func systemLanguage() string {
	langs, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err == nil && len(langs) > 0 && len(langs[0]) >= 2 && langs[0][:2] == Japanese {
		return Japanese
	}
	return English
}
