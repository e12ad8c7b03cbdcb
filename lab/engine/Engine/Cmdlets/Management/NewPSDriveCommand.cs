using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>New-PSDrive.</summary>
[Cmdlet(VerbsCommon.New, "PSDrive", SupportsShouldProcess = true)]
public sealed class NewPSDriveCommand : PSCmdlet
{
    /// <summary>Name of the drive.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    /// <summary>Its provider.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string PSProvider { get; set; } = "";

    /// <summary>Where it starts.</summary>
    [Parameter(Position = 2, Mandatory = true, ValueFromPipelineByPropertyName = true), AllowEmptyString]
    public string Root { get; set; } = "";

    /// <summary>What it is for.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string Description { get; set; } = "";

    /// <summary>For which scope.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Scope { get; set; }

    /// <summary>As whom.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>As a Windows drive.</summary>
    [Parameter]
    public SwitchParameter Persist { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ProviderInfo provider = SessionState.Internal.GetSingleProvider(PSProvider);
        if (ShouldProcess($"Name: {Name} Provider: {provider.FullName} Root: {Root}", "New drive"))
        {
            var drive = new PSDriveInfo(Name, provider, Root.TrimEnd('\\') is { Length: 2 } letter && letter[1] == ':' ? letter + "\\" : Root.TrimEnd('\\'), Description, Credential);
            SessionState.Drive.New(drive, Scope, new CmdletProviderContext(this));
        }
    }
}
