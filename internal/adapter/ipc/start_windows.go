package ipc

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// launch starts the agent. Windows hands no descriptor down, so only dialing tells when it is ready.
func launch(argv []string) (<-chan struct{}, error) {
	cmd := detached(argv)
	cmd.Env = environment(os.Environ())
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return nil, cmd.Process.Release()
}

func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		HideWindow:    true,
		CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS,
	}
}
