//go:build !linux

package main

// dropProgram is for Linux: elsewhere the system trims the memory of idle programs by itself.
func dropProgram() {}
