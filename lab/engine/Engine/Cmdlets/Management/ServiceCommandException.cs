using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>What a service cmdlet reports.</summary>
public sealed class ServiceCommandException(string message, Exception? inner) : SystemException(message, inner);
