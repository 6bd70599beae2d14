package managers

import (
	"path"
	"strings"
)

// Interpreter is the base name of the program that runs a script, by the script's first line: "sh", "node".
// It is "" for what is no script, and for what cannot be read.
func Interpreter(file string) string {
	text, err := readRegular(file, 512)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line, ok := strings.CutPrefix(line, "#!")
	if !ok {
		return ""
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return ""
	}
	if name := path.Base(words[0]); name != "env" {
		return name
	}
	return behindEnv(words[1:])
}

// behindEnv is the program that env starts: behind its options and variables.
func behindEnv(words []string) string {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "-u", word == "-C", word == "--unset", word == "--chdir":
			if len(words) > 0 {
				words = words[1:] // its value
			}
			continue
		case strings.HasPrefix(word, "--split-string="):
			word = strings.TrimPrefix(word, "--split-string=")
		case strings.HasPrefix(word, "-S") && word != "-S":
			word = strings.TrimPrefix(word, "-S")
		case strings.HasPrefix(word, "-"), strings.Contains(word, "="):
			continue
		}
		return path.Base(word)
	}
	return ""
}
