using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Location.</summary>
[Cmdlet(VerbsCommon.Get, "Location")]
public sealed class GetLocationCommand : PSCmdlet
{
    /// <summary>Of which providers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[]? PSProvider { get; set; }

    /// <summary>Of which drives.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[]? PSDrive { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string provider in PSProvider ?? [])
        {
            WriteObject(SessionState.Path.CurrentProviderLocation(provider));
        }
        foreach (string drive in PSDrive ?? [])
        {
            PSDriveInfo info = SessionState.Drive.Get(drive);
            WriteObject(new PathInfo(info, info.Provider, info.Name + ":\\" + info.CurrentLocation, SessionState));
        }
        if (PSProvider is null && PSDrive is null)
        {
            WriteObject(SessionState.Path.CurrentLocation);
        }
    }
}
