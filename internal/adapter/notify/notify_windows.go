package notify

import (
	"errors"
	"sync"

	"git.sr.ht/~jackmordaunt/go-toast/v2/wintoast"
	"golang.org/x/sys/windows/registry"
)

// activator is the name that Windows knows our answer to presses by. It must never change: the registry
// keeps the first.
const activator = "{88B94DC9-07FB-48C0-B544-6EB419AB178A}"

// toastClass is where Windows says that it has toasts. Wine and Windows Server Core do not, and the
// library is not called there: what it does without the class has ended whole programs.
const toastClass = `SOFTWARE\Microsoft\WindowsRuntime\ActivatableClassId\Windows.UI.Notifications.ToastNotificationManager`

// noInterface is the answer of a Windows whose toasts are hollow. After it the library shows nothing
// and says nothing.
const noInterface = 0x80004002

// Service shows notices. It is safe for concurrent use.
type Service struct{ *toaster }

// New returns a Service. It makes the program known to Windows when it shows its first notice.
func New(opts Options) *Service {
	w := &winRT{app: wintoast.AppData{AppID: opts.App, GUID: activator, IconPath: opts.Icon}}
	t := newToaster(platform{there: hasToasts, push: w.push, clear: w.clear})
	w.activate = t.activate
	return &Service{t}
}

// hasToasts reports whether the class of toasts is registered.
var hasToasts = sync.OnceValue(func() bool {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, toastClass, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	_ = key.Close()
	return true
})

// winRT shows toasts by the Windows Runtime. It is used by one thread.
type winRT struct {
	app      wintoast.AppData
	activate func(word string)
	known    bool
	hollow   error
}

func (w *winRT) push(xml string) error {
	if w.hollow != nil {
		return w.hollow
	}
	if !w.known {
		if err := wintoast.SetAppData(w.app); err != nil {
			return err
		}
		wintoast.SetActivationCallback(func(_, word string, _ []wintoast.UserData) { w.activate(word) })
		w.known = true
	}
	err := wintoast.Push(w.app.AppID, xml) // with no option: never by PowerShell
	var answer interface{ Code() uintptr }
	if errors.As(err, &answer) && answer.Code() == noInterface {
		w.hollow = err
	}
	return err
}
