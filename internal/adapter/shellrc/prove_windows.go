package shellrc

import (
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// systemHanded are variables that programs on Windows do not do without.
var systemHanded = []string{
	"SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "OS", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
	"USERPROFILE", "USERNAME", "USERDOMAIN", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP",
	"ProgramData", "ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "CommonProgramFiles", "PSModulePath",
}

// foldName is a variable's name as Windows compares it.
func foldName(name string) string { return strings.ToUpper(name) }

// alone starts a command without a window. When it is killed, what it started ends by itself.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}
