// Package window is the overview: which logins live, until when, and what needs doing. It draws the
// agent's snapshots and holds no state but what is on the screen; every action is a call to the agent.
//
// It never imports fyne/v2/app, so that its tests need no display. All of it runs on Fyne's main
// goroutine; Follow is the one function that may be called from another.
package window
