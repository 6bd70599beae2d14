//go:build !linux

package main

// harden has nothing to do here: these systems write no core files by default.
func harden() {}
