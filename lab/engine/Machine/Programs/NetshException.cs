namespace Firebreak.Lab.Machines;

/// <summary>A netsh command that fails: its text, exit code 1.</summary>
internal sealed class NetshException(string message) : Exception(message);
