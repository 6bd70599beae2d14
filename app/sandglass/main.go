// Command sandglass is the command line of Sandglass. It asks the agent, and starts it where none runs.
package main

import (
	"context"
	"os"

	"github.com/sandglass-dev/sandglass/internal/ui/cli"
)

func main() { os.Exit(cli.Main(context.Background(), wire())) }
