package notify

import (
	"fmt"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The way to the list of shown toasts, which the library does not know. A method's number counts the six
// that every object of the Windows Runtime has.
const (
	managerClass  = "Windows.UI.Notifications.ToastNotificationManager"
	methodRelease = 2
	methodHistory = 6  // IToastNotificationManagerStatics2.get_History
	methodClearID = 12 // IToastNotificationHistory.ClearWithId
)

// managerStatics2 is the interface IToastNotificationManagerStatics2.
var managerStatics2 = windows.GUID{
	Data1: 0x7ab93c52, Data2: 0x0e48, Data3: 0x4750, Data4: [8]byte{0xba, 0x9d, 0x1a, 0x41, 0x13, 0x98, 0x18, 0x47},
}

var (
	combase      = windows.NewLazySystemDLL("combase.dll")
	keepRuntime  = combase.NewProc("CoIncrementMTAUsage")
	factoryOf    = combase.NewProc("RoGetActivationFactory")
	createString = combase.NewProc("WindowsCreateString")
	deleteString = combase.NewProc("WindowsDeleteString")
)

// openRuntime makes every thread one that may use the Windows Runtime, for as long as the process lives.
var openRuntime = sync.OnceValue(func() error {
	for _, p := range []*windows.LazyProc{keepRuntime, factoryOf, createString, deleteString} {
		if err := p.Find(); err != nil {
			return err
		}
	}
	var holder uintptr
	return answer(keepRuntime.Call(uintptr(unsafe.Pointer(&holder))))
})

// clear takes all our toasts off the screen and out of the list.
func (w *winRT) clear() error {
	if err := openRuntime(); err != nil {
		return err
	}
	class, err := newHandle(managerClass)
	if err != nil {
		return err
	}
	defer class.free()
	app, err := newHandle(w.app.AppID)
	if err != nil {
		return err
	}
	defer app.free()
	var manager, history *object
	err = answer(factoryOf.Call(uintptr(class), uintptr(unsafe.Pointer(&managerStatics2)), uintptr(unsafe.Pointer(&manager))))
	if err != nil {
		return err
	}
	defer manager.release()
	err = answer(syscall.SyscallN(manager.methods[methodHistory], uintptr(unsafe.Pointer(manager)), uintptr(unsafe.Pointer(&history))))
	if err != nil {
		return err
	}
	defer history.release()
	return answer(syscall.SyscallN(history.methods[methodClearID], uintptr(unsafe.Pointer(history)), uintptr(app)))
}

// object is an object of the Windows Runtime: it begins with a pointer to the table of its methods.
type object struct{ methods *[methodClearID + 1]uintptr }

func (o *object) release() {
	_, _, _ = syscall.SyscallN(o.methods[methodRelease], uintptr(unsafe.Pointer(o))) // answers how many hold it
}

// handle is a text of the Windows Runtime.
type handle uintptr

func newHandle(text string) (handle, error) {
	units, err := windows.UTF16FromString(text)
	if err != nil {
		return 0, err
	}
	var h handle
	err = answer(createString.Call(uintptr(unsafe.Pointer(&units[0])), uintptr(len(units)-1), uintptr(unsafe.Pointer(&h))))
	return h, err
}

func (h handle) free() { _, _, _ = deleteString.Call(uintptr(h)) }

// answer makes an error of what a function of the Windows Runtime returns.
func answer(result, _ uintptr, _ error) error {
	if int32(result) < 0 {
		return fmt.Errorf("ask the Windows Runtime: it answered %#x", uint32(result))
	}
	return nil
}
