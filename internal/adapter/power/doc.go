// Package power knows the wall clock and what happens to the machine: sleep, wake, screen lock, unlock.
//
// Go's timers stand still while a machine sleeps and know nothing of a clock that is set. Clock therefore
// waits for a wall-clock time: on Linux with a timer of the kernel's that also ends when the clock is set or
// the machine wakes, and costs nothing while it waits; elsewhere with a look every 15 s while an alarm is
// armed.
//
// Events come on Linux from systemd-logind and from the desktop's screen saver, each over a D-Bus connection
// of our own. On macOS and Windows only PowerWake comes, from a gap in the wall clock; those two are built
// there, not run.
//
// The agent owns one Clock and at most one Events. Both end with the context that they were made with; Wait
// returns once their goroutines ended. Two Clocks or two Events do not disturb each other.
package power
