using System.Management.Automation;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Parameters of Get-Content on files.</summary>
public sealed class ContentReaderParameters
{
    /// <summary>How the bytes are read.</summary>
    [Parameter]
    public FileEncoding Encoding { get; set; } = FileEncoding.Unknown;

    /// <summary>Where a line ends.</summary>
    [Parameter]
    public string Delimiter { get; set; } = "\n";

    /// <summary>All as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Refused: the lab does not follow files.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }
}
