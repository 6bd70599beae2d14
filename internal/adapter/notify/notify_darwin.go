//go:build cgo

package notify

/*
#cgo CFLAGS: -x objective-c -fobjc-arc
#cgo LDFLAGS: -framework Foundation -framework UserNotifications
#include <stdlib.h>
#include "center_darwin.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// between stands between the parts of a list. No part holds it: control characters are taken out.
const between = "\x1f"

// Service shows notices. It is safe for concurrent use.
type Service struct{ *outlet }

// listener is who is told of presses: the system tells the process, not one Service.
var listener atomic.Pointer[outlet]

// New returns a Service, which hears of presses from now on, also on notices of an earlier agent.
func New(Options) *Service {
	s := &Service{newOutlet()}
	listener.Store(s.outlet)
	C.sandglass_center_open()
	return s
}

// Available reports whether the program is in a bundle and the user has not refused notices.
func (s *Service) Available() bool {
	switch C.sandglass_center_allowed() {
	case C.SANDGLASS_OK, C.SANDGLASS_SLOW:
		return true
	}
	return false
}

// Show puts n on the screen, in place of an earlier notice with the same ID. ErrUnavailable if that does
// not work or is not allowed.
func (s *Service) Show(ctx context.Context, n agent.Notice) error {
	select {
	case <-s.done:
		return ErrUnavailable
	case <-ctx.Done():
		return fmt.Errorf("show notice: %w: %w", ErrUnavailable, ctx.Err())
	default:
	}
	var keys, labels []string
	for _, b := range n.Buttons {
		keys, labels = append(keys, clean(b.Key, maxText)), append(labels, clean(b.Label, maxText))
	}
	var texts [5]unsafe.Pointer
	for i, text := range []string{n.ID, clean(n.Title, maxText), clean(n.Body, maxText), strings.Join(keys, between), strings.Join(labels, between)} {
		texts[i] = unsafe.Pointer(C.CString(text))
		defer C.free(texts[i])
	}
	code := C.sandglass_center_show((*C.char)(texts[0]), (*C.char)(texts[1]), (*C.char)(texts[2]), (*C.char)(texts[3]), (*C.char)(texts[4]))
	if err := answer(code); err != nil {
		return fmt.Errorf("show notice: %w: %w", ErrUnavailable, err)
	}
	return nil
}

// Close takes a notice off the screen. It is no error if it is not there.
func (s *Service) Close(_ context.Context, id string) error {
	text := C.CString(id)
	defer C.free(unsafe.Pointer(text))
	C.sandglass_center_remove(text)
	return nil
}

// Shutdown ends what waits for presses. The Service shows nothing after it.
func (s *Service) Shutdown() { s.shut() }

// answer makes an error of what the center answers.
func answer(code C.int) error {
	switch code {
	case C.SANDGLASS_OK:
		return nil
	case C.SANDGLASS_NO_BUNDLE:
		return errors.New("find the program's bundle: it is in none with an identifier")
	case C.SANDGLASS_REFUSED:
		return errors.New("ask for leave: notices are not allowed in System Settings")
	case C.SANDGLASS_SLOW:
		return errors.New("ask for leave: no answer yet")
	}
	return errors.New("the notification center told an error")
}

// sandglassNoticePressed is called by the system, on its main thread, which must not wait.
//
//export sandglassNoticePressed
func sandglassNoticePressed(identifier, key *C.char) {
	o := listener.Load()
	if o == nil {
		return
	}
	p := agent.Pressed{ID: C.GoString(identifier), Key: C.GoString(key)}
	pressed := []agent.Pressed{p}
	if p.Key != "" {
		pressed = append(pressed, agent.Pressed{ID: p.ID})
	}
	go o.tell(pressed)
}
