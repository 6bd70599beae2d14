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
  [[ -n ${COMP_LINE-} ]] || __sandglass_guard "$@" || :
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
__sandglass_files='?' __sandglass_mark=
__sandglass_aside= __sandglass_aside_files= __sandglass_aside_mark= __sandglass_there=

__sandglass_entered() {
  __sandglass_here=$PWD
  __sandglass_look "$PWD"
  if [[ $__sandglass_found == "$__sandglass_files" ]]; then __sandglass_there=$PWD; elif [[ -t 2 ]]; then __sandglass_check; fi
}

# The config files from a folder up to the user's own or the root.
__sandglass_look() {
  \local name home="${HOME-}" dir="${1%/}"
  home=${home%/} __sandglass_found=
  while [[ $dir != "$home" ]]; do
    if [[ -e $dir/CONFIG_NAME ]]; then
      for name in CONFIG_NAMES; do [[ ! -e $dir/$name ]] || __sandglass_found+=$dir/$name//; done
    fi
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
}

# Before a package manager, for the files may have changed since: by a checkout, or because the same line enters.
__sandglass_guard() {
  \local aside=
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
  \local home="${HOME-}" dir="${PWD%/}"
  home=${home%/}
  [[ $PWD == "$__sandglass_there" ]] || return 1
  __sandglass_found=$__sandglass_files
  while [[ $dir != "$home" ]]; do
    [[ ${dir:-/} -ot $__sandglass_mark ]] || return 1
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
}

# The folder that flags put in the place of the current one.
__sandglass_elsewhere() {
  \local word flag=
  for word in "$@"; do
    [[ -z $flag ]] || { aside=$word flag= && continue; }
    case $word in
    --) break ;;
    -C | --prefix | --dir | --cwd) flag=1 ;;
    -C=* | --prefix=* | --dir=* | --cwd=*) aside=${word#*=} ;;
    esac
  done
  [[ -n $aside && $aside != /* ]] && aside=$PWD/$aside
  [[ -d $aside ]] || aside=
}

# Whether the files found are those that were asked about, and all older than that. Behind a link another file may be.
__sandglass_same() {
  \local file rest="$__sandglass_found"
  [[ $rest == "$1" ]] || return 1
  while [[ -n $rest ]]; do
    file=${rest%%//*} rest=${rest#*//}
    [[ -e $file && $file -ot $2 && ! -L $file ]] || return 1
  done
}

# An empty file of this shell's own has the time of the last question. Without it, and in a subshell, whose parent
# must not take its time for its own, each package manager makes for another one.
__sandglass_marks() {
  \local file="${__sandglass_seen%/*}/exec/$$-$2"
  [[ $BASH_SUBSHELL == 0 && -e $__sandglass_seen ]] && { : >|"$file"; } 2>/dev/null || file=
  \builtin eval "$1=\$file"
}

# An interrupted question is none.
__sandglass_check() {
  __sandglass_files='?' __sandglass_aside= __sandglass_there=
  __sandglass_leave
  __sandglass_marks __sandglass_mark seen
  __sandglass_look "$PWD" # behind the mark, so that nothing comes between
  [[ -z $__sandglass_found ]] || __sandglass_ask || __sandglass_mark=
  __sandglass_there=$PWD __sandglass_files=$__sandglass_found
}

# Where it cannot say, it is careful: no session is here. The user sees why even if the command's errors go elsewhere.
__sandglass_ask() {
  \local said
  __sandglass_find || return 1
  [[ -t 2 ]] || ! { : >/dev/tty; } 2>/dev/null || { __sandglass_ask "$@" 2>/dev/tty; return; }
  if said=$(\builtin exec "$__sandglass_program" check --hook "$@" </dev/null); then
    __sandglass_keep "$said"
    return 0
  fi
  __sandglass_keep SG_
  return 1
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

# The name SG_ stands for all those that Sandglass gave.
__sandglass_withhold() {
  \local name rest="${SANDGLASS_WITHHELD-}"
  while [[ -n $rest ]]; do
    name=${rest%% *} rest=${rest#"$name"} rest=${rest# }
    case $name in
    SG_) for name in "${!SG_@}"; do [[ ${#name} != 19 || $name == *[!SG_0-9a-f]* ]] || __sandglass_empty "$name"; done ;;
    '' | [0-9]* | *[!A-Za-z0-9_]*) ;;
    *) __sandglass_empty "$name" ;;
    esac
  done
}

__sandglass_empty() { ! __sandglass_free "$1" || \builtin export "$1="; }

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
