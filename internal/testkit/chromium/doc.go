// Package chromium drives a real, headless Chromium in tests, through ChromeDriver and its HTTP
// protocol, and stands in for the program that opens a browser.
//
// Each Browser has a profile of its own and ends with its test. Nothing outside the machine is
// looked up.
package chromium
