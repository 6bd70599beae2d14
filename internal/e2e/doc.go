// Package e2e holds the tests of the whole house: the three programs as they are built, real package
// managers, shells, keyring, desktop, browser and registry. Nothing here is imported by anybody.
package e2e
