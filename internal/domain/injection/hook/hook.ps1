# Sandglass: gives every prompt and command of this shell the registry logins as they are now.
# It holds no secret. Before each it asks whether one file still exists and starts no process.

$global:__SandglassSeen = ''
$global:__SandglassHere = ''
$global:__SandglassFiles = '?'
$global:__SandglassStates = ''
$global:__SandglassAsked = [DateTime]::MinValue.AddSeconds(1)
$global:__SandglassWaits = $false
$global:SANDGLASS_ENDS = '0'
$global:SANDGLASS_OVER = '0'

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
        __SandglassWithhold
        return
    }
}

# The program as an absolute path from PATH, or nothing: never one that a repository brings along.
function global:__SandglassProgram {
    $windows = ($PSVersionTable.PSEdition -ne 'Core') -or $IsWindows
    if ($windows) { $absolute = '^([A-Za-z]:[\\/]|\\\\)'; $name = 'sandglass.exe' } else { $absolute = '^/'; $name = 'sandglass' }
    foreach ($dir in "$env:PATH".Split([IO.Path]::PathSeparator)) {
        $dir = $dir.TrimEnd('/', '\')
        if ($dir -notmatch $absolute -or $dir -match '[\\/]node_modules[\\/]' -or $dir -eq $PWD.ProviderPath) { continue }
        if ([IO.File]::Exists("$dir/$name")) { return "$dir/$name" }
    }
}

# Before a command line. A login may have ended while the shell waited at its prompt. Package managers are told
# by the line's syntax: a function in their place would tell `npm test && npm publish` that all tests passed.
function global:__SandglassCommand([string]$Line) {
    if (-not [IO.File]::Exists($global:__SandglassSeen)) { __SandglassLoad }
    $tree = [Management.Automation.Language.Parser]::ParseInput($Line, [ref]$null, [ref]$null)
    $runs = @()
    $behind = $false
    foreach ($command in $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $false)) {
        $name = "$($command.GetCommandName())"
        if (-not $name) { continue }
        $alias = Get-Item -LiteralPath "Alias:$name" -ErrorAction Ignore
        if ($alias) { $name = $alias.Definition }
        $name = [IO.Path]::GetFileName($name) -replace '\.(exe|cmd|bat|ps1)$', ''
        if ('npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'bun', 'bunx', 'deno' -notcontains $name) { continue }
        $words = @(foreach ($element in ($command.CommandElements | Select-Object -Skip 1)) {
            if ($element -is [Management.Automation.Language.StringConstantExpressionAst]) { $element.Value } else { $element.Extent.Text }
        })
        $runs += , (@($name) + $words)
        if ($command.Parent.Background) { $behind = $true } # nobody waits for a job in the background
    }
    if (-not $runs.Count) { return }
    __SandglassGuard $runs
    __SandglassBefore $runs $behind
}

# The run is noted in an empty file: a session in use is worth a notice. And when a session is over by this
# shell's own clock, sandglass renews it first, if somebody can be asked.
function global:__SandglassBefore([object[]]$Runs, [bool]$Behind) {
    $passed = $global:__SandglassWaits # waiting was interrupted, which ended the line too: this time it runs
    $global:__SandglassWaits = $false
    if ([IO.File]::Exists($global:__SandglassSeen)) {
        [IO.File]::WriteAllText([IO.Path]::Combine([IO.Path]::GetDirectoryName($global:__SandglassSeen), 'used'), '')
    }
    $ends = [long]$global:SANDGLASS_ENDS
    $over = $global:SANDGLASS_OVER -eq '1' -or ($ends -gt 0 -and [DateTimeOffset]::UtcNow.ToUnixTimeSeconds() -ge $ends)
    if ($passed -or $Behind -or -not $over -or $env:CI -or $env:SANDGLASS_NO_INPUT) { return }
    if ([Console]::IsInputRedirected -or [Console]::IsErrorRedirected) { return }
    $program = __SandglassProgram
    if (-not $program) { return }
    $global:__SandglassWaits = $true
    foreach ($run in $Runs) {
        $words = @('ensure', '--') + $run
        & $program @words
        if ($LASTEXITCODE) { break } # whatever came of it, the command runs
    }
    $global:__SandglassWaits = $false
    if (-not [IO.File]::Exists($global:__SandglassSeen)) { __SandglassLoad }
}

# On entering a project: its config files may send a session astray. Sandglass says so, once, and prints what keeps
# package managers from it. No project is also one, and the first prompt enters it: a parent shell may have been elsewhere.
function global:__SandglassEntered {
    $global:__SandglassHere = $PWD.Path
    if ($PWD.Provider.Name -ne 'FileSystem') { return }
    if ((@(__SandglassLook $PWD.ProviderPath) -join "`n") -cne $global:__SandglassFiles) { __SandglassCheck @() }
}

# The config files from a folder up to the user's own or the root.
function global:__SandglassLook([string]$Folder) {
    for ($dir = $Folder; $dir -and $dir -ne $HOME; $dir = [IO.Path]::GetDirectoryName($dir)) {
        foreach ($name in CONFIG_NAMES) {
            $file = [IO.Path]::Combine($dir, $name)
            if ([IO.File]::Exists($file)) { $file }
        }
    }
}

# Before a line with package managers, for the files may have changed since, by a checkout. Flags may put another
# folder in the place of the current one.
function global:__SandglassGuard([object[]]$Runs) {
    if ($PWD.Provider.Name -ne 'FileSystem') { return }
    $aside = @(foreach ($run in $Runs) {
        for ($i = 1; $i -lt $run.Count -and $run[$i] -ne '--'; $i++) {
            if ($run[$i] -cmatch '^(?:-C|--prefix|--dir|--cwd)=(.+)$') { $dir = $Matches[1] }
            elseif ($run[$i] -cmatch '^(?:-C|--prefix|--dir|--cwd)$' -and $i + 1 -lt $run.Count) { $i++; $dir = $run[$i] }
            else { continue }
            $dir = [IO.Path]::GetFullPath([IO.Path]::Combine($PWD.ProviderPath, ($dir -replace '^~(?=[\\/]|$)', $HOME.Replace('$', '$$'))))
            if ([IO.Directory]::Exists($dir)) { $dir }
        }
    })
    $found = @(foreach ($dir in @($PWD.ProviderPath) + $aside) { __SandglassLook $dir })
    if (($found -join "`n") -cne $global:__SandglassFiles -or -not (__SandglassSame $found)) { __SandglassCheck $aside }
}

# Whether files are as they were when they were asked about, and older than that. Behind a link another file may be.
function global:__SandglassSame([string[]]$Files) {
    foreach ($file in $Files) {
        $info = New-Object IO.FileInfo $file
        if (($info.Attributes -band [IO.FileAttributes]::ReparsePoint) -or $info.LastWriteTimeUtc -ge $global:__SandglassAsked.AddSeconds(-1)) { return $false }
    }
    (__SandglassStates $Files) -ceq $global:__SandglassStates
}

function global:__SandglassStates([string[]]$Files) {
    @(foreach ($file in $Files) {
        $info = New-Object IO.FileInfo $file
        "$($info.LastWriteTimeUtc.Ticks) $($info.Length)"
    }) -join "`n"
}

# Asks about the current folder and those aside. Where there is no answer it is careful: no session is here, and
# each package manager makes for another question. An interrupted one is none.
function global:__SandglassCheck([string[]]$Aside) {
    $global:__SandglassFiles = '?'
    __SandglassLeave
    $all = @()
    $asked = [DateTime]::UtcNow
    $states = @()
    $program = __SandglassProgram
    foreach ($dir in @($PWD.ProviderPath) + @($Aside | Where-Object { $_ })) {
        $found = @(__SandglassLook $dir)
        $all += $found
        if (-not $found.Count) { continue }
        $states += __SandglassStates $found
        if (-not $program) { $asked = [DateTime]::MinValue.AddSeconds(1); continue }
        $words = @('check', '--hook')
        if ($dir -cne $PWD.ProviderPath) { $words += $dir }
        $global:LASTEXITCODE = 1
        $said = @()
        try { $said = @($null | & $program @words) } catch { $global:LASTEXITCODE = 1 }
        if ($global:LASTEXITCODE) { $said = @('SG_'); $asked = [DateTime]::MinValue.AddSeconds(1) }
        __SandglassKeep $said
    }
    $global:__SandglassStates = $states -join "`n"
    $global:__SandglassAsked = $asked
    $global:__SandglassFiles = $all -join "`n"
}

# What it prints: NAME=VALUE is a setting that is the user's own if they have one, and NAME a variable that is
# to be empty. Both are remembered in the environment, so that a shell within this one can leave the project, too.
# A variable that is empty is none on Windows, which serves as well.
function global:__SandglassKeep([string[]]$Lines) {
    foreach ($line in $Lines) {
        if ($line -cmatch '^((?:npm_config|pnpm_config|YARN)_[A-Za-z0-9_]*)=(\S*)$') {
            if ($null -ne [Environment]::GetEnvironmentVariable($Matches[1])) { continue }
            [Environment]::SetEnvironmentVariable($Matches[1], $Matches[2])
            $env:SANDGLASS_SEALED = "$env:SANDGLASS_SEALED$line "
        } elseif ($line -cmatch '^[A-Za-z_][A-Za-z0-9_]*$') {
            $env:SANDGLASS_WITHHELD = "$env:SANDGLASS_WITHHELD$line "
        }
    }
    __SandglassWithhold
}

# The name SG_ stands for all those that Sandglass gave.
function global:__SandglassWithhold {
    $names = "$env:SANDGLASS_WITHHELD".Split(' ')
    if ($names -ccontains 'SG_') { $names += @([Environment]::GetEnvironmentVariables().Keys) -cmatch '^SG_[0-9a-f]{16}$' }
    foreach ($name in $names -cne 'SG_') {
        if ($name -cmatch '^[A-Za-z_][A-Za-z0-9_]*$') { [Environment]::SetEnvironmentVariable($name, '') }
    }
}

function global:__SandglassLeave {
    foreach ($pair in "$env:SANDGLASS_SEALED".Split(' ')) {
        $name, $value = $pair.Split('=', 2)
        if ($name -and
            "$([Environment]::GetEnvironmentVariable($name))" -ceq $value) { [Environment]::SetEnvironmentVariable($name, $null) }
    }
    $env:SANDGLASS_SEALED = $null
    if (-not $env:SANDGLASS_WITHHELD) { return }
    $env:SANDGLASS_WITHHELD = $null
    __SandglassLoad
}

if (-not (Test-Path Variable:global:__SandglassUserPrompt)) {
    $global:__SandglassUserPrompt = $function:prompt
    function global:prompt {
        $succeeded = $?
        Set-StrictMode -Off
        $code = $global:LASTEXITCODE
        if (-not [IO.File]::Exists($global:__SandglassSeen)) { __SandglassLoad }
        if ($PWD.Path -ne $global:__SandglassHere) { try { __SandglassEntered } catch { } }
        $global:LASTEXITCODE = $code
        if (-not $succeeded) { Write-Error '' -ErrorAction Ignore }
        & $global:__SandglassUserPrompt
    }
}

# What reads a line from the terminal, and so runs in no script, no pipeline and no child shell.
if ((Test-Path Function:PSConsoleHostReadLine) -and -not (Test-Path Variable:global:__SandglassUserReadLine)) {
    $global:__SandglassUserReadLine = $function:PSConsoleHostReadLine
    function global:PSConsoleHostReadLine {
        $line = & $global:__SandglassUserReadLine
        Set-StrictMode -Off
        $code = $global:LASTEXITCODE
        try { $null = __SandglassCommand "$line" } catch { }
        $global:LASTEXITCODE = $code
        $line
    }
}

__SandglassLoad
