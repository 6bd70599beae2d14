# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

__sandglass_seen=

__sandglass_load() {
  local run state=$HOME/.local/state
  case ${OSTYPE-} in darwin*) state="$HOME/Library/Application Support" ;; esac
  for run in "${XDG_RUNTIME_DIR-}/sandglass" "${XDG_STATE_HOME:-$state}/sandglass/run"; do
    [[ $run != /sandglass && -r $run/env.sh && -O $run/env.sh ]] || continue
    \builtin . "$run/env.sh" 2>/dev/null || :
    __sandglass_seen=$run/gen.${SANDGLASS_GEN-}
    return 0
  done
}

__sandglass_prompt() {
  __sandglass_armed=1
  [[ -e $__sandglass_seen ]] || __sandglass_load
}

# The same within a string, where the next command sees what this one returns. With errexit a status
# that is handed on would end the shell.
__sandglass_prompt_kept() {
  local status=$?
  __sandglass_prompt
  [[ $- == *e* ]] || return "$status"
}

case "${PROMPT_COMMAND[*]-}" in
*__sandglass_prompt*) ;;
*)
  # As an entry of its own where bash knows a list (5.1), which keeps the status for each, and where children
  # do not inherit the variable. Else behind what is there; a child bash without this file finds an empty command.
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)) && [[ -z ${PROMPT_COMMAND+x} || ${PROMPT_COMMAND@a} != *x* ]]; then
    PROMPT_COMMAND+=(__sandglass_prompt)
  else
    PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}\${__sandglass_seen+__sandglass_prompt_kept}"
  fi
  ;;
esac

# Before a command. A login may have ended while the shell waited at its prompt, so the first command behind a
# prompt looks again. And when a package manager is run, that is noted in an empty file: a session in use is
# worth a notice. The trap costs some microseconds for a command typed at the prompt; bash runs it neither
# within functions nor in scripts.
__sandglass_armed=

__sandglass_first() {
  [[ $BASH_COMMAND != __sandglass_prompt* ]] || return 0
  __sandglass_armed=
  [[ -e $__sandglass_seen ]] || __sandglass_load
}

__sandglass_note() {
  [[ ! -e $__sandglass_seen ]] || { : >|"${__sandglass_seen%/*}/used"; } 2>/dev/null || :
}

# Bash has one place for that; it is taken only where nobody else has it.
if [[ -z $(\builtin trap -p DEBUG) ]]; then
  \builtin trap '[[ -z $__sandglass_armed ]] || __sandglass_first; [[ $BASH_COMMAND != @(npm|npx|pnpm|pnpx|yarn|bun|bunx)?( *) ]] || __sandglass_note; :' DEBUG
fi

__sandglass_load
