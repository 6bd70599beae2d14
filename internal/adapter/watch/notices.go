package watch

import "errors"

// errUnsupported says that this system's notices are not used at all: the files are polled.
var errUnsupported = errors.New("no file notices on this system")

// event is something that happened to a name in a watched folder, or to the folder itself.
type event struct {
	path  string
	moved bool // the name came, went, or stands for something else now
}

// notices is the system's way to tell of changes in folders. Its goroutines end in close.
type notices interface {
	add(dir string) error
	remove(dir string)
	events() <-chan event
	// lost has something once notices may have been missed.
	lost() <-chan error
	close()
}
