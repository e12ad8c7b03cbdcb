using System.Management.Automation;
using Microsoft.Win32;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>-Type of Set-ItemProperty on registry paths.</summary>
public sealed class RegistryTypeParameter
{
    /// <summary>The value's type.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public RegistryValueKind Type { get; set; } = RegistryValueKind.Unknown;
}
