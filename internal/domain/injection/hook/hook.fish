# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

set -g __sandglass_seen ''

function __sandglass_load
    set -l state $HOME/.local/state
    test -n "$XDG_STATE_HOME"; and set state $XDG_STATE_HOME
    # The last one is macOS's, which fish cannot be asked for without a process.
    for run in "$XDG_RUNTIME_DIR/sandglass" $state/sandglass/run "$HOME/Library/Application Support/sandglass/run"
        test "$run" != /sandglass -a -r "$run/env.fish" -a -O "$run/env.fish"; or continue
        builtin source $run/env.fish 2>/dev/null
        set -g __sandglass_seen $run/gen.$SANDGLASS_GEN
        return 0
    end
    return 0
end

function __sandglass_prompt --on-event fish_prompt
    test -e "$__sandglass_seen"; or __sandglass_load
end

# Before a command: a login may have ended while the shell waited at its prompt, so it looks again. And when
# a package manager is run it notes the time, in an empty file: a session in use is worth a notice.
function __sandglass_command --on-event fish_preexec
    __sandglass_prompt
    if string match -qr '^(npm|npx|pnpm|pnpx|yarn|bun|bunx)( |$)' -- "$argv[1]"; and test -e "$__sandglass_seen"
        true >(string replace -r '[^/]*$' used -- $__sandglass_seen) 2>/dev/null
    end
end

__sandglass_load
