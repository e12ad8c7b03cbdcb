namespace Firebreak.Lab.Machines;

/// <summary>What becomes of a connection.</summary>
internal enum PortEnd
{
    /// <summary>It stays.</summary>
    Open,

    /// <summary>It is closed in order.</summary>
    Closed,

    /// <summary>It is reset.</summary>
    Reset,
}
