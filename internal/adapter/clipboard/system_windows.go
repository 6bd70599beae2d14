package clipboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// The system's functions for the clipboard, and for the memory that it takes.
var (
	user32   = windows.NewLazySystemDLL("user32.dll")
	kernel32 = windows.NewLazySystemDLL("kernel32.dll")

	openClipboard  = user32.NewProc("OpenClipboard")
	closeClipboard = user32.NewProc("CloseClipboard")
	emptyClipboard = user32.NewProc("EmptyClipboard")
	setData        = user32.NewProc("SetClipboardData")
	getData        = user32.NewProc("GetClipboardData")
	sequence       = user32.NewProc("GetClipboardSequenceNumber")
	registerFormat = user32.NewProc("RegisterClipboardFormatW")

	globalAlloc  = kernel32.NewProc("GlobalAlloc")
	globalFree   = kernel32.NewProc("GlobalFree")
	globalLock   = kernel32.NewProc("GlobalLock")
	globalUnlock = kernel32.NewProc("GlobalUnlock")
	globalSize   = kernel32.NewProc("GlobalSize")
	moveMemory   = kernel32.NewProc("RtlMoveMemory")
)

const (
	unicodeText = 13 // CF_UNICODETEXT
	moveable    = 2  // GMEM_MOVEABLE
	openLimit   = time.Second
	openAgain   = 10 * time.Millisecond
)

// marks are the formats that keep histories and clouds away; each holds a zero, which counts for those that ask
// for a value. The last one is that of password managers, older than the system's.
var marks = []string{
	"ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory", "CanUploadToCloudClipboard", "Clipboard Viewer Ignore",
}

// held is a secret on the clipboard.
type held struct {
	mu     sync.Mutex
	secret token.Secret
	number uintptr // of the clipboard's change that put it there
}

func take(ctx context.Context, secret token.Secret) (claim, error) {
	h := &held{secret: secret}
	err := opened(ctx, func() error {
		if ok, _, err := emptyClipboard.Call(); ok == 0 {
			return fmt.Errorf("empty the clipboard: %w", err)
		}
		for _, name := range marks {
			if err := setMark(name); err != nil {
				return err
			}
		}
		return setBytes(unicodeText, wide(secret))
	})
	if err != nil {
		return nil, err
	}
	h.number, _, _ = sequence.Call()
	return h, nil
}

// drop empties the clipboard if nobody changed it. While it is open nobody can.
func (h *held) drop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.secret.IsZero() {
		return
	}
	_ = opened(context.Background(), func() error { // who else keeps it open is about to change it
		if now, _, _ := sequence.Call(); now == h.number && bytes.HasPrefix(getBytes(unicodeText), wide(h.secret)) {
			_, _, _ = emptyClipboard.Call()
		}
		return nil
	})
	h.secret = token.Secret{}
}

// opened does something while the clipboard is open. Others may keep it open for a moment.
func opened(ctx context.Context, do func() error) error {
	runtime.LockOSThread() // it is open for a thread
	defer runtime.UnlockOSThread()
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	tick := time.NewTicker(openAgain)
	defer tick.Stop()
	for {
		ok, _, err := openClipboard.Call(0)
		if ok != 0 {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("open the clipboard: %w", errors.Join(err, ctx.Err()))
		}
	}
	defer func() { _, _, _ = closeClipboard.Call() }()
	return do()
}

func setMark(name string) error {
	text, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	format, _, err := registerFormat.Call(uintptr(unsafe.Pointer(text)))
	if format == 0 {
		return fmt.Errorf("name %s to the clipboard: %w", name, err)
	}
	return setBytes(format, make([]byte, 4))
}

// setBytes gives the clipboard data in memory that it then owns.
func setBytes(format uintptr, data []byte) error {
	memory, _, err := globalAlloc.Call(moveable, uintptr(len(data)))
	if memory == 0 {
		return fmt.Errorf("make memory for the clipboard: %w", err)
	}
	place, _, err := globalLock.Call(memory)
	if place != 0 {
		_, _, _ = moveMemory.Call(place, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
		_, _, _ = globalUnlock.Call(memory)
		var ok uintptr
		if ok, _, err = setData.Call(format, memory); ok != 0 {
			return nil
		}
	}
	_, _, _ = globalFree.Call(memory)
	return fmt.Errorf("write to the clipboard: %w", err)
}

// getBytes reads data of the open clipboard.
func getBytes(format uintptr) []byte {
	memory, _, _ := getData.Call(format)
	if memory == 0 {
		return nil
	}
	size, _, _ := globalSize.Call(memory)
	place, _, _ := globalLock.Call(memory)
	if place == 0 || size == 0 {
		return nil
	}
	defer func() { _, _, _ = globalUnlock.Call(memory) }()
	data := make([]byte, min(size, 2*token.MaxLength+2))
	_, _, _ = moveMemory.Call(uintptr(unsafe.Pointer(&data[0])), place, uintptr(len(data)))
	return data
}

// wide is the secret as the clipboard wants it, with a zero at its end.
func wide(secret token.Secret) []byte {
	var out []byte
	for _, unit := range append(utf16.Encode([]rune(secret.Reveal())), 0) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}
