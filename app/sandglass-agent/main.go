// Command sandglass-agent runs all day: it watches, keeps the time, logs in, keeps secrets, fills the
// env files, and shows tray and notices. The command line starts it where none runs.
package main

import "os"

func main() { os.Exit(run(os.Args[1:])) }
