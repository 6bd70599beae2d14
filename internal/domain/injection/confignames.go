package injection

// ConfigNames are the files of a folder that say where package managers go, by base name: shells look whether they
// are there before they ask what is in them. Package hostile reads the same ones; it is too heavy for the command line.
var ConfigNames = []string{
	".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml", "pnpm-workspace.yaml",
	".env", ".env.local", ".env.development", ".env.development.local", ".env.production", ".env.production.local",
	".env.test", ".env.test.local", ".env.yarn",
	"package.json",
	"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock",
}
