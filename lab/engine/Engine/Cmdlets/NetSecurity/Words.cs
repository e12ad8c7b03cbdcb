namespace Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity;

// The names of types and members are what scripts compare with; the numbers are those of the MSFT_Net* classes.

/// <summary>Whether a rule is enabled.</summary>
public enum Enabled
{
    /// <summary>Yes.</summary>
    True = 1,

    /// <summary>No.</summary>
    False = 2,
}

/// <summary>A setting that may be left to others.</summary>
public enum GpoBoolean
{
    /// <summary>No.</summary>
    False = 0,

    /// <summary>Yes.</summary>
    True = 1,

    /// <summary>Not said here.</summary>
    NotConfigured = 2,
}

/// <summary>Which way.</summary>
public enum Direction
{
    /// <summary>Inbound.</summary>
    Inbound = 1,

    /// <summary>Outbound.</summary>
    Outbound = 2,
}

/// <summary>What a rule does.</summary>
public enum Action
{
    /// <summary>Left to the default.</summary>
    NotConfigured = 0,

    /// <summary>Allow.</summary>
    Allow = 2,

    /// <summary>Block.</summary>
    Block = 4,
}

/// <summary>Profiles of a rule.</summary>
[Flags]
public enum Profile
{
    /// <summary>All.</summary>
    Any = 0,

    /// <summary>Domain.</summary>
    Domain = 1,

    /// <summary>Private.</summary>
    Private = 2,

    /// <summary>Public.</summary>
    Public = 4,
}
