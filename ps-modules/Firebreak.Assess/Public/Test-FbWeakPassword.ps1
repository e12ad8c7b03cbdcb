function Test-FbWeakPassword {
    <#
    .SYNOPSIS
    Tries a few weak passwords on the local accounts, never near the lock-out: Readable, Reason, Threshold, Accounts (Name, Rid, State, Kind, Tried, Reason).
    .DESCRIPTION
    A wrong password is counted against an account, and each is a failed logon in the Security log. So the lock-out policy
    is read first, the count of the account before every single try, and what one try costs is measured; where the policy
    or the count cannot be read, nothing is tried. The account of this logon, disabled and locked accounts are left alone;
    the built-in administrator is tried only where its count is told, even where nothing is locked out.
    State: weak, ok, partly (not all could be tried), skipped, unknown. Kind: blank, user, computer, password, admin.
    .PARAMETER Kind
    What is tried, in this order.
    .PARAMETER Margin
    So many more wrong passwords of the user's own must always be left before the lock-out.
    .PARAMETER Limit
    No more accounts than these.
    #>
    [CmdletBinding()]
    param(
        [string[]] $Kind = @('blank', 'user', 'password', 'computer', 'admin'),
        [ValidateRange(1, 100)] [int] $Margin = 2,
        [ValidateRange(1, 1000)] [int] $Limit = 50
    )
    $result = @{ Readable = $false; Reason = ''; Threshold = $null; Accounts = @() }
    $policy = Get-FbPasswordPolicy
    $all = Get-FbLocalAccount
    $lsa = 'HKLM\SYSTEM\CurrentControlSet\Control'
    $computer = [string] (Get-FbRegistryValue -Path "$lsa\ComputerName\ActiveComputerName" -Name 'ComputerName').Value
    $guest = (Get-FbRegistryValue -Path "$lsa\Lsa" -Name 'ForceGuest').Value
    if (-not $policy.Readable) { $result.Reason = 'the lock-out policy could not be read: {0}' -f $policy.Error }
    elseif (-not $all.Readable) { $result.Reason = 'the local accounts could not be read: {0}' -f $all.Error }
    elseif ($computer -eq '') { $result.Reason = 'the name of the computer could not be read' }
    elseif ($guest -eq 1) { $result.Reason = 'whoever comes over the network is the guest there (ForceGuest), so that no password can be told' }
    else { $result.Readable = $true }
    $result.Threshold = $policy.LockoutThreshold
    if (-not $result.Readable) { return New-Object -TypeName PSObject -Property $result }
    $threshold = [int] $policy.LockoutThreshold
    $own = @("$((Get-FbIdentity).Name)".Split('\'))[-1]
    # Until it is measured: a client may ask twice.
    $cost = 2
    $isOver = ''
    $number = 0
    foreach ($account in $all.Accounts) {
        $one = @{ Name = $account.Name; Rid = $account.Rid; State = 'ok'; Kind = $null; Tried = 0; Reason = '' }
        $number++
        if ($isOver) { $one.Reason = $isOver }
        elseif ($number -gt $Limit) { $one.Reason = 'only {0} accounts are tried' -f $Limit }
        elseif ($account.Disabled -ne $false) { $one.Reason = 'disabled' }
        elseif ($account.Lockout -ne $false) { $one.Reason = 'locked out' }
        elseif ($account.Name -eq $own) { $one.Reason = 'this logon is its own' }
        elseif ($account.Name -match '[%"&|<>^]') { $one.Reason = 'its name cannot be typed' }
        if ($one.Reason) {
            $one.State = 'skipped'
            $result.Accounts += New-Object -TypeName PSObject -Property $one
            continue
        }
        $done = @{}
        foreach ($each in $Kind) {
            switch ($each) {
                'blank' { $word = '' }
                'user' { $word = $account.Name }
                'computer' { $word = $computer }
                default { $word = $each }
            }
            if ($done.ContainsKey($word.ToLower())) { continue }
            $count = $null
            if ($threshold -gt 0 -or $account.Rid -eq 500) {
                $count = Get-FbBadPasswordCount -Computer $computer -Name $account.Name
                if ($null -eq $count) { $one.Reason = 'how many bad passwords are counted against it could not be read' }
                elseif ($threshold -gt 0 -and ($count + $cost + $Margin) -ge $threshold) {
                    $one.Reason = 'another try could come too near to its lock-out ({0} of {1} are counted)' -f $count, $threshold
                }
                if ($one.Reason) { break }
            }
            $done[$word.ToLower()] = $true
            $one.Tried++
            $came = 'unknown'
            try { $came = Test-FbPassword -Computer $computer -Name $account.Name -Word $word } catch { $came = $_.Exception.GetBaseException().Message }
            if ($came -eq 'right') {
                $one.State = 'weak'
                $one.Kind = $each
                break
            }
            if ($came -ne 'wrong') {
                $one.Reason = 'it cannot be told: {0}' -f $came
                # The next account would fare no better, or somebody is being locked out.
                $isOver = $one.Reason
                break
            }
            if ($null -eq $count -or $threshold -eq 0) { continue }
            $after = Get-FbBadPasswordCount -Computer $computer -Name $account.Name
            if ($null -eq $after -or $after -le $count) {
                $one.Reason = 'its count did not tell of a wrong password, so that nobody knows how near its lock-out is'
                $isOver = $one.Reason
                break
            }
            $cost = $after - $count
        }
        if ($one.State -ne 'weak' -and $one.Reason) {
            $one.State = 'skipped'
            if ($one.Tried -gt 0) { $one.State = 'partly' }
        }
        $result.Accounts += New-Object -TypeName PSObject -Property $one
    }
    New-Object -TypeName PSObject -Property $result
}
