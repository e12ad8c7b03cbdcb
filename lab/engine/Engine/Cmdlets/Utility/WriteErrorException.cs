// The name is what a client sees as the type of an exception made by Write-Error.
namespace Microsoft.PowerShell.Commands;

/// <summary>The exception of a Write-Error without one.</summary>
public sealed class WriteErrorException(string message) : SystemException(message);
