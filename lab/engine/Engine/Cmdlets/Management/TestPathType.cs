// The name is what a client sees as the type of Test-Path's -PathType.
namespace Microsoft.PowerShell.Commands;

/// <summary>What Test-Path looks for.</summary>
public enum TestPathType
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>A folder or key.</summary>
    Container,

    /// <summary>A file or value.</summary>
    Leaf,
}
