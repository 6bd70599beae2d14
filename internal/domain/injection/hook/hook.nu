# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists and starts no process.

$env.SANDGLASS_SEEN = ""
# Of no type that a variable of the environment has, so that no other program gets them.
$env.SANDGLASS_FILES = ["?"]
$env.SANDGLASS_STATES = []
$env.SANDGLASS_ASKED = null

def --env __sandglass_load [] {
    let state = if $nu.os-info.name == "windows" {
        $env.LOCALAPPDATA
    } else if ($env.XDG_STATE_HOME? | default "") != "" {
        $env.XDG_STATE_HOME
    } else if $nu.os-info.name == "macos" {
        $nu.home-dir | path join "Library" "Application Support"
    } else {
        $nu.home-dir | path join ".local" "state"
    }
    let runtime = $env.XDG_RUNTIME_DIR? | default ""
    let places = (if $runtime == "" { [] } else { [($runtime | path join "sandglass")] }) ++ [($state | path join "sandglass" "run")]
    let found = $places | where {|run| $run | path join "env.nu" | path exists }
    if ($found | is-empty) { return }
    try {
        open --raw ($found.0 | path join "env.nu") | from nuon | load-env
        $env.SANDGLASS_SEEN = $found.0 | path join $"gen.($env.SANDGLASS_GEN)"
        __sandglass_withhold
    }
}

# The program as an absolute path from PATH, or null: never one that a repository brings along.
def __sandglass_program [] {
    let name = if $nu.os-info.name == "windows" { "sandglass.exe" } else { "sandglass" }
    $env.PATH | where {|dir| ($dir | path expand --no-symlink) == $dir and $dir != $env.PWD and not ($dir =~ '[/\\]node_modules[/\\]') }
        | each {|dir| $dir | path join $name } | where {|file| ($file | path type) in ["file" "symlink"] } | get 0?
}

# Package managers in a command line are told by its text: a command of nushell's own in their place would
# lose their completions. Their run is noted in an empty file: a session in use is worth a notice. And when a
# session is over, sandglass renews it first, if somebody can be asked. Whatever comes of it, the command runs.
def --env __sandglass_command [line: string] {
    if not ($env.SANDGLASS_SEEN | path exists) { __sandglass_load }
    let runs = $line | parse --regex '(?:^|[;|({\n]|\b(?:try|do|and|or|not)\s)\s*\^?(?<run>(?:npm|npx|pnpm|pnpx|yarn|bun|bunx|deno)(?:\s[^;|(){}\n]*)?)(?:$|[;|(){}\n])' | get run
    if ($runs | is-empty) { return }
    __sandglass_guard $runs
    if ($env.SANDGLASS_SEEN | path exists) {
        try { "" | save --force --raw ($env.SANDGLASS_SEEN | path dirname | path join "used") }
    }
    let ends = $env.SANDGLASS_ENDS? | default "0" | into int
    let over = $env.SANDGLASS_OVER? == "1" or ($ends > 0 and ((date now | into int) // 1_000_000_000) >= $ends)
    if not $over or ($line =~ '\bjob\s+spawn\b') or ($env.CI? | default "") != "" or ($env.SANDGLASS_NO_INPUT? | default "") != "" { return }
    if not ((is-terminal --stdin) and (is-terminal --stderr)) { return }
    let program = __sandglass_program
    if $program == null { return }
    for run in $runs {
        try { ^$program ensure -- ...($run | str replace --all --regex "[\"'`]" "" | split row --regex "\\s+" | where $it != "") } catch { break }
    }
    if not ($env.SANDGLASS_SEEN | path exists) { __sandglass_load }
}

# On entering a project: its config files may send a session astray. Sandglass says so, once, and prints what keeps
# package managers from it. No project is also one, and the first prompt enters it: a parent shell may have been elsewhere.
def --env __sandglass_entered [] {
    if (__sandglass_look $env.PWD) != $env.SANDGLASS_FILES { __sandglass_check }
}

# The config files from a folder up to the user's own or the root.
def __sandglass_look [folder: string] {
    mut dir = $folder
    mut found = []
    while $dir != $nu.home-dir {
        let here = $dir
        $found = $found ++ ([CONFIG_NAMES] | each {|name| $here | path join $name } | where {|file| $file | path exists })
        let up = $dir | path dirname
        if $up == $dir { break }
        $dir = $up
    }
    $found
}

# Before a line with package managers, for the files may have changed since, by a checkout. Flags may put another
# folder in the place of the current one, as far as the text tells.
def --env __sandglass_guard [runs: list<string>] {
    let aside = $runs | parse --regex '\s(?:-C|--prefix|--dir|--cwd)(?:=|\s+)["''`]?(?<dir>[^\s"''`]+)' | get dir
        | each {|dir| $dir | path expand --no-symlink } | where {|dir| ($dir | path type) == "dir" } | uniq
    let found = [$env.PWD ...$aside] | each {|dir| __sandglass_look $dir } | flatten
    if $found != $env.SANDGLASS_FILES or not (__sandglass_same $found) { __sandglass_check ...$aside }
}

# Whether files are as they were when they were asked about, and older than that. Behind a link another file may be.
def __sandglass_same [found: list<string>] {
    if ($found | is-empty) { return true }
    if $env.SANDGLASS_ASKED == null { return false }
    let states = __sandglass_states $found
    $states == $env.SANDGLASS_STATES and ($states | all {|one| $one.type == "file" and $one.modified < $env.SANDGLASS_ASKED - 1sec })
}

def __sandglass_states [files: list<string>] {
    try {
        $files | each {|file| ls --directory ($file | str replace --all --regex '[\[\]*?]' '[$0]' | into glob) } | flatten | select name type size modified
    } catch { [] }
}

# Asks about the current folder and those aside. Where there is no answer it is careful: no session is here, and
# each package manager makes for another question. An interrupted one is none.
def --env __sandglass_check [...aside: string] {
    $env.SANDGLASS_FILES = ["?"]
    __sandglass_leave
    let found = [$env.PWD ...$aside] | each {|dir| __sandglass_look $dir } | flatten
    let states = __sandglass_states $found
    let program = __sandglass_program
    let asked = date now
    mut answered = $program != null
    for dir in [$env.PWD ...$aside] {
        if $program == null or (__sandglass_look $dir | is-empty) { continue }
        let folder = if $dir == $env.PWD { [] } else { [$dir] }
        let said = try { let out = (^$program check --hook ...$folder); $out } catch { null }
        if $said == null { $answered = false }
        __sandglass_keep ($said | default "SG_" | lines)
    }
    $env.SANDGLASS_STATES = $states
    $env.SANDGLASS_ASKED = if $answered { $asked } else { null }
    $env.SANDGLASS_FILES = $found
}

# What it prints: NAME=VALUE is a setting that is the user's own if they have one, and NAME a variable that is
# to be empty. Both are remembered in the environment, so that a shell within this one can leave the project, too.
def --env __sandglass_keep [lines: list<string>] {
    for line in $lines {
        let pair = $line | parse --regex '^(?<name>(?:npm_config|pnpm_config|YARN)_\w*)=(?<value>\S*)$' | get 0?
        if $pair != null {
            if $pair.name in $env { continue }
            load-env {$pair.name: $pair.value}
            $env.SANDGLASS_SEALED = $"($env.SANDGLASS_SEALED? | default '')($line) "
        } else if $line =~ '^[A-Za-z_]\w*$' {
            $env.SANDGLASS_WITHHELD = $"($env.SANDGLASS_WITHHELD? | default '')($line) "
        }
    }
    __sandglass_withhold
}

# The name SG_ stands for all those that Sandglass gave.
def --env __sandglass_withhold [] {
    let names = $env.SANDGLASS_WITHHELD? | default "" | split row " " | where $it =~ '^[A-Za-z_]\w*$'
    let given = if "SG_" in $names { $env | columns | where $it =~ '^SG_[0-9a-f]{16}$' } else { [] }
    for name in ($names ++ $given | where $it != "SG_") { load-env {$name: ""} }
}

def --env __sandglass_leave [] {
    for pair in ($env.SANDGLASS_SEALED? | default "" | parse --regex '(?<name>\w+)=(?<value>\S*) ') {
        if $pair.name in $env and ($env | get $pair.name) == $pair.value { hide-env $pair.name }
    }
    hide-env --ignore-errors SANDGLASS_SEALED
    if ($env.SANDGLASS_WITHHELD? | default "") == "" { return }
    hide-env --ignore-errors SANDGLASS_WITHHELD
    __sandglass_load
}

$env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt? | default []) ++ [{||
    if not ($env.SANDGLASS_SEEN | path exists) { __sandglass_load }
}]
$env.config.hooks.pre_execution = ($env.config.hooks.pre_execution? | default []) ++ [{|| __sandglass_command (commandline) }]
$env.config.hooks.env_change = $env.config.hooks.env_change? | default {}
    | upsert PWD {|hooks| ($hooks.PWD? | default []) ++ [{|| __sandglass_entered }] }

__sandglass_load
