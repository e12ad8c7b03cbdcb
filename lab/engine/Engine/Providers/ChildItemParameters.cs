using System.Management.Automation;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Parameters of Get-ChildItem on files.</summary>
public sealed class ChildItemParameters
{
    /// <summary>Only files.</summary>
    [Parameter, Alias("af")]
    public SwitchParameter File { get; set; }

    /// <summary>Only folders.</summary>
    [Parameter, Alias("ad", "d")]
    public SwitchParameter Directory { get; set; }

    /// <summary>Hidden ones; the lab's files have no such attribute.</summary>
    [Parameter, Alias("ah", "h")]
    public SwitchParameter Hidden { get; set; }
}
