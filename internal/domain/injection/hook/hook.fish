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
    __sandglass_guard $runs
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
set -g __sandglass_here_files '?'
set -g __sandglass_here_mark ''
set -g __sandglass_there ''
set -g __sandglass_aside ''
set -g __sandglass_aside_files
set -g __sandglass_aside_mark ''

function __sandglass_moved --on-variable PWD
    if set -q __sandglass_running; and test -t 2
        __sandglass_look $PWD
        __sandglass_same here; or __sandglass_check here
        return
    end
    function __sandglass_arrived --on-event fish_prompt
        functions -e __sandglass_arrived
        __sandglass_look $PWD
        test "$__sandglass_found" != "$__sandglass_here_files" -a -t 2; and __sandglass_check here
    end
end

# The config files from the root, or from below the user's own folder, down to a folder.
function __sandglass_look
    set -g __sandglass_found
    set -g __sandglass_dirs
    set -g __sandglass_there ''
    set -l dir ''
    for part in '' (string split -n / -- $argv[1])
        test -n "$part"; and set dir $dir/$part
        if test "$dir" = "$HOME" -o "$dir/" = "$HOME"
            set -g __sandglass_found
            set -g __sandglass_dirs
            continue
        end
        set -a __sandglass_dirs $dir
        if test -e $dir/CONFIG_NAME
            for name in CONFIG_NAMES
                test -e $dir/$name; and set -a __sandglass_found $dir/$name
            end
        end
    end
end

# Before a line with package managers, for the files may have changed since, by a checkout.
function __sandglass_guard
    set -l aside
    string match -qr '\s(?:-C|--prefix|--dir|--cwd)[=\s]' -- $argv; and set aside (__sandglass_elsewhere $argv)
    __sandglass_quiet; or __sandglass_look $PWD
    __sandglass_same here; and test -z "$__sandglass_aside" -o "$aside" = "$__sandglass_aside"; or __sandglass_check here
    set -g __sandglass_there $PWD
    test -n "$aside"; or return 0
    __sandglass_look $aside
    test "$aside" = "$__sandglass_aside"; and __sandglass_same aside; and return
    set -g __sandglass_aside $aside
    __sandglass_check aside $aside
end

# Whether no file came to these folders or went since they were looked through: their own times tell, which is quicker.
function __sandglass_quiet
    test "$PWD" = "$__sandglass_there" -a -n "$__sandglass_here_mark"; or return
    for dir in $__sandglass_dirs
        test $dir/ -ot $__sandglass_here_mark 2>/dev/null; or return
    end
    set -g __sandglass_found $__sandglass_here_files
end

# The folder that flags put in the place of the current one, as far as the text tells.
function __sandglass_elsewhere
    set -l flag '^(?:-C|--prefix|--dir|--cwd)'
    set -l next
    for word in (string match -ra '(?:\'[^\']*\'|"[^"]*"|[^\s\'"])+' -- $argv | string replace -ra '[\'"]' '' | string replace -r '^~(?=/|$)' -- $HOME)
        set -q next[1]; and set -l dir $word; or set -l dir (string replace -fr $flag= '' -- $word)
        set next (string match -r $flag'$' -- $word)
        test -n "$dir"; or continue
        string match -q '/*' -- $dir; or set dir $PWD/$dir
        test -d $dir; and echo $dir; and return
    end
end

# Whether the files found are those that were asked about, and all older than that. Behind a link another file may be.
function __sandglass_same
    set -l files __sandglass_$argv[1]_files
    set -l mark __sandglass_$argv[1]_mark
    test "$__sandglass_found" = "$$files"; or return
    for file in $__sandglass_found
        test -e $file -a ! -L $file -a -n "$$mark"; and test $file -ot $$mark 2>/dev/null; or return 1
    end
end

# Asks about the current folder, or about one aside. An interrupted question is none. An empty file of this shell's
# own has the time of the last one; without it each package manager makes for another question.
function __sandglass_check
    set -l mark ''
    set -g __sandglass_$argv[1]_files '?'
    if test $argv[1] = here
        set -g __sandglass_aside ''
        __sandglass_leave
    end
    if test -e "$__sandglass_seen"; and test -d (string replace -r '[^/]*$' exec -- $__sandglass_seen)
        set mark (string replace -r '[^/]*$' exec/$fish_pid-$argv[1] -- $__sandglass_seen)
        true >$mark; or set mark ''
    end
    set -l folder $PWD $argv[2]
    __sandglass_look $folder[-1] # behind the mark, so that nothing comes between
    test -z "$__sandglass_found"; or __sandglass_ask $argv[2]; or set mark ''
    set -g __sandglass_$argv[1]_mark $mark
    set -g __sandglass_$argv[1]_files $__sandglass_found
end

# Where it cannot say, it is careful: no session is here.
function __sandglass_ask
    __sandglass_find; or return
    set -l said ($__sandglass_program check --hook $argv </dev/null)
    if test $status -eq 0
        __sandglass_keep $said
        return 0
    end
    __sandglass_keep SG_
    return 1
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

# The name SG_ stands for all those that Sandglass gave.
function __sandglass_withhold
    set -l names (string match -ra '\w+' -- $SANDGLASS_WITHHELD)
    contains SG_ $names; and set -a names (set -n | string match -r '^SG_[0-9a-f]{16}$')
    for name in (string match -v SG_ -- $names)
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
