# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

typeset -g __sandglass_seen=

__sandglass_load() {
  emulate -L zsh
  local run state=$HOME/.local/state
  [[ $OSTYPE == darwin* ]] && state="$HOME/Library/Application Support"
  for run in "${XDG_RUNTIME_DIR-}/sandglass" "${XDG_STATE_HOME:-$state}/sandglass/run"; do
    [[ $run != /sandglass && -r $run/env.sh && -O $run/env.sh ]] || continue
    \builtin . "$run/env.sh" 2>/dev/null
    __sandglass_seen=$run/gen.${SANDGLASS_GEN-}
    return 0
  done
  return 0
}

__sandglass_prompt() { [[ -e $__sandglass_seen ]] || __sandglass_load }

# Before a command too: a login may end while the shell waits at its prompt.
typeset -ga precmd_functions preexec_functions
(( ${precmd_functions[(I)__sandglass_prompt]} )) || precmd_functions+=(__sandglass_prompt)
(( ${preexec_functions[(I)__sandglass_prompt]} )) || preexec_functions+=(__sandglass_prompt)

__sandglass_load
