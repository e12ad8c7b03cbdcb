namespace Firebreak.Lab.Machines;

/// <summary>Somebody who is logged on, at the console or by Remote Desktop.</summary>
public sealed record UserSessionProfile
{
    /// <summary>The account's name.</summary>
    public required string User { get; init; }

    /// <summary>Whether by Remote Desktop; else at the console.</summary>
    public bool Remote { get; init; }

    /// <summary>Whether the connection was left without logging off.</summary>
    public bool Disconnected { get; init; }

    /// <summary>Seconds of lab time after which the user logs off; null: stays.</summary>
    public double? For { get; init; }
}
