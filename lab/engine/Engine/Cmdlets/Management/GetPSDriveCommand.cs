using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-PSDrive.</summary>
[Cmdlet(VerbsCommon.Get, "PSDrive", DefaultParameterSetName = "Name")]
public sealed class GetPSDriveCommand : PSCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name", ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Of which providers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[]? PSProvider { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            PSDriveInfo[] found = [.. SessionState.Drive.GetAll().Where(d => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(d.Name)
                && (PSProvider is null || PSProvider.Any(p => d.Provider.NameEquals(p))))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                var missing = new DriveNotFoundException(name, "DriveNotFound", SessionStateStrings.DriveNotFound);
                WriteError(new ErrorRecord(missing, "GetLocationNoMatchingDrive", ErrorCategory.ObjectNotFound, name));
            }
            WriteObject(found.OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase), true);
        }
    }
}
