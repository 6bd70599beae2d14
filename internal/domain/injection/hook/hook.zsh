# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists: no process, one system call.

typeset -g __sandglass_seen= __sandglass_here= __sandglass_program= __sandglass_now=0 __sandglass_noted=0
typeset -g __sandglass_found= __sandglass_files='?' __sandglass_mark= __sandglass_aside= __sandglass_aside_files= __sandglass_aside_mark= __sandglass_there=
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
  [[ -n ${WIDGET-} ]] || __sandglass_guard "$@" || :
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
  __sandglass_look "$PWD"
  if [[ $__sandglass_found == "$__sandglass_files" ]]; then __sandglass_there=$PWD; elif [[ -t 2 ]]; then __sandglass_check; fi
}

# The config files from a folder up to the user's own or the root.
__sandglass_look() {
  emulate -L zsh
  local name dir=${1%/}
  __sandglass_found=
  while [[ $dir != "${HOME%/}" ]]; do
    if [[ -e $dir/CONFIG_NAME ]]; then
      for name in CONFIG_NAMES; do [[ ! -e $dir/$name ]] || __sandglass_found+=$dir/$name//; done
    fi
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
}

# Before a package manager, for the files may have changed since: by a checkout, or because the same line enters.
__sandglass_guard() {
  emulate -L zsh
  local aside=
  __sandglass_here=$PWD
  __sandglass_elsewhere "$@"
  __sandglass_quiet || __sandglass_look "$PWD"
  if [[ -n $__sandglass_aside && $aside != "$__sandglass_aside" ]] || ! __sandglass_same "$__sandglass_files" "$__sandglass_mark"; then
    __sandglass_check
  fi
  __sandglass_there=$PWD
  [[ -n $aside ]] || return 0
  __sandglass_look "$aside"
  [[ $aside != "$__sandglass_aside" ]] || ! __sandglass_same "$__sandglass_aside_files" "$__sandglass_aside_mark" || return 0
  __sandglass_aside=$aside __sandglass_aside_files='?'
  __sandglass_marks __sandglass_aside_mark aside
  __sandglass_look "$aside"
  [[ -z $__sandglass_found ]] || __sandglass_ask "$aside" || __sandglass_aside_mark=
  __sandglass_aside_files=$__sandglass_found
}

# Whether no file came to these folders or went since they were looked through: their own times tell, which is quicker.
__sandglass_quiet() {
  emulate -L zsh
  local dir=${PWD%/}
  [[ $PWD == "$__sandglass_there" ]] || return 1
  __sandglass_found=$__sandglass_files
  while [[ $dir != "${HOME%/}" ]]; do
    [[ ${dir:-/} -ot $__sandglass_mark ]] || return 1
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
}

# The folder that flags put in the place of the current one.
__sandglass_elsewhere() {
  local word flag=
  for word in "$@"; do
    [[ -z $flag ]] || { aside=$word flag= && continue; }
    case $word in
    (--) break ;;
    (-C|--prefix|--dir|--cwd) flag=1 ;;
    (-C=*|--prefix=*|--dir=*|--cwd=*) aside=${word#*\=} ;;
    esac
  done
  [[ -n $aside && $aside != /* ]] && aside=$PWD/$aside
  [[ -d $aside ]] || aside=
}

# Whether the files found are those that were asked about, and all older than that. Behind a link another file may be.
__sandglass_same() {
  emulate -L zsh
  local file
  [[ $__sandglass_found == "$1" ]] || return 1
  for file in ${(s://:)__sandglass_found}; do
    [[ -e $file && $file -ot $2 && ! -L $file ]] || return 1
  done
}

# An empty file of this shell's own has the time of the last question. Without it, and in a subshell, whose parent
# must not take its time for its own, each package manager makes for another one.
__sandglass_marks() {
  emulate -L zsh
  \builtin typeset -g $1=
  [[ $ZSH_SUBSHELL == 0 && -e $__sandglass_seen ]] || return 0
  { : >| "${__sandglass_seen%/*}/exec/$$-$2" && \builtin typeset -g $1=${__sandglass_seen%/*}/exec/$$-$2; } 2>/dev/null || :
}

# An interrupted question is none.
__sandglass_check() {
  emulate -L zsh
  __sandglass_files='?' __sandglass_aside= __sandglass_there=
  __sandglass_leave
  __sandglass_marks __sandglass_mark seen
  __sandglass_look "$PWD" # behind the mark, so that nothing comes between
  [[ -z $__sandglass_found ]] || __sandglass_ask || __sandglass_mark=
  __sandglass_there=$PWD __sandglass_files=$__sandglass_found
}

# Where it cannot say, it is careful: no session is here. The user sees why even if the command's errors go elsewhere.
__sandglass_ask() {
  emulate -L zsh
  local said
  __sandglass_find || return 1
  [[ -t 2 ]] || ! { : >/dev/tty; } 2>/dev/null || { __sandglass_ask "$@" 2>/dev/tty; return; }
  if said=$("$__sandglass_program" check --hook "$@" </dev/null); then
    __sandglass_keep "$said"
    return 0
  fi
  __sandglass_keep SG_
  return 1
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

# The name SG_ stands for all those that Sandglass gave.
__sandglass_withhold() {
  emulate -L zsh -o extended_glob
  local name
  local -a names=(${(s: :)SANDGLASS_WITHHELD-})
  [[ " ${SANDGLASS_WITHHELD-} " != *' SG_ '* ]] || names+=(${(M)${(k)parameters}:#SG_[0-9a-f](#c16)})
  for name in ${names:#SG_}; do
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
