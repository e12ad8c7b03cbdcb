using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>What a process cmdlet reports.</summary>
public sealed class ProcessCommandException(string message) : SystemException(message);
