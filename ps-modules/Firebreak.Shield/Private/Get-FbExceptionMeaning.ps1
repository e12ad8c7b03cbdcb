function Get-FbExceptionMeaning {
    <#
    .SYNOPSIS
    What a setting from Get-FbException lets in, so that two ways of writing the same are the same.
    #>
    [CmdletBinding()]
    param([string] $Item, [AllowEmptyString()] [string] $Text)
    if ($Item -eq 'Firewall') { return $Text }
    $parts = @($Text -split ':')
    $mode = $parts[0]
    $scope = $(if ($parts.Count -gt 1) { $parts[1] } else { '' })
    if ($Item -ne 'RemoteAdmin') {
        $mode = $(if ($parts.Count -gt 3) { $parts[3] } else { '' })
        $scope = $(if ($parts.Count -gt 3) { $parts[2] } else { '' })
    }
    if ($mode -ne 'Enabled') { return 'nobody' }
    $addresses = @($scope -split ',' | ForEach-Object { ($_.Trim() -replace '/(255\.255\.255\.255|32)$', '').ToLower() } | Where-Object { $_ } | Sort-Object -Unique)
    $addresses -join ','
}
