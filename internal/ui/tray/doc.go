// Package tray is Sandglass's place in the desktop's tray: the sandglass and its menu.
//
// What is shown is a pure function of a snapshot and the time: Menu, Tooltip and IconSpec say it, and
// NextChange says when it will be different though nothing happened. Run alone touches the tray
// library; it owns one icon in this process, changes entries in place, asks the agent for everything
// that a click means, and never waits for an answer. Clicking twice asks twice: the agent joins what
// belongs together. A desktop without a tray host is a normal case: Run tells it once and goes on,
// and the icon appears by itself when a host comes.
package tray
