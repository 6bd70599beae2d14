package busguard

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// changed says that the variable is not what the process was started with.
const changed = true

// patience is how long all buses together may take to greet.
const patience = 500 * time.Millisecond

func init() {
	original, given = os.LookupEnv(variable)
	end := time.Now().Add(patience)
	for _, name := range candidates(original) {
		if answers(name, end) {
			os.Setenv(variable, address(name))
			return
		}
	}
	os.Setenv(variable, nowhere)
}

// candidates lists the sockets where a bus may be, the way syscall.SockaddrUnix names them. An
// address that starts a bus (autolaunch:) has none, nor has a transport that is no Unix socket,
// which could not be checked.
func candidates(addresses string) []string {
	var list []string
	if addresses == "" || addresses == "autolaunch:" {
		for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(os.Getuid())} {
			if strings.HasPrefix(dir, "/") && !strings.ContainsAny(dir, ",;") {
				list = append(list, dir+"/bus")
			}
		}
		return list
	}
	for single := range strings.SplitSeq(addresses, ";") {
		if name := socket(single); name != "" {
			list = append(list, name)
		}
	}
	return list
}

// address writes a socket's name as the keyring library reads it: it knows no escapes.
func address(name string) string {
	if abstract, ok := strings.CutPrefix(name, "@"); ok {
		return "unix:abstract=" + abstract
	}
	return "unix:path=" + name
}

// answers reports whether a D-Bus daemon greets at the socket before end.
func answers(name string, end time.Time) bool {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	if !limit(fd, end) || connect(fd, name) != nil {
		return false
	}
	uid := strconv.Itoa(os.Getuid())
	hex := make([]byte, 0, 2*len(uid))
	for i := range len(uid) {
		hex = append(hex, '3', uid[i]) // digits are 0x30 to 0x39
	}
	line := say(fd, "\x00AUTH EXTERNAL "+string(hex)+"\r\n", "\r\n", end)
	if !strings.HasPrefix(line, "OK ") {
		return false
	}
	// A bus that knows its user may still never answer its first call, which is the library's next.
	const unique = ":" // begins the name that the bus gives us
	return say(fd, "BEGIN\r\n"+hello(), unique, end) != ""
}

// hello is the D-Bus message that every connection begins with.
func hello() string {
	const bus = "org.freedesktop.DBus"
	var fields string
	for _, f := range []struct{ code, kind, value string }{
		{"\x01", "o", "/org/freedesktop/DBus"}, {"\x02", "s", bus}, {"\x03", "s", "Hello"}, {"\x06", "s", bus},
	} {
		fields += strings.Repeat("\x00", -len(fields)&7)
		fields += f.code + "\x01" + f.kind + "\x00" + string(rune(len(f.value))) + "\x00\x00\x00" + f.value + "\x00"
	}
	head := "l\x01\x00\x01" + "\x00\x00\x00\x00" + "\x01\x00\x00\x00" // little-endian call, no body, serial 1
	length := string([]byte{byte(len(fields)), 0, 0, 0})
	return head + length + fields + strings.Repeat("\x00", -len(fields)&7)
}

// connect tries again after a signal, which ends a call that has a time limit.
func connect(fd int, name string) error {
	for {
		if err := syscall.Connect(fd, &syscall.SockaddrUnix{Name: name}); err != syscall.EINTR {
			return err
		}
	}
}

// say sends words and reads until the answer holds mark. It returns what was read, "" if that did not
// come before end.
func say(fd int, words, mark string, end time.Time) string {
	if n, err := syscall.Write(fd, []byte(words)); err != nil || n != len(words) {
		return ""
	}
	var answer []byte
	var buf [256]byte
	for len(answer) < 4096 && limit(fd, end) {
		n, err := syscall.Read(fd, buf[:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return ""
		}
		answer = append(answer, buf[:n]...)
		if strings.Contains(string(answer), mark) {
			return string(answer)
		}
	}
	return ""
}

// limit makes every call on fd return by end; false if that is over.
func limit(fd int, end time.Time) bool {
	left := time.Until(end)
	if left <= 0 {
		return false
	}
	tv := syscall.NsecToTimeval(max(left, time.Millisecond).Nanoseconds())
	return syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &tv) == nil &&
		syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &tv) == nil // also limits connect
}

// socket turns "unix:path=/x,guid=y" or "unix:abstract=x" into a socket's name, "" if it is neither.
func socket(address string) string {
	keys, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		return ""
	}
	for pair := range strings.SplitSeq(keys, ",") {
		name, value, _ := strings.Cut(pair, "=")
		value = unescape(value)
		switch {
		case value == "" || strings.ContainsAny(value, ",;"): // the keyring library would misread it
		case name == "path":
			return value
		case name == "abstract":
			return "@" + value
		}
	}
	return ""
}

// unescape resolves the %XX of D-Bus addresses.
func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
