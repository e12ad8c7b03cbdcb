namespace Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetConnectionProfile;

/// <summary>Category of a network.</summary>
public enum NetworkCategory
{
    /// <summary>Public.</summary>
    Public = 0,

    /// <summary>Private.</summary>
    Private = 1,

    /// <summary>Of a domain.</summary>
    DomainAuthenticated = 2,
}
