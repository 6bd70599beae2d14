package shellrc

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// profiles are those of PowerShell 7 and of Windows PowerShell, in a Documents folder that may have been moved.
func profiles(o Options) []string {
	documents, err := windows.KnownFolderPath(windows.FOLDERID_Documents, 0)
	if err != nil {
		documents = filepath.Join(o.Home, "Documents")
	}
	return []string{
		filepath.Join(documents, "PowerShell", "profile.ps1"),
		filepath.Join(documents, "WindowsPowerShell", "profile.ps1"),
	}
}

// nuRC is a file in the folder of which nushell reads every one.
func nuRC(o Options) []string {
	return []string{filepath.Join(o.folder("APPDATA", filepath.Join(o.Home, "AppData", "Roaming")), "nushell", "autoload", "sandglass.nu")}
}
