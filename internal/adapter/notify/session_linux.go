package notify

import "github.com/godbus/dbus/v5"

// sessionBus dials the session bus where there is one. The library's own ConnectSessionBus starts one
// where there is none, and leaves it running.
func sessionBus(opts ...dbus.ConnOption) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(opts...)
	if err != nil {
		return nil, err
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}
