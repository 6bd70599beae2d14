package order

// What npm's public registry says about an order that it does not take, as its documents quote it.
const (
	SaysName          = "Token name is required"
	SaysPackages      = "Packages must be an array"
	SaysScopes        = "Scopes must be an array"
	SaysOrgs          = "Organizations must be an array"
	SaysPermission    = "Invalid packages_and_scopes_permission. Must be one of: no-access, read-only, read-write"
	SaysOrgPermission = "Invalid orgs_permission. Must be one of: no-access, read-only, read-write"
	SaysNothing       = "You must have at least one package / scope or organization added to this token."
	SaysNoOrg         = "You must select at least one organization if granting organization permissions to this token."
	SaysNoPackage     = "You must select at least one package or scope if granting package/scopes permissions to this token."
	SaysNoAccess      = "Please select at least one: package, scope or organization."
	SaysTooLong       = "Read-write tokens cannot have expiration longer than 90 days"
)

// The documents tell of these limits without their words, and of others not at all. The words are made up.
const (
	SaysBody     = "Invalid request body"
	SaysPassword = "Invalid password"
	SaysEnd      = "Invalid expiration"
	SaysRange    = "Invalid CIDR range"
	SaysSelected = "Tokens cannot have more than 50 packages and scopes"
	SaysManyOrgs = "Tokens cannot have more than 50 organizations"
	SaysFull     = "You cannot have more than 1000 granular access tokens"
)
