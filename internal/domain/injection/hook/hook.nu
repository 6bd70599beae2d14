# Sandglass: gives every prompt of this shell the registry logins as they are now.
# It holds no secret. Before a prompt it asks whether one file still exists and starts no process.

$env.SANDGLASS_SEEN = ""

def --env __sandglass_load [] {
    let state = if $nu.os-info.name == "windows" {
        $env.LOCALAPPDATA
    } else if ($env.XDG_STATE_HOME? | default "") != "" {
        $env.XDG_STATE_HOME
    } else if $nu.os-info.name == "macos" {
        $nu.home-dir | path join "Library" "Application Support"
    } else {
        $nu.home-dir | path join ".local" "state"
    }
    let runtime = $env.XDG_RUNTIME_DIR? | default ""
    let places = (if $runtime == "" { [] } else { [($runtime | path join "sandglass")] }) ++ [($state | path join "sandglass" "run")]
    let found = $places | where {|run| $run | path join "env.nu" | path exists }
    if ($found | is-empty) { return }
    try {
        open --raw ($found.0 | path join "env.nu") | from nuon | load-env
        $env.SANDGLASS_SEEN = $found.0 | path join $"gen.($env.SANDGLASS_GEN)"
    }
}

$env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt? | default []) ++ [{||
    if not ($env.SANDGLASS_SEEN | path exists) { __sandglass_load }
}]

__sandglass_load
