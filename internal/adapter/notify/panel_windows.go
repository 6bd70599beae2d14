package notify

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

// DarkPanel reports whether the task bar is dark. It is where nothing else was chosen.
func DarkPanel(context.Context) bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Themes\Personalize`, registry.QUERY_VALUE)
	if err != nil {
		return true
	}
	defer key.Close()
	light, _, err := key.GetIntegerValue("SystemUsesLightTheme")
	return err != nil || light == 0
}
