# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

typeset -g __sandglass_seen= __sandglass_here= __sandglass_program= __sandglass_project='?' __sandglass_now=0 __sandglass_noted=0
typeset -g +x SANDGLASS_ENDS=0 SANDGLASS_OVER=0

__sandglass_load() {
  emulate -L zsh
  local run state=$HOME/.local/state
  [[ $OSTYPE == darwin* ]] && state="$HOME/Library/Application Support"
  for run in "${XDG_RUNTIME_DIR-}/sandglass" "${XDG_STATE_HOME:-$state}/sandglass/run"; do
    [[ $run != /sandglass && -r $run/env.sh && -O $run/env.sh ]] || continue
    \builtin . "$run/env.sh" 2>/dev/null
    __sandglass_seen=$run/gen.${SANDGLASS_GEN-}
    __sandglass_withhold
    return 0
  done
  return 0
}

__sandglass_prompt() { [[ -e $__sandglass_seen && $PWD == "$__sandglass_here" ]] || __sandglass_changed; }

__sandglass_changed() {
  [[ -e $__sandglass_seen ]] || __sandglass_load
  [[ $PWD == "$__sandglass_here" ]] || __sandglass_entered
}

# Before a command: a login may have ended while the shell waited at its prompt, so it looks again.
__sandglass_command() { [[ -e $__sandglass_seen ]] || __sandglass_load; }

# Before a package manager. The run is noted in an empty file, once a minute: a session in use is worth a notice.
# And when a session is over by this shell's own clock, sandglass renews it first, if somebody can be asked. A
# shell without clock goes by what the agent said.
__sandglass_before() {
  [[ -e $__sandglass_seen ]] || __sandglass_load
  [[ $PWD == "$__sandglass_here" || ! -t 2 ]] || __sandglass_entered # in the same line: cd project && npm ci
  __sandglass_now=${EPOCHSECONDS-0}
  (( __sandglass_now >= __sandglass_noted && __sandglass_now - __sandglass_noted < 60 && __sandglass_now )) || __sandglass_note
  if (( SANDGLASS_OVER || SANDGLASS_ENDS && __sandglass_now >= SANDGLASS_ENDS )); then __sandglass_renew "$@"; fi
}

__sandglass_note() {
  __sandglass_noted=$__sandglass_now
  [[ ! -e $__sandglass_seen ]] || { : >| "${__sandglass_seen%/*}/used"; } 2>/dev/null || :
}

__sandglass_renew() {
  emulate -L zsh
  [[ -t 0 && -t 2 && -z ${CI-}${SANDGLASS_NO_INPUT-}${WIDGET-} ]] && __sandglass_front && __sandglass_find || return 0
  "$__sandglass_program" ensure -- "$@" >&2 # whatever comes of it, the command runs
  __sandglass_command
}

# A job in the background waits for nobody. Where the system does not tell, sandglass looks for itself.
__sandglass_front() {
  emulate -L zsh
  local stat
  { IFS= \builtin read -r stat </proc/self/stat; } 2>/dev/null || return 0
  local -a of=(${=stat##*\) })
  [[ $of[3] == $of[6] || $of[6] == -1 ]]
}

# The program as an absolute path from PATH: never one that a repository brings along.
__sandglass_find() {
  emulate -L zsh
  local dir
  for dir in $path; do
    [[ $dir == /* && $dir != "$PWD" && $dir != */node_modules/* && -f $dir/sandglass && -x $dir/sandglass ]] || continue
    __sandglass_program=$dir/sandglass
    return 0
  done
  return 1
}

__sandglass_wrap() {
  emulate -L zsh
  local name
  \builtin zmodload -F zsh/datetime p:EPOCHSECONDS 2>/dev/null
  for name in npm npx pnpm pnpx yarn bun bunx deno; do
    ! \builtin functions "$name" >/dev/null || continue # the user's own goes first
    \builtin eval "function '$name' { __sandglass_before $name \"\$@\"; \\builtin command $name \"\$@\"; }"
  done
}
[[ ! -o interactive ]] || __sandglass_wrap

# On entering a project: its config files may send a session astray. Sandglass says so, once, and prints what keeps
# package managers from it. No project is also one, and the first prompt enters it: a parent shell may have been elsewhere.
__sandglass_entered() {
  emulate -L zsh
  __sandglass_here=$PWD
  local name dir=${PWD%/} project=
  while [[ $dir != "${HOME%/}" ]]; do
    for name in .npmrc .yarnrc.yml .yarnrc bunfig.toml pnpm-workspace.yaml .env.yarn; do
      [[ ! -e $dir/$name ]] || { project=${dir:-/}; break 2; }
    done
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
  [[ $project != "$__sandglass_project" && -t 2 ]] || return 0
  __sandglass_leave
  __sandglass_project=$project
  [[ -z $project ]] || ! __sandglass_find || __sandglass_keep "$("$__sandglass_program" check --hook </dev/null)"
  return 0
}

# What it prints: NAME=VALUE is a setting that is the user's own if they have one, and NAME a variable that is
# to be empty. Both are remembered in the environment, so that a shell within this one can leave the project, too.
__sandglass_keep() {
  emulate -L zsh
  local line name
  for line in ${(f)1}; do
    name=${line%%\=*}
    [[ $name == [A-Za-z_]* && $name != *[^A-Za-z0-9_]* && $line != *[[:space:]]* ]] || continue
    case $line in
    (npm_config_*=*|pnpm_config_*=*|YARN_*=*)
      [[ -n ${(Pt)name} ]] || \builtin export "$line" SANDGLASS_SEALED="${SANDGLASS_SEALED-}$line " ;;
    (*=*) ;;
    (*) \builtin export SANDGLASS_WITHHELD="${SANDGLASS_WITHHELD-}$name " ;;
    esac
  done
  __sandglass_withhold
}

__sandglass_withhold() {
  emulate -L zsh
  local name
  for name in ${(s: :)SANDGLASS_WITHHELD-}; do
    [[ $name == [A-Za-z_]* && $name != *[^A-Za-z0-9_]* && ${(Pt)name} != *readonly* ]] && \builtin export "$name="
  done
  return 0
}

__sandglass_leave() {
  emulate -L zsh
  local pair name
  for pair in ${(s: :)SANDGLASS_SEALED-}; do
    name=${pair%%\=*}
    [[ $name == [A-Za-z_]* && $name != *[^A-Za-z0-9_]* && ${(Pt)name} != *readonly* ]] || continue
    [[ ${(P)name-} != "${pair#*\=}" ]] || \builtin unset -v "$name"
  done
  \builtin unset -v SANDGLASS_SEALED
  [[ -n ${SANDGLASS_WITHHELD-} ]] || return 0
  \builtin unset -v SANDGLASS_WITHHELD
  __sandglass_load
}

typeset -ga precmd_functions preexec_functions
(( ${precmd_functions[(I)__sandglass_prompt]} )) || precmd_functions+=(__sandglass_prompt)
(( ${preexec_functions[(I)__sandglass_command]} )) || preexec_functions+=(__sandglass_command)

__sandglass_load
