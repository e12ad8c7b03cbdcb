// The name is what a client sees as the type of Get-Date's DisplayHint.
namespace Microsoft.PowerShell.Commands;

/// <summary>What the default format of a date shows.</summary>
public enum DisplayHintType
{
    /// <summary>The date.</summary>
    Date,

    /// <summary>The time.</summary>
    Time,

    /// <summary>Both.</summary>
    DateTime,
}
