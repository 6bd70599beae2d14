# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

__sandglass_seen=
\builtin export -n SANDGLASS_ENDS=0 SANDGLASS_OVER=0

__sandglass_load() {
  \local run state="$HOME/.local/state" # in quotes: without its alias, local is a command like others
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
  [[ -e $__sandglass_seen && $PWD == "$__sandglass_here" ]] || __sandglass_changed
}

__sandglass_changed() {
  [[ -e $__sandglass_seen ]] || __sandglass_load
  [[ $PWD == "$__sandglass_here" ]] || __sandglass_entered
}

# The same within a string, where the next command sees what this one returns. With errexit a status
# that is handed on would end the shell.
__sandglass_prompt_kept() {
  \local status="$?"
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
# prompt looks again. Bash has one place for that; it is taken only where nobody else has it. It runs neither
# within functions nor in scripts.
__sandglass_armed=

__sandglass_first() {
  [[ $BASH_COMMAND != __sandglass_prompt* ]] || return 0
  __sandglass_armed=
  [[ -e $__sandglass_seen ]] || __sandglass_load
}

if [[ -z $(\builtin trap -p DEBUG) ]]; then
  \builtin trap '[[ -z $__sandglass_armed ]] || __sandglass_first; :' DEBUG
fi

# Before a package manager. The run is noted in an empty file, once a minute: a session in use is worth a notice.
# And when a session is over by this shell's own clock, sandglass renews it first, if somebody can be asked.
__sandglass_noted=0

__sandglass_before() {
  [[ -e $__sandglass_seen ]] || __sandglass_load
  __sandglass_now=${EPOCHSECONDS-}
  # Before 5.0 bash has its clock elsewhere, and before 4.2 none: then what the agent said counts.
  [[ -n $__sandglass_now ]] || \builtin printf -v __sandglass_now '%(%s)T' -1 2>/dev/null || __sandglass_now=0
  ((__sandglass_now >= __sandglass_noted && __sandglass_now - __sandglass_noted < 60 && __sandglass_now)) || __sandglass_note
  if ((SANDGLASS_OVER || SANDGLASS_ENDS && __sandglass_now >= SANDGLASS_ENDS)); then __sandglass_renew "$@"; fi
}

__sandglass_note() {
  __sandglass_noted=$__sandglass_now
  [[ ! -e $__sandglass_seen ]] || { : >|"${__sandglass_seen%/*}/used"; } 2>/dev/null || :
}

__sandglass_renew() {
  [[ -t 0 && -t 2 && -z ${CI-}${SANDGLASS_NO_INPUT-}${COMP_LINE-} ]] && __sandglass_front && __sandglass_find || return 0
  "$__sandglass_program" ensure -- "$@" >&2 || : # whatever comes of it, the command runs
  [[ -e $__sandglass_seen ]] || __sandglass_load
}

# A job in the background waits for nobody. Where the system does not tell, sandglass looks for itself.
__sandglass_front() {
  \local group front _
  { IFS=' ' \builtin read -r _ _ _ _ group _ _ front _ </proc/self/stat; } 2>/dev/null || return 0
  [[ $group == "$front" || $front == -1 ]]
}

# The program as an absolute path from PATH: never one that a repository brings along.
__sandglass_find() {
  \local dir rest="${PATH-}:"
  while [[ -n $rest ]]; do
    dir=${rest%%:*} rest=${rest#*:}
    [[ $dir == /* && $dir != "$PWD" && $dir != */node_modules/* && -f $dir/sandglass && -x $dir/sandglass ]] || continue
    __sandglass_program=$dir/sandglass
    return 0
  done
  return 1
}

__sandglass_wrap() {
  \local name
  for name in npm npx pnpm pnpx yarn bun bunx deno; do
    ! \builtin declare -F "$name" >/dev/null || continue # the user's own goes first
    \builtin eval "function $name { __sandglass_before $name \"\$@\"; \\builtin command $name \"\$@\"; }"
    \builtin export -nf "$name"
  done
}
[[ $- != *i* ]] || __sandglass_wrap

# On entering a folder: config files of a repository may send a session astray. Sandglass says so, once.
__sandglass_here=
__sandglass_asked=

__sandglass_entered() {
  \local name home="${HOME-}" dir="${PWD%/}"
  __sandglass_here=$PWD home=${home%/}
  while [[ $dir != "$home" ]]; do
    for name in .npmrc .yarnrc.yml .yarnrc bunfig.toml pnpm-workspace.yaml .env.yarn; do
      [[ ! -e $dir/$name ]] || { __sandglass_ask "${dir:-/.}"; return 0; }
    done
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
}

__sandglass_ask() {
  [[ $__sandglass_asked != *"//$1//"* && -t 2 ]] || return 0
  __sandglass_asked+=//$1//
  ! __sandglass_find || "$__sandglass_program" check --hook </dev/null || :
}

__sandglass_load
