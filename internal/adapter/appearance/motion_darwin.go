package appearance

/*
#cgo CFLAGS: -x objective-c -fobjc-arc
#cgo LDFLAGS: -framework AppKit
#import <AppKit/AppKit.h>

static int reduced(void) {
	@autoreleasepool {
		return [[NSWorkspace sharedWorkspace] accessibilityDisplayShouldReduceMotion];
	}
}
*/
import "C"

import "context"

// ReducedMotion reports whether the user asked for less motion in the system's settings.
func ReducedMotion(context.Context) bool { return C.reduced() != 0 }
