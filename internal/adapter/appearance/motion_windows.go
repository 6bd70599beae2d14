package appearance

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

// clientAreaAnimation asks whether controls and windows may move things (SPI_GETCLIENTAREAANIMATION).
const clientAreaAnimation = 0x1042

var systemParameters = windows.NewLazySystemDLL("user32.dll").NewProc("SystemParametersInfoW")

// ReducedMotion reports whether the user switched animations off in the system's settings.
func ReducedMotion(context.Context) bool {
	var on int32
	ok, _, _ := systemParameters.Call(clientAreaAnimation, 0, uintptr(unsafe.Pointer(&on)), 0)
	return ok != 0 && on == 0
}
