package clipboard

/*
#cgo CFLAGS: -x objective-c -fobjc-arc
#cgo LDFLAGS: -framework AppKit
#import <AppKit/AppKit.h>

// put makes text what the pasteboard holds, on this Mac alone, with the mark that histories leave out.
// It returns the number of the change, or -1.
static long put(const char *text, int size) {
	@autoreleasepool {
		NSString *secret = [[NSString alloc] initWithBytes:text length:size encoding:NSUTF8StringEncoding];
		NSPasteboard *board = [NSPasteboard generalPasteboard];
		if (secret == nil) {
			return -1;
		}
		[board prepareForNewContentsWithOptions:NSPasteboardContentsCurrentHostOnly];
		BOOL ok = [board setString:@"" forType:@"org.nspasteboard.ConcealedType"];
		ok = [board setString:secret forType:NSPasteboardTypeString] && ok;
		if (!ok) {
			[board clearContents];
			return -1;
		}
		return (long)[board changeCount];
	}
}

// drop empties the pasteboard if its last change is still the one with this number.
static void drop(long number) {
	@autoreleasepool {
		NSPasteboard *board = [NSPasteboard generalPasteboard];
		if ([board changeCount] == number) {
			[board clearContents];
		}
	}
}
*/
import "C"

import (
	"context"
	"errors"
	"unsafe"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// change is the number of the pasteboard's change that put a secret there.
type change C.long

func take(_ context.Context, secret token.Secret) (claim, error) {
	text := []byte(secret.Reveal())
	if len(text) == 0 {
		return nil, token.ErrEmpty
	}
	number := C.put((*C.char)(unsafe.Pointer(&text[0])), C.int(len(text)))
	clear(text)
	if number < 0 {
		return nil, errors.New("write to the pasteboard: it took nothing")
	}
	return change(number), nil
}

// drop empties the pasteboard, if nobody changed it.
func (c change) drop() { C.drop(C.long(c)) }
