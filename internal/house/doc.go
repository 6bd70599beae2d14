// Package house holds the tests that keep the house in order: which package may import which, which
// package owns which outside library, how long a file and a function may be, what every package must
// say of itself, what no text may hold, and that the macOS programs type-check. It has no other code
// and nothing imports it.
//
// layers_test.go holds the rules of the layers and the owners of the libraries; .golangci.yml repeats
// the ones for layers so that editors can show them. A change that needs another rule changes it there
// and says why.
package house
