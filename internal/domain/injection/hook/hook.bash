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
    __sandglass_withhold
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
  [[ $PWD == "$__sandglass_here" || ! -t 2 ]] || __sandglass_entered # in the same line: cd project && npm ci
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

# On entering a project: its config files may send a session astray. Sandglass says so, once, and prints what keeps
# package managers from it. No project is also one, and the first prompt enters it: a parent shell may have been elsewhere.
__sandglass_here=
__sandglass_project='?'

__sandglass_entered() {
  \local name home="${HOME-}" dir="${PWD%/}" project=
  __sandglass_here=$PWD home=${home%/}
  while [[ $dir != "$home" ]]; do
    for name in .npmrc .yarnrc.yml .yarnrc bunfig.toml pnpm-workspace.yaml .env.yarn; do
      [[ ! -e $dir/$name ]] || { project=${dir:-/} && break 2; }
    done
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
  [[ $project != "$__sandglass_project" && -t 2 ]] || return 0
  __sandglass_leave
  __sandglass_project=$project
  [[ -z $project ]] || ! __sandglass_find || __sandglass_keep "$(\builtin exec "$__sandglass_program" check --hook </dev/null)"
}

# What it prints: NAME=VALUE is a setting that is the user's own if they have one, and NAME a variable that is
# to be empty. Both are remembered in the environment, so that a shell within this one can leave the project, too.
__sandglass_keep() {
  \local line name rest="$1"$'\n'
  while [[ -n $rest ]]; do
    line=${rest%%$'\n'*} rest=${rest#*$'\n'} name=${line%%=*}
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    case $line in
    *[[:space:]]*) ;;
    npm_config_*=* | pnpm_config_*=* | YARN_*=*)
      [[ -z ${!name+x} ]] && __sandglass_free "$name" && \builtin export "$line" SANDGLASS_SEALED="${SANDGLASS_SEALED-}$line " ;;
    *=*) ;;
    *) \builtin export SANDGLASS_WITHHELD="${SANDGLASS_WITHHELD-}$name " ;;
    esac
  done
  __sandglass_withhold
}

__sandglass_withhold() {
  \local name rest="${SANDGLASS_WITHHELD-}"
  while [[ -n $rest ]]; do
    name=${rest%% *} rest=${rest#"$name"} rest=${rest# }
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *) ! __sandglass_free "$name" || \builtin export "$name=" ;; esac
  done
}

# A variable without a value. One that is readonly is not to be had; with errexit an export of it would end the shell.
__sandglass_free() { \builtin unset -v "$1" 2>/dev/null; }

__sandglass_leave() {
  \local pair name rest="${SANDGLASS_SEALED-}"
  while [[ -n $rest ]]; do
    pair=${rest%% *} rest=${rest#"$pair"} rest=${rest# } name=${pair%%=*}
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    [[ ${!name-} != "${pair#*=}" ]] || __sandglass_free "$name" || :
  done
  \builtin unset -v SANDGLASS_SEALED
  [[ -n ${SANDGLASS_WITHHELD-} ]] || return 0
  \builtin unset -v SANDGLASS_WITHHELD
  __sandglass_load
}

__sandglass_load
