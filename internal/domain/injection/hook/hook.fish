# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

set -g __sandglass_seen ''
set -gu SANDGLASS_OVER 0

function __sandglass_load
    set -l state $HOME/.local/state
    test -n "$XDG_STATE_HOME"; and set state $XDG_STATE_HOME
    # The last one is macOS's, which fish cannot be asked for without a process.
    for run in "$XDG_RUNTIME_DIR/sandglass" $state/sandglass/run "$HOME/Library/Application Support/sandglass/run"
        test "$run" != /sandglass -a -r "$run/env.fish" -a -O "$run/env.fish"; or continue
        builtin source $run/env.fish 2>/dev/null
        set -g __sandglass_seen $run/gen.$SANDGLASS_GEN
        set -g __sandglass_used $run/used
        __sandglass_withhold
        return 0
    end
    return 0
end

function __sandglass_prompt --on-event fish_prompt
    test -e "$__sandglass_seen"; or __sandglass_load
end

# Before a command: a login may have ended while the shell waited at its prompt, so it looks again. Package
# managers are told by the text of the command: a function of their name could not run in the background.
function __sandglass_command --on-event fish_preexec
    test -e "$__sandglass_seen"; or __sandglass_load
    set -e __sandglass_running
    set -l runs (__sandglass_runs "$argv[1]"); or return 0
    set -g __sandglass_running 1
    # That is noted in an empty file: a session in use is worth a notice.
    test -e "$__sandglass_seen"; and true >$__sandglass_used 2>/dev/null
    # The agent says when a session is over: fish has no clock. Nobody waits for a job in the background.
    test "$SANDGLASS_OVER" = 1; and not string match -qr '(?<![&<>])&(?![&>|])' -- "$argv[1]"; or return 0
    test -t 0 -a -t 2 -a -z "$CI" -a -z "$SANDGLASS_NO_INPUT"; and __sandglass_find; or return 0
    for run in $runs # whatever comes of it, the command runs
        $__sandglass_program ensure -- (string match -ra '[^\s\'"]+' -- $run) >&2; or break
    end
    test -e "$__sandglass_seen"; or __sandglass_load
end

# The runs of package managers in a command line, one a line; behind an alias, the one that it stands for.
function __sandglass_runs
    set -l managers '(?:npm|npx|pnpm|pnpx|yarn|bun|bunx|deno)(?![^\s;&|)])'
    string match -ra '(?:^|[;&|(\n]|\b(?:and|or|not|time|if|while|begin|else)\s)\s*(?:\w+=\S*\s+)*\K'$managers'[^;&|()\n]*' -- $argv[1]; and return
    set -l word (string match -r '^\s*\K[\w.-]+' -- $argv[1]); and functions -q -- $word; or return
    functions -- $word | string match -r -- '--wraps=[\'"]?\K'$managers'[^\'"]*'
end

# The program as an absolute path from PATH: never one that a repository brings along.
function __sandglass_find
    for dir in $PATH
        string match -q '/*' -- $dir; and not string match -q '*/node_modules/*' -- $dir; or continue
        test "$dir" != "$PWD" -a -f "$dir/sandglass" -a -x "$dir/sandglass"; or continue
        set -g __sandglass_program $dir/sandglass
        return 0
    end
    return 1
end

# On entering a project: its config files may send a session astray. Sandglass says so, once, and prints what keeps
# package managers from it. The first prompt behind the change looks, and not the change, unless the line at hand
# runs one: programs change folders, too. No project is also one, which the first prompt enters.
set -g __sandglass_project '?'

function __sandglass_moved --on-variable PWD
    if set -q __sandglass_running; and test -t 2
        __sandglass_entered
        return
    end
    function __sandglass_arrived --on-event fish_prompt
        functions -e __sandglass_arrived
        __sandglass_entered
    end
end

function __sandglass_entered
    set -l dir (string replace -r '/$' '' -- $PWD)
    set -l project ''
    while test "$dir" != (string replace -r '/$' '' -- $HOME) -a -z "$project"
        for name in .npmrc .yarnrc.yml .yarnrc bunfig.toml pnpm-workspace.yaml .env.yarn
            test -e "$dir/$name"; and set project "$dir/"
        end
        test -n "$dir"; or break
        set dir (string replace -r '/[^/]*$' '' -- $dir)
    end
    test "$project" != "$__sandglass_project" -a -t 2; or return 0
    __sandglass_leave
    set -g __sandglass_project $project
    test -n "$project"; and __sandglass_find; or return 0
    __sandglass_keep ($__sandglass_program check --hook </dev/null)
end

# What it prints: NAME=VALUE is a setting that is the user's own if they have one, and NAME a variable that is
# to be empty. Both are remembered in the environment, so that a shell within this one can leave the project, too.
function __sandglass_keep
    for line in $argv
        if string match -rq '^(npm_config|pnpm_config|YARN)_\w*=\S*$' -- $line
            set -l pair (string split -m 1 = -- $line)
            set -q $pair[1]; and continue
            set -gx --unpath $pair[1] $pair[2]
            set -gx SANDGLASS_SEALED "$SANDGLASS_SEALED$line "
        else if string match -rq '^[A-Za-z_]\w*$' -- $line
            set -gx SANDGLASS_WITHHELD "$SANDGLASS_WITHHELD$line "
        end
    end
    __sandglass_withhold
end

function __sandglass_withhold
    for name in (string match -ra '\w+' -- $SANDGLASS_WITHHELD)
        set -gx --unpath $name ''
    end
end

function __sandglass_leave
    for pair in (string split -n ' ' -- $SANDGLASS_SEALED)
        set -l of (string split -m 1 = -- $pair)
        string match -rq '^[A-Za-z_]\w*$' -- $of[1]; or continue
        test "$$of[1]" = "$of[2]"; and set -eg $of[1]
    end
    set -e SANDGLASS_SEALED
    test -n "$SANDGLASS_WITHHELD"; or return 0
    set -e SANDGLASS_WITHHELD
    __sandglass_load
end

status is-interactive; and __sandglass_moved
__sandglass_load
