// Command sandglass-window is the window: it shows what the agent knows. The agent starts it and
// tells it on its standard input when to come to the front; the end of that input ends it.
package main

import "os"

func main() { os.Exit(run()) }
