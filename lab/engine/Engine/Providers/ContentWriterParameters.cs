using System.Management.Automation;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Parameters of Set-Content and Add-Content on files.</summary>
public sealed class ContentWriterParameters
{
    /// <summary>How text becomes bytes.</summary>
    [Parameter]
    public FileEncoding Encoding { get; set; } = FileEncoding.Unknown;

    /// <summary>No line ends.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }
}
