// Package verdaccio starts a real npm registry, Verdaccio, for tests, and stands a front before it
// that has what npm's public registry has and Verdaccio lacks: a login page of its own, sessions
// that end, a logout that revokes, and "not found" for what the caller may not see. On request it
// also has organisations with teams, second factors, rules for single packages, the words of other
// registries, and faults.
//
// Its access tokens are those of npm's public registry: listed, made and revoked as its documents say,
// by sessions alone, with its limits and its words. A front's clock goes on by Forward.
//
// The words are a registry's own where issue trackers quote them; what is made up says so.
//
// A test binary runs at most one Verdaccio, which all its tests share and which ends with the
// binary. Each Start makes a front of its own with its own address, sessions and record of requests;
// what is published through one front can be seen through all. Nothing outside the machine is asked.
//
// Users are alice and bob; Password tells their passwords. Published are:
//
//	@acme/private@1.0.0   alice and bob may read it
//	@acme/harvest@1.0.0   the same; its install script looks for credentials, see testkit/harvest
//	@bob/own@1.0.0        bob alone
//	plain-sand@1.0.0      everybody
//
// Mint and Issue take any name for a user; only alice and bob have passwords.
package verdaccio
