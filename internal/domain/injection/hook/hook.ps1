# Sandglass: gives every prompt of this shell the registry logins as they are now.
# It holds no secret. Before a prompt it asks whether one file still exists and starts no process.

$global:__SandglassSeen = ''

function global:__SandglassLoad {
    $windows = ($PSVersionTable.PSEdition -ne 'Core') -or $IsWindows
    if ($windows) { $state = $env:LOCALAPPDATA }
    elseif ($env:XDG_STATE_HOME) { $state = $env:XDG_STATE_HOME }
    elseif ($IsMacOS) { $state = "$HOME/Library/Application Support" }
    else { $state = "$HOME/.local/state" }
    $places = @()
    if ($env:XDG_RUNTIME_DIR -and -not $windows) { $places += "$env:XDG_RUNTIME_DIR/sandglass" }
    $places += "$state/sandglass/run"
    foreach ($run in $places) {
        if (-not [IO.File]::Exists("$run/env.ps1")) { continue }
        # As text: an execution policy may forbid to run a file.
        try {
            $text = [IO.File]::ReadAllText("$run/env.ps1")
            . ([ScriptBlock]::Create($text))
            $global:__SandglassSeen = "$run/gen.$global:SANDGLASS_GEN"
        } catch { }
        return
    }
}

if (-not (Test-Path Variable:global:__SandglassUserPrompt)) {
    $global:__SandglassUserPrompt = $function:prompt
    function global:prompt {
        $succeeded = $?
        $code = $global:LASTEXITCODE
        if (-not [IO.File]::Exists($global:__SandglassSeen)) { __SandglassLoad }
        $global:LASTEXITCODE = $code
        if (-not $succeeded) { Write-Error '' -ErrorAction Ignore }
        & $global:__SandglassUserPrompt
    }
}

__SandglassLoad
